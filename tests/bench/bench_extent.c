/*
 * Whether the intervals of size and time hold what they promise, and how often contacts are called evidence of a leak
 * that there was none of; by simulation that shares nothing with the library but the calls.
 *
 *   size     L of N + K rows are taken, without replacement; K canaries are among them. Records of real people, by
 *            Wilson's interval a stratum and for a sum of four strata of different size, density and share
 *   two      each of N persons is in either dump with a chance of its own dump; Sadinle's interval, and the normal one
 *            beside it. Then with every fifth row of the second dump bought from the first: the assumption broken
 *   time     canaries are planted and withdrawn over two years; a copy is taken at a moment, holds each canary that
 *            stands there with one chance, and is acquired later. The bracket, and what is likely within it
 *   contacts nobody leaked, and callers reach lines by chance: alike; as recycled numbers, where a few lines get most;
 *            by a sink that leaked last month; by dialling numbers in a row. Then a source leaks
 *   accounts one of forty accounts sells a share of what it opened; or somebody does who is in no log: any rows, or the
 *            most recent ones, which those who were hired last open alone. Named falsely is any account that sold
 * nothing
 *
 * Usage: bench_extent [CASES]     (a scenario, default 4000; seed by DYE_SEED)
 */
#include "dye/accounts.h"
#include "dye/contact.h"
#include "dye/extent.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double z95 = 1.959963984540054;
static struct rng rng;
static bool holds = true;

static double between(double low, double high)
{
    return low + rng_unit(&rng) * (high - low);
}

static double log_between(double low, double high)
{
    return exp(between(log(low), log(high)));
}

static bool chance(double p)
{
    return rng_unit(&rng) < p;
}

static void line(const char *what, const char *detail, double share, double least, double most)
{
    bool ok = share >= least && share <= most;
    holds &= ok;
    printf("%-9s %-58s %7.3f %%   %5.1f to %5.1f  %s\n", what, detail, 100 * share, 100 * least, 100 * most,
           ok ? "holds" : "MISSED");
    fflush(stdout);
}

/* ---- size ---- */

/* Which of K canaries are among L of N + K rows: row by row, as they come. Returns the real records taken. */
static uint64_t take(uint64_t population, uint32_t planted, double share, uint32_t *ret_seen)
{
    uint64_t all = population + planted;
    uint64_t left = (uint64_t)llround(share * (double)all);
    uint64_t taken = left;
    *ret_seen = 0;
    for (uint32_t i = 0; i < planted; i++)
        if (chance((double)left / (double)(all - i))) {
            ++*ret_seen;
            left--;
        }
    return taken - *ret_seen;
}

static void size_of_stratum(unsigned cases, uint64_t population, uint32_t planted, double least, double most)
{
    unsigned covered = 0;
    char detail[80];
    for (unsigned i = 0; i < cases; i++) {
        struct dye_extent_stratum s = {population, planted, 0};
        struct dye_extent e;
        double leaked = (double)take(population, planted, log_between(least, most), &s.seen);
        dye_extent_seeded(&s, z95, &e);
        covered += e.low <= leaked && leaked <= e.high;
    }
    snprintf(detail, sizeof detail, "%u canaries in %llu records, %.0f-%.0f %% leaked", planted,
             (unsigned long long)population, 100 * least, 100 * most);
    line("size", detail, (double)covered / cases, 0.93, 0.97);
}

static void size_of_strata(unsigned cases)
{
    unsigned covered = 0;
    for (unsigned i = 0; i < cases; i++) {
        static const struct dye_extent_stratum base[4] = {
            {2000, 40, 0}, {12000, 60, 0}, {50000, 100, 0}, {120000, 300, 0}};
        struct dye_extent_stratum s[4];
        struct dye_extent e;
        double leaked = 0;
        for (unsigned k = 0; k < 4; k++) {
            s[k] = base[k];
            leaked += (double)take(s[k].population, s[k].planted, log_between(0.02, 0.9), &s[k].seen);
        }
        dye_extent_strata(s, 4, z95, &e);
        covered += e.low <= leaked && leaked <= e.high;
    }
    line("size", "sum of four strata, 40 to 300 canaries in 2,000 to 120,000", (double)covered / cases, 0.93, 0.97);
}

/* ---- two dumps ---- */

