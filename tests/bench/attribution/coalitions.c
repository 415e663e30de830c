/*
 * Holders of copies join, compare them and sell what they make of them: is one of them named, and anybody else?
 *
 * 50 holders have each shared canary in variant A or B, drawn here by Tardos' code (bias sin^2 of a uniform angle, cut
 * off at t = 1/(300c)); and each 20 exclusive canaries, in a copy of its own alone. Where the colluders' copies differ:
 *
 *   union         both variants are in the dump, and all exclusive rows
 *   intersection  neither, and no exclusive row
 *   majority      the variant that most have, a tie by lot; no exclusive row
 *   random        either by lot; no exclusive row
 *   interleaving  each row from the copy of one of them, by lot
 *
 * Then rows are erased, and 2 % of the sightings credited to another canary or variant. The code's length is 1.25 times
 * pi^2/2 c^2 ln(n/epsilon) surviving positions, and beside it a tenth of that, where it has to abstain.
 */
#include "bound.h"
#include "dye/attribute.h"
#include "dye/code_score.h"
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOLDERS = 50, OWN = 20, COLLUDERS_MAX = 3, POSITIONS_MAX = 1600, CASES = 300 };
enum { CANARIES_MAX = POSITIONS_MAX + HOLDERS * OWN };
static const double epsilon = 1e-3, garbled = 0.02, length = 1.25, least_named = 0.9;

enum strategy { UNION, INTERSECTION, MAJORITY, RANDOM, INTERLEAVING, STRATEGIES };
static const char *const names[] = {"union", "intersection", "majority", "random", "interleaving"};

static struct dye_attribute_source sources[HOLDERS];
static struct dye_attribute_canary canaries[CANARIES_MAX];
static struct dye_attribute_holding holdings[POSITIONS_MAX * HOLDERS + HOLDERS * OWN];
static struct dye_attribute_seen seen[CANARIES_MAX];
static uint8_t shown[POSITIONS_MAX], symbol[POSITIONS_MAX][HOLDERS];

struct scene {
    unsigned c, positions;
    enum strategy what;
    double survival;
    bool member[HOLDERS];
};

static void draw_code(struct rng *r, const struct scene *s)
{
    double cut = asin(sqrt(1 / (300.0 * s->c)));
    size_t n = 0;
    for (unsigned j = 0; j < s->positions; j++) {
        double bias = pow(sin(cut + rng_unit(r) * (acos(-1) / 2 - 2 * cut)), 2);
        canaries[j] = (struct dye_attribute_canary){.bias = bias, .code = 7};
        for (unsigned h = 0; h < HOLDERS; h++) {
            symbol[j][h] = rng_unit(r) < bias ? 2 : 1;
            holdings[n++] = (struct dye_attribute_holding){.canary = j, .source = h, .variants = symbol[j][h]};
        }
    }
    for (unsigned i = 0; i < HOLDERS * OWN; i++) {
        canaries[s->positions + i] = (struct dye_attribute_canary){0};
        holdings[n++] = (struct dye_attribute_holding){.canary = s->positions + i, .source = i / OWN};
    }
}

/* What a position shows: a set of variants. */
static uint8_t show(struct rng *r, const struct scene *s, unsigned j)
{
    unsigned b = 0;
    for (unsigned h = 0; h < HOLDERS; h++)
        b += s->member[h] && symbol[j][h] == 2;
    if (b == 0 || b == s->c)
        return b == 0 ? 1 : 2;
    switch (s->what) {
    case UNION:
        return 3;
    case INTERSECTION:
        return 0;
    case MAJORITY:
        if (2 * b != s->c)
            return 2 * b > s->c ? 2 : 1;
        return rng_below(r, 2) != 0 ? 2 : 1;
    case RANDOM:
        return rng_below(r, 2) != 0 ? 2 : 1;
    default:
        return rng_below(r, s->c) < b ? 2 : 1;
    }
}

static size_t sell(struct rng *r, const struct scene *s)
{
    size_t n = 0;
    memset(shown, 0, sizeof shown);
    for (unsigned j = 0; j < s->positions; j++) {
        uint8_t what = rng_unit(r) < s->survival ? show(r, s, j) : 0;
        bool elsewhere = what != 0 && rng_unit(r) < garbled;
        shown[elsewhere ? rng_below(r, s->positions) : j] |= elsewhere ? (uint8_t)(1 + rng_below(r, 2)) : what;
    }
    for (unsigned j = 0; j < s->positions; j++)
        if (shown[j] != 0)
            seen[n++] = (struct dye_attribute_seen){.canary = j, .probability = 1 - 1e-6, .variants = shown[j]};
    for (unsigned i = 0; i < HOLDERS * OWN; i++)
        if (s->member[i / OWN] && (s->what == UNION || (s->what == INTERLEAVING && rng_below(r, s->c) == 0)) &&
            rng_unit(r) < s->survival)
            seen[n++] = (struct dye_attribute_seen){.canary = s->positions + i, .probability = 1 - 1e-6};
    return n;
}

