#ifndef DYE_CODE_SCORE_H
#define DYE_CODE_SCORE_H
/*
 * code_score: what is found of shared canaries -> how strongly it speaks against each holder of a copy.
 *
 * A position is one shared canary; its bias p is the chance that a holder was given variant B. Position by position:
 * what was seen agrees with what the holder had, and counts the more the rarer that is (the symmetric score: Skoric,
 * Katzenbeisser and Celik, "Symmetric Tardos fingerprinting codes for arbitrary alphabet sizes", 2008):
 *
 *   seen B: +sqrt((1-p)/p) of who had B, -sqrt(p/(1-p)) of who had A
 *   seen A: +sqrt(p/(1-p)) of who had A, -sqrt((1-p)/p) of who had B
 *   seen neither (a row is missing), or both (at least two holders): 0
 *
 * A holder who took no part was given its variants without regard to what is seen: mean 0 and variance 1 a position.
 * How far it gets by chance is bounded for the case at hand, because bias and sight are known (Chernoff):
 *
 *   P(S >= s) <= min over theta >= 0 of exp(-theta s) prod_j E exp(theta u_j)
 *
 * With n holders, name those whose dye_code_bound is at most ln(epsilon / n): the chance that anybody uninvolved is
 * named is then at most epsilon, whatever the colluders did and however many they were. Pure; any thread.
 */
#include "dye/status.h"

#include <stdint.h>

/* Variants, as a set of bits: what a holder was given (one bit, or 0 where it holds nothing there), what was seen. */
enum { DYE_CODE_A = 1, DYE_CODE_B = 2 };

/* bias[j] in (0, 1); seen[j], held[j] sets of variants. O(n). */
DYE_API double dye_code_score(const double *bias, const uint8_t *seen, const uint8_t *held, size_t n);

/* The natural logarithm of the bound on P(S >= score) for a holder who took no part; at most 0, -INFINITY when it can't
 * be reached. Holds too for one that was given variants at some of the positions only. O(n), about 30 passes. */
DYE_API double dye_code_bound(const double *bias, const uint8_t *seen, size_t n, double score);

/* The smallest score whose bound is at most exp(log_p), log_p < 0; INFINITY when no score has it. */
DYE_API double dye_code_threshold(const double *bias, const uint8_t *seen, size_t n, double log_p);

/* The theta that dye_code_threshold is found at, where there is a threshold; else that of half the logarithm that can
 * be reached. It depends on nobody's variants: exp(theta S) / E exp(theta S) has mean 1 for who took no part. */
DYE_API double dye_code_tilt(const double *bias, const uint8_t *seen, size_t n, double log_p);

/* What one position multiplies exp(theta S) / E exp(theta S) by, as a logarithm, for who had A and for who had B there;
 * 0 and 0 where nothing or both were seen. */
DYE_API void dye_code_factor(double bias, uint8_t seen, double theta, double *ret_a, double *ret_b);

#endif
