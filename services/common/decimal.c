#include "decimal.h"

#include "dye/span.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool decimal_read(const char *text, unsigned decimals, uint64_t most, uint64_t *ret)
{
    uint64_t v = 0;
    bool point = false;
    if (!dye_is_digit((uint8_t)*text))
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '.' && !point) {
            point = true;
            continue;
        }
        if (!dye_is_digit((uint8_t)*c) || (point && decimals == 0) || v > most)
            return false;
        v = v * 10 + (uint64_t)(*c - '0');
        decimals -= point;
    }
    while (decimals-- > 0 && v <= most)
        v *= 10;
    *ret = v;
    return v <= most;
}

bool moment_read(const char *text, int64_t *ret)
{
    struct tm tm = {0};
    int64_t offset = 0;
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    if (end == NULL || end - text != 10)
        return false;
    if (*end == 'T') {
        end = strptime(end, "T%H:%M:%S", &tm);
        if (end == NULL || end - text != 19)
            return false;
        if (*end == 'Z') {
            end++;
        } else {
            uint64_t hours, minutes;
            char part[2][3];
            char sign;
            if (strlen(end) != 6 || sscanf(end, "%c%2[0-9]:%2[0-9]", &sign, part[0], part[1]) != 3 ||
                (sign != '+' && sign != '-') || !decimal_read(part[0], 0, 14, &hours) ||
                !decimal_read(part[1], 0, 59, &minutes))
                return false;
            offset = (int64_t)(hours * 3600 + minutes * 60) * (sign == '+' ? 1 : -1);
            end += 6;
        }
    }
    if (*end != '\0' || tm.tm_sec > 59)
        return false;
    int day = tm.tm_mday;
    time_t at = timegm(&tm);
    if (tm.tm_mday != day) /* 31 February */
        return false;
    *ret = (int64_t)at - offset;
    return true;
}
