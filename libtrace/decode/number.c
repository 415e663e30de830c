#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS_MAX = 17, PLAIN_MAX = 21, SMALLEST = -7 };

/* sign, digits and the power of ten of the first one -> text */
static size_t lay_out(bool negative, const char *digits, int n, int power, char ret[NUMBER_MAX_BYTES])
{
    size_t at = 0;
    if (negative)
        ret[at++] = '-';
    if (power >= PLAIN_MAX || power < SMALLEST) {
        ret[at++] = digits[0];
        if (n > 1)
            ret[at++] = '.';
        for (int i = 1; i < n; i++)
            ret[at++] = digits[i];
        return at + (size_t)snprintf(ret + at, NUMBER_MAX_BYTES - at, "E%+03d", power);
    }
    if (power < 0) {
        ret[at++] = '0';
        ret[at++] = '.';
        for (int i = -1; i > power; i--)
            ret[at++] = '0';
    }
    for (int i = 0; i < n || i <= power; i++) {
        if (i == power + 1 && i > 0)
            ret[at++] = '.';
        ret[at++] = i < n ? digits[i] : '0';
    }
    ret[at] = '\0';
    return at;
}

size_t number_render(double v, char ret[NUMBER_MAX_BYTES])
{
    char text[NUMBER_MAX_BYTES], digits[DIGITS_MAX + 1];
    if (!isfinite(v))
        return 0;
    if (v == 0)
        return lay_out(false, "0", 1, 0, ret);
    for (int precision = 15;; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, v);
        if (precision == DIGITS_MAX || strtod(text, NULL) == v)
            break;
    }
    int n = 0;
    const char *c = text;
    for (; *c != 'e' && *c != '\0'; c++)
        if (dye_is_digit((uint8_t)*c))
            digits[n++] = *c;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return lay_out(v < 0, digits, n, *c == 'e' ? (int)strtol(c + 1, NULL, 10) : 0, ret);
}

enum { EXACT_DIGITS = 15, EXACT_POWER = 22 };
static const double tens[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool number_of_text(struct dye_span s, double *ret)
{
    char plain[DIGITS_MAX + 24];
    size_t i = 0, n = 0;
    long shift = 0, power = 0;
    bool point = false, any = false;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        i++;
    for (; i < s.n && (dye_is_digit(s.p[i]) || (s.p[i] == '.' && !point)); i++) {
        if (s.p[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        bool kept = n < DIGITS_MAX + 2 && (n > 0 || s.p[i] != '0');
        if (kept)
            plain[n++] = (char)s.p[i];
        bool counts = kept || n == 0; /* a leading zero does behind the point */
        shift += (point ? -1 : 0) + (counts ? 0 : 1);
    }
    if (!any)
        return false;
    if (i < s.n && (s.p[i] | 0x20) == 'e') {
        bool less = ++i < s.n && s.p[i] == '-';
        i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
        size_t start = i;
        for (; i < s.n && dye_is_digit(s.p[i]); i++)
            power = power < 100000 ? power * 10 + (s.p[i] - '0') : power;
        if (i == start)
            return false;
        power = less ? -power : power;
    }
    if (i != s.n)
        return false;
    if (n == 0)
        plain[n++] = '0';
    power += shift;
    double v = 0;
    if (n <= EXACT_DIGITS && power <= EXACT_POWER && power >= -EXACT_POWER) {
        /* Both are exact, so one rounding is the right one (Clinger 1990). */
        for (size_t k = 0; k < n; k++)
            v = v * 10 + (plain[k] - '0');
        v = power < 0 ? v / tens[-power] : v * tens[power];
    } else {
        snprintf(plain + n, sizeof plain - n, "e%ld", power); /* without a point: no locale has a say */
        v = strtod(plain, NULL);
    }
    if (!isfinite(v))
        return false;
    *ret = s.p[0] == '-' ? -v : v;
    return true;
}

size_t number_render_text(struct dye_span text, char ret[NUMBER_MAX_BYTES])
{
    size_t n = 0, digits = 0, points = 0;
    double v;
    for (; n < text.n && (dye_is_digit(text.p[n]) || (n == 0 && text.p[n] == '-') || text.p[n] == '.'); n++) {
        digits += dye_is_digit(text.p[n]);
        points += text.p[n] == '.';
    }
    bool plain = n == text.n && points == 0;
    bool shortest = n == text.n && points == 1 && digits <= EXACT_DIGITS && dye_is_digit(text.p[0]) &&
                    text.p[n - 1] != '0' && text.p[n - 1] != '.';
    return !plain && !shortest && number_of_text(text, &v) ? number_render(v, ret) : 0;
}

/* Days since 1970-01-01 to a date: the era algorithm of H. Hinnant, "chrono-compatible low-level date algorithms". */
static void civil(long days, int *year, int *month, int *day)
{
    days += 719468;
    long era = days / 146097, of_era = days % 146097;
    long y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * y + y / 4 - y / 100);
    long m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

size_t number_render_date(double days, bool from_1904, char ret[NUMBER_MAX_BYTES])
{
    enum { TO_1970 = 25569, TO_1904 = 1462, LAST = 2958465, SECONDS = 86400 };
    if (!(days >= 0) || days >= LAST + 1)
        return 0;
    long long seconds = (long long)(days * SECONDS + 0.5);
    long whole = (long)(seconds / SECONDS), rest = (long)(seconds % SECONDS);
    size_t at = 0;
    if (whole > 0 || rest == 0) {
        int y, m, d;
        bool before_the_leap = !from_1904 && whole > 0 && whole < 60;
        civil(whole + (from_1904 ? TO_1904 : 0) + before_the_leap - TO_1970, &y, &m, &d);
        at = (size_t)snprintf(ret, NUMBER_MAX_BYTES, "%04d-%02d-%02d", y, m, d);
        if (rest == 0)
            return at;
        ret[at++] = ' ';
    }
    return at + (size_t)snprintf(ret + at, NUMBER_MAX_BYTES - at, "%02ld:%02ld:%02ld", rest / 3600, rest / 60 % 60,
                                 rest % 60);
}

bool number_format_is_date(unsigned id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

bool number_code_is_date(struct dye_span code)
{
    bool quoted = false;
    for (size_t i = 0; i < code.n; i++) {
        uint8_t c = dye_to_lower(code.p[i]);
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == ';') { /* what negative numbers look like says no more */
            return false;
        } else if (c == '[') { /* a colour, a condition, a locale; or hours beyond a day */
            size_t start = ++i;
            while (i < code.n && code.p[i] != ']')
                i++;
            if (i - start <= 2 && i > start && strchr("hms", dye_to_lower(code.p[start])) != NULL)
                return true;
        } else if (c == 'g' && code.n - i >= 7 && memcmp(code.p + i + 1, "eneral", 6) == 0) {
            i += 6;
        } else if (c == 'y' || c == 'm' || c == 'd' || c == 'h' || c == 's') {
            return true;
        }
    }
    return false;
}
