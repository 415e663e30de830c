#include "form_parts.h"

#include "writing.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>

#define MOBILE_IN(function, words)                                                                                     \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        UNUSED_R;                                                                                                      \
        writing_digits(p->mobile, words, c->cell[MOBILE]);                                                             \
    }
MOBILE_AS(plain, "%s", m)
MOBILE_AS(plus86, "+86%s", m)
MOBILE_AS(plus86_space, "+86 %s", m)
MOBILE_AS(plus86_dash, "+86-%s", m)
MOBILE_AS(only86, "86%s", m)
MOBILE_AS(zeros86, "0086%s", m)
MOBILE_AS(trunk, "0%s", m)
MOBILE_AS(dashes344, "%.3s-%.4s-%s", m, m + 3, m + 7)
MOBILE_AS(blanks344, "%.3s %.4s %s", m, m + 3, m + 7)
MOBILE_AS(dots335, "%.3s.%.3s.%s", m, m + 3, m + 6)
MOBILE_AS(blanks443, "%.4s %.4s %s", m, m + 4, m + 8)
MOBILE_AS(plus86_grouped, "+86 %.3s %.4s %s", m, m + 3, m + 7)
MOBILE_AS(no_break, "%.3s\xc2\xa0%.4s\xc2\xa0%s", m, m + 3, m + 7)
MOBILE_AS(zero_width, "%.5s\xe2\x80\x8b%s", m, m + 5)
MOBILE_AS(direction, "\xe2\x80\xad%s\xe2\x80\xac", m)
MOBILE_AS(in_words, "电话%s的", m)
MOBILE_AS(behind_letters, "tel%s", m)
MOBILE_AS(before_letters, "%sVIP", m)
MOBILE_AS(zeros86_space, "0086 %s", m)
MOBILE_AS(bracket86, "(+86)%s", m)
MOBILE_AS(plus86_dashes, "+86-%.3s-%.4s-%s", m, m + 3, m + 7)
MOBILE_AS(dots344, "%.3s.%.4s.%s", m, m + 3, m + 7)
MOBILE_AS(dashes335, "%.3s-%.3s-%s", m, m + 3, m + 6)
MOBILE_AS(blanks335, "%.3s %.3s %s", m, m + 3, m + 6)
MOBILE_AS(dashes443, "%.4s-%.4s-%s", m, m + 4, m + 8)
MOBILE_AS(dots443, "%.4s.%.4s.%s", m, m + 4, m + 8)
MOBILE_AS(zero_width_all, "%.3s\xe2\x80\x8d%.4s\xe2\x81\xa0%s", m, m + 3, m + 7)
MOBILE_AS(byte_order_mark, "%.3s\xef\xbb\xbf%s", m, m + 3)
MOBILE_AS(soft_hyphen, "%.7s\xc2\xad%s", m, m + 7)
MOBILE_AS(apostrophe, "'%s", m)
MOBILE_AS(decimal, "%s.0", m)
static int shown(const char *m) /* digits behind the point: programs leave out the zeros at the end */
{
    int n = 10;
    while (n > 1 && m[n] == '0')
        n--;
    return n;
}
MOBILE_AS(scientific, "%.1s.%.*sE10", m, shown(m), m + 1)
MOBILE_AS(scientific_plus, "%.1s.%.*sE+10", m, shown(m), m + 1)
MOBILE_IN(wide_digits, writing_full_width)
MOBILE_IN(circled_digits, writing_circled)
MOBILE_IN(circled_zero, writing_circled_all)
MOBILE_IN(double_struck_digits, writing_double_struck)
MOBILE_IN(superscript_digits, writing_superscript)
MOBILE_IN(bold_digits, writing_bold)
MOBILE_IN(chinese_digits, writing_written)
MOBILE_IN(chinese_zero, writing_written_zero)
MOBILE_IN(formal_digits, writing_formal)
MOBILE_IN(spoken_digits, writing_spoken)

#define ID_LAST_AS(function, last)                                                                                     \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        UNUSED_R;                                                                                                      \
        CELL(c, ID, p->id[17] == 'X' ? "%.17s" last : "%.18s", p->id);                                                 \
    }
