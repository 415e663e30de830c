/*
 * How often dye_attribute names a source that did not leak, by simulation, beside two simple rules on the same cases.
 *
 * A world: sources with canaries of their own each, and, in the flow scenario, every other source holding its
 * neighbour's too. A case: some sources leak, each a share of its rows, log-uniform over [1 %, 100 %]; each canary that
 * is in the dump is credited to a wrong one with probability `mislink`, and any canary is there for no reason with
 * probability `stray`. The simulator knows the truth; it shares only the call with the library.
 *
 *   scattered   wrong canaries are drawn from all sources alike (chance)
 *   systematic  each leaking source's wrong ones all fall on one other source (a feed planted into the wrong system)
 *   flow        scattered, and every odd source also holds all canaries of the even one before it
 *   nobody      no known source leaked; only strays, at ten times the rate
 *
 * Rules beside it: "baseline" names every source with METHODS 4's probability of at least 0.99; "most seen" names the
 * one source with most canaries seen.
 *
 * Usage: bench_attribute [CASES]     (default 10000 a scenario; seed by DYE_SEED)
 */
#include "dye/attribute.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SOURCES = 200, EACH = 40, CANARIES = SOURCES * EACH, POPULATION = 50000 };
static const double mislink = 0.05, stray = 1e-4;

enum scenario { SCATTERED, SYSTEMATIC, FLOW, NOBODY, SCENARIOS };
static const char *const scenario_names[] = {"scattered", "systematic", "flow", "nobody"};

static struct dye_attribute_source sources[SOURCES];
static struct dye_attribute_canary canaries[CANARIES];
static struct dye_attribute_holding holdings[2 * CANARIES];
static struct dye_attribute_seen seen[CANARIES];
static bool is_seen[CANARIES], leaked[SOURCES];

struct tally {
    unsigned right, all, abstained,
        wrong; /* named, and nobody else; of these, every leaking one; nobody; anybody else */
};

static void count(struct tally *t, const bool *named)
{
    bool any = false;
    bool wrong = false;
    bool all = true;
    for (unsigned s = 0; s < SOURCES; s++) {
        any |= named[s];
        wrong |= named[s] && !leaked[s];
        all &= named[s] || !leaked[s];
    }
    t->wrong += wrong;
    t->abstained += !any;
    t->right += any && !wrong;
    t->all += any && !wrong && all;
}

/* The upper end of Clopper and Pearson's one-sided 95 % interval for k of n: P(X <= k | p) = 0.05, by bisection. */
static double upper95(unsigned k, unsigned n)
{
    double low = (double)k / n;
    double high = 1;
    for (int step = 0; step < 100 && k < n; step++) {
        double p = (low + high) / 2;
        double below = 0;
        for (unsigned j = 0; j <= k; j++)
            below += exp(lgamma(n + 1.0) - lgamma(j + 1.0) - lgamma(n - j + 1.0) + j * log(p) + (n - j) * log1p(-p));
        *(below > 0.05 ? &low : &high) = p;
    }
    return high;
}

static void credit(struct rng *r, enum scenario what, unsigned canary, unsigned scapegoat)
{
    if (rng_unit(r) < mislink)
        canary =
            what == SYSTEMATIC ? scapegoat * EACH + (unsigned)rng_below(r, EACH) : (unsigned)rng_below(r, CANARIES);
    is_seen[canary] = true;
}

static size_t make_case(struct rng *r, enum scenario what)
{
    memset(is_seen, 0, sizeof is_seen);
    memset(leaked, 0, sizeof leaked);
    unsigned leaks = what == NOBODY ? 0 : rng_unit(r) < 0.7 ? 1 : 1 + (unsigned)rng_below(r, 3);
    for (unsigned i = 0; i < leaks; i++) {
        unsigned s = (unsigned)rng_below(r, SOURCES);
        unsigned scapegoat = (s + 1 + (unsigned)rng_below(r, SOURCES - 1)) % SOURCES;
        double share = pow(10, -2 * rng_unit(r));
        leaked[s] = true;
        for (unsigned t = 0; t < EACH; t++)
            if (rng_unit(r) < share)
                credit(r, what, s * EACH + t, scapegoat);
        for (unsigned t = 0; what == FLOW && s % 2 == 1 && t < EACH; t++)
            if (rng_unit(r) < share)
                credit(r, what, (s - 1) * EACH + t, scapegoat);
    }
    size_t n = 0;
    for (unsigned t = 0; t < CANARIES; t++) {
        is_seen[t] |= rng_unit(r) < (what == NOBODY ? 10 * stray : stray);
        if (is_seen[t])
            seen[n++] = (struct dye_attribute_seen){.canary = t, .probability = 1 - 1e-6};
    }
    return n;
}

