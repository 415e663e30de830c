#include "cell.h"

#include "day.h"
#include "digits.h"
#include "ideograph.h"
#include "written.h"

const char *dye_cell_name(unsigned cell)
{
    static const char *const names[] = {"date", "digest", "masked", "number", "text"};
    return cell < DYE_KIND_COUNT ? dye_kind_name((enum dye_kind)cell)
                                 : names[cell < DYE_CELLS ? cell - DYE_CELL_DATE : DYE_CELL_TEXT - DYE_CELL_DATE];
}

static void set(struct cell *ret, unsigned is, struct dye_span value)
{
    ret->is = is;
    ret->value = value;
}

static bool parse(enum dye_kind kind, struct dye_span s, struct cell *ret)
{
    if (dye_ident_parse(kind, s, &ret->parsed) != DYE_OK)
        return false;
    set(ret, kind, dye_value_span(&ret->parsed));
    return true;
}

/* ---- shapes ---- */

static bool is_hexadecimal(struct dye_span s)
{
    size_t letters = 0;
    if (s.n != 16 && s.n != 32 && s.n != 40 && s.n != 64)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool letter = (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'f';
        if (!letter && !dye_is_digit(s.p[i]))
            return false;
        letters += letter;
    }
    return letters > 0;
}

/* Digits, and three or more stars among or around them; or one of an e-mail address. Where no other letter is, x may
 * stand for a star: four of both. */
static bool is_masked(struct dye_span s)
{
    size_t stars = 0, crosses = 0, letters = 0, seen = 0;
    if (s.n > 64)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 0x80)
            return false;
        stars += s.p[i] == '*';
        crosses += (s.p[i] | 0x20) == 'x';
        letters += dye_is_alpha(s.p[i]);
        seen += dye_is_digit(s.p[i]) || s.p[i] == '@';
    }
    return (stars >= 3 && seen >= 1) || (stars + crosses >= 4 && letters == crosses && seen >= 3);
}

/* ---- kinds that only a column's name tells ---- */

static bool is_kind_of_name(unsigned says)
{
    return says != DYE_KIND_NONE && says < DYE_KIND_COUNT && says != DYE_NAME && says != DYE_ADDRESS;
}

static bool as_said(struct dye_span s, unsigned says, struct cell *ret)
{
    return is_kind_of_name(says) && parse((enum dye_kind)says, s, ret);
}

static bool is_latin_name(struct dye_span s)
{
    if (s.n < 2 || s.n > 40)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!dye_is_alpha(s.p[i]) && s.p[i] != ' ' && s.p[i] != '.' && s.p[i] != '\'' && s.p[i] != '-')
            return false;
    return true;
}

/* ---- digits ---- */

static void read_date(struct cell *ret, uint32_t date)
{
    ret->is = DYE_CELL_DATE;
    ret->date = date;
}

bool cell_is_area(const uint8_t *p)
{
    return dye_region_prefecture((const char *)p) != NULL;
}

static void digits(struct dye_span s, unsigned says, struct cell *ret)
{
    uint32_t date = 0;
    if (s.n == 11 && s.p[0] == '1' && s.p[1] >= '3' && says != DYE_QQ) {
        set(ret, DYE_MOBILE, s);
        return;
    }
    if (s.n == 18 && parse(DYE_RESIDENT_ID, s, ret))
        return;
    if (as_said(s, says, ret))
        return;
    if (s.n == 8 || s.n == 14)
        date = day_of(digits_value(s.p, 4), digits_value(s.p + 4, 2), digits_value(s.p + 6, 2));
    if (says == DYE_CELL_DATE && (s.n == 10 || s.n == 13) && s.p[0] < '4')
        date = day_of_seconds(digits_value(s.p, 10));
    if (date != 0) {
        read_date(ret, date);
        return;
    }
    if (s.n >= 12 && s.n <= 14 && parse(DYE_MOBILE, s, ret)) /* 86, 0086 or 0 before it */
        return;
    if (s.n == 15 && cell_is_area(s.p) && parse(DYE_RESIDENT_ID, s, ret))
        return;
    bool carrier = s.p[0] == '7' &&
                   ((s.n == 14 && (s.p[1] == '3' || s.p[1] == '5' || s.p[1] == '8')) || (s.n == 15 && s.p[1] == '7'));
    if (carrier && parse(DYE_WAYBILL, s, ret))
        return;
    bool miswritten = s.n == 18 && cell_is_area(s.p) &&
                      day_of(digits_value(s.p + 6, 4), digits_value(s.p + 10, 2), digits_value(s.p + 12, 2)) != 0;
    bool card = s.n >= 16 && s.n <= 19 && s.p[0] >= '3' && s.p[0] <= '6' && !miswritten; /* an ID is none */
    if (card && parse(DYE_BANK_CARD, s, ret))
        return;
    ret->is = DYE_CELL_NUMBER;
}

