#include "dye/link.h"

#include <math.h>

/*
 * m: the chance that a true row of the canary still shows this field, in this form, as it was planted. Market rows are
 * exports: numbers survive unless a spreadsheet cut them (an ID loses its last digits), and whoever retypes garbles
 * text more than numbers. No measurement on real dumps stands behind these: they are cautious guesses, and as m is
 * between 0.5 and 1 they move a weight by less than one bit.
 *
 * u: the chance that an unrelated row shows this very value.
 *   mobile, resident_id, email   1e-6 / size of the default space. The space has never been assigned (DOMAIN 2), so a
 *                                row gets into it only by a typo or an invention; 1e-6 a row is taken for that. Sizes:
 *                                1.7e8 numbers, 4e10 numbers, and a random local part taken as 40 bits.
 *   policy, waybill, mrn         2^-32, 2^-30, 2^-24: issuers' own ranges, where an unrelated live value may stand.
 *                                13 or more digits each, but serial ones crowd together: their length isn't credited.
 *   account                      2^-24: as an mrn.
 *   bank_card                    2^-33: one of 9.8e9 cards in use (People's Bank of China, payment system report for
 *                                2023). A card that its bank reserved and closed deserves more, but an imported one
 *                                need not be that.
 *   passport, permit             2^-27, 2^-26: one of 1.3e8 passports, half as many permits: an estimate of those in
 *                                use, as nearly every row of travellers has one.
 *   uscc                         2^-20: one of 1.8e8 organisations (State Administration for Market Regulation, end
 *                                of 2023) would be 2^-27, but an organisation is in the rows of all its people.
 *   plate                        2^-21: one of two million vehicles of a large city. One of 4.35e8 in the country
 *                                (Ministry of Public Security, 2023) would be 2^-29, but rows show their city's own.
 *   qq                           2^-16: five digits, as the shortest have, once in some hundred thousand fields.
 *   wechat                       2^-20: names are chosen, and people choose what others do: a given name, a year.
 *   name                         2^-13: a full name of three characters; 2^-7 for the commonest surname's share of
 *                                all people (over 7 % for Wang or Li) would be the surname alone.
 *   address                      2^-20: a door in a city of a million doors, folded and compared whole.
 *
 * A digest of a value is seen where and only where the value would be: it weighs the same, and so do the other ways to
 * write a whole number. What shows only a part weighs what the part does:
 *   masked mobile, ID            the beginning counts as common, though default ones are not: pools have real ones, and
 *                                rows of a dump are of one place. 2^-5.6 for a prefix, about 1 in 50; 2^-4.5 for a
 *                                county, 2^-2.5 for a city, 2^-1 for a region. Digits behind it, which places and
 *                                years share: 2^-1.7 each. The last ones are serial: 2^-3.3 each, up to an ID's four.
 *                                174****0000 is 2^-18.9.
 *   masked name                  2^-5 for a surname: two people drawn from the country's share one in 1 of 45 cases,
 *                                in a village more often; 2^-6 for each character of a given name; 2^-12 at most.
 *   masked e-mail                2^-4 for a letter seen (letters are not even), at most six; its domain is common.
 *   pinyin                       2^-10: homophones are three bits less than ideographs.
 *   birth date                   2^-13.5: one of 22,000 days of sixty years, some written for an unknown one.
 *   part of an address           2^-9: rows of a dump are of one place; a community holds a thousand people.
 *   damaged ID                   2^-21, also of the 15 digits alone or in scientific notation: all born in a county on
 *                                a day, up to a hundred people, have one such number, and it is a real one's too: the
 *                                default space does not count any more. A county's share of a dump's rows, 1 in 100
 *                                where it is of one place, and a day's.
 *   number without its zeros     2^-13.5, as of a date: of eight digits it may be one, of ten a time, of eleven a real
 *                                mobile.
 *
 * Another value where the canary's should be weighs log2((1-m)/(1-u)): people have two phones and change names rarely,
 * so it lowers an exact identifier little and a masked one below what it gave with a coincidence beside it.
 */
