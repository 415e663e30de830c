/*
 * The scanner finds exactly what a naive reader finds. The naive reader takes every substring that is a planted value
 * (ASCII case aside) and asks, from the words of dye/scan.h, whether a token may begin and end there.
 */
#include "dye/scan.h"
#include "rng.h"

#include <ctype.h>
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROUNDS = 2000, TEXT_MAX = 600, LONG_MAX = 12000, HITS_MAX = 4000 }; /* a window of the scanner is 4,096 bytes */

static const struct {
    const char *text;
    enum dye_kind kind;
    enum dye_form form;
} values[] = {
    {"17412345678", DYE_MOBILE, DYE_PLAIN},
    {"15400000001", DYE_MOBILE, DYE_PLAIN},
    {"11014619900307001x", DYE_RESIDENT_ID, DYE_PLAIN},
    {"110146199003070028", DYE_RESIDENT_ID, DYE_PLAIN},
    {"110146900307002", DYE_RESIDENT_ID, DYE_FORM_SHORT},
    {"a.b@example.com", DYE_EMAIL, DYE_PLAIN},
    {"zhang-3@a-b.example.org", DYE_EMAIL, DYE_PLAIN},
    {"sf1234567890123", DYE_WAYBILL, DYE_PLAIN},
    {"b@example.com", DYE_EMAIL, DYE_PLAIN},
    {"0cc175b9c0f1b6a831c399e269772661", DYE_MOBILE, DYE_FORM_MD5},
    {"8617412345678x", DYE_MRN, DYE_PLAIN},
    {"8a5da52ed126447d359e70c05721a8aa8a5da52ed126447d359e70c05721a8aa", DYE_MOBILE, DYE_FORM_SM3},
};
enum { VALUES = sizeof values / sizeof *values };

struct hits {
    size_t n;
    size_t value[HITS_MAX], start[HITS_MAX];
};

/* Numbers of issuers, which any word may be: without them the scanner passes words by. */
static bool is_word_kind(size_t v)
{
    return values[v].kind == DYE_WAYBILL || values[v].kind == DYE_MRN;
}

static struct dye_index_set set_of_values(const struct dye_index_keys *keys, bool words)
{
    struct dye_index_builder *b = dye_index_builder_new(keys, false);
    for (size_t i = 0; i < VALUES; i++) {
        if (is_word_kind(i) && !words)
            continue;
        struct dye_index_entry e = {
            .kind = (uint8_t)values[i].kind, .form = (uint8_t)values[i].form, .variant = 'A', .epoch = (uint32_t)i};
        dye_index_entry_set(&e, keys, dye_span_str(values[i].text));
        assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_OK);
    }
    uint8_t *image = NULL;
    size_t n = 0;
    struct dye_index_set set = {{NULL, NULL}};
    assert_int_equal(dye_index_builder_image(b, &image, &n, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, n, keys, &set.part[0], NULL), DYE_OK);
    dye_index_builder_free(b);
    return set;
}

static enum dye_status note(void *arg, const struct dye_hit *hit)
{
    struct hits *h = arg;
    assert_true(h->n < HITS_MAX);
    assert_true(h->n == 0 || h->start[h->n - 1] <= hit->start);
    h->value[h->n] = (size_t)hit->entry->epoch; /* which numbers the values here */
    h->start[h->n++] = hit->start;
    assert_int_equal(hit->n, strlen(values[hit->entry->epoch].text));
    return DYE_OK;
}

/* ---- the naive reader ---- */

static int at(const uint8_t *p, size_t n, size_t i)
{
    return i < n ? p[i] : -1; /* i may have wrapped below 0 */
}

static bool is_word(int c)
{
    return c >= 0 && c < 0x80 && isalnum(c);
}

/* May a run or local part that in truth begins at `begin` be read from `start`? */
static bool may_start(const uint8_t *p, size_t n, size_t begin, size_t start, size_t end)
{
    int before = at(p, n, begin - 1);
    if (start == begin)
        return true;
    if (before >= 0x80)
        return start == begin + 1;
    if (before == '%')
        return start == begin + 2;
    if (before == '\\')
        return start == (p[begin] == 'u' && end - begin > 5 ? begin + 5 : begin + 1);
    return false;
}

