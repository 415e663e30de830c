#include "wide.h"

enum { UNIT_MAX = 4 };

struct chinese {
    uint8_t utf8[3], gb[2];
    uint8_t digit;
};

/* Written, formal and spoken digits (DOMAIN 3). */
static const struct chinese chinese[] = {
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

/* Two bytes of a character tell it from the others above: which of them it can be, and one more; 0 for none. */
#define PLACE_OF(first, second) ((uint8_t)((first)*5 + (second)))
static const uint8_t by_gb[256] = {
    [PLACE_OF(0xa9, 0x96)] = 1,  [PLACE_OF(0xc1, 0xe3)] = 2,  [PLACE_OF(0xb6, 0xb4)] = 3,  [PLACE_OF(0xd2, 0xbb)] = 4,
    [PLACE_OF(0xd2, 0xbc)] = 5,  [PLACE_OF(0xe7, 0xdb)] = 6,  [PLACE_OF(0xb6, 0xfe)] = 7,  [PLACE_OF(0xb7, 0xa1)] = 8,
    [PLACE_OF(0xc1, 0xbd)] = 9,  [PLACE_OF(0xc8, 0xfd)] = 10, [PLACE_OF(0xc8, 0xfe)] = 11, [PLACE_OF(0xcb, 0xc4)] = 12,
    [PLACE_OF(0xcb, 0xc1)] = 13, [PLACE_OF(0xce, 0xe5)] = 14, [PLACE_OF(0xce, 0xe9)] = 15, [PLACE_OF(0xc1, 0xf9)] = 16,
    [PLACE_OF(0xc2, 0xbd)] = 17, [PLACE_OF(0xc6, 0xdf)] = 18, [PLACE_OF(0xc6, 0xe2)] = 19, [PLACE_OF(0xb9, 0xd5)] = 20,
    [PLACE_OF(0xb0, 0xcb)] = 21, [PLACE_OF(0xb0, 0xc6)] = 22, [PLACE_OF(0xbe, 0xc5)] = 23, [PLACE_OF(0xbe, 0xc1)] = 24,
    [PLACE_OF(0xb9, 0xb4)] = 25,
};
static const uint8_t by_utf8[256] = {
    [PLACE_OF(0x80, 0x87)] = 1,  [PLACE_OF(0x9b, 0xb6)] = 2,  [PLACE_OF(0xb4, 0x9e)] = 3,  [PLACE_OF(0xb8, 0x80)] = 4,
    [PLACE_OF(0xa3, 0xb9)] = 5,  [PLACE_OF(0xb9, 0xba)] = 6,  [PLACE_OF(0xba, 0x8c)] = 7,  [PLACE_OF(0xb4, 0xb0)] = 8,
    [PLACE_OF(0xb8, 0xa4)] = 9,  [PLACE_OF(0xb8, 0x89)] = 10, [PLACE_OF(0x8f, 0x81)] = 11, [PLACE_OF(0x9b, 0x9b)] = 12,
    [PLACE_OF(0x82, 0x86)] = 13, [PLACE_OF(0xba, 0x94)] = 14, [PLACE_OF(0xbc, 0x8d)] = 15, [PLACE_OF(0x85, 0xad)] = 16,
    [PLACE_OF(0x99, 0x86)] = 17, [PLACE_OF(0xb8, 0x83)] = 18, [PLACE_OF(0x9f, 0x92)] = 19, [PLACE_OF(0x8b, 0x90)] = 20,
    [PLACE_OF(0x85, 0xab)] = 21, [PLACE_OF(0x8d, 0x8c)] = 22, [PLACE_OF(0xb9, 0x9d)] = 23, [PLACE_OF(0x8e, 0x96)] = 24,
    [PLACE_OF(0x8b, 0xbe)] = 25,
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
    if (n < 2 || p[0] < 0x80)
        return (struct reading){UNIT_NONE, 0, 0};
    const struct chinese *c = &chinese[n >= 3 ? by_utf8[PLACE_OF(p[1], p[2])] : 0];
    if (c != chinese && memcmp(p, c[-1].utf8, 3) == 0)
        return (struct reading){UNIT_DIGIT, c[-1].digit, 3};
    c = &chinese[by_gb[PLACE_OF(p[0], p[1])]];
    if (c != chinese && memcmp(p, c[-1].gb, 2) == 0)
        return (struct reading){UNIT_DIGIT, c[-1].digit, 2};
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

bool wide_is_chinese(struct dye_span text, size_t i)
{
    return i < text.n && chinese_unit(text.p + i, text.n - i).unit == UNIT_DIGIT;
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
    bool ascii = true;
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
        ret->parted[ret->n] = gaps > 0;
        ret->start[ret->n] = start - r.n;
        ret->end[ret->n++] = start;
        gaps = 0;
        if (r.unit == UNIT_X)
            break;
    }
    return !ascii && ret->n >= 11;
}