ID_AS(id_plain, "%s", d)
ID_AS(id_short, d[6] == '1' ? "%.6s%.9s" : "%s%.0s", d, d + 8)
ID_AS(id_damaged, "%.15s000", d)
ID_AS(id_grouped, "%.6s %.8s %s", d, d + 6, d + 14)
ID_LAST_AS(id_lower_x, "x")
ID_LAST_AS(id_cyrillic, "\xd0\xa5")
ID_LAST_AS(id_small_cyrillic, "\xd1\x85")
ID_LAST_AS(id_roman, "\xe2\x85\xa9")
ID_LAST_AS(id_times, "\xc3\x97")
ID_AS(id_first_15, "%.15s", d)
ID_AS(id_scientific, "%.1s.%.14sE+17", d, d + 1)
ID_AS(id_dashes, "%.6s-%.8s-%s", d, d + 6, d + 14)
ID_AS(id_in_words, "身份证%s，", d)
ID_AS(id_behind_letters, "id%s", d)
ID_AS(id_zero_width, "%.6s\xe2\x80\x8b%s", d, d + 6)
ID_AS(id_no_break, "%.6s\xc2\xa0%.8s\xc2\xa0%s", d, d + 6, d + 14)
ID_AS(id_apostrophe, "'%s", d)
FORM(id_circled)
{
    UNUSED_R;
    writing_digits(p->id, writing_circled_all, c->cell[ID]);
}
FORM(id_chinese)
{
    UNUSED_R;
    writing_digits(p->id, writing_written, c->cell[ID]);
}
FORM(id_formal)
{
    UNUSED_R;
    writing_digits(p->id, writing_formal, c->cell[ID]);
}
FORM(id_wide)
{
    UNUSED_R;
    writing_digits(p->id, writing_full_width, c->cell[ID]);
}

/* Two numbers with nothing between them; that of another is nobody's. */
static const char *another_mobile(struct rng *r)
{
    static char mobile[12];
    snprintf(mobile, sizeof mobile, "139%08u", (unsigned)rng_below(r, 100000000));
    return mobile;
}
static const char *another_id(struct rng *r, size_t digits)
{
    static char id[19];
    snprintf(id, sizeof id, digits == 18 ? "3201471984%02u21%04u" : "320147840%u210%02u", 1 + (unsigned)rng_below(r, 9),
             (unsigned)rng_below(r, 100));
    return id;
}
static const char *short_id(const struct person *p)
{
    static char id[19];
    snprintf(id, sizeof id, p->id[6] == '1' ? "%.6s%.9s" : "%s", p->id, p->id + 8);
    return id;
}
#define PAIR(function, cell, first, second)                                                                            \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        UNUSED_R;                                                                                                      \
        CELL(c, cell, "%s%s", first, second);                                                                          \
    }
PAIR(mobile_and_id, MOBILE, p->mobile, p->id)
PAIR(id_and_mobile, ID, p->id, p->mobile)
PAIR(mobile_before_id, MOBILE, p->mobile, another_id(r, 18))
PAIR(mobile_behind_id, MOBILE, another_id(r, 18), p->mobile)
PAIR(mobile_before_short_id, MOBILE, p->mobile, another_id(r, 15))
PAIR(mobile_behind_short_id, MOBILE, another_id(r, 15), p->mobile)
PAIR(mobile_before_mobile, MOBILE, p->mobile, another_mobile(r))
PAIR(mobile_behind_mobile, MOBILE, another_mobile(r), p->mobile)
PAIR(id_before_mobile, ID, p->id, another_mobile(r))
PAIR(id_behind_mobile, ID, another_mobile(r), p->id)
PAIR(short_id_before_mobile, ID, short_id(p), another_mobile(r))
PAIR(short_id_behind_mobile, ID, another_mobile(r), short_id(p))
FORM(id_cyrillic_behind_mobile)
{
    CELL(c, ID, p->id[17] == 'X' ? "%s%.17s\xd0\xa5" : "%s%.18s", another_mobile(r), p->id);
}
FORM(name_mobile_id)
{
    UNUSED_R;
    CELL(c, MOBILE, "%s%s%s", p->name, p->mobile, p->id);
    CELL(c, NAME, "%s", "");
}

FORM(mrn_plain)
{
    UNUSED_R;
    CELL(c, ID, "%s", p->mrn);
}
FORM(mrn_zeroless)
{
    UNUSED_R;
    CELL(c, ID, "%s", p->mrn + strspn(p->mrn, "0"));
}