static const struct {
    double m, log2_u;
} weights[DYE_KIND_COUNT] = {
    [DYE_MOBILE] = {0.95, -47.3},     /* log2(1e-6 / 1.7e8) */
    [DYE_RESIDENT_ID] = {0.9, -55.1}, /* log2(1e-6 / 4e10) */
    [DYE_EMAIL] = {0.95, -60.0},      /* log2(1e-6 / 2^40) */
    [DYE_WAYBILL] = {0.95, -30.0},    [DYE_POLICY] = {0.95, -32.0},   [DYE_MRN] = {0.95, -24.0},
    [DYE_ACCOUNT] = {0.95, -24.0},    [DYE_BANK_CARD] = {0.9, -33.0}, [DYE_PASSPORT] = {0.95, -27.0},
    [DYE_PERMIT] = {0.95, -26.0},     [DYE_USCC] = {0.95, -20.0},     [DYE_PLATE] = {0.9, -21.0},
    [DYE_QQ] = {0.95, -16.0},         [DYE_WECHAT] = {0.9, -20.0},    [DYE_NAME] = {0.9, -13.0},
    [DYE_ADDRESS] = {0.6, -20.0},
};

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* log2 u of what is seen of a masked value. */
static double log2_u_seen(enum dye_kind kind, unsigned head, unsigned tail)
{
    double first = head, last = tail;
    if (kind == DYE_NAME)
        return -smaller((head > 0 ? 5 : 0) + 6 * (head > 1 ? first - 1 : 0) + 6 * last, 12);
    if (kind == DYE_EMAIL)
        return -smaller(4 * (first + last), 24);
    double known = kind == DYE_MOBILE ? (head >= 3 ? 5.6 : 0) : head >= 6 ? 4.5 : head >= 3 ? 2.5 : smaller(first, 1);
    double further = first - (kind == DYE_MOBILE ? 3 : 6);
    return -(known + 1.7 * (further > 0 ? further : 0) + 3.32 * smaller(last, 4));
}

static bool is_one(enum dye_kind kind, enum dye_form form)
{
    return kind > DYE_KIND_NONE && kind < DYE_KIND_COUNT && form > DYE_FORM_NONE && form < DYE_FORM_COUNT;
}

double dye_weight_bits(enum dye_kind kind, enum dye_form form)
{
    if (!is_one(kind, form))
        return 0;
    double log2_u = weights[kind].log2_u;
    if (form == DYE_FORM_OTHER)
        return log2((1 - weights[kind].m) / (1 - exp2(log2_u)));
    if (form == DYE_FORM_MASKED)
        log2_u = kind == DYE_NAME ? log2_u_seen(kind, 1, 0) : kind == DYE_EMAIL ? log2_u_seen(kind, 2, 0) : -18.9;
    else if (form == DYE_FORM_GLIMPSE)
        log2_u = log2_u_seen(kind, 1, 1);
    else if (kind == DYE_RESIDENT_ID && (form == DYE_FORM_DAMAGED || form == DYE_FORM_SCIENTIFIC))
        log2_u = -21;
    else if (form == DYE_FORM_BIRTH || form == DYE_FORM_DAMAGED)
        log2_u = -13.5;
    else if (form == DYE_FORM_PINYIN)
        log2_u = -10;
    else if (form == DYE_FORM_PART)
        log2_u = -9;
    return log2(weights[kind].m) - log2_u;
}

double dye_weight_seen_bits(enum dye_kind kind, enum dye_form form, unsigned head, unsigned tail)
{
    if (!is_one(kind, form) || head + tail == 0 || (form != DYE_FORM_MASKED && form != DYE_FORM_GLIMPSE))
        return dye_weight_bits(kind, form);
    return log2(weights[kind].m) - log2_u_seen(kind, head, tail);
}

static double pairs(uint64_t records, uint64_t canaries)
{
    return (double)(records > 0 ? records : 1) * (double)(canaries > 0 ? canaries : 1);
}

/* log2 of the odds against a pair: lambda/(1-lambda) = 1/(pairs-1); one record against one canary is taken as even. */
static double against(uint64_t records, uint64_t canaries)
{
    double n = pairs(records, canaries);
    return log2(n > 2 ? n - 1 : 1);
}

double dye_link_probability(double bits, uint64_t records, uint64_t canaries)
{
    return 1 / (1 + exp2(against(records, canaries) - bits));
}

double dye_link_bits(double probability, uint64_t records, uint64_t canaries)
{
    return log2(probability / (1 - probability)) + against(records, canaries);
}

double dye_link_threshold_bits(uint64_t records, uint64_t canaries, double expected)
{
    return log2(pairs(records, canaries) / expected);
}