/* Whether the digits [first, behind), and an x behind them, are the number [start, end) and another, one a mobile. */
static bool is_pair(const uint8_t *p, size_t first, size_t behind, bool x, size_t start, size_t end)
{
    size_t all = behind - first + x, length = end - start, other = all - length;
    bool leads = p[first] == '1' && p[first + 1] >= '3', ends = p[behind - 11] == '1' && p[behind - 10] >= '3' && !x;
    if ((start != first && end != behind + x) || (x && all != 29))
        return false;
    if (length == 11 && (other == 11 || other == 15 || other == 18))
        return start == first ? leads : ends;
    return (length == 15 || length == 18) && other == 11 && (start == first ? ends : leads);
}

/* Two numbers in a stretch of digits, which letters or nothing may be beside. */
static bool is_paired(const uint8_t *p, size_t n, size_t start, size_t end)
{
    size_t begin = start, last = end;
    while (is_word(at(p, n, begin - 1)))
        begin--;
    while (is_word(at(p, n, last)))
        last++;
    for (size_t from = begin; from <= start; from++) {
        size_t first = start, behind = start;
        if (last - from > 64 || !may_start(p, n, begin, from, last))
            continue;
        while (first > from && isdigit(p[first - 1]))
            first--;
        while (behind < last && isdigit(p[behind]))
            behind++;
        bool x = behind < last && tolower(p[behind]) == 'x';
        if (behind - first < 22 || end > behind + x)
            continue;
        if (is_pair(p, first, behind, false, start, end) || (x && is_pair(p, first, behind, true, start, end)))
            return true;
    }
    return false;
}

/* Digits among letters: a stretch that is exactly the value, or the value behind a prefix of a mobile. */
static bool is_glued(const uint8_t *p, size_t n, size_t start, size_t end)
{
    static const char *const prefixes[] = {"", "0", "86", "0086"};
    size_t begin = start, last = end, length = end - start;
    while (is_word(at(p, n, begin - 1)))
        begin--;
    while (is_word(at(p, n, last)))
        last++;
    bool id = length == 18 && tolower(p[end - 1]) == 'x';
    for (size_t i = start; i < end - id; i++)
        if (!isdigit(p[i]))
            return false;
    if (length != 11 && length != 15 && length != 18)
        return false;
    for (size_t from = begin; from <= start; from++) {
        bool mixed = false;
        for (size_t i = from; i < last; i++)
            mixed = mixed || !isdigit(p[i]);
        if (!mixed || last - from > 64 || !may_start(p, n, begin, from, last))
            continue;
        for (size_t k = 0; k < (length == 11 ? 4 : 1); k++) {
            size_t m = strlen(prefixes[k]);
            if (start - from < m || memcmp(p + start - m, prefixes[k], m) != 0)
                continue;
            if ((start - m == from || !isdigit(p[start - m - 1])) && (id || end == last || !isdigit(p[end])))
                return true;
        }
    }
    return false;
}

static bool is_run_token(const uint8_t *p, size_t n, size_t start, size_t end)
{
    if (is_word(at(p, n, end)))
        return false;
    size_t begin = start;
    while (is_word(at(p, n, begin - 1)))
        begin--;
    for (size_t i = start; i < end; i++)
        if (!is_word(p[i]))
            return false;
    if (may_start(p, n, begin, start, end))
        return true;
    if (end - start != 11)
        return false;
    static const char *const prefixes[] = {"0", "86", "0086"};
    for (size_t k = 0; k < 3; k++) {
        size_t m = strlen(prefixes[k]);
        if (start - begin < m || memcmp(p + start - m, prefixes[k], m) != 0)
            continue;
        bool digits = true;
        for (size_t i = start - m; i < end; i++)
            digits = digits && isdigit(p[i]);
        if (digits && may_start(p, n, begin, start - m, end))
            return true;
    }
    return false;
}

static bool is_local(int c)
{
    return is_word(c) || (c > 0 && strchr("._%+-", c) != NULL);
}

static bool is_domain(int c)
{
    return is_word(c) || c == '.' || c == '-';
}

