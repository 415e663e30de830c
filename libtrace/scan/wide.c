#include "wide.h"

enum { UNIT_MAX = 4 };

/* Written, formal and spoken digits (DOMAIN 3). */
const struct wide_chinese wide_chinese[] = {
    {{0}, {0}, 0},
    {{0xe3, 0x80, 0x87}, {0xa9, 0x96}, '0'}, /* 〇 */
    {{0xe9, 0x9b, 0xb6}, {0xc1, 0xe3}, '0'}, /* 零 */
    {{0xe6, 0xb4, 0x9e}, {0xb6, 0xb4}, '0'}, /* 洞 */
    {{0xe4, 0xb8, 0x80}, {0xd2, 0xbb}, '1'}, /* 一 */
    {{0xe5, 0xa3, 0xb9}, {0xd2, 0xbc}, '1'}, /* 壹 */
    {{0xe5, 0xb9, 0xba}, {0xe7, 0xdb}, '1'}, /* 幺 */
    {{0xe4, 0xba, 0x8c}, {0xb6, 0xfe}, '2'}, /* 二 */
    {{0xe8, 0xb4, 0xb0}, {0xb7, 0xa1}, '2'}, /* 贰 */
    {{0xe4, 0xb8, 0xa4}, {0xc1, 0xbd}, '2'}, /* 两 */
    {{0xe4, 0xb8, 0x89}, {0xc8, 0xfd}, '3'}, /* 三 */
    {{0xe5, 0x8f, 0x81}, {0xc8, 0xfe}, '3'}, /* 叁 */
    {{0xe5, 0x9b, 0x9b}, {0xcb, 0xc4}, '4'}, /* 四 */
    {{0xe8, 0x82, 0x86}, {0xcb, 0xc1}, '4'}, /* 肆 */
    {{0xe4, 0xba, 0x94}, {0xce, 0xe5}, '5'}, /* 五 */
    {{0xe4, 0xbc, 0x8d}, {0xce, 0xe9}, '5'}, /* 伍 */
    {{0xe5, 0x85, 0xad}, {0xc1, 0xf9}, '6'}, /* 六 */
    {{0xe9, 0x99, 0x86}, {0xc2, 0xbd}, '6'}, /* 陆 */
    {{0xe4, 0xb8, 0x83}, {0xc6, 0xdf}, '7'}, /* 七 */
    {{0xe6, 0x9f, 0x92}, {0xc6, 0xe2}, '7'}, /* 柒 */
    {{0xe6, 0x8b, 0x90}, {0xb9, 0xd5}, '7'}, /* 拐 */
    {{0xe5, 0x85, 0xab}, {0xb0, 0xcb}, '8'}, /* 八 */
    {{0xe6, 0x8d, 0x8c}, {0xb0, 0xc6}, '8'}, /* 捌 */
    {{0xe4, 0xb9, 0x9d}, {0xbe, 0xc5}, '9'}, /* 九 */
    {{0xe7, 0x8e, 0x96}, {0xbe, 0xc1}, '9'}, /* 玖 */
    {{0xe5, 0x8b, 0xbe}, {0xb9, 0xb4}, '9'}, /* 勾 */
};

const uint8_t wide_by_gb[256] = {
    [WIDE_PLACE(0xa9, 0x96)] = 1,  [WIDE_PLACE(0xc1, 0xe3)] = 2,  [WIDE_PLACE(0xb6, 0xb4)] = 3,
    [WIDE_PLACE(0xd2, 0xbb)] = 4,  [WIDE_PLACE(0xd2, 0xbc)] = 5,  [WIDE_PLACE(0xe7, 0xdb)] = 6,
    [WIDE_PLACE(0xb6, 0xfe)] = 7,  [WIDE_PLACE(0xb7, 0xa1)] = 8,  [WIDE_PLACE(0xc1, 0xbd)] = 9,
    [WIDE_PLACE(0xc8, 0xfd)] = 10, [WIDE_PLACE(0xc8, 0xfe)] = 11, [WIDE_PLACE(0xcb, 0xc4)] = 12,
    [WIDE_PLACE(0xcb, 0xc1)] = 13, [WIDE_PLACE(0xce, 0xe5)] = 14, [WIDE_PLACE(0xce, 0xe9)] = 15,
    [WIDE_PLACE(0xc1, 0xf9)] = 16, [WIDE_PLACE(0xc2, 0xbd)] = 17, [WIDE_PLACE(0xc6, 0xdf)] = 18,
    [WIDE_PLACE(0xc6, 0xe2)] = 19, [WIDE_PLACE(0xb9, 0xd5)] = 20, [WIDE_PLACE(0xb0, 0xcb)] = 21,
    [WIDE_PLACE(0xb0, 0xc6)] = 22, [WIDE_PLACE(0xbe, 0xc5)] = 23, [WIDE_PLACE(0xbe, 0xc1)] = 24,
    [WIDE_PLACE(0xb9, 0xb4)] = 25,
};
const uint8_t wide_by_utf8[256] = {
    [WIDE_PLACE(0x80, 0x87)] = 1,  [WIDE_PLACE(0x9b, 0xb6)] = 2,  [WIDE_PLACE(0xb4, 0x9e)] = 3,
    [WIDE_PLACE(0xb8, 0x80)] = 4,  [WIDE_PLACE(0xa3, 0xb9)] = 5,  [WIDE_PLACE(0xb9, 0xba)] = 6,
    [WIDE_PLACE(0xba, 0x8c)] = 7,  [WIDE_PLACE(0xb4, 0xb0)] = 8,  [WIDE_PLACE(0xb8, 0xa4)] = 9,
    [WIDE_PLACE(0xb8, 0x89)] = 10, [WIDE_PLACE(0x8f, 0x81)] = 11, [WIDE_PLACE(0x9b, 0x9b)] = 12,
    [WIDE_PLACE(0x82, 0x86)] = 13, [WIDE_PLACE(0xba, 0x94)] = 14, [WIDE_PLACE(0xbc, 0x8d)] = 15,
    [WIDE_PLACE(0x85, 0xad)] = 16, [WIDE_PLACE(0x99, 0x86)] = 17, [WIDE_PLACE(0xb8, 0x83)] = 18,
    [WIDE_PLACE(0x9f, 0x92)] = 19, [WIDE_PLACE(0x8b, 0x90)] = 20, [WIDE_PLACE(0x85, 0xab)] = 21,
    [WIDE_PLACE(0x8d, 0x8c)] = 22, [WIDE_PLACE(0xb9, 0x9d)] = 23, [WIDE_PLACE(0x8e, 0x96)] = 24,
    [WIDE_PLACE(0x8b, 0xbe)] = 25,
};

