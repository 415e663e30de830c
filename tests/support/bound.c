#include "bound.h"

#include <math.h>

double bound_upper95(unsigned k, unsigned n)
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
