/*
 * Whether the code for shared canaries does what its plan says: holders join, compare their copies and sell a dump; how
 * often is a holder named who took no part, and how often is at least one named who did?
 *
 * The library draws the code (dye_code_plan, dye_code_make) and judges (dye_code_score, dye_code_threshold); who joins,
 * what they do with their copies and which rows survive is simulated here, with a generator of its own:
 *
 *   union         they put all copies together: where they differ, both variants are in the dump
 *   intersection  they keep what all copies have alike
 *   majority      each row as most of them have it; a tie by lot
 *   random        where they differ, either variant by lot
 *   interleaving  each row from the copy of one of them, by lot
 *
 * Then each row is lost with probability 1 - survival. Every case has a code of its own. Fails when anybody uninvolved
 * is named in more than epsilon of the cases, when at least one member is named in under 90 %, or when the code is
 * longer than 1.3 times pi^2/2 c^2 ln(n / epsilon) surviving positions; a scenario at a time.
 *
 * Usage: bench_codes [CASES]     (all scenarios at full survival together, default 200000; seed by DYE_SEED)
 */
#include "bound.h"
#include "dye/code.h"
#include "dye/code_score.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HOLDERS = 50, COLLUDERS_MAX = 3, POSITIONS_MAX = 4000 };
static const double epsilon = 1e-3, longest = 1.3, least_named = 0.9;

enum strategy { UNION, INTERSECTION, MAJORITY, RANDOM, INTERLEAVING, STRATEGIES };
static const char *const strategy_names[] = {"union", "intersection", "majority", "random", "interleaving"};

static double bias[POSITIONS_MAX];
static uint8_t seen[POSITIONS_MAX];
static uint8_t held[POSITIONS_MAX];

/* What a position shows, of c members of whom `b` have variant B. */
static uint8_t show(struct rng *r, enum strategy what, unsigned b, unsigned c)
{
    if (b == 0 || b == c)
        return b == 0 ? DYE_CODE_A : DYE_CODE_B;
    switch (what) {
    case UNION:
        return DYE_CODE_A | DYE_CODE_B;
    case INTERSECTION:
        return 0;
    case MAJORITY:
        if (2 * b != c)
            return 2 * b > c ? DYE_CODE_B : DYE_CODE_A;
        return rng_below(r, 2) != 0 ? DYE_CODE_B : DYE_CODE_A;
    case RANDOM:
        return rng_below(r, 2) != 0 ? DYE_CODE_B : DYE_CODE_A;
    default:
        return rng_below(r, c) < b ? DYE_CODE_B : DYE_CODE_A;
    }
}

struct tally {
    unsigned cases, caught, everybody, wrong;
    double named; /* members, summed */
};

static void run_case(struct rng *r, const struct dye_code *code, enum strategy what, unsigned c, double survival,
                     struct tally *t)
{
    unsigned member[COLLUDERS_MAX];
    bool is_member[HOLDERS] = {false};
    for (unsigned i = 0; i < c;) {
        member[i] = (unsigned)rng_below(r, HOLDERS);
        if (!is_member[member[i]])
            is_member[member[i++]] = true;
    }
    size_t n = (size_t)code->positions;
    for (size_t j = 0; j < n; j++) {
        unsigned b = 0;
        for (unsigned i = 0; i < c; i++)
            b += dye_code_symbol(code, j, member[i]) == 'B';
        bias[j] = code->bias[j];
        seen[j] = rng_unit(r) < survival ? show(r, what, b, c) : 0;
    }
    double threshold = dye_code_threshold(bias, seen, n, log(epsilon / HOLDERS));
    unsigned caught = 0;
    bool wrong = false;
    for (uint32_t h = 0; h < HOLDERS; h++) {
        for (size_t j = 0; j < n; j++)
            held[j] = dye_code_symbol(code, j, h) == 'B' ? DYE_CODE_B : DYE_CODE_A;
        if (dye_code_score(bias, seen, held, n) < threshold)
            continue;
        caught += is_member[h];
        wrong |= !is_member[h];
    }
    t->cases++;
    t->caught += caught > 0;
    t->everybody += caught == c;
    t->named += caught;
    t->wrong += wrong;
}

static bool scenario(struct rng *r, uint64_t seed, unsigned c, double survival, enum strategy what, unsigned cases)
{
    static uint64_t epoch; /* a code is drawn for each case of the run */
    const struct dye_code_params p = {.holders = HOLDERS, .colluders = c, .epsilon = epsilon, .survival = survival};
    struct dye_code_plan plan;
    struct dye_error err = {0};
    struct dye_key key = {{0}};
    struct tally t = {0};
    memcpy(key.bytes, &seed, sizeof seed);
    if (dye_code_plan(&p, &plan, &err) != DYE_OK || plan.positions > POSITIONS_MAX) {
        fprintf(stderr, "plan: %s\n", err.message);
        return false;
    }
    for (unsigned i = 0; i < cases; i++) {
        struct dye_code code;
        if (dye_code_make(&key, ++epoch, HOLDERS, c, plan.positions, &code, &err) != DYE_OK) {
            fprintf(stderr, "code: %s\n", err.message);
            return false;
        }
        run_case(r, &code, what, c, survival, &t);
        dye_code_done(&code);
    }
    const double pi = acos(-1);
    double bound = pi * pi / 2 * c * c * log(HOLDERS / epsilon);
    double length = (double)plan.positions * survival / bound;
    bool holds = length <= longest && t.wrong <= epsilon * t.cases && t.caught >= least_named * t.cases;
    printf("%u  %-13s %5.2f  %6llu  %5.3f  %6.2f %%  %6.2f %%  %5.2f  %4u of %u, at most %.2g  %s\n", c,
           strategy_names[what], survival, (unsigned long long)plan.positions, length, 100.0 * t.caught / t.cases,
           100.0 * t.everybody / t.cases, t.named / t.cases, t.wrong, t.cases, bound_upper95(t.wrong, t.cases),
           holds ? "holds" : "MISSED");
    fflush(stdout);
    return holds;
}

int main(int argc, char **argv)
{
    unsigned all = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 200000;
    unsigned cases = all / (2 * STRATEGIES);
    uint64_t seed = rng_seed(20260304);
    struct rng r;
    clock_t start = clock();
    bool holds = cases > 0;
    rng_init(&r, seed);
    printf("simulated: %d holders, epsilon %g, %u cases a scenario; length as a multiple of pi^2/2 c^2 ln(n/epsilon)\n",
           HOLDERS, epsilon, cases);
    printf("c  strategy     survival placed length  some named  all named  named  somebody uninvolved named\n");
    for (unsigned c = 2; c <= 3 && cases > 0; c++)
        for (int what = 0; what < STRATEGIES; what++)
            holds &= scenario(&r, seed, c, 1, (enum strategy)what, cases);
    for (unsigned c = 2; c <= 3 && cases > 0; c++)
        for (int what = 0; what < STRATEGIES; what++)
            holds &= scenario(&r, seed, c, 0.5, (enum strategy)what, cases / 10 + 1);
    printf("seed %llu, %.0f s: %s\n", (unsigned long long)seed, (double)(clock() - start) / CLOCKS_PER_SEC,
           holds ? "false attribution, naming and length hold in every scenario" : "missed");
    return holds ? 0 : 1;
}