enum unit { UNIT_NONE, UNIT_DIGIT, UNIT_X, UNIT_GAP };

struct reading {
    enum unit unit;
    uint8_t digit;
    size_t n; /* bytes */
};

static struct reading digit(unsigned value, size_t n)
{
    return (struct reading){UNIT_DIGIT, (uint8_t)('0' + value), n};
}

/* Superscript one, two and three, which are Latin-1's; in GB18030 they are words. */
static bool is_raised(const uint8_t *p, size_t n)
{
    return n >= 2 && p[0] == 0xc2 && (p[1] == 0xb2 || p[1] == 0xb3 || p[1] == 0xb9);
}

static struct reading utf8_unit(const uint8_t *p, size_t n)
{
    if (n >= 3 && p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x90 && p[2] <= 0x99)
        return digit(p[2] - 0x90u, 3); /* full width */
    if (n >= 3 && p[0] == 0xef && ((p[1] == 0xbc && p[2] == 0xb8) || (p[1] == 0xbd && p[2] == 0x98)))
        return (struct reading){UNIT_X, 'x', 3};
    if (n >= 3 && p[0] == 0xe2 && p[1] == 0x91 && p[2] >= 0xa0 && p[2] <= 0xa8)
        return digit(p[2] - 0xa0u + 1, 3); /* circled */
    if (n >= 3 && p[0] == 0xe2 && p[1] == 0x93 && p[2] == 0xaa)
        return digit(0, 3);
    if (n >= 4 && p[0] == 0xf0 && p[1] == 0x9d && p[2] == 0x9f && p[3] >= 0x8e)
        return digit((p[3] - 0x8eu) % 10, 4); /* mathematical, five alphabets of ten */
    bool zero_width =
        n >= 3 && ((p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x8b && p[2] <= 0x8f) ||
                   (p[0] == 0xe2 && p[1] == 0x81 && p[2] == 0xa0) || (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf));
    if (zero_width || (n >= 3 && p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80) ||
        (n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x80 && p[2] <= 0x95)) /* spaces and dashes */
        return (struct reading){UNIT_GAP, 0, 3};
    if (is_raised(p, n))
        return digit(p[1] == 0xb9 ? 1 : p[1] - 0xb0u, 2);
    bool raised = n >= 3 && p[0] == 0xe2 && p[1] == 0x81 && (p[2] == 0xb0 || (p[2] >= 0xb4 && p[2] <= 0xb9));
    bool lowered = n >= 3 && p[0] == 0xe2 && p[1] == 0x82 && p[2] >= 0x80 && p[2] <= 0x89;
    if (raised || lowered)
        return digit(p[2] & 0xfu, 3);
    if (n >= 2 && p[0] == 0xc2 && (p[1] == 0xa0 || p[1] == 0xad))
        return (struct reading){UNIT_GAP, 0, 2}; /* no-break space, soft hyphen */
    return (struct reading){UNIT_NONE, 0, 0};
}

static struct reading gb_unit(const uint8_t *p, size_t n)
{
    if (n >= 2 && p[0] == 0xa3 && p[1] >= 0xb0 && p[1] <= 0xb9)
        return digit(p[1] - 0xb0u, 2);
    if (n >= 2 && p[0] == 0xa3 && (p[1] == 0xd8 || p[1] == 0xf8))
        return (struct reading){UNIT_X, 'x', 2};
    if (n >= 2 && p[0] == 0xa3 && (p[1] == 0xad || p[1] == 0xae))
        return (struct reading){UNIT_GAP, 0, 2}; /* full-width hyphen and stop */
    if (n >= 2 && p[0] == 0xa2 && p[1] >= 0xd9 && p[1] <= 0xe1)
        return digit(p[1] - 0xd9u + 1, 2); /* circled */
    if (n >= 2 && p[0] == 0xa2 && p[1] >= 0xaf && p[1] <= 0xb8)
        return digit(p[1] - 0xafu, 2); /* Big5's full width */
    return (struct reading){UNIT_NONE, 0, 0};
}