FORM(email_plain)
{
    UNUSED_R;
    CELL(c, EMAIL, "%s", p->email);
}
FORM(email_upper)
{
    UNUSED_R;
    CELL(c, EMAIL, "%s", p->email);
    for (char *at = c->cell[EMAIL]; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
}
FORM(email_in_words)
{
    UNUSED_R;
    CELL(c, EMAIL, "邮箱%s，", p->email);
}
static void email_by(const struct person *p, const char *sign, const char *dot, struct recall_cells *c)
{
    const char *at = strchr(p->email, '@'), *stop = strchr(at, '.');
    CELL(c, EMAIL, "%.*s%s%.*s%s%s", (int)(at - p->email), p->email, sign, (int)(stop - at - 1), at + 1, dot, stop + 1);
}
FORM(email_brackets)
{
    UNUSED_R;
    email_by(p, "(at)", "[dot]", c);
}
FORM(email_spaced)
{
    UNUSED_R;
    email_by(p, " [AT] ", ".", c);
}
FORM(email_wide)
{
    UNUSED_R;
    email_by(p, "＠", "．", c);
}

FORM(base64_row)
{
    char text[1024];
    UNUSED_R;
    int n = snprintf(text, sizeof text, "%s,%s,%s,%s", p->name, p->mobile, p->id, p->address);
    EVP_EncodeBlock((unsigned char *)c->whole, (unsigned char *)text, n);
}
FORM(percent_row)
{
    char text[1024];
    size_t n = 0;
    UNUSED_R;
    snprintf(text, sizeof text, "%s=%s,%s", p->name, p->mobile, p->address);
    for (const char *at = text; *at != '\0'; at++)
        n += (size_t)sprintf(c->whole + n, isalnum((unsigned char)*at) ? "%c" : "%%%02X", (unsigned char)*at);
}

static const struct form forms[] = {
    {"mobile", RECALL_EXACT, plain, NULL},
    {"mobile, +86", RECALL_EXACT, plus86, NULL},
    {"mobile, +86 and blank", RECALL_EXACT, plus86_space, NULL},
    {"mobile, +86-", RECALL_EXACT, plus86_dash, NULL},
    {"mobile, 86", RECALL_EXACT, only86, NULL},
    {"mobile, 0086", RECALL_EXACT, zeros86, NULL},
    {"mobile, 0", RECALL_EXACT, trunk, NULL},
    {"mobile, 3-4-4 by -", RECALL_EXACT, dashes344, NULL},
    {"mobile, 3-4-4 by blanks", RECALL_EXACT, blanks344, NULL},
    {"mobile, 3-3-5 by dots", RECALL_EXACT, dots335, NULL},
    {"mobile, 4-4-3 by blanks", RECALL_EXACT, blanks443, NULL},
    {"mobile, +86 and grouped", RECALL_EXACT, plus86_grouped, NULL},
    {"mobile, no-break spaces", RECALL_EXACT, no_break, NULL},
    {"mobile, zero-width inside", RECALL_EXACT, zero_width, NULL},
    {"mobile, direction marks", RECALL_EXACT, direction, NULL},
    {"mobile, glued to Chinese", RECALL_EXACT, in_words, NULL},
    {"mobile, glued behind letters", RECALL_EXACT, behind_letters, NULL},
    {"mobile, glued before letters", RECALL_EXACT, before_letters, NULL},
    {"mobile, 0086 and blank", RECALL_EXACT, zeros86_space, NULL},
    {"mobile, (+86)", RECALL_EXACT, bracket86, NULL},
    {"mobile, +86 and 3-4-4 by -", RECALL_EXACT, plus86_dashes, NULL},
    {"mobile, 3-4-4 by dots", RECALL_EXACT, dots344, NULL},
    {"mobile, 3-3-5 by -", RECALL_EXACT, dashes335, NULL},
    {"mobile, 3-3-5 by blanks", RECALL_EXACT, blanks335, NULL},
    {"mobile, 4-4-3 by -", RECALL_EXACT, dashes443, NULL},
    {"mobile, 4-4-3 by dots", RECALL_EXACT, dots443, NULL},
    {"mobile, joiners inside", RECALL_EXACT, zero_width_all, NULL},
    {"mobile, byte order mark inside", RECALL_EXACT, byte_order_mark, NULL},
    {"mobile, soft hyphen", RECALL_EXACT, soft_hyphen, NULL},
    {"mobile, double-struck", RECALL_EXACT, double_struck_digits, NULL},
    {"mobile, superscript", RECALL_EXACT, superscript_digits, NULL},
    {"mobile, apostrophe", RECALL_EXACT, apostrophe, "sql"},
    {"mobile, decimal", RECALL_EXACT, decimal, NULL},
    {"mobile, E10", RECALL_EXACT, scientific, NULL},
    {"mobile, E+10", RECALL_EXACT, scientific_plus, NULL},
    {"mobile, full-width", RECALL_EXACT, wide_digits, NULL},
    {"mobile, circled", RECALL_EXACT, circled_digits, NULL},
    {"mobile, circled with zero", RECALL_EXACT, circled_zero, NULL},
    {"mobile, mathematical", RECALL_EXACT, bold_digits, NULL},
    {"mobile, Chinese", RECALL_EXACT, chinese_digits, "glued"},
    {"mobile, Chinese with ling", RECALL_EXACT, chinese_zero, "glued"},
    {"mobile, formal", RECALL_EXACT, formal_digits, "glued"},
    {"mobile, spoken", RECALL_EXACT, spoken_digits, "glued"},
    {"ID", RECALL_EXACT, id_plain, NULL},
    {"ID, x", RECALL_EXACT, id_lower_x, NULL},
    {"ID, Cyrillic", RECALL_EXACT, id_cyrillic, NULL},
    {"ID, small Cyrillic", RECALL_EXACT, id_small_cyrillic, NULL},
    {"ID, Roman ten", RECALL_EXACT, id_roman, NULL},
    {"ID, multiplication sign", RECALL_EXACT, id_times, NULL},
    {"ID, 15 digits", RECALL_EXACT, id_short, NULL},
    {"ID, grouped 6-8-4", RECALL_EXACT, id_grouped, NULL},
    {"ID, grouped by -", RECALL_EXACT, id_dashes, NULL},
    {"ID, glued to Chinese", RECALL_EXACT, id_in_words, NULL},
    {"ID, glued behind letters", RECALL_EXACT, id_behind_letters, NULL},
    {"ID, zero-width inside", RECALL_EXACT, id_zero_width, NULL},
    {"ID, no-break spaces", RECALL_EXACT, id_no_break, NULL},
    {"ID, apostrophe", RECALL_EXACT, id_apostrophe, "sql"},
    {"ID, circled", RECALL_EXACT, id_circled, NULL},
    {"ID, Chinese", RECALL_EXACT, id_chinese, "glued"},
    {"ID, formal", RECALL_EXACT, id_formal, "glued"},
    {"ID, first 15 digits", RECALL_KEPT, id_first_15, NULL},
    {"ID, E+17", RECALL_KEPT, id_scientific, NULL},
    {"ID, full-width", RECALL_EXACT, id_wide, NULL},
    {"ID, cut by a spreadsheet", RECALL_KEPT, id_damaged, NULL},
    {"mobile and ID in one", RECALL_EXACT, mobile_and_id, NULL},
    {"ID and mobile in one", RECALL_EXACT, id_and_mobile, NULL},
    {"name, mobile and ID in one", RECALL_EXACT, name_mobile_id, NULL},
    {"mobile before another's ID", RECALL_EXACT, mobile_before_id, NULL},
    {"mobile behind another's ID", RECALL_EXACT, mobile_behind_id, NULL},
    {"mobile before another's 15 digits", RECALL_EXACT, mobile_before_short_id, NULL},
    {"mobile behind another's 15 digits", RECALL_EXACT, mobile_behind_short_id, NULL},
    {"mobile before another's", RECALL_EXACT, mobile_before_mobile, NULL},
    {"mobile behind another's", RECALL_EXACT, mobile_behind_mobile, NULL},
    {"ID before another's mobile", RECALL_EXACT, id_before_mobile, NULL},
    {"ID behind another's mobile", RECALL_EXACT, id_behind_mobile, NULL},
    {"ID, Cyrillic, behind a mobile", RECALL_EXACT, id_cyrillic_behind_mobile, NULL},
    {"ID, 15 digits, before a mobile", RECALL_EXACT, short_id_before_mobile, NULL},
    {"ID, 15 digits, behind a mobile", RECALL_EXACT, short_id_behind_mobile, NULL},
    {"record number, name", RECALL_KEPT, mrn_plain, NULL},
    {"record number without its zeros, name", RECALL_KEPT, mrn_zeroless, NULL},
    {"e-mail", RECALL_EXACT, email_plain, NULL},
    {"e-mail, capitals", RECALL_EXACT, email_upper, NULL},
    {"e-mail, glued to Chinese", RECALL_EXACT, email_in_words, NULL},
    {"e-mail, (at) and [dot]", RECALL_EXACT, email_brackets, NULL},
    {"e-mail, blanks and [AT]", RECALL_EXACT, email_spaced, NULL},
    {"e-mail, full-width signs", RECALL_EXACT, email_wide, NULL},
    {"base64 row", RECALL_EXACT, base64_row, NULL},
    {"percent-encoded row", RECALL_EXACT, percent_row, NULL},
};
const struct form_table exact_forms = {forms, sizeof forms / sizeof *forms};
