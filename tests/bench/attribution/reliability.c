/*
 * Is a posterior of 0.9 right nine times in ten? Dumps as the prior has them: each of 200 sources leaks into one with
 * probability 0.005; 5 % of the sightings are credited to a
 * wrong canary, of one same source in a tenth of the dumps; strays as everywhere. Every source that shows a canary is
 * asked. The calibration error is the mean over them of how far the posteriors of a bin are from its share of leakers.
 */
#include "dye/attribute.h"
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCES = 200, EACH = 40, CANARIES = SOURCES * EACH, CASES = 10000, BINS = 10 };
static const double mislink = 0.05, stray = 1e-4, prior = 0.005, most_error = 0.02;

static struct dye_attribute_source sources[SOURCES];
static struct dye_attribute_canary canaries[CANARIES];
static struct dye_attribute_holding holdings[CANARIES];
static struct dye_attribute_seen seen[CANARIES];
static bool is_seen[CANARIES], leaks[SOURCES];

/* What share of its rows a source leaks. A posterior is right on average over what it assumes, so there are several. */
static const struct world {
    const char *name;
    double even;    /* so often uniform over [0, 1], else log-uniform over */
    double decades; /* so many orders of magnitude up to 1 */
    bool bound;
} worlds[] = {
    {"half even over 1-100 %, half over its logarithm", 0.5, 2, true},
    {"half even over 0-100 %, half over four orders of magnitude", 0.5, 4, true},
    {"even over 0-100 % alone", 1, 1, false},
    {"even over the logarithm of 1-100 % alone", 0, 2, false},
};

static double draw_share(struct rng *r, const struct world *w)
{
    return rng_unit(r) < w->even ? rng_unit(r) : pow(10, -w->decades * rng_unit(r));
}

static size_t make_case(struct rng *r, const struct world *w)
{
    memset(is_seen, 0, sizeof is_seen);
    bool on_one = rng_below(r, 10) == 0;
    unsigned scapegoat = (unsigned)rng_below(r, SOURCES);
    for (unsigned s = 0; s < SOURCES; s++) {
        leaks[s] = rng_unit(r) < prior;
        double share = draw_share(r, w);
        for (unsigned t = 0; leaks[s] && t < EACH; t++) {
            if (rng_unit(r) >= share)
                continue;
            unsigned canary = s * EACH + t;
            if (rng_unit(r) < mislink)
                canary = on_one ? scapegoat * EACH + (unsigned)rng_below(r, EACH) : (unsigned)rng_below(r, CANARIES);
            is_seen[canary] = true;
        }
    }
    size_t n = 0;
    for (unsigned t = 0; t < CANARIES; t++)
        if (is_seen[t] || rng_unit(r) < stray)
            seen[n++] = (struct dye_attribute_seen){.canary = t, .probability = 1 - 1e-6};
    return n;
}

struct bin {
    unsigned n, leaked;
    double sum;
};

static void run_case(struct rng *r, const struct world *w, struct bin *bins)
{
    const struct dye_attribute_case c = {
        .sources = sources,
        .n_sources = SOURCES,
        .canaries = canaries,
        .n_canaries = CANARIES,
        .holdings = holdings,
        .n_holdings = CANARIES,
        .seen = seen,
        .n_seen = make_case(r, w),
        .records = 1000,
        .acquired_at = 1,
    };
    struct dye_attribution a;
    if (dye_attribute(&c, NULL, &a, NULL) != DYE_OK)
        abort();
    for (size_t i = 0; i < a.n && c.n_seen > 0; i++) {
        int at = (int)(a.sources[i].posterior * BINS);
        struct bin *b = &bins[at < BINS ? at : BINS - 1];
        b->n++;
        b->leaked += leaks[a.sources[i].source];
        b->sum += a.sources[i].posterior;
    }
    dye_attribution_done(&a);
}

/* The calibration error; the diagram when asked. */
static double draw(const struct bin *bins, bool diagram)
{
    double error = 0;
    double all = 0;
    for (int b = 0; b < BINS; b++) {
        if (bins[b].n == 0)
            continue;
        double mean = bins[b].sum / bins[b].n;
        double share = (double)bins[b].leaked / bins[b].n;
        if (diagram)
            printf("    %.1f-%.1f    %6.3f   %6.3f  %7u\n", (double)b / BINS, (b + 1.0) / BINS, mean, share, bins[b].n);
        error += bins[b].n * fabs(mean - share);
        all += bins[b].n;
    }
    return error / all;
}

bool reliability_measure(uint64_t seed, double scale)
{
    struct rng r;
    unsigned cases = (unsigned)(CASES * scale) + 1;
    bool holds = true;
    rng_init(&r, seed);
    for (unsigned t = 0; t < CANARIES; t++)
        holdings[t] = (struct dye_attribute_holding){.canary = t, .source = t / EACH};
    printf("reliability: %u dumps a line, %d sources with prior %g, %g mis-linked, strays %g; error at most %g\n",
           cases, SOURCES, prior, mislink, stray, most_error);
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const struct world *w = &worlds[i];
        struct bin bins[BINS] = {0};
        for (unsigned k = 0; k < cases; k++)
            run_case(&r, w, bins);
        double error = draw(bins, false);
        printf("  shares %s: calibration error %.4f%s%s\n", w->name, error, w->bound ? ": " : "",
               w->bound ? bound_word(error <= most_error) : " (no bound)");
        if (w->bound) {
            printf("    posterior   mean   leaked  sources\n");
            draw(bins, true);
        }
        fflush(stdout);
        holds &= !w->bound || error <= most_error;
    }
    return holds;
}
