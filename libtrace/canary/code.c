#include "dye/code.h"

#include "dye/prf.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HALF_PI 1.57079632679489661923
#define MARGIN 1.25 /* over the central limit; measured by tests/bench/bench_codes.c */

static enum dye_status check(const struct dye_code_params *p, struct dye_error *err)
{
    if (p->holders < 2 || p->holders > DYE_CODE_HOLDERS_MAX)
        DYE_FAIL(err, DYE_E_USAGE, "code: %u holders: 2 to %d are wanted", p->holders, DYE_CODE_HOLDERS_MAX);
    if (p->colluders < 1 || p->colluders > p->holders)
        DYE_FAIL(err, DYE_E_USAGE, "code: %u colluders of %u holders: 1 to %u are wanted", p->colluders, p->holders,
                 p->holders);
    if (!(p->epsilon > 0 && p->epsilon < 1))
        DYE_FAIL(err, DYE_E_USAGE, "code: epsilon %g: a probability between 0 and 1 is wanted", p->epsilon);
    if (!(p->survival > 0 && p->survival <= 1))
        DYE_FAIL(err, DYE_E_USAGE, "code: survival %g: a share above 0, at most 1, is wanted", p->survival);
    return DYE_OK;
}

enum dye_status dye_code_plan(const struct dye_code_params *p, struct dye_code_plan *ret, struct dye_error *err)
{
    DYE_TRY(check(p, err));
    uint64_t limit = p->limit != 0 && p->limit < DYE_CODE_POSITIONS_MAX ? p->limit : DYE_CODE_POSITIONS_MAX;
    double a_colluder = 2 * HALF_PI * HALF_PI * p->colluders * p->colluders; /* pi^2/2 c^2 */
    double bound = a_colluder * (log(p->holders) - log(p->epsilon));
    double surviving = ceil(MARGIN * bound);
    double positions = ceil(surviving / p->survival);
    if (!(positions <= (double)limit)) {
        double reached = p->holders * exp(-(double)limit * p->survival / (MARGIN * a_colluder));
        char would[48] = "no epsilon at all";
        if (reached < 1)
            snprintf(would, sizeof would, "epsilon %.2g", reached);
        DYE_FAIL(err, DYE_E_USAGE,
                 "code: %u colluders of %u holders at epsilon %g want %.0f canaries that survive, %.0f planted at a"
                 " survival of %g; %llu are possible, enough for %s",
                 p->colluders, p->holders, p->epsilon, surviving, positions, p->survival, (unsigned long long)limit,
                 would);
    }
    *ret = (struct dye_code_plan){.bound = bound, .surviving = (uint64_t)surviving, .positions = (uint64_t)positions};
    return DYE_OK;
}

/* p_j in units of 2^-32, so that an ulp of another machine's sine can't change a symbol but once in 2^20 biases. */
static uint32_t draw_bias(struct dye_prf *r, uint32_t colluders)
{
    double edge = asin(sqrt(1 / (300.0 * colluders)));
    double s = sin(edge + dye_prf_unit(r) * (HALF_PI - 2 * edge));
    return (uint32_t)floor(s * s * 0x1p32 + 0.5);
}

enum dye_status dye_code_make(const struct dye_key *key, uint64_t epoch, uint32_t holders, uint32_t colluders,
                              uint64_t positions, struct dye_code *ret, struct dye_error *err)
{
    if (holders < 1 || holders > DYE_CODE_HOLDERS_MAX || positions > DYE_CODE_POSITIONS_MAX || colluders < 1)
        DYE_FAIL(err, DYE_E_USAGE, "code: too many holders or positions");
    struct dye_code c = {.holders = holders, .positions = positions};
    c.bias = malloc((size_t)positions * sizeof *c.bias + 1);
    c.symbol = malloc((size_t)positions * holders + 1); /* at most 10^12: it fits, or malloc says no */
    if (c.bias == NULL || c.symbol == NULL) {
        free(c.bias);
        free(c.symbol);
        DYE_FAIL(err, DYE_E_NOMEM, "code: out of memory");
    }
    struct dye_prf biases;
    struct dye_prf symbols;
    dye_prf_init(&biases, key, "dyetrace/1/code/bias", epoch);
    dye_prf_init(&symbols, key, "dyetrace/1/code/symbol", epoch);
    for (uint64_t j = 0; j < positions; j++) {
        uint32_t bias = draw_bias(&biases, colluders);
        assert(bias > 0);
        c.bias[j] = bias * 0x1p-32;
        for (uint32_t i = 0; i < holders; i++)
            c.symbol[j * holders + i] = dye_prf_u64(&symbols) >> 32 < bias ? 'B' : 'A';
    }
    dye_prf_done(&biases);
    dye_prf_done(&symbols);
    *ret = c;
    return DYE_OK;
}

void dye_code_done(struct dye_code *c)
{
    if (c->symbol != NULL)
        dye_wipe(c->symbol, (size_t)c->positions * c->holders);
    if (c->bias != NULL)
        dye_wipe(c->bias, (size_t)c->positions * sizeof *c->bias);
    free(c->symbol);
    free(c->bias);
    *c = (struct dye_code){0};
}
