#include "entity.h"

size_t entity_put(uint32_t c, char *ret)
{
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        ret[i] = (char)(0x80 | (c & 0x3f));
    ret[0] = (char)(lead[n] | c);
    return n;
}

/* HTML 4.01, section 24: what occurs in text. Sorted by use, not by name. */
static const struct {
    const char *name;
    uint16_t point;
} names[] = {
    {"nbsp", 0xa0},    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},    {"middot", 0xb7},   {"ldquo", 0x201c},  {"rdquo", 0x201d},  {"lsquo", 0x2018},
    {"rsquo", 0x2019}, {"mdash", 0x2014},  {"ndash", 0x2013},  {"hellip", 0x2026}, {"ensp", 0x2002},
    {"emsp", 0x2003},  {"thinsp", 0x2009}, {"zwnj", 0x200c},   {"zwj", 0x200d},    {"shy", 0xad},
    {"copy", 0xa9},    {"reg", 0xae},      {"yen", 0xa5},      {"cent", 0xa2},     {"pound", 0xa3},
    {"euro", 0x20ac},  {"sect", 0xa7},     {"deg", 0xb0},      {"plusmn", 0xb1},   {"times", 0xd7},
    {"divide", 0xf7},  {"bull", 0x2022},   {"laquo", 0xab},    {"raquo", 0xbb},    {"para", 0xb6},
    {"larr", 0x2190},  {"uarr", 0x2191},   {"rarr", 0x2192},   {"darr", 0x2193},   {"trade", 0x2122},
    {"sbquo", 0x201a}, {"bdquo", 0x201e},  {"lsaquo", 0x2039}, {"rsaquo", 0x203a}, {"permil", 0x2030},
    {"iexcl", 0xa1},   {"iquest", 0xbf},   {"acute", 0xb4},    {"cedil", 0xb8},    {"uml", 0xa8},
    {"macr", 0xaf},    {"micro", 0xb5},    {"not", 0xac},      {"ordf", 0xaa},     {"ordm", 0xba},
    {"sup1", 0xb9},    {"sup2", 0xb2},     {"sup3", 0xb3},     {"frac12", 0xbd},   {"frac14", 0xbc},
    {"frac34", 0xbe},  {"brvbar", 0xa6},   {"curren", 0xa4},   {"colon", ':'},     {"comma", ','},
    {"period", '.'},   {"num", '#'},       {"excl", '!'},      {"quest", '?'},     {"commat", '@'},
    {"lpar", '('},     {"rpar", ')'},      {"sol", '/'},       {"bsol", '\\'},     {"lowbar", '_'},
    {"plus", '+'},     {"equals", '='},    {"percnt", '%'},    {"ast", '*'},       {"semi", ';'},
    {"Tab", '\t'},     {"NewLine", '\n'},  {"hyphen", 0x2010}, {"dash", 0x2010},   {"Agrave", 0xc0},
    {"Aacute", 0xc1},  {"Acirc", 0xc2},    {"Atilde", 0xc3},   {"Auml", 0xc4},     {"Aring", 0xc5},
    {"AElig", 0xc6},   {"Ccedil", 0xc7},   {"Egrave", 0xc8},   {"Eacute", 0xc9},   {"Ecirc", 0xca},
    {"Euml", 0xcb},    {"Igrave", 0xcc},   {"Iacute", 0xcd},   {"Icirc", 0xce},    {"Iuml", 0xcf},
    {"ETH", 0xd0},     {"Ntilde", 0xd1},   {"Ograve", 0xd2},   {"Oacute", 0xd3},   {"Ocirc", 0xd4},
    {"Otilde", 0xd5},  {"Ouml", 0xd6},     {"Oslash", 0xd8},   {"Ugrave", 0xd9},   {"Uacute", 0xda},
    {"Ucirc", 0xdb},   {"Uuml", 0xdc},     {"Yacute", 0xdd},   {"THORN", 0xde},    {"szlig", 0xdf},
    {"agrave", 0xe0},  {"aacute", 0xe1},   {"acirc", 0xe2},    {"atilde", 0xe3},   {"auml", 0xe4},
    {"aring", 0xe5},   {"aelig", 0xe6},    {"ccedil", 0xe7},   {"egrave", 0xe8},   {"eacute", 0xe9},
    {"ecirc", 0xea},   {"euml", 0xeb},     {"igrave", 0xec},   {"iacute", 0xed},   {"icirc", 0xee},
    {"iuml", 0xef},    {"eth", 0xf0},      {"ntilde", 0xf1},   {"ograve", 0xf2},   {"oacute", 0xf3},
    {"ocirc", 0xf4},   {"otilde", 0xf5},   {"ouml", 0xf6},     {"oslash", 0xf8},   {"ugrave", 0xf9},
    {"uacute", 0xfa},  {"ucirc", 0xfb},    {"uuml", 0xfc},     {"yacute", 0xfd},   {"thorn", 0xfe},
    {"yuml", 0xff},
};

static uint32_t number(struct dye_span digits, uint32_t base)
{
    uint32_t v = 0;
    for (size_t i = 0; i < digits.n; i++) {
        uint8_t c = dye_to_lower(digits.p[i]);
        uint32_t digit = dye_is_digit(c) ? c - 48u : c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
        if (digit >= base)
            return UINT32_MAX;
        v = v > 0x10ffff ? v : v * base + digit;
    }
    return digits.n > 0 ? v : UINT32_MAX;
}

size_t entity_decode(struct dye_span name, char *ret)
{
    if (name.n > 1 && name.p[0] == '#') {
        bool hex = (name.p[1] | 0x20) == 'x';
        uint32_t v = number(dye_span_of(name.p + 1 + hex, name.n - 1 - hex), hex ? 16 : 10);
        return v != UINT32_MAX ? entity_put(v, ret) : 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (dye_span_equal(name, dye_span_str(names[i].name)))
            return entity_put(names[i].point, ret);
    return 0;
}

size_t entity_unescape(uint8_t *p, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n;) {
        char utf8[ENTITY_MAX_BYTES];
        size_t name = 0, got = 0;
        if (p[i] == '&')
            while (name <= ENTITY_NAME_MAX && i + 1 + name < n &&
                   (dye_is_alnum(p[i + 1 + name]) || p[i + 1 + name] == '#'))
                name++;
        if (name > 0 && name <= ENTITY_NAME_MAX)
            got = entity_decode(dye_span_of(p + i + 1, name), utf8);
        if (got > 0) { /* never longer than what stood for it */
            memcpy(p + out, utf8, got);
            out += got;
            i += 1 + name;
            i += i < n && p[i] == ';';
        } else {
            p[out++] = p[i++];
        }
    }
    return out;
}