static void two_dumps(unsigned cases, unsigned persons, double p1, double p2, double resold)
{
    unsigned covered = 0;
    unsigned normal = 0;
    double mean = 0;
    char detail[80];
    for (unsigned i = 0; i < cases; i++) {
        uint64_t first = 0;
        uint64_t second = 0;
        uint64_t common = 0;
        for (unsigned k = 0; k < persons; k++) {
            bool a = chance(p1);
            bool b = resold > 0 && chance(resold) ? a : chance(p2);
            first += a;
            second += b;
            common += a && b;
        }
        struct dye_extent e;
        dye_extent_chapman(first, second, common, z95, &e);
        covered += e.low <= persons && persons <= e.high;
        mean += e.estimate / persons / cases;
        double m = (double)common;
        double n1 = (double)first;
        double n2 = (double)second;
        double variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) * (m + 1) * (m + 2));
        normal += fabs(e.estimate - persons) <= z95 * sqrt(variance);
    }
    snprintf(detail, sizeof detail, "%u persons, %.0f %% and %.0f %%; mean %.2f, normal %.1f %%", persons, 100 * p1,
             100 * p2, mean, 100.0 * normal / cases);
    if (resold > 0)
        printf("two       %-58s %7.3f %%   the assumption broken: too low, and it says so\n", detail,
               100.0 * covered / cases);
    else
        line("two", detail, (double)covered / cases, 0.93, 0.97);
}

/* ---- time ---- */

enum { DAY = 86400, PLACEMENTS_MAX = 400 };

static void time_taken(unsigned cases, unsigned batches, unsigned each, double rotated, double least, double most)
{
    unsigned inside = 0;
    unsigned likely = 0;
    unsigned judged = 0;
    double width = 0;
    double narrowed = 0;
    char detail[80];
    for (unsigned i = 0; i < cases; i++) {
        static struct dye_extent_placement p[PLACEMENTS_MAX];
        struct dye_extent_taken t;
        size_t n = 0;
        double share = log_between(least, most);
        int64_t copied = (int64_t)between(100 * DAY, 730 * DAY);
        int64_t acquired = copied + (int64_t)between(DAY, 200 * DAY);
        unsigned seen = 0;
        for (unsigned b = 0; b < batches; b++) {
            int64_t planted = (int64_t)between(0, 730 * DAY);
            for (unsigned k = 0; k < each; k++, n++) {
                p[n].planted_at = planted;
                p[n].withdrawn_at = chance(rotated) ? planted + (int64_t)between(30 * DAY, 500 * DAY) : INT64_MAX;
                p[n].seen = p[n].planted_at <= copied && copied < p[n].withdrawn_at && chance(share);
                seen += p[n].seen;
            }
        }
        if (seen == 0)
            continue; /* nothing is asked about it */
        if (dye_extent_taken(p, n, acquired, INT64_MIN, 0.05, &t, NULL) != DYE_OK)
            exit(3);
        judged++;
        inside += t.after <= copied && copied < t.before;
        likely += t.likely_after <= copied && copied < t.likely_before;
        width += (double)(t.before - t.after) / DAY;
        narrowed += (double)(t.likely_before - t.likely_after) / DAY;
    }
    snprintf(detail, sizeof detail, "%u x %u planted, %.0f %% rotated, %.0f-%.0f %% leaked; %.0f days", batches, each,
             100 * rotated, 100 * least, 100 * most, width / judged);
    line("bracket", detail, (double)inside / judged, 0.95, 1);
    snprintf(detail, sizeof detail, "of these, likely: %.0f days", narrowed / judged);
    line("time", detail, (double)likely / judged, 0.95, 1);
}

/* ---- contacts ---- */

enum { SOURCES = 5, PLANTED = 30, CONTROLS = 40, LINES = SOURCES * PLANTED + CONTROLS, CONTACTS = 20000 };
enum world { ALIKE, RECYCLED, SINK, IN_A_ROW, LEAK, WORLDS };
static const char *const world_names[] = {"callers reach all lines alike",
                                          "recycled: one number in ten gets most calls", "the sink leaked a month ago",
                                          "numbers dialled in a row", "a source leaked three months ago"};
static struct dye_contact_line lines[LINES];
static struct dye_contact_holding held[LINES];
static struct dye_contact contacts[CONTACTS];

/* Calls to a line at a rate a year, in [from, to). */
static size_t call(size_t n, uint32_t to_line, double per_year, int64_t from, int64_t to, bool calls_back)
{
    for (double at = (double)from; n + 2 < CONTACTS;) {
        at -= log(1 - rng_unit(&rng)) / per_year * 365 * DAY;
        if (at >= (double)to)
            break;
        contacts[n] = (struct dye_contact){to_line, rng_u64(&rng) | 1, (int64_t)at};
        n++;
        if (calls_back && chance(0.3)) { /* within the hour: the same call */
            contacts[n] = contacts[n - 1];
            contacts[n++].at += 600;
        }
    }
    return n;
}