static bool is_email_token(const uint8_t *p, size_t n, size_t start, size_t end)
{
    size_t sign = start;
    while (sign < end && p[sign] != '@')
        sign++;
    if (sign == end)
        return false;
    size_t begin = sign, last = sign + 1;
    while (is_local(at(p, n, begin - 1)) && !(at(p, n, begin - 1) == '-' && at(p, n, begin - 2) == '-'))
        begin--;
    while (is_domain(at(p, n, last)) && !(at(p, n, last) == '-' && at(p, n, last + 1) == '-'))
        last++;
    while (last > sign + 1 && (p[last - 1] == '.' || p[last - 1] == '-'))
        last--;
    if (last != end)
        return false;
    /* From `begin`, or from where an escape or a trail byte leaves off, and then past '.' and '-'. */
    for (size_t from = begin; from <= start; from++) {
        if (!may_start(p, n, begin, from, sign))
            continue;
        size_t stripped = from;
        while (stripped < sign && (p[stripped] == '.' || p[stripped] == '-'))
            stripped++;
        if (stripped == start)
            return true;
    }
    return false;
}

static void naive(const uint8_t *p, size_t n, bool words, struct hits *h)
{
    h->n = 0;
    for (size_t start = 0; start < n; start++)
        for (size_t v = 0; v < VALUES && is_word(p[start]); v++) { /* each begins with a letter or digit */
            size_t length = strlen(values[v].text);
            if (n - start < length || (is_word_kind(v) && !words))
                continue;
            bool same = true;
            for (size_t i = 0; same && i < length; i++)
                same = p[start + i] < 0x80 && tolower(p[start + i]) == values[v].text[i];
            if (!same)
                continue;
            bool email = strchr(values[v].text, '@') != NULL;
            if (email ? is_email_token(p, n, start, start + length)
                      : is_run_token(p, n, start, start + length) || is_glued(p, n, start, start + length) ||
                            is_paired(p, n, start, start + length)) {
                assert_true(h->n < HITS_MAX);
                h->value[h->n] = v;
                h->start[h->n++] = start;
            }
        }
}

static size_t make_text(struct rng *r, uint8_t *p)
{
    static const char *const glue[] = {",",
                                       "\t",
                                       "|",
                                       "----",
                                       "--",
                                       "---",
                                       "-",
                                       ".",
                                       "@",
                                       "_",
                                       "+",
                                       "%",
                                       " ",
                                       "\n",
                                       "\\n",
                                       "\\",
                                       "\\u5f20",
                                       "0",
                                       "86",
                                       "0086",
                                       "+86",
                                       "1",
                                       "x",
                                       "Z",
                                       "\x81\x41",
                                       "\xd5\xc5",
                                       "\x81\x30\x81\x30",
                                       "\xe5\xbc\xa0",
                                       "\xb1\x40",
                                       "\xff",
                                       "\x81_",
                                       "\"",
                                       "'",
                                       "(",
                                       "u"};
    size_t n = 0, want = rng_below(r, (rng_below(r, 10) == 0 ? LONG_MAX : TEXT_MAX) - 64);
    unsigned share = 1 + (unsigned)rng_below(r, 4); /* how much of it is glue */
    while (n < want) {
        const char *s = rng_below(r, 1 + share) == 0 ? values[rng_below(r, VALUES)].text
                                                     : glue[rng_below(r, sizeof glue / sizeof *glue)];
        size_t length = strlen(s);
        if (rng_below(r, 16) == 0)
            length = rng_below(r, length + 1); /* cut */
        for (size_t i = 0; i < length; i++)
            p[n++] = rng_below(r, 8) == 0 ? (uint8_t)toupper((uint8_t)s[i]) : (uint8_t)s[i];
    }
    return n;
}

static int order(const struct hits *h, size_t a, size_t b)
{
    return h->start[a] != h->start[b] ? (h->start[a] > h->start[b]) - (h->start[a] < h->start[b])
                                      : (h->value[a] > h->value[b]) - (h->value[a] < h->value[b]);
}