/* Grouped or prefixed numbers, of at most 24 bytes; `n` digits of them. */
static bool grouped(struct dye_span s, struct cell *ret)
{
    size_t n = 0, points = 0;
    if (s.n > 24)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (dye_is_digit(s.p[i]))
            n++;
        else if (strchr(" -.+()xX", s.p[i]) == NULL || s.p[i] == '\0')
            return false;
        points += s.p[i] == '.';
    }
    if (n >= 11 && n <= 15 && parse(DYE_MOBILE, s, ret))
        return true;
    if (n >= 17 && n <= 18 && parse(DYE_RESIDENT_ID, s, ret))
        return true;
    if (n >= 16 && n <= 19 && parse(DYE_BANK_CARD, s, ret))
        return true;
    if (points != 1 || n + 1 != s.n)
        return false;
    ret->is = DYE_CELL_NUMBER;
    return true;
}

static void from_digit(struct dye_span s, unsigned says, struct cell *ret)
{
    size_t n = s.p[0] == '+' || s.p[0] == '(' || s.p[0] == '\'' ? 0 : digits_run(s.p, s.n);
    if (n == s.n) {
        digits(s, says, ret);
        return;
    }
    uint32_t date = n == 4 ? day_parted(s.p, s.n) : 0;
    if (date != 0) {
        read_date(ret, date);
        return;
    }
    if (s.n == 18 && n == 17 && parse(DYE_RESIDENT_ID, s, ret))
        return;
    if (memchr(s.p, '@', s.n) != NULL && parse(DYE_EMAIL, s, ret))
        return;
    if (grouped(s, ret) || (s.n == 18 && parse(DYE_USCC, s, ret)) || as_said(s, says, ret))
        return;
    ret->is = is_hexadecimal(s) ? DYE_CELL_DIGEST : is_masked(s) ? DYE_CELL_MASKED : DYE_CELL_TEXT;
}

/* ---- letters ---- */

static bool is_nothing(struct dye_span s)
{
    static const char *const nothing[] = {"NULL", "null", "\\N", "None", "nan", "NaN", "-", "--", "N/A", "/"};
    enum { LONGEST = 4 };
    for (size_t i = 0; s.n <= LONGEST && i < sizeof nothing / sizeof *nothing; i++)
        if (dye_span_equal(s, dye_span_str(nothing[i])))
            return true;
    return false;
}

/* Two or three letters before nine digits or more, as carriers write; E and eight digits. */
static bool lettered(struct dye_span s, struct cell *ret)
{
    if (s.n < 9 || s.n > 20)
        return false;
    size_t letters = 1;
    while (letters < 4 && dye_is_alpha(s.p[letters]))
        letters++;
    size_t n = digits_run(s.p + letters, s.n - letters);
    if (letters >= 2 && letters < 5 && n >= 9 && parse(DYE_WAYBILL, s, ret))
        return true;
    if (s.n == 9 && letters <= 2 && (s.p[0] | 0x20) == 'e' && parse(DYE_PASSPORT, s, ret))
        return true;
    return s.n == 18 && n > 0 && parse(DYE_USCC, s, ret);
}

static void from_letter(struct dye_span s, unsigned says, struct cell *ret)
{
    if (is_nothing(s)) {
        ret->is = DYE_KIND_NONE;
        return;
    }
    if (memchr(s.p, '@', s.n) != NULL && parse(DYE_EMAIL, s, ret))
        return;
    if (lettered(s, ret) || as_said(s, says, ret))
        return;
    if (says == DYE_NAME && is_latin_name(s)) {
        set(ret, DYE_NAME, s);
        return;
    }
    ret->is = is_hexadecimal(s) ? DYE_CELL_DIGEST : is_masked(s) ? DYE_CELL_MASKED : DYE_CELL_TEXT;
}

/* ---- characters beyond ASCII ---- */

struct look {           /* of a value's characters */
    size_t wide, other; /* ideographs; all else beyond ASCII */
    size_t places, stars, ascii, numbers;
    unsigned first, last; /* bits of the first and last character; 0 where those are none */
};

static void look(struct dye_span s, enum dye_charset charset, struct look *ret)
{
    enum { FAR = 96 }; /* bytes: what is no address until there is none */
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0, step; i < s.n && i < FAR; i += step) {
        uint8_t b = s.p[i];
        if (b < 0x80) {
            step = 1;
            ret->stars += b == '*';
            ret->ascii++;
            ret->numbers += dye_is_digit(b);
            ret->last = 0;
            continue;
        }
        unsigned is = ideograph_at(charset, s.p + i, s.n - i, &step);
        if (i == 0)
            ret->first = is;
        ret->last = is;
        ret->wide += is != 0;
        ret->other += is == 0;
        ret->stars += is == 0 && written_hiding(s.p + i, s.n - i) > 0;
        ret->places += (is & IDEOGRAPH_PLACE) != 0;
        if (ret->places >= 2 && ret->wide >= 5)
            return;
    }
}