struct tally {
    unsigned cases, caught, everybody, wrong;
};

static void run_case(struct rng *r, struct scene *s, struct tally *t)
{
    memset(s->member, 0, sizeof s->member);
    for (unsigned i = 0; i < s->c;) {
        unsigned h = (unsigned)rng_below(r, HOLDERS);
        i += !s->member[h];
        s->member[h] = true;
    }
    draw_code(r, s);
    size_t n_seen = sell(r, s);
    const struct dye_attribute_case c = {
        .sources = sources,
        .n_sources = HOLDERS,
        .canaries = canaries,
        .n_canaries = s->positions + HOLDERS * OWN,
        .holdings = holdings,
        .n_holdings = s->positions * HOLDERS + HOLDERS * OWN,
        .seen = seen,
        .n_seen = n_seen,
        .records = 1000,
        .acquired_at = 1,
    };
    struct dye_attribution a;
    unsigned caught = 0;
    bool wrong = false;
    if (dye_attribute(&c, NULL, &a, NULL) != DYE_OK)
        abort();
    for (size_t i = 0; i < a.n; i++) {
        caught += a.sources[i].in_set && s->member[a.sources[i].source];
        wrong |= a.sources[i].in_set && !s->member[a.sources[i].source];
    }
    dye_attribution_done(&a);
    t->cases++;
    t->caught += caught > 0;
    t->everybody += caught == s->c;
    t->wrong += wrong;
}

static double scenario(struct rng *r, struct scene *s, double multiple, unsigned cases, struct tally *total)
{
    struct tally t = {0};
    s->positions =
        (unsigned)ceil(multiple * acos(-1) * acos(-1) / 2 * s->c * s->c * log(HOLDERS / epsilon) / s->survival);
    for (unsigned i = 0; i < cases && s->positions <= POSITIONS_MAX; i++)
        run_case(r, s, &t);
    double named = t.cases > 0 ? (double)t.caught / t.cases : 0;
    printf("  %u  %-13s %5.2f   %5u   %6.2f %%   %6.2f %%   %u of %u\n", s->c, names[s->what], 1 - s->survival,
           s->positions, 100 * named, t.cases > 0 ? 100.0 * t.everybody / t.cases : 0, t.wrong, t.cases);
    fflush(stdout);
    total->cases += t.cases;
    total->wrong += t.wrong;
    return named;
}

bool coalitions_measure(uint64_t seed, double scale)
{
    static const double survivals[] = {1, 0.75, 0.5};
    unsigned cases = (unsigned)(CASES * scale) + 1;
    struct tally total = {0};
    struct scene s;
    struct rng r;
    bool holds = true;
    rng_init(&r, seed);
    printf(
        "coalitions: %d holders, epsilon %g, %d exclusive canaries each, %g of the sightings garbled; length %g times\n"
        "pi^2/2 c^2 ln(n/epsilon) surviving; at least %g named, somebody uninvolved in at most %g of all\n"
        "  c  strategy     erased  placed  some named  all named  somebody uninvolved\n",
        HOLDERS, epsilon, OWN, garbled, length, least_named, epsilon);
    for (s.c = 2; s.c <= COLLUDERS_MAX; s.c++)
        for (int what = 0; what < STRATEGIES; what++)
            for (unsigned e = 0; e < 3; e++) {
                s.what = (enum strategy)what;
                s.survival = survivals[e];
                holds &= scenario(&r, &s, length, cases, &total) >= least_named;
            }
    bool named = holds;
    printf("  a tenth of that length:\n");
    for (s.c = 2; s.c <= COLLUDERS_MAX; s.c++)
        for (int what = INTERSECTION; what <= RANDOM; what++) { /* the others leave exclusive rows in */
            s.what = (enum strategy)what;
            s.survival = 1;
            holds &= scenario(&r, &s, length / 10, cases, &total) <= 1 - least_named;
        }
    bool false_holds = total.wrong <= epsilon * total.cases;
    printf("  named where the length allows: %s; abstains where it does not: %s; false %u of %u, at most %.2g: %s\n",
           bound_word(named), bound_word(holds || !named), total.wrong, total.cases,
           bound_upper95(total.wrong, total.cases), bound_word(false_holds));
    return holds && false_holds;
}
