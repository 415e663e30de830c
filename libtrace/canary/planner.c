#include "dye/planner.h"

#include <assert.h>
#include <math.h>

#define CANARIES_MAX 1e15

double dye_plan_density(uint64_t sale, double power)
{
    assert(sale > 0 && power > 0 && power < 1);
    return -expm1(log1p(-power) / (double)sale);
}

double dye_plan_sale_power(uint64_t population, uint64_t canaries, uint64_t sale)
{
    double all = (double)population + (double)canaries;
    if (canaries == 0)
        return 0;
    if (sale >= population)
        return 1;
    return -expm1((double)sale * log1p(-(double)canaries / all));
}

double dye_plan_leak_power(uint64_t canaries, double fraction)
{
    assert(fraction > 0 && fraction <= 1);
    return canaries == 0 ? 0 : -expm1((double)canaries * log1p(-fraction));
}

uint64_t dye_plan_sale(uint64_t population, uint64_t sale, double power)
{
    double d = dye_plan_density(sale, power);
    double wanted = ceil(d / (1 - d) * (double)population);
    if (!(wanted < CANARIES_MAX))
        return UINT64_MAX;
    /* The last digits of d decide about one canary more or less, and a sale of the whole table needs one. */
    uint64_t k = wanted > 1 ? (uint64_t)wanted : 1;
    while (k > 1 && dye_plan_sale_power(population, k - 1, sale) >= power)
        k--;
    while (dye_plan_sale_power(population, k, sale) < power)
        k++;
    return k;
}

uint64_t dye_plan_leak(double fraction, double power)
{
    assert(fraction > 0 && fraction <= 1 && power > 0 && power < 1);
    double wanted = ceil(log1p(-power) / log1p(-fraction));
    if (!(wanted < CANARIES_MAX))
        return UINT64_MAX;
    uint64_t k = wanted > 1 ? (uint64_t)wanted : 1;
    while (k > 1 && dye_plan_leak_power(k - 1, fraction) >= power)
        k--;
    return k;
}