static void name_by_rules(const struct dye_attribution *a, bool *baseline, bool *most)
{
    unsigned best = SOURCES;
    unsigned best_seen = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct dye_attribution_source *s = &a->sources[i];
        baseline[s->source] = s->baseline >= 0.99;
        if (s->seen > best_seen) {
            best_seen = s->seen;
            best = s->source;
        }
    }
    if (best < SOURCES)
        most[best] = true;
}

static void print_tally(const char *rule, const struct tally *t, unsigned cases)
{
    double n = cases;
    printf("  %-10s right %6.2f %%  (all of them %6.2f %%)  abstained %6.2f %%  false %u of %u = %.3g, at most %.3g\n",
           rule, 100 * t->right / n, 100 * t->all / n, 100 * t->abstained / n, t->wrong, cases, t->wrong / n,
           upper95(t->wrong, cases));
}

int main(int argc, char **argv)
{
    unsigned cases = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
    struct dye_attribute_params p;
    dye_attribute_params_default(&p);
    struct rng r;
    rng_init(&r, rng_seed(20260303));
    printf("simulated: %d sources, %d canaries each, %d rows; mislink %g, stray %g; %u cases a scenario\n", SOURCES,
           EACH, POPULATION, mislink, stray, cases);
    printf("thresholds: epsilon %g, prior %g, log10 LR %g, posterior %g, p-value %g, margin %g, seen %u\n", p.epsilon,
           p.prior, p.min_log10_lr, p.min_posterior, p.max_p_value, p.min_log10_margin, p.min_seen);
    for (unsigned t = 0; t < CANARIES; t++) {
        holdings[t] = (struct dye_attribute_holding){.canary = t, .source = t / EACH, .planted_at = 0};
        holdings[CANARIES + t] = (struct dye_attribute_holding){.canary = t, .source = t / EACH + 1, .planted_at = 0};
    }
    size_t flows = CANARIES; /* the second half, of even sources only, in place */
    for (unsigned t = 0; t < CANARIES; t++)
        if (t / EACH % 2 == 0)
            holdings[flows++] = holdings[CANARIES + t];
    for (unsigned s = 0; s < SOURCES; s++)
        sources[s].population = POPULATION;

    for (int what = 0; what < SCENARIOS; what++) {
        struct tally ours = {0};
        struct tally baseline = {0};
        struct tally most = {0};
        unsigned undecided = 0;
        clock_t start = clock();
        for (unsigned i = 0; i < cases; i++) {
            size_t n_seen = make_case(&r, (enum scenario)what);
            const struct dye_attribute_case c = {
                .sources = sources,
                .n_sources = SOURCES,
                .canaries = canaries,
                .n_canaries = CANARIES,
                .holdings = holdings,
                .n_holdings = what == FLOW ? flows : CANARIES,
                .seen = seen,
                .n_seen = n_seen,
                .records = POPULATION / 10,
                .acquired_at = 1,
            };
            struct dye_attribution a;
            if (dye_attribute(&c, &p, &a, NULL) != DYE_OK)
                return 1;
            bool set[SOURCES] = {false};
            bool by_baseline[SOURCES] = {false};
            bool by_most[SOURCES] = {false};
            for (size_t s = 0; s < a.n; s++)
                set[a.sources[s].source] = a.sources[s].in_set;
            name_by_rules(&a, by_baseline, by_most);
            count(&ours, set);
            count(&baseline, by_baseline);
            count(&most, by_most);
            undecided += a.groups > 0;
            dye_attribution_done(&a);
        }
        double us = 1e6 * (double)(clock() - start) / CLOCKS_PER_SEC / cases;
        printf("%s: %.0f us a case, %u with an undecided group\n", scenario_names[what], us, undecided);
        print_tally("dyetrace", &ours, cases);
        print_tally("baseline", &baseline, cases);
        print_tally("most seen", &most, cases);
    }
    return 0;
}
