#include "form.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define CELL(c, i, ...) snprintf((c)->cell[i], RECALL_CELL_BYTES, __VA_ARGS__)
enum { NUMBER, NAME, MOBILE, ID, BIRTH, EMAIL, ADDRESS };

/* ---- texts ---- */

static void transliterate(const char *id, const char *text, char *ret, size_t cap)
{
    static struct {
        const char *id;
        UTransliterator *t;
    } known[4];
    UChar wide[4096], name[64];
    int32_t n = 0, out = 0;
    UErrorCode e = U_ZERO_ERROR;
    size_t i = 0;
    while (known[i].id != NULL && strcmp(known[i].id, id) != 0)
        i++;
    if (known[i].id == NULL) {
        u_uastrcpy(name, id);
        known[i].t = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
        known[i].id = id;
    }
    u_strFromUTF8(wide, 4096, &n, text, -1, &e);
    int32_t limit = n;
    utrans_transUChars(known[i].t, wide, &n, 4096, 0, &limit, &e);
    u_strToUTF8(ret, (int32_t)cap, &out, wide, n, &e);
    if (U_FAILURE(e))
        abort();
}

void recall_traditional(const char *text, char *ret, size_t cap)
{
    transliterate("Simplified-Traditional", text, ret, cap);
}

/* Each digit as one of ten words. */
static void rewrite(const char *text, const char *const words[10], char *ret)
{
    size_t n = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (isdigit((unsigned char)*p)) {
            strcpy(ret + n, words[*p - '0']);
            n += strlen(words[*p - '0']);
        } else {
            ret[n++] = *p;
        }
    }
    ret[n] = '\0';
}