static void sort(struct hits *h)
{
    for (size_t i = 1; i < h->n; i++)
        for (size_t k = i; k > 0 && order(h, k - 1, k) > 0; k--) {
            size_t v = h->value[k], s = h->start[k];
            h->value[k] = h->value[k - 1];
            h->start[k] = h->start[k - 1];
            h->value[k - 1] = v;
            h->start[k - 1] = s;
        }
}

static struct hits got, want;

static void compare(enum dye_scan_path path, const uint8_t *text, size_t n)
{
    bool same = got.n == want.n && memcmp(got.start, want.start, got.n * sizeof *got.start) == 0 &&
                memcmp(got.value, want.value, got.n * sizeof *got.value) == 0;
    if (!same) {
        printf("path %d: %.*s\n", (int)path, (int)n, (const char *)text);
        for (size_t i = 0; i < got.n; i++)
            printf("  got  %s at %zu\n", values[got.value[i]].text, got.start[i]);
        for (size_t i = 0; i < want.n; i++)
            printf("  want %s at %zu\n", values[want.value[i]].text, want.start[i]);
    }
    assert_true(same);
}

static unsigned paths;

static struct dye_index_set sets[2]; /* without numbers of issuers, and with them */
static size_t total;

/* The text in memory of its own length, so that a read past the end is seen; by every path that there is. */
static void check(const uint8_t *text, size_t n)
{
    uint8_t *exact = malloc(n > 0 ? n : 1);
    memcpy(exact, text, n);
    for (int words = 0; words < 2; words++) {
        naive(exact, n, words != 0, &want);
        sort(&want);
        total += want.n;
        for (enum dye_scan_path path = DYE_SCAN_AUTO; path <= DYE_SCAN_AVX512; path++) {
            got.n = 0;
            enum dye_status status =
                dye_scan_by(path, &sets[words], UINT64_MAX, dye_span_of(exact, n), note, &got, NULL);
            if (status == DYE_E_USAGE && path > DYE_SCAN_SCALAR)
                continue; /* this processor lacks it */
            assert_int_equal(status, DYE_OK);
            paths |= 1u << path;
            sort(&got);
            compare(path, exact, n);
        }
    }
    free(exact);
}

static void the_scanner_equals_a_naive_reader(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(14));
    total = 0;
    for (int round = 0; round < ROUNDS; round++) {
        static uint8_t text[LONG_MAX + 64];
        size_t n = make_text(&r, text);
        check(text, n);
    }
    printf("%zu hits compared; paths of this processor: scalar%s%s\n", total,
           (paths & 1u << DYE_SCAN_AVX2) != 0 ? ", avx2" : "", (paths & 1u << DYE_SCAN_AVX512) != 0 ? ", avx512" : "");
    assert_true(total > ROUNDS); /* else the texts would prove little */
}

/* A window of the scanner ends at every byte of every value, and beside it, whatever stands there. */
static void no_window_ends_inside_of_a_token(void **state)
{
    (void)state;
    enum { WINDOW = 4096, AROUND = 8 };
    static const char *const beside[] = {",", "\\n", "%2c",         "\xe5\xbc\xa0",      "----", "+", "x", "7", "_",
                                         "",  ".",   "17412345678", "110146199003070028"};
    static uint8_t text[WINDOW + 256];
    total = 0;
    for (size_t v = 0; v < VALUES; v++)
        for (size_t before = 0; before < sizeof beside / sizeof *beside; before++) {
            const char *behind = beside[(before + v) % (sizeof beside / sizeof *beside)];
            size_t length = strlen(values[v].text);
            for (size_t back = 0; back < length + 2 * AROUND; back++) {
                size_t n = WINDOW + AROUND - back - strlen(beside[before]);
                memset(text, ' ', n);
                n = (size_t)((uint8_t *)stpcpy((char *)text + n, beside[before]) - text);
                n = (size_t)((uint8_t *)stpcpy((char *)text + n, values[v].text) - text);
                n = (size_t)((uint8_t *)stpcpy((char *)text + n, behind) - text);
                memset(text + n, ' ', AROUND);
                check(text, n + (back % 2) * AROUND);
            }
        }
    assert_true(total > 1000);
}

/* ---- Chinese digits ---- */