static struct reading chinese_unit(const uint8_t *p, size_t n)
{
    unsigned utf8 = n >= 3 ? wide_chinese_utf8(p) : 0, gb = n >= 2 ? wide_chinese_gb(p) : 0;
    if (utf8 != 0)
        return (struct reading){UNIT_DIGIT, wide_chinese[utf8].digit, 3};
    if (gb != 0)
        return (struct reading){UNIT_DIGIT, wide_chinese[gb].digit, 2};
    return (struct reading){UNIT_NONE, 0, 0};
}

static struct reading unit_at(struct dye_span text, size_t i)
{
    const uint8_t *p = text.p + i;
    size_t n = text.n - i;
    if (n == 0)
        return (struct reading){UNIT_NONE, 0, 0};
    if (dye_is_digit(p[0]))
        return (struct reading){UNIT_DIGIT, p[0], 1};
    if (p[0] == 'x' || p[0] == 'X')
        return (struct reading){UNIT_X, 'x', 1};
    if (p[0] == ' ' || p[0] == '-' || p[0] == '.')
        return (struct reading){UNIT_GAP, 0, 1};
    struct reading r = utf8_unit(p, n);
    if (r.unit == UNIT_NONE)
        r = gb_unit(p, n);
    return r.unit == UNIT_NONE ? chinese_unit(p, n) : r;
}

/* The unit that ends before i; none when no reading fits. */
static struct reading unit_before(struct dye_span text, size_t i)
{
    for (size_t n = i < UNIT_MAX ? i : UNIT_MAX; n > 0; n--) { /* the longest: 壹 in UTF-8 ends as GB18030's 9 does */
        struct reading r = unit_at(text, i - n);
        if (r.unit != UNIT_NONE && r.n == n)
            return r;
    }
    return (struct reading){UNIT_NONE, 0, 0};
}

size_t wide_check_digit(struct dye_span text, size_t i)
{
    static const char *const alike[] = {
        "\xd0\xa5",     "\xd1\x85", "\xe2\x85\xa9", "\xe2\x85\xb9", "\xc3\x97", "\xef\xbc\xb8",
        "\xef\xbd\x98", /* UTF-8: Cyrillic, Roman, times, full-width */
        "\xa7\xb7",     "\xa7\xe7", "\xa2\xfa",     "\xa1\xc1",     "\xa3\xd8", "\xa3\xf8", /* GBK */
        "\xa2\xc2",     "\xa1\xd1", "\xa2\xe6",     "\xa3\x41"}; /* Big5: Roman, times, wide */
    for (size_t k = 0; k < sizeof alike / sizeof *alike; k++)
        if (text.n - i >= strlen(alike[k]) && memcmp(text.p + i, alike[k], strlen(alike[k])) == 0)
            return strlen(alike[k]);
    return 0;
}

bool wide_read(struct dye_span text, size_t i, struct wide *ret)
{
    /* Two bytes inside of a digit in UTF-8 look like one of GB18030: 壹 ends as its 9 does. */
    for (size_t back = 2; back > 0; back--)
        if (i >= back && unit_at(text, i - back).n == 3) {
            i -= back;
            break;
        }
    if (unit_at(text, i).unit == UNIT_NONE)
        return false;
    /* Back over digits, each at most one gap from the next. */
    size_t start = i, at = i, n = 0;
    for (unsigned gaps = 0; n < WIDE_MAX && gaps < 2;) {
        struct reading r = unit_before(text, at);
        if (r.unit != UNIT_DIGIT && r.unit != UNIT_GAP)
            break;
        at -= r.n;
        gaps = r.unit == UNIT_GAP ? gaps + 1 : 0;
        if (r.unit == UNIT_DIGIT) {
            start = at;
            n++;
        }
    }
    ret->n = 0;
    bool ascii = true, raised = false;
    for (unsigned gaps = 0; ret->n < WIDE_MAX && gaps < 2;) {
        struct reading r = unit_at(text, start);
        if (r.unit == UNIT_NONE || (r.unit == UNIT_X && ret->n != 17))
            break;
        ascii = ascii && r.n == 1;
        start += r.n;
        if (r.unit == UNIT_GAP) {
            gaps++;
            continue;
        }
        ret->digits[ret->n] = r.digit;
        bool was_raised = raised;
        raised = is_raised(text.p + start - r.n, r.n);
        ret->parted[ret->n] = gaps > 0 || raised != was_raised; /* else a word of GB18030 would be a digit of it */
        ret->start[ret->n] = start - r.n;
        ret->end[ret->n++] = start;
        gaps = 0;
        if (r.unit == UNIT_X)
            break;
    }
    return !ascii && ret->n >= 11;
}