static size_t make_world(enum world w, int64_t until, size_t *ret_held)
{
    size_t n = 0;
    size_t holdings = 0;
    uint32_t place[LINES]; /* numbers are given out at random */
    for (uint32_t i = 0; i < LINES; i++) {
        uint32_t k = (uint32_t)rng_below(&rng, i + 1);
        place[i] = place[k];
        place[k] = i;
    }
    for (uint32_t i = 0; i < LINES; i++) {
        bool control = i >= SOURCES * PLANTED;
        int64_t planted = (int64_t)(100 + 40 * (i % 3)) * DAY;
        lines[i] = (struct dye_contact_line){.block = 7, .watched_from = control ? 0 : planted - 60 * DAY};
        if (!control)
            held[holdings++] = (struct dye_contact_holding){i, i / PLANTED, planted};
        int64_t from = lines[i].watched_from;
        double hot = chance(0.1) ? 20 : 0.2;
        n = call(n, i, w == RECYCLED ? hot : w == LEAK ? 0.5 : 1, from, until, true);
        if (w == SINK)
            n = call(n, i, 8, until - 30 * DAY, until, true);
        if (w == LEAK && !control && i / PLANTED == 2)
            n = call(n, i, 6, until - 90 * DAY, until, true);
    }
    for (unsigned k = 0; w == IN_A_ROW && k < 12; k++) { /* a run of neighbours, one after the other */
        uint32_t at = (uint32_t)rng_below(&rng, LINES);
        int64_t when = (int64_t)between(0, (double)until);
        uint64_t caller = rng_u64(&rng) | 1;
        for (uint32_t i = 0; i < 25 && n < CONTACTS; i++)
            contacts[n++] = (struct dye_contact){place[(at + i) % LINES], caller, when + 60 * i};
    }
    *ret_held = holdings;
    return n;
}

static void contact_world(unsigned cases, enum world w)
{
    static const double levels[] = {0.05, 0.01, 0.001};
    unsigned passed[3] = {0};
    unsigned wrong = 0;
    unsigned sinks = 0;
    unsigned right = 0;
    char detail[96];
    for (unsigned i = 0; i < cases; i++) {
        struct dye_contact_source s[SOURCES];
        size_t holdings;
        int64_t until = 400 * DAY;
        size_t n = make_world(w, until, &holdings);
        const struct dye_contact_case c = {lines, LINES, held, holdings, contacts, n, SOURCES, until};
        bool any[3] = {false};
        bool false_evidence = false;
        if (dye_contact_weigh(&c, NULL, s, NULL) != DYE_OK)
            exit(3);
        for (unsigned k = 0; k < SOURCES; k++) {
            bool leaked = w == LEAK && k == 2;
            bool evidence = s[k].verdict == DYE_CONTACT_EVIDENCE;
            for (unsigned l = 0; l < 3 && !leaked; l++)
                any[l] |= s[k].p_value <= levels[l];
            false_evidence |= evidence && !leaked;
            right += evidence && leaked;
            sinks += s[k].verdict == DYE_CONTACT_SINK;
        }
        for (unsigned l = 0; l < 3; l++)
            passed[l] += any[l];
        wrong += false_evidence;
    }
    for (unsigned l = 0; l < 3; l++) { /* three standard errors for chance */
        double most = levels[l] + 3 * sqrt(levels[l] * (1 - levels[l]) / cases);
        snprintf(detail, sizeof detail, "%s: p <= %g", world_names[w], levels[l]);
        line("contacts", detail, (double)passed[l] / cases, 0, most);
    }
    if (w == LEAK)
        line("contacts", "the leak is called evidence", (double)right / cases, 0.9, 1);
    if (w == SINK)
        line("contacts", "the sink's leak is called one", (double)sinks / cases / SOURCES, 0.9, 1);
    snprintf(detail, sizeof detail, "%u of %u cases with false evidence", wrong, cases);
    printf("%-9s %s\n", "", detail);
}

/* ---- accounts ---- */

enum { ACCOUNTS = 40, CANARIES = 300, TOUCHES = ACCOUNTS * CANARIES };
enum leaker { OWN_ROWS, ANY_ROWS, RECENT_ROWS, LEAKERS };
static const char *const leaker_names[] = {"sells what it opened", "no log: any rows", "no log: the most recent rows"};
static struct dye_accounts_canary canaries[CANARIES];
static struct dye_accounts_touch touches[TOUCHES];

/* Canaries are planted ten a week; an account opens one in thirty to one in five of those that it can, the one to three
 * hired last of the last tenth alone. */