static const char *const digits[][10] = {
    {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"},
    {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"},
    {"零", "壹", "貳", "參", "肆", "伍", "陸", "柒", "捌", "玖"},
    {"洞", "幺", "兩", "三", "四", "五", "六", "拐", "八", "勾"},
    {"○", "一", "二", "三", "四", "五", "六", "七", "八", "九"},
};

static size_t convert(const char *charset, const char *text, uint8_t *ret, size_t room)
{
    char *in = (char *)(uintptr_t)text, *out = (char *)ret;
    size_t in_n = strlen(text), left = room;
    iconv_t to = iconv_open(charset, "UTF-8");
    assert_true(to != (iconv_t)-1);
    assert_int_equal(iconv(to, &in, &in_n, &out, &left), 0);
    iconv_close(to);
    return room - left;
}

struct wanted {
    size_t start, n, found;
};

static enum dye_status note_number(void *arg, const struct dye_hit *hit)
{
    struct wanted *w = arg;
    w->found += hit->entry->epoch == 0 && hit->start == w->start && hit->n == w->n;
    return DYE_OK;
}

/* Wherever it stands, whatever characters are before and behind it, by every path that there is. */
static void a_number_in_chinese_digits_is_found(void **state)
{
    (void)state;
    static const char *const charsets[] = {"UTF-8", "GB18030", "BIG5-HKSCS"};
    static const char *const glue[] = {"山", "電", "話", "號", "許", "功", "蓋", "，", ",", "a", "|", "0", " ", "----"};
    enum { GLUE = sizeof glue / sizeof *glue, PADDED = 4600, ROOM = 8192 };
    struct rng r;
    rng_init(&r, rng_seed(14));
    for (int round = 0; round < ROUNDS; round++) {
        static uint8_t text[ROOM];
        const char *charset = charsets[rng_below(&r, 3)];
        char words[512] = "";
        size_t n, pad = rng_below(&r, PADDED), style = rng_below(&r, sizeof digits / sizeof *digits);
        if (charset[0] == 'B' && style == 1) /* which has no 贰 */
            style = 2;
        memset(text, 'x', pad);
        for (size_t k = rng_below(&r, 60); k > 0 && strlen(words) < 256; k--)
            strcat(words, glue[rng_below(&r, GLUE)]);
        strcat(words, rng_below(&r, 2) == 0 ? "," : "號");
        struct wanted w = {.start = pad + convert(charset, words, text + pad, ROOM - pad)};
        words[0] = '\0';
        for (const char *d = values[0].text; *d != '\0'; d++)
            strcat(words, digits[style][*d - '0']);
        w.n = convert(charset, words, text + w.start, ROOM - w.start);
        n = w.start + w.n;
        n += convert(charset, rng_below(&r, 2) == 0 ? "," : "山", text + n, ROOM - n);
        for (size_t k = rng_below(&r, 60); k > 0; k--)
            n += convert(charset, glue[rng_below(&r, GLUE)], text + n, ROOM - n);
        uint8_t *exact = malloc(n);
        memcpy(exact, text, n);
        for (enum dye_scan_path path = DYE_SCAN_AUTO; path <= DYE_SCAN_AVX512; path++) {
            w.found = 0;
            if (dye_scan_by(path, &sets[0], UINT64_MAX, dye_span_of(exact, n), note_number, &w, NULL) != DYE_OK)
                continue; /* this processor lacks it */
            if (w.found == 0)
                printf("path %d, %s: %.*s at %zu\n", (int)path, charset, (int)(n - pad), (char *)exact + pad, w.start);
            assert_true(w.found > 0);
        }
        free(exact);
    }
}

int main(void)
{
    struct dye_key k;
    memset(k.bytes, 3, sizeof k.bytes);
    struct dye_index_keys keys;
    dye_index_keys_init(&k, &keys);
    for (int words = 0; words < 2; words++)
        sets[words] = set_of_values(&keys, words != 0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_scanner_equals_a_naive_reader),
                                       cmocka_unit_test(no_window_ends_inside_of_a_token),
                                       cmocka_unit_test(a_number_in_chinese_digits_is_found)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int words = 0; words < 2; words++)
        dye_index_unref(sets[words].part[0]);
    return failed;
}
