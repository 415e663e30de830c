/*
 * waybill: parcel numbers of the large carriers (DOMAIN 2) and S10 of the postal union. Canonical: upper case, no
 * spaces. Only S10 has a public check digit, so a domestic waybill needs a phone or a name beside it.
 *
 * Default space: SF and 13 digits.
 */
#include "kind.h"
#include "spelling.h"

#define SERIALS UINT64_C(10000000000000)

static const struct {
    const char *prefix;
    unsigned letters_min, letters_max; /* after the prefix */
    unsigned digits_min, digits_max;   /* after those */
} carriers[] = {
    {"SF", 0, 0, 12, 16}, {"", 0, 0, 12, 13}, /* SF without its letters; 13: Yunda */
    {"", 0, 0, 15, 15},                       /* Yunda, STO */
    {"YT", 0, 0, 13, 13}, {"73", 0, 0, 12, 12}, {"75", 0, 0, 12, 12},  {"78", 0, 0, 12, 12}, /* YTO; ZTO */
    {"77", 0, 0, 12, 12},                                                                    /* STO */
    {"JD", 1, 2, 11, 12}, {"JT", 0, 0, 12, 13}, {"DPK", 0, 0, 12, 12},                       /* JD; J&T; Deppon */
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_domestic(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++) {
        size_t used = strlen(carriers[i].prefix);
        if (strncmp(p, carriers[i].prefix, used) != 0)
            continue;
        size_t letters = 0;
        while (is_upper(p[used]))
            used++, letters++;
        if (letters >= carriers[i].letters_min && letters <= carriers[i].letters_max &&
            n - used >= carriers[i].digits_min && n - used <= carriers[i].digits_max &&
            spelling_digits(p + used, n - used))
            return true;
    }
    return false;
}

/* Universal Postal Union S10: two letters, eight digits, a check digit, a country. */
static bool is_s10(const char *p, size_t n)
{
    static const unsigned weights[8] = {8, 6, 4, 2, 3, 5, 9, 7};
    if (n != 13 || !is_upper(p[0]) || !is_upper(p[1]) || !spelling_digits(p + 2, 9) || !is_upper(p[11]) ||
        !is_upper(p[12]))
        return false;
    unsigned sum = 0;
    for (int i = 0; i < 8; i++)
        sum += weights[i] * (unsigned)(p[2 + i] - '0');
    unsigned check = 11 - sum % 11;
    check = check == 10 ? 0 : check == 11 ? 5 : check;
    return p[10] == (char)('0' + check);
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!spelling_read(text, &s) || s.n > 32)
        return DYE_E_RECORD;
    spelling_tighten(&s, " ");
    if (!is_domestic(s.text, s.n) && !is_s10(s.text, s.n))
        return DYE_E_RECORD;
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static uint64_t space(void)
{
    return SERIALS;
}

static void at(uint64_t i, struct dye_value *ret)
{
    char number[15] = "SF";
    put_digits(number + 2, 13, i);
    value_set(ret, number, sizeof number);
}

static bool is_safe(const struct dye_value *v)
{
    return v->n == 15 && memcmp(v->text, "SF", 2) == 0 && spelling_digits(v->text + 2, 13);
}

static const char *const displays[] = {"## ### ### ### ##", "#### #### ####", "### #### #### ####", NULL}; /* S10; SF */
static const char *const masks[] = {"####%####", "######%####", "##%####", "%####", "%######", NULL};

const struct kind_row kind_waybill = {.name = "waybill",
                                      .scanned = true,
                                      .parse = parse,
                                      .displays = displays,
                                      .masks = masks,
                                      .space = space,
                                      .at = at,
                                      .is_safe = is_safe};
