#include "wide.h"

enum { UNIT_MAX = 4 };

/* Written, formal and spoken digits (DOMAIN 3), as simplified and as traditional characters. 〇 is typed as a circle
 * too and, where it is no common word, 幺 as 么. */
#define THREE(first, second, third, digit) [WIDE_PLACE(second, third)] = {{first, second, third}, digit}
const struct wide_three wide_threes[256] = {
    THREE(0xe3, 0x80, 0x87, '0'), /* 〇 */
    THREE(0xe9, 0x9b, 0xb6, '0'), /* 零 */
    THREE(0xe6, 0xb4, 0x9e, '0'), /* 洞 */
    THREE(0xe2, 0x97, 0x8b, '0'), /* ○ */
    THREE(0xe4, 0xb8, 0x80, '1'), /* 一 */
    THREE(0xe5, 0xa3, 0xb9, '1'), /* 壹 */
    THREE(0xe5, 0xb9, 0xba, '1'), /* 幺 */
    THREE(0xe4, 0xba, 0x8c, '2'), /* 二 */
    THREE(0xe8, 0xb4, 0xb0, '2'), /* 贰 */
    THREE(0xe8, 0xb2, 0xb3, '2'), /* 貳 */
    THREE(0xe4, 0xb8, 0xa4, '2'), /* 两 */
    THREE(0xe5, 0x85, 0xa9, '2'), /* 兩 */
    THREE(0xe4, 0xb8, 0x89, '3'), /* 三 */
    THREE(0xe5, 0x8f, 0x81, '3'), /* 叁 */
    THREE(0xe5, 0x8f, 0x83, '3'), /* 參 */
    THREE(0xe5, 0x9b, 0x9b, '4'), /* 四 */
    THREE(0xe8, 0x82, 0x86, '4'), /* 肆 */
    THREE(0xe4, 0xba, 0x94, '5'), /* 五 */
    THREE(0xe4, 0xbc, 0x8d, '5'), /* 伍 */
    THREE(0xe5, 0x85, 0xad, '6'), /* 六 */
    THREE(0xe9, 0x99, 0x86, '6'), /* 陆 */
    THREE(0xe9, 0x99, 0xb8, '6'), /* 陸 */
    THREE(0xe4, 0xb8, 0x83, '7'), /* 七 */
    THREE(0xe6, 0x9f, 0x92, '7'), /* 柒 */
    THREE(0xe6, 0x8b, 0x90, '7'), /* 拐 */
    THREE(0xe5, 0x85, 0xab, '8'), /* 八 */
    THREE(0xe6, 0x8d, 0x8c, '8'), /* 捌 */
    THREE(0xe4, 0xb9, 0x9d, '9'), /* 九 */
    THREE(0xe7, 0x8e, 0x96, '9'), /* 玖 */
    THREE(0xe5, 0x8b, 0xbe, '9'), /* 勾 */
};