static bool ends_in_title(struct dye_span s, enum dye_charset charset)
{
    static const char *const titles[][2] = {
        {"先生", "\xcf\xc8\xc9\xfa"}, {"女士", "\xc5\xae\xca\xbf"}, {"小姐", "\xd0\xa1\xbd\xe3"}};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        const char *t = titles[i][charset != DYE_CHARSET_UTF8];
        size_t n = strlen(t);
        if (s.n > n && memcmp(s.p + s.n - n, t, n) == 0)
            return true;
    }
    return false;
}

/* As a kind whose characters are beyond ASCII; rare, so that GB18030 may cost a conversion. */
static bool parse_wide(enum dye_kind kind, struct dye_span s, enum dye_charset charset, struct cell *ret)
{
    struct dye_buf utf8;
    dye_buf_init(&utf8, 4 * DYE_VALUE_MAX_BYTES, true);
    bool is = dye_text_to_utf8(charset, s, &utf8) == DYE_OK && parse(kind, dye_buf_span(&utf8), ret);
    dye_buf_done(&utf8);
    return is;
}

static bool full_width(struct dye_span s, enum dye_charset charset, unsigned says, struct cell *ret)
{
    return parse_wide(DYE_MOBILE, s, charset, ret) || parse_wide(DYE_RESIDENT_ID, s, charset, ret) ||
           (is_kind_of_name(says) && parse_wide((enum dye_kind)says, s, charset, ret));
}

static void from_wide(struct dye_span s, enum dye_charset charset, unsigned says, struct cell *ret)
{
    enum { ADDRESS_MIN_BYTES = 12 };
    struct look l;
    size_t step;
    if (says == DYE_ADDRESS && s.n >= ADDRESS_MIN_BYTES && s.p[0] >= 0x80 &&
        ideograph_at(charset, s.p, s.n, &step) != 0) {
        set(ret, DYE_ADDRESS, s);
        return;
    }
    look(s, charset, &l);
    bool knows = says != DYE_KIND_NONE;
    bool named = (l.first & IDEOGRAPH_SURNAME) != 0;
    bool all_wide = l.wide * (charset == DYE_CHARSET_UTF8 ? 3 : 2) == s.n;
    ret->is = DYE_CELL_TEXT;
    if (l.wide == 0 && l.other >= 11 && s.n <= 96) { /* full-width digits */
        if (full_width(s, charset, says, ret))
            return;
    } else if (l.first == 0 && l.numbers >= 6 && says != DYE_ADDRESS && l.wide <= 3) {
        uint32_t date = day_in_words(s);
        if (date != 0) {
            read_date(ret, date);
            return;
        }
    }
    if (l.wide == 0 && l.stars >= 3 && l.numbers >= 1) {
        ret->is = DYE_CELL_MASKED;
    } else if (says == DYE_ADDRESS && l.wide + l.other + l.ascii >= 4) {
        set(ret, DYE_ADDRESS, s);
    } else if (says == DYE_NAME && (l.stars > 0 || (named && l.wide <= 4 && ends_in_title(s, charset)))) {
        ret->is = DYE_CELL_MASKED;
    } else if (says == DYE_NAME && l.wide >= 2 && l.wide + l.other <= 20 && l.numbers == 0 && l.places < 2) {
        set(ret, DYE_NAME, s);
    } else if ((l.first & IDEOGRAPH_PROVINCE) != 0 && l.ascii >= 6 && l.ascii <= 8 && l.wide == 1 &&
               parse_wide(DYE_PLATE, s, charset, ret)) {
        return;
    } else if (l.places >= 2 && l.wide >= 5 && says != DYE_CELL_TEXT && !is_kind_of_name(says)) {
        set(ret, DYE_ADDRESS, s);
    } else if (!knows && named && l.wide <= 3 && l.stars > 0 && l.stars == l.ascii + l.other) {
        ret->is = DYE_CELL_MASKED;
    } else if (!knows && named && all_wide && ends_in_title(s, charset)) {
        ret->is = DYE_CELL_MASKED;
    } else if (!knows && named && all_wide && l.wide >= 2 && l.wide <= 4 && (l.last & IDEOGRAPH_NO_NAME) == 0) {
        set(ret, DYE_NAME, s);
    } else if (as_said(s, says, ret)) {
        return;
    }
}

/* ---- any ---- */

void cell_read(struct dye_span s, enum dye_charset charset, unsigned says, struct cell *ret)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = dye_span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    ret->is = DYE_KIND_NONE;
    ret->date = 0;
    ret->value = dye_span_of(NULL, 0);
    if (s.n == 0)
        return;
    uint8_t b = s.p[0];
    if (b >= 0x80) {
        from_wide(s, charset, says, ret);
        return;
    }
    if (dye_is_digit(b) || b == '+' || b == '(' || b == '\'')
        from_digit(s, says, ret);
    else
        from_letter(s, says, ret);
    if (ret->is != DYE_CELL_TEXT)
        return;
    /* It may be one of words that begin with a digit. */
    for (size_t i = 1; i < s.n && i < 32; i++)
        if (s.p[i] >= 0x80) {
            from_wide(s, charset, says, ret);
            return;
        }
}
