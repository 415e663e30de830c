#ifndef TEST_BOUND_H
#define TEST_BOUND_H
/* bound: what may still be true after k of n. */

/* The upper end of Clopper and Pearson's one-sided 95 % interval for k of n: P(X <= k | p) = 0.05, by bisection. */
double bound_upper95(unsigned k, unsigned n);
#endif
