/*
 * local_part: what stands before the @ of a persona's address, as people choose it: a chat number, a name with digits,
 * the own mobile number. None repeats: each shape holds the persona's unique number in places of its own, and no shape
 * can be taken for another (9 or 10 digits; 11 digits; letters and exactly 8 digits; letters and exactly 5).
 */
#include "draw.h"

#include <assert.h>
#include <stdio.h>

enum { DIGITS_5 = 100000, LETTERS = 26 };
#define CHAT_NUMBERS_FROM UINT64_C(210000000)
#define CHAT_NUMBERS_STEP 41 /* 67,600,000 of them reach up to 2,981,600,000 */

void draw_local_part(struct dye_prf *r, const struct draw_name *name, uint64_t unique, const char *mobile, char *ret,
                     size_t cap)
{
    assert(unique < DRAW_LOCAL_PARTS);
    uint64_t shape = dye_prf_below(r, 100);
    uint64_t within = dye_prf_below(r, CHAT_NUMBERS_STEP);
    int surname = (int)name->surname_latin;
    if (shape < 40 || (shape >= 55 && surname == 0))
        snprintf(ret, cap, "%llu", (unsigned long long)(CHAT_NUMBERS_FROM + unique * CHAT_NUMBERS_STEP + within));
    else if (shape < 55)
        snprintf(ret, cap, "%s", mobile);
    else if (shape < 75)
        snprintf(ret, cap, "%s%llu", name->latin, (unsigned long long)(10000000 + unique));
    else
        snprintf(ret, cap, "%.*s%c%c%05llu", surname, name->latin, (int)('a' + unique / DIGITS_5 / LETTERS),
                 (int)('a' + unique / DIGITS_5 % LETTERS), (unsigned long long)(unique % DIGITS_5));
}