#define TWO(first, second, in_gb, in_big5) [WIDE_PLACE_OF_TWO(first, second)] = {{first, second}, in_gb, in_big5}
const struct wide_two wide_twos[256] = {
    TWO(0xa9, 0x96, '0', 0),   /* 〇 */
    TWO(0xc1, 0xe3, '0', 0),   /* 零 */
    TWO(0xb6, 0xb4, '0', 0),   /* 洞 */
    TWO(0xa1, 0xf0, '0', 0),   /* ○ */
    TWO(0xd2, 0xbb, '1', 0),   /* 一 */
    TWO(0xd2, 0xbc, '1', 0),   /* 壹 */
    TWO(0xe7, 0xdb, '1', 0),   /* 幺 */
    TWO(0xb6, 0xfe, '2', 0),   /* 二 */
    TWO(0xb7, 0xa1, '2', 0),   /* 贰 */
    TWO(0xd9, 0x45, '2', 0),   /* 貳 */
    TWO(0xc1, 0xbd, '2', 0),   /* 两 */
    TWO(0x83, 0xc9, '2', 0),   /* 兩 */
    TWO(0xc8, 0xfd, '3', 0),   /* 三 */
    TWO(0xc8, 0xfe, '3', 0),   /* 叁 */
    TWO(0x85, 0xa2, '3', 0),   /* 參 */
    TWO(0xcb, 0xc4, '4', 0),   /* 四 */
    TWO(0xcb, 0xc1, '4', 0),   /* 肆 */
    TWO(0xce, 0xe5, '5', 0),   /* 五 */
    TWO(0xce, 0xe9, '5', 0),   /* 伍 */
    TWO(0xc1, 0xf9, '6', 0),   /* 六 */
    TWO(0xc2, 0xbd, '6', 0),   /* 陆 */
    TWO(0xea, 0x91, '6', 0),   /* 陸 */
    TWO(0xc6, 0xdf, '7', 0),   /* 七 */
    TWO(0xc6, 0xe2, '7', '0'), /* 柒, 〇 */
    TWO(0xb9, 0xd5, '7', 0),   /* 拐 */
    TWO(0xb0, 0xcb, '8', 0),   /* 八 */
    TWO(0xb0, 0xc6, '8', 0),   /* 捌 */
    TWO(0xbe, 0xc5, '9', 0),   /* 九 */
    TWO(0xbe, 0xc1, '9', 0),   /* 玖 */
    TWO(0xb9, 0xb4, '9', 0),   /* 勾 */
    TWO(0xb9, 0x73, 0, '0'),   /* 零 */
    TWO(0xac, 0x7d, 0, '0'),   /* 洞 */
    TWO(0xa1, 0xb3, 0, '0'),   /* ○ */
    TWO(0xa4, 0x40, 0, '1'),   /* 一 */
    TWO(0xb3, 0xfc, 0, '1'),   /* 壹 */
    TWO(0xfb, 0xf4, 0, '1'),   /* 幺 */
    TWO(0xa4, 0x5c, 0, '1'),   /* 么 */
    TWO(0xa4, 0x47, 0, '2'),   /* 二 */
    TWO(0xb6, 0x4c, 0, '2'),   /* 貳 */
    TWO(0x89, 0xce, 0, '2'),   /* 两 */
    TWO(0xa8, 0xe2, 0, '2'),   /* 兩 */
    TWO(0xa4, 0x54, 0, '3'),   /* 三 */
    TWO(0xfa, 0xe2, 0, '3'),   /* 叁 */
    TWO(0xb0, 0xd1, 0, '3'),   /* 參 */
    TWO(0xa5, 0x7c, 0, '4'),   /* 四 */
    TWO(0xb8, 0x76, 0, '4'),   /* 肆 */
    TWO(0xa4, 0xad, 0, '5'),   /* 五 */
    TWO(0xa5, 0xee, 0, '5'),   /* 伍 */
    TWO(0xa4, 0xbb, 0, '6'),   /* 六 */
    TWO(0xb3, 0xb0, 0, '6'),   /* 陸 */
    TWO(0xa4, 0x43, 0, '7'),   /* 七 */
    TWO(0xac, 0x6d, 0, '7'),   /* 柒 */
    TWO(0xa9, 0xe4, 0, '7'),   /* 拐 */
    TWO(0xa4, 0x4b, 0, '8'),   /* 八 */
    TWO(0xae, 0xc3, 0, '8'),   /* 捌 */
    TWO(0xa4, 0x45, 0, '9'),   /* 九 */
    TWO(0xa8, 0x68, 0, '9'),   /* 玖 */
    TWO(0xa4, 0xc4, 0, '9'),   /* 勾 */
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
    uint8_t chinese = n >= 3 ? wide_three_at(p) : 0;
    if (chinese != 0)
        return (struct reading){UNIT_DIGIT, chinese, 3};
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
    uint8_t chinese = n >= 2 ? wide_two_at(p)->in_gb : 0;
    return chinese != 0 ? (struct reading){UNIT_DIGIT, chinese, 2} : (struct reading){UNIT_NONE, 0, 0};
}

static struct reading big5_unit(const uint8_t *p, size_t n)
{
    static const uint8_t gaps[][2] = {{0xa1, 0x40}, {0xa1, 0x44}, {0xa1, 0xd0}}; /* full-width space, stop, hyphen */
    if (n < 2)
        return (struct reading){UNIT_NONE, 0, 0};
    if (p[0] == 0xa2 && p[1] >= 0xaf && p[1] <= 0xb8)
        return digit(p[1] - 0xafu, 2);
    if ((p[0] == 0xa2 && p[1] == 0xe6) || (p[0] == 0xa3 && p[1] == 0x41))
        return (struct reading){UNIT_X, 'x', 2};
    for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++)
        if (memcmp(p, gaps[k], 2) == 0)
            return (struct reading){UNIT_GAP, 0, 2};
    uint8_t chinese = wide_two_at(p)->in_big5;
    return chinese != 0 ? (struct reading){UNIT_DIGIT, chinese, 2} : (struct reading){UNIT_NONE, 0, 0};
}

static struct reading unit_at(struct dye_span text, size_t i, bool big5)
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
    if (big5)
        return big5_unit(p, n);
    struct reading r = utf8_unit(p, n);
    return r.unit == UNIT_NONE ? gb_unit(p, n) : r;
}

/* The unit that ends before i; none when no reading fits. */
static struct reading unit_before(struct dye_span text, size_t i, bool big5)
{
    for (size_t n = i < UNIT_MAX ? i : UNIT_MAX; n > 0; n--) { /* the longest: 壹 in UTF-8 ends as GB18030's 9 does */
        struct reading r = unit_at(text, i - n, big5);
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

bool wide_read(struct dye_span text, size_t i, bool big5, struct wide *ret)
{
    /* Two bytes inside of a digit in UTF-8 look like one of GB18030: 壹 ends as its 9 does. */
    for (size_t back = 2; back > 0; back--)
        if (!big5 && i >= back && unit_at(text, i - back, big5).n == 3) {
            i -= back;
            break;
        }
    if (unit_at(text, i, big5).unit == UNIT_NONE)
        return false;
    /* Back over digits, each at most one gap from the next. */
    size_t start = i, at = i, n = 0;
    for (unsigned gaps = 0; n < WIDE_MAX && gaps < 2;) {
        struct reading r = unit_before(text, at, big5);
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
        struct reading r = unit_at(text, start, big5);
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
