/*
 * bank_card: card numbers of ISO/IEC 7812, 16 to 19 digits of which the last is Luhn's check digit and the first is not
 * 0. No space of them is free: values come from a pool that a bank reserved and closed, and such a number is looked up
 * like any other.
 */
#include "kind.h"
#include "spelling.h"

/* From the right, every second digit doubled, its digits added: a multiple of ten. */
static bool has_luhn(const char *p, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(p[n - 1 - i] - '0') << i % 2;
        sum += digit / 10 + digit % 10;
    }
    return sum % 10 == 0;
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    static const char *const shapes[] = {"4444", "44441", "44442", "44443"};
    struct spelling s;
    char digits[32];
    size_t n = 0;
    if (!spelling_read(text, &s) || s.n > 24)
        return DYE_E_RECORD;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && n == 0; i++)
        n = spelling_ungroup(s.text, s.n, shapes[i], digits);
    if (n < 16 || !spelling_digits(digits, n) || digits[0] == '0' || !has_luhn(digits, n))
        return DYE_E_RECORD;
    value_set(ret, digits, n);
    return DYE_OK;
}

static const char *const displays[] = {"#### #### #### ####",     "#### #### #### #### #",   "#### #### #### #### ##",
                                       "#### #### #### #### ###", "####-####-####-####",     "####-####-####-####-#",
                                       "####-####-####-####-##",  "####-####-####-####-###", NULL};
static const char *const masks[] = {"######%####",         "####%####", "%####", "~****####",
                                    "#### ???? ???? ####", "~尾号####", NULL};

const struct kind_row kind_bank_card = {
    .name = "bank_card", .scanned = true, .parse = parse, .displays = displays, .masks = masks};