static size_t make_accounts(enum leaker who, uint32_t *ret_leaker)
{
    size_t n = 0;
    double share = log_between(0.2, 1);
    uint32_t hired = 1 + (uint32_t)rng_below(&rng, 3);
    uint32_t leaker = (uint32_t)rng_below(&rng, ACCOUNTS);
    for (uint32_t i = 0; i < CANARIES; i++) {
        bool recent = i >= CANARIES * 9 / 10;
        canaries[i] = (struct dye_accounts_canary){.planted_at = i / 10 * 7 * DAY};
        if (who == ANY_ROWS ? chance(share / 4) : who == RECENT_ROWS && recent && chance(share))
            canaries[i].seen = 1;
    }
    for (uint32_t a = 0; a < ACCOUNTS; a++) {
        bool hired_last = a < hired;
        double opens = hired_last ? between(0.3, 0.8) : log_between(1.0 / 30, 1.0 / 5);
        for (uint32_t i = hired_last ? CANARIES * 9 / 10 : 0; i < CANARIES; i++) {
            if (!chance(opens))
                continue;
            bool later = chance(0.1);
            touches[n++] = (struct dye_accounts_touch){a, i, later ? 2000 * DAY : 500 * DAY};
            if (who == OWN_ROWS && a == leaker && !later && chance(share))
                canaries[i].seen = 1;
        }
    }
    *ret_leaker = who == OWN_ROWS ? leaker : ACCOUNTS;
    return n;
}

static void account_world(unsigned cases, enum leaker who)
{
    unsigned right = 0;
    unsigned wrong = 0;
    char detail[96];
    for (unsigned i = 0; i < cases; i++) {
        uint32_t leaker;
        size_t n = make_accounts(who, &leaker);
        const struct dye_accounts_case c = {ACCOUNTS, canaries, CANARIES, touches, n, 1000 * DAY};
        struct dye_attribution a;
        double share;
        bool other = false;
        if (dye_accounts(&c, NULL, &a, &share, NULL) != DYE_OK)
            exit(3);
        for (size_t k = 0; k < a.n; k++) {
            right += a.sources[k].in_set && a.sources[k].source == leaker;
            other |= a.sources[k].in_set && a.sources[k].source != leaker;
        }
        wrong += other;
        dye_attribution_done(&a);
    }
    snprintf(detail, sizeof detail, "%s: named falsely, %u of %u; rightly %.1f %%", leaker_names[who], wrong, cases,
             100.0 * right / cases);
    line("accounts", detail, (double)wrong / cases, 0, 0.001);
}

int main(int argc, char **argv)
{
    unsigned cases = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 4000;
    uint64_t seed = rng_seed(20261122);
    clock_t start = clock();
    if (cases == 0)
        return 2;
    rng_init(&rng, seed);
    printf("simulated: %u cases a scenario; intervals of 95 %%; each contact case has %d sources of %d lines, %d "
           "controls\n",
           cases, SOURCES, PLANTED, CONTROLS);
    size_of_stratum(4 * cases, 5000, 40, 0.05, 0.95);
    size_of_stratum(4 * cases, 50000, 40, 0.02, 1);
    size_of_stratum(4 * cases, 50000, 200, 0.02, 1);
    size_of_stratum(4 * cases, 120000, 600, 0.01, 1);
    size_of_strata(4 * cases);
    two_dumps(cases, 2000, 0.1, 0.1, 0);
    two_dumps(cases, 2000, 0.3, 0.05, 0);
    two_dumps(cases, 5000, 0.05, 0.05, 0);
    two_dumps(cases, 500, 0.5, 0.4, 0);
    two_dumps(cases, 200, 0.15, 0.2, 0);
    two_dumps(cases / 4, 2000, 0.1, 0.1, 0.2);
    time_taken(cases, 12, 20, 0.5, 0.02, 1);
    time_taken(cases, 1, 40, 0, 0.02, 1);
    time_taken(cases, 100, 3, 0.7, 0.05, 1);
    time_taken(cases, 24, 10, 1, 0.01, 0.3);
    for (int w = 0; w < WORLDS; w++)
        contact_world(cases / 2 + 1, (enum world)w);
    for (int w = 0; w < LEAKERS; w++)
        account_world(cases / 2 + 1, (enum leaker)w);
    printf("seed %llu, %.0f s: %s\n", (unsigned long long)seed, (double)(clock() - start) / CLOCKS_PER_SEC,
           holds ? "intervals and rates hold in every scenario" : "missed");
    return holds ? 0 : 1;
}