static const char *const full_width[] = {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"};
static const char *const circled[] = {"0", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"};
static const char *const circled_all[] = {"⓪", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"};
static const char *const bold[] = {"𝟎", "𝟏", "𝟐", "𝟑", "𝟒", "𝟓", "𝟔", "𝟕", "𝟖", "𝟗"};
static const char *const written[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
static const char *const written_zero[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
static const char *const formal[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
static const char *const spoken[] = {"洞", "幺", "两", "三", "四", "五", "六", "拐", "八", "勾"};

/* ---- digests ---- */

static size_t digest_of(const char *name, const char *text, unsigned char raw[EVP_MAX_MD_SIZE])
{
    unsigned n = 0;
    if (EVP_Digest(text, strlen(text), raw, &n, EVP_get_digestbyname(name), NULL) != 1)
        abort();
    return n;
}

static void hex_of(const char *name, const char *text, bool upper, char *ret)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    size_t n = digest_of(name, text, raw);
    for (size_t i = 0; i < n; i++)
        sprintf(ret + 2 * i, upper ? "%02X" : "%02x", raw[i]);
}

/* ---- forms ---- */

struct form {
    const char *name;
    enum recall_want want;
    void (*write)(const struct person *p, struct rng *r, struct recall_cells *c);
    const char *not_in; /* layouts and charsets in which it can't stand, or is not looked for */
};

#define FORM(function) static void function(const struct person *p, struct rng *r, struct recall_cells *c)
#define UNUSED_R (void)r
#define MOBILE_AS(function, ...)                                                                                       \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        const char *m = p->mobile;                                                                                     \
        UNUSED_R;                                                                                                      \
        CELL(c, MOBILE, __VA_ARGS__);                                                                                  \
    }
#define MOBILE_IN(function, words)                                                                                     \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        UNUSED_R;                                                                                                      \
        rewrite(p->mobile, words, c->cell[MOBILE]);                                                                    \
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
MOBILE_IN(wide_digits, full_width)
MOBILE_IN(circled_digits, circled)
MOBILE_IN(circled_zero, circled_all)
MOBILE_IN(bold_digits, bold)
MOBILE_IN(chinese_digits, written)
MOBILE_IN(chinese_zero, written_zero)
MOBILE_IN(formal_digits, formal)
MOBILE_IN(spoken_digits, spoken)

#define ID_AS(function, ...)                                                                                           \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        const char *d = p->id;                                                                                         \
        UNUSED_R;                                                                                                      \
        CELL(c, ID, __VA_ARGS__);                                                                                      \
    }
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
FORM(id_wide)
{
    UNUSED_R;
    rewrite(p->id, full_width, c->cell[ID]);
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

/* ---- all the digests: each of these by number ---- */

static const char *const digest_names[] = {"MD5", "SHA1", "SHA256", "SM3"};
static const char *const hashed[] = {"", "+86", "86", "0086", ""}; /* before it; a line end behind the last */
enum { DIGESTS = 4, HASHED = 5, WAYS = 3, MD5_16 = 1, OTHERS = 2 * DIGESTS };

static void digest_form(size_t i, const struct person *p, struct recall_cells *c)
{
    char text[128];
    unsigned char raw[EVP_MAX_MD_SIZE];
    size_t way = i % WAYS, digest = i / WAYS % DIGESTS, what = i / WAYS / DIGESTS;
    snprintf(text, sizeof text, "%s%s%s", hashed[what], p->mobile, what + 1 == HASHED ? "\n" : "");
    if (way == 2) {
        size_t n = digest_of(digest_names[digest], text, raw);
        EVP_EncodeBlock((unsigned char *)c->cell[MOBILE], raw, (int)n);
    } else {
        hex_of(digest_names[digest], text, way == 1, c->cell[MOBILE]);
    }
}

/* ---- masked ---- */

MOBILE_AS(mask344, "%.3s****%s", m, m + 7)
MOBILE_AS(mask353, "%.3s*****%s", m, m + 8)
MOBILE_AS(mask7, "%.7s****", m)
MOBILE_AS(mask_x, "%.3sxxxx%s", m, m + 7)
ID_AS(mask_id684, "%.6s********%s", d, d + 14)
ID_AS(mask_id3, "%.3s***********%s", d, d + 14)
ID_AS(mask_id4, "%.4s**********%s", d, d + 14)

static size_t characters(const char *s)
{
    return strlen(s) / 3;
}

#define WITH(function, first, second)                                                                                  \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        first(p, r, c);                                                                                                \
        second(p, r, c);                                                                                               \
    }
FORM(no_name)
{
    UNUSED_R;
    (void)p;
    CELL(c, NAME, "%s", "");
}
FORM(masked_name)
{
    const char *n = p->name;
    bool three = characters(n) == 3;
    switch (rng_below(r, 6)) {
    case 0:
        CELL(c, NAME, "%.3s*", n);
        break;
    case 1:
        CELL(c, NAME, three ? "%.3s**" : "%.3s*", n);
        break;
    case 2:
        CELL(c, NAME, three ? "**%s" : "*%s", n + strlen(n) - 3);
        break;
    case 3:
        CELL(c, NAME, p->woman ? "%.3s女士" : "%.3s先生", n);
        break;
    case 4:
        CELL(c, NAME, "%.3s某", n);
        break;
    default:
        CELL(c, NAME, "%.3s＊%s", n, three ? n + 6 : "");
    }
}
FORM(traditional_name)
{
    UNUSED_R;
    recall_traditional(p->name, c->cell[NAME], RECALL_CELL_BYTES);
}
FORM(pinyin_name)
{
    char part[8], syllable[4][16] = {{0}};
    size_t n = characters(p->name);
    for (size_t i = 0; i < n && i < 4; i++) {
        snprintf(part, sizeof part, "%.3s", p->name + 3 * i);
        transliterate(i == 0 ? "Han-Latin/Names; Latin-ASCII" : "Han-Latin; Latin-ASCII", part, syllable[i],
                      sizeof syllable[i]);
    }
    const char *surname = syllable[0], *one = syllable[1], *two = syllable[2];
    uint64_t way = rng_below(r, 4);
    if (way == 0)
        CELL(c, NAME, "%s%s %s", one, two, surname);
    else
        CELL(c, NAME, "%s%s%s%s%s", surname, way == 1 ? "" : " ", one, way == 3 ? " " : "", two);
    if (rng_below(r, 2) == 0)
        for (char *at = c->cell[NAME]; *at != '\0'; at++)
            *at = (char)toupper((unsigned char)*at);
}
FORM(birth)
{
    static const char *const by[][3] = {
        {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"", "", ""}, {"年", "月", "日"}};
    uint64_t way = rng_below(r, 5);
    int width = way == 3 || rng_below(r, 2) == 0 ? 2 : 1;
    CELL(c, BIRTH, "%04d%s%0*d%s%0*d%s", p->year, by[way][0], width, p->month, by[way][1], width, p->day, by[way][2]);
}
FORM(masked_email)
{
    const char *at = strchr(p->email, '@');
    CELL(c, EMAIL, rng_below(r, 2) ? "%.2s***%s" : "%.3s****%s", p->email, at);
}
FORM(last_four)
{
    UNUSED_R;
    CELL(c, MOBILE, "*******%s", p->mobile + 7);
}
FORM(split_name)
{
    (void)r;
    snprintf(c->whole, sizeof c->whole, "%s,%s\n%.3s****%s,%s", c->cell[NUMBER], p->name, p->mobile, p->mobile + 7,
             "x");
    for (size_t i = 0; i < RECALL_CELLS; i++)
        c->cell[i][0] = '\0';
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

WITH(two_masks, mask344, mask_id684)
WITH(mask344_masked_name, mask344, masked_name)
WITH(mask344_traditional, mask344, traditional_name)
WITH(mask344_pinyin, mask344, pinyin_name)
WITH(mask344_birth, mask344, birth)
WITH(mask344_email, mask344, masked_email)
WITH(mask_id_last_four, mask_id684, last_four)
WITH(two_masks_masked_name, two_masks, masked_name)
WITH(two_masks_no_name, two_masks, no_name)
WITH(mask344_birth_no_name, mask344_birth, no_name)

#define GLUED "glued"
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
    {"ID, full-width", RECALL_EXACT, id_wide, NULL},
    {"ID, cut by a spreadsheet", RECALL_KEPT, id_damaged, NULL},
    {"e-mail", RECALL_EXACT, email_plain, NULL},
    {"e-mail, capitals", RECALL_EXACT, email_upper, NULL},
    {"e-mail, (at) and [dot]", RECALL_EXACT, email_brackets, NULL},
    {"e-mail, blanks and [AT]", RECALL_EXACT, email_spaced, NULL},
    {"e-mail, full-width signs", RECALL_EXACT, email_wide, NULL},
    {"base64 row", RECALL_EXACT, base64_row, NULL},
    {"percent-encoded row", RECALL_EXACT, percent_row, NULL},
    {"174****5678, name", RECALL_KEPT, mask344, NULL},
    {"174*****678, name", RECALL_KEPT, mask353, NULL},
    {"1742345****, name", RECALL_KEPT, mask7, NULL},
    {"174xxxx5678, name", RECALL_KEPT, mask_x, NULL},
    {"174****5678, masked name", RECALL_KEPT, mask344_masked_name, NULL},
    {"174****5678, traditional name", RECALL_KEPT, mask344_traditional, NULL},
    {"174****5678, pinyin", RECALL_KEPT, mask344_pinyin, GLUED},
    {"174****5678, name, birth", RECALL_STRONG, mask344_birth, GLUED},
    {"174****5678, birth", RECALL_KEPT, mask344_birth_no_name, GLUED},
    {"174****5678, name, masked e-mail", RECALL_STRONG, mask344_email, GLUED},
    {"ID 6+8*+4, name", RECALL_KEPT, mask_id684, NULL},
    {"ID 3+11*+4, name", RECALL_KEPT, mask_id3, NULL},
    {"ID 4+10*+4, name", RECALL_KEPT, mask_id4, NULL},
    {"ID 6+8*+4, *******5678, name", RECALL_STRONG, mask_id_last_four, GLUED},
    {"both masked, name", RECALL_STRONG, two_masks, GLUED},
    {"both masked, masked name", RECALL_STRONG, two_masks_masked_name, GLUED},
    {"both masked", RECALL_KEPT, two_masks_no_name, GLUED},
    {"name | 174****5678 in two lines", RECALL_KEPT, split_name, "sql jsonl tab ---- glued"},
};
enum { FORMS = sizeof forms / sizeof *forms, DIGEST_FORMS = WAYS * DIGESTS * HASHED };

size_t recall_forms(void)
{
    return FORMS + DIGEST_FORMS + OTHERS + MD5_16;
}

const char *recall_name(size_t form)
{
    static char name[64];
    static const char *const ways[] = {"hex", "HEX", "base64"};
    static const char *const of[] = {"", " of +86", " of 86", " of 0086", " with LF"};
    if (form < FORMS)
        return forms[form].name;
    size_t i = form - FORMS;
    if (i < DIGEST_FORMS)
        snprintf(name, sizeof name, "mobile, %s %s%s", digest_names[i / WAYS % DIGESTS], ways[i % WAYS],
                 of[i / WAYS / DIGESTS]);
    else if (i < DIGEST_FORMS + OTHERS)
        snprintf(name, sizeof name, "%s, %s", (i - DIGEST_FORMS) % 2 ? "e-mail" : "ID",
                 digest_names[(i - DIGEST_FORMS) / 2]);
    else
        snprintf(name, sizeof name, "mobile, MD5's middle");
    return name;
}

enum recall_want recall_wanted(size_t form)
{
    return form < FORMS ? forms[form].want : RECALL_EXACT;
}

bool recall_write(size_t form, const struct person *p, size_t number, const char *layout, const char *charset,
                  struct rng *r, struct recall_cells *ret)
{
    memset(ret, 0, sizeof *ret);
    CELL(ret, NUMBER, "%zu", number);
    CELL(ret, NAME, "%s", p->name);
    if (form < FORMS) {
        const char *not_in = forms[form].not_in;
        if (not_in != NULL && (strstr(not_in, layout) != NULL || strstr(not_in, charset) != NULL))
            return false;
        forms[form].write(p, r, ret);
        return true;
    }
    size_t i = form - FORMS;
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    if (i < DIGEST_FORMS) {
        digest_form(i, p, ret);
    } else if (i < DIGEST_FORMS + OTHERS) {
        i -= DIGEST_FORMS;
        hex_of(digest_names[i / 2], i % 2 ? p->email : p->id, false, ret->cell[i % 2 ? EMAIL : ID]);
    } else {
        hex_of("MD5", p->mobile, false, hex);
        CELL(ret, MOBILE, "%.16s", hex + 8);
    }
    return true;
}

void recall_plain(const struct person *p, size_t number, struct recall_cells *ret)
{
    memset(ret, 0, sizeof *ret);
    CELL(ret, NUMBER, "%zu", number);
    CELL(ret, NAME, "%s", p->name);
    CELL(ret, MOBILE, "%s", p->mobile);
    CELL(ret, ID, "%s", p->id);
    CELL(ret, BIRTH, "%04d-%02d-%02d", p->year, p->month, p->day);
    CELL(ret, EMAIL, "%s", p->email);
    CELL(ret, ADDRESS, "%s", p->address);
}

void recall_masked(const struct person *p, size_t number, struct rng *r, struct recall_cells *ret)
{
    memset(ret, 0, sizeof *ret);
    CELL(ret, NUMBER, "%zu", number);
    if (rng_below(r, 3) == 0)
        masked_name(p, r, ret);
    else if (rng_below(r, 4) > 0)
        CELL(ret, NAME, "%s", p->name);
    static void (*const mobiles[])(const struct person *, struct rng *, struct recall_cells *) = {mask344, mask344,
                                                                                                  mask353, last_four};
    static void (*const ids[])(const struct person *, struct rng *, struct recall_cells *) = {mask_id684, mask_id3,
                                                                                              mask_id4};
    bool mobile = rng_below(r, 4) > 0;
    if (mobile)
        mobiles[rng_below(r, 4)](p, r, ret);
    if (!mobile || rng_below(r, 8) == 0)
        ids[rng_below(r, 3)](p, r, ret);
    if (rng_below(r, 10) == 0)
        birth(p, r, ret);
}
