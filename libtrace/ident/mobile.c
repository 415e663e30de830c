/*
 * mobile: mainland mobile numbers. Canonical: 11 digits, 1[3-9] then nine more.
 *
 * Default space (DOMAIN 2): 174[2-8] and 154, which the regulator's table of 2023-03-31 assigns to nobody.
 *
 * 1.38001E+10 is not read: a spreadsheet that writes it has already lost the last five digits.
 */
#include "kind.h"
#include "spelling.h"

#define AFTER_174 (UINT64_C(7) * 10000000) /* 174[2-8] and seven digits */
#define AFTER_154 UINT64_C(100000000)      /* 154 and eight digits */

static bool is_mobile(const char *p)
{
    return spelling_digits(p, 11) && p[0] == '1' && p[1] >= '3';
}

static bool read_body(const char *p, size_t n, char ret[11])
{
    static const char *const shapes[] = {"344", "335", "443"};
    char digits[16];
    if (n > 2 && memcmp(p + n - 2, ".0", 2) == 0)
        n -= 2; /* a spreadsheet's floating-point number */
    if (n > 13)
        return false;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (spelling_ungroup(p, n, shapes[i], digits) == 11 && is_mobile(digits)) {
            memcpy(ret, digits, 11);
            return true;
        }
    }
    return false;
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    static const char *const prefixes[] = {"", "+86", "0086", "86", "0", "(+86)", "(86)", "(0086)", "+0086"};
    struct spelling s;
    if (!spelling_read(text, &s))
        return DYE_E_RECORD;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t used = strlen(prefixes[i]);
        if (strncmp(s.text, prefixes[i], used) != 0)
            continue;
        if (used > 0 && (s.text[used] == ' ' || s.text[used] == '-'))
            used++;
        char digits[11];
        if (read_body(s.text + used, s.n - used, digits)) {
            value_set(ret, digits, sizeof digits);
            return DYE_OK;
        }
    }
    return DYE_E_RECORD;
}

static uint64_t space(void)
{
    return AFTER_174 + AFTER_154;
}

static void at(uint64_t i, struct dye_value *ret)
{
    char digits[11];
    put_digits(digits, 11, i < AFTER_174 ? UINT64_C(17420000000) + i : UINT64_C(15400000000) + (i - AFTER_174));
    value_set(ret, digits, sizeof digits);
}

static bool is_safe(const struct dye_value *v)
{
    if (v->n != 11 || !is_mobile(v->text))
        return false;
    return memcmp(v->text, "154", 3) == 0 || (memcmp(v->text, "174", 3) == 0 && v->text[3] >= '2' && v->text[3] <= '8');
}

static bool block(size_t i, struct number_range *ret)
{
    static const struct number_range blocks[] = {
        {UINT64_C(15400000000), UINT64_C(15499999999)},
        {UINT64_C(17420000000), UINT64_C(17489999999)},
    };
    if (i >= sizeof blocks / sizeof *blocks)
        return false;
    *ret = blocks[i];
    return true;
}

static const char *const displays[] = {"### #### ####",
                                       "###-####-####",
                                       "### ### #####",
                                       "#### #### ###",
                                       "+86###########",
                                       "86###########",
                                       "0086###########",
                                       "0###########",
                                       "+86 ### #### ####",
                                       "+86-###########",
                                       NULL};
static const char *const masks[] = {"###????####", "###?????###", "#######????", "???????####", NULL};

const struct kind_row kind_mobile = {.name = "mobile",
                                     .scanned = true,
                                     .hashed = true,
                                     .parse = parse,
                                     .displays = displays,
                                     .masks = masks,
                                     .space = space,
                                     .at = at,
                                     .is_safe = is_safe,
                                     .numbered = 11,
                                     .numbered_min = 3,
                                     .numbered_first = '1',
                                     .block = block};
