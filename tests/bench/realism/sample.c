#include "sample.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char slot_name[SLOTS][FEATURE_BYTES];
static uint32_t made[FEATURES_MAX];
static size_t made_n;

const char *feature_name(uint32_t slot)
{
    return slot_name[slot];
}

void feature_names_clear(void)
{
    memset(slot_name, 0, sizeof slot_name);
}

static uint64_t hash(const char *text)
{
    uint64_t h = 14695981039346656037u;
    for (const char *c = text; *c != '\0'; c++)
        h = (h ^ (uint8_t)*c) * 1099511628211u;
    return h ^ h >> 29;
}

static void feature(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void feature(const char *fmt, ...)
{
    char name[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(name, sizeof name, fmt, args);
    va_end(args);
    uint32_t slot = (uint32_t)(hash(name) >> 7) & (SLOTS - 1);
    if (made_n < FEATURES_MAX) {
        made[made_n++] = slot;
        if (slot_name[slot][0] == '\0')
            snprintf(slot_name[slot], FEATURE_BYTES, "%.60s", name);
    }
}

static size_t utf8_bytes(const char *s)
{
    return (uint8_t)*s == 0 ? 0 : (uint8_t)*s < 0x80 ? 1 : (uint8_t)*s < 0xe0 ? 2 : (uint8_t)*s < 0xf0 ? 3 : 4;
}

/* ---- what repeats ---- */

enum { REPEAT_SLOTS = 1 << 20 };
struct repeats {
    struct {
        uint64_t key;
        uint32_t n;
    } slot[REPEAT_SLOTS];
};

static uint32_t *repeat(struct repeats *x, const char *column, const char *text, const char *more)
{
    char key[3 * TEXT_BYTES];
    snprintf(key, sizeof key, "%s\x1f%s\x1f%s", column, text, more);
    uint64_t h = hash(key) | 1;
    size_t at = (size_t)(h >> 20) & (REPEAT_SLOTS - 1);
    while (x->slot[at].key != 0 && x->slot[at].key != h)
        at = (at + 1) & (REPEAT_SLOTS - 1);
    x->slot[at].key = h;
    return &x->slot[at].n;
}

static const char *kind_cell(const struct dye_sector *s, const struct row *row, enum dye_kind kind)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && s->column[i].kind == kind)
            return row->cell[i];
    return "";
}

static void surname(const char *name, char ret[8])
{
    snprintf(ret, 8, "%.*s", (int)utf8_bytes(name), name);
}

struct repeats *repeats_new(void)
{
    struct repeats *x = calloc(1, sizeof *x);
    assert(x != NULL);
    return x;
}

void repeats_add(struct repeats *x, const struct dye_sector *s, const struct row *rows, size_t n)
{
    char of[8];
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < s->columns; c++)
            ++*repeat(x, s->column[c].name, rows[i].cell[c], "");
        surname(kind_cell(s, &rows[i], DYE_NAME), of);
        ++*repeat(x, "family", kind_cell(s, &rows[i], DYE_ADDRESS), of);
        for (size_t c = 0; c < s->columns; c++) /* what a person's rows have in common */
            ++*repeat(x, s->column[c].name, rows[i].cell[c], kind_cell(s, &rows[i], DYE_MOBILE));
        for (size_t c = 0; c < s->columns; c++) /* and what a household's have */
            if (s->column[c].household)
                ++*repeat(x, s->column[c].name, kind_cell(s, &rows[i], DYE_ADDRESS), rows[i].cell[c]);
    }
}

void repeats_free(struct repeats *x)
{
    free(x);
}

uint64_t person_number(const struct dye_sector *s, const struct row *row)
{
    static const enum dye_kind by[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_NAME};
    if (s->population.household[1] != 0)
        return hash(kind_cell(s, row, DYE_ADDRESS));
    for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
        const char *cell = kind_cell(s, row, by[i]);
        if (strlen(cell) > 5) /* no word such as 无 */
            return hash(cell);
    }
    return hash(row->cell[0]);
}

static const char *times(uint32_t n)
{
    static const char *const text[] = {"never", "once", "twice", "3 times", "4 times", "5 times"};
    return n < 6 ? text[n] : "often";
}

static void repeat_features(const struct dye_sector *s, const struct row *row, struct repeats *x)
{
    const char *address = kind_cell(s, row, DYE_ADDRESS), *phone = kind_cell(s, row, DYE_MOBILE);
    char of[8];
    surname(kind_cell(s, row, DYE_NAME), of);
    for (size_t c = 0; c < s->columns; c++) {
        const char *cell = row->cell[c];
        bool person = s->column[c].what == DYE_COLUMN_KIND || s->column[c].what == DYE_COLUMN_TEXT;
        if (cell[0] != '\0' && person)
            feature("%s stands there %s", s->column[c].name, times(*repeat(x, s->column[c].name, cell, "")));
        if (strlen(phone) > 5)
            feature("%s the same %s, phone %s", s->column[c].name, times(*repeat(x, s->column[c].name, cell, phone)),
                    times(*repeat(x, "phone", phone, "")));
        if (s->column[c].household && address[0] != '\0')
            feature("%s the same %s in the household of %s", s->column[c].name,
                    times(*repeat(x, s->column[c].name, address, cell)), times(*repeat(x, "address", address, "")));
    }
    if (address[0] != '\0')
        feature("address %s, of that surname %s", times(*repeat(x, "address", address, "")),
                times(*repeat(x, "family", address, of)));
}

/* ---- values ---- */

static void value_features(const char *column, const char *v)
{
    char shape[80] = "", text[48] = "";
    size_t n = 0, used = 0, word = 0;
    const char *last = v, *previous = NULL;
    feature("%s: %zu bytes", column, strlen(v));
    for (const char *s = v; *s != '\0'; s += utf8_bytes(s), n++) {
        int bytes = (int)utf8_bytes(s);
        bool digit = *s >= '0' && *s <= '9', ascii = (uint8_t)*s < 0x80;
        feature("%s: %.*s at %zu", column, bytes, s, n < 24 ? n : 24);
        if (previous != NULL)
            feature("%s: %.*s", column, bytes + (int)(s - previous), previous);
        char mark = digit ? '9' : ascii ? (*s >= 'a' ? 'a' : *s >= 'A' ? 'A' : *s) : 'c';
        if (used + 1 < sizeof shape && (used == 0 || shape[used - 1] != mark || mark != 'c'))
            shape[used++] = mark;
        previous = last = s;
        if (digit || ascii) { /* words between numbers */
            if (word != 0)
                feature("%s: word %s", column, text);
            word = 0;
        } else if (word + (size_t)bytes < sizeof text) {
            memcpy(text + word, s, (size_t)bytes);
            word += (size_t)bytes;
            text[word] = '\0';
        }
    }
    feature("%s: shape %s", column, shape);
    feature("%s: ends in %s", column, last);
    if (n >= 2 && (uint8_t)*last < 0x80)
        feature("%s: ends in %s", column, v + strlen(v) - 2);
}

/* ---- dates ---- */

#define NO_DATE -1e18
/* Seconds since 1970; years stand first. */
static double date_of(const char *text)
{
    int part[6] = {0}, n = 0;
    size_t digits = strspn(text, "0123456789");
    struct tm tm = {0};
    if (digits == 8 || digits == 14) {
        n = sscanf(text, "%4d%2d%2d%2d%2d%2d", &part[0], &part[1], &part[2], &part[3], &part[4], &part[5]);
    } else {
        for (const char *at = text; *at != '\0' && n < 6;) {
            char *end;
            part[n++] = (int)strtol(at, &end, 10);
            at = end + strcspn(end, "0123456789");
        }
    }
    if (n < 3 || part[0] < 1900 || part[0] > 2100 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31)
        return NO_DATE;
    tm.tm_year = part[0] - 1900, tm.tm_mon = part[1] - 1, tm.tm_mday = part[2];
    tm.tm_hour = part[3], tm.tm_min = part[4], tm.tm_sec = part[5];
    return (double)timegm(&tm);
}

static bool is_time(const struct dye_column *c)
{
    return c->what == DYE_COLUMN_DATE;
}

static void date_features(const struct dye_sector *s, const struct row *row)
{
    double when[FIELDS];
    for (size_t i = 0; i < s->columns; i++) {
        const char *column = s->column[i].name;
        when[i] = is_time(&s->column[i]) || s->column[i].what == DYE_COLUMN_BIRTH ? date_of(row->cell[i]) : NO_DATE;
        if (when[i] <= NO_DATE)
            continue;
        time_t at = (time_t)when[i];
        struct tm tm;
        gmtime_r(&at, &tm);
        feature("%s: weekday %d", column, tm.tm_wday);
        feature("%s: hour %d", column, tm.tm_hour);
        feature("%s: %d-%d", column, tm.tm_mon + 1, tm.tm_mday);
        feature("%s: year %d", column, tm.tm_year + 1900);
        feature("%s: month %d-%d", column, tm.tm_year + 1900, tm.tm_mon + 1);
        feature("%s: day %.0f back", column,
                (TODAY - floor(when[i] / 86400)) < 60 ? TODAY - floor(when[i] / 86400) : 60);
        for (size_t j = 0; j < i; j++) {
            if (when[j] <= NO_DATE)
                continue;
            double days = floor(when[i] / 86400) - floor(when[j] / 86400), seconds = when[i] - when[j];
            feature("%s %s %s", column, seconds < 0 ? "before" : "after", s->column[j].name);
            feature("%s %.0f days after %s", column, fabs(days) < 130 ? days : floor(log2(fabs(days)) * 2) * 1000,
                    s->column[j].name);
            if (days >= 0 && days < 2)
                feature("%s, %.0f days, %.0f after %s", column, days, floor(log2(1 + fabs(seconds)) * 2),
                        s->column[j].name);
        }
        for (size_t j = 0; j < s->columns; j++) { /* numbers that hold a date, or were given in its order */
            const char *code = row->cell[j];
            char ymd[12], y[8];
            if (s->column[j].what != DYE_COLUMN_TEXT || code[0] == '\0')
                continue;
            strftime(ymd, sizeof ymd, "%Y%m%d", &tm);
            strftime(y, sizeof y, "%Y", &tm);
            feature("%s %s the date of %s", s->column[j].name, strstr(code, ymd) != NULL ? "has" : "has not", column);
            feature("%s %s the year of %s", s->column[j].name, strstr(code, y) != NULL ? "has" : "has not", column);
            feature("%s %.5s in month %.0f of %s", s->column[j].name, code, floor(when[i] / 86400 / 60), column);
        }
    }
}

/* ---- pairs of columns ---- */

/* Something of a cell that few values have. */
static void class_of(const struct dye_column *c, const char *cell, char ret[48])
{
    double when;
    if (cell[0] == '\0') {
        snprintf(ret, 48, "-");
    } else if (c->what == DYE_COLUMN_KIND && c->kind == DYE_RESIDENT_ID && strlen(cell) == 18) {
        snprintf(ret, 48, "%.4s %.3s %d", cell, cell + 6, (cell[16] - '0') % 2);
    } else if (c->what == DYE_COLUMN_KIND && c->kind == DYE_NAME) {
        const char *last = cell;
        size_t n = 0;
        for (const char *at = cell; *at != '\0'; at += utf8_bytes(at), n++)
            last = at;
        snprintf(ret, 48, "%zu %s", n, last);
    } else if (c->what == DYE_COLUMN_KIND && c->kind == DYE_ADDRESS) {
        const char *end = strstr(cell, "区");
        snprintf(ret, 48, "%.*s", (int)(end != NULL ? (end - cell) + 3 : 12), cell);
    } else if (c->what == DYE_COLUMN_KIND && c->kind == DYE_EMAIL) {
        snprintf(ret, 48, "%.40s", strchr(cell, '@') != NULL ? strchr(cell, '@') : "");
    } else if (c->what == DYE_COLUMN_KIND) {
        snprintf(ret, 48, "%.3s", cell);
    } else if (c->what == DYE_COLUMN_NUMBER) {
        snprintf(ret, 48, "2^%.1f", floor(log2(1 + atof(cell)) * 2) / 2);
    } else if (c->what == DYE_COLUMN_PARENT) {
        snprintf(ret, 48, "%.*s", (int)utf8_bytes(cell), cell);
    } else if ((c->what == DYE_COLUMN_DATE || c->what == DYE_COLUMN_BIRTH) && (when = date_of(cell)) > NO_DATE) {
        snprintf(ret, 48, "%.0f", floor(when / 86400 / (c->what == DYE_COLUMN_BIRTH ? 3652 : 91)));
    } else if (c->what == DYE_COLUMN_TEXT) {
        snprintf(ret, 48, "%.4s", cell);
    } else {
        snprintf(ret, 48, "%.45s", cell);
    }
}

static void pair_features(const struct dye_sector *s, const struct row *row)
{
    char class[FIELDS][48], filled[FIELDS + 1] = "";
    for (size_t i = 0; i < s->columns; i++) {
        class_of(&s->column[i], row->cell[i], class[i]);
        filled[i] = row->cell[i][0] != '\0' ? '1' : '0';
        feature("%s is %s", s->column[i].name, class[i]);
        for (size_t j = 0; j < i; j++) {
            feature("%s is %s, %s is %s", s->column[i].name, class[i], s -> column[j].name, class[j]);
            feature("%s is %s, %s is %s", s->column[i].name, class[i], s -> column[j].name,
                    filled[j] == '1' ? "there" : "-");
            feature("%s is %s, %s is %s", s->column[j].name, class[j], s -> column[i].name,
                    filled[i] == '1' ? "there" : "-");
        }
    }
    feature("filled %s", filled);
}

static void person_features(const struct dye_sector *s, const struct row *row)
{
    const char *name = kind_cell(s, row, DYE_NAME), *id = kind_cell(s, row, DYE_RESIDENT_ID);
    const char *address = kind_cell(s, row, DYE_ADDRESS), *last = name;
    for (const char *c = name; *c != '\0'; c += utf8_bytes(c))
        last = c;
    if (strlen(id) == 18) {
        bool woman = (id[16] - '0') % 2 == 0;
        feature("ID of %s, last character %s", woman ? "a woman" : "a man", last);
        feature("ID of the %.3ss, last character %s", id + 6, last);
        feature("ID %.4s", id);
        feature("ID %.6s", id);
        feature("ID %.4s lives %.18s", id, address);
        feature("ID %.4s lives %.27s", id, address);
        for (size_t i = 0; i < s->columns; i++) {
            const struct dye_column *c = &s->column[i];
            if (c->what == DYE_COLUMN_SEX || c->what == DYE_COLUMN_CHOICE || c->what == DYE_COLUMN_OCCUPATION)
                feature("ID of %s, %s is %s", woman ? "a woman" : "a man", c->name, row->cell[i]);
            if (c->what == DYE_COLUMN_SEX || c->what == DYE_COLUMN_CHOICE || c->what == DYE_COLUMN_OCCUPATION)
                feature("ID of the %.3ss, %s is %s", id + 6, c->name, row->cell[i]);
            if (c->what == DYE_COLUMN_BIRTH && row->cell[i][0] != '\0') {
                double born = date_of(row->cell[i]);
                char day[12] = "", bare[12];
                time_t at = (time_t)born;
                struct tm tm;
                gmtime_r(&at, &tm);
                strftime(day, sizeof day, "%Y%m%d", &tm);
                snprintf(bare, sizeof bare, "%.8s", id + 6);
                feature("ID and birth %s", strcmp(day, bare) == 0 ? "agree" : "differ");
            }
        }
    }
    const char *road = strstr(address, "区"), *house = strstr(address, "号");
    if (road != NULL && house != NULL && house > road) {
        feature("street and number %.*s", (int)(house - road), road);
        feature("street, number and house %.*s", (int)(house - road) + 9, road);
    }
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_PARENT && row->cell[i][0] != '\0' && i + 1 < s->columns) {
            bool same = strncmp(row->cell[i], name, utf8_bytes(name)) == 0;
            const char *parent_last = row->cell[i];
            for (const char *c = row->cell[i]; *c != '\0'; c += utf8_bytes(c))
                parent_last = c;
            feature("%s has %s surname", row->cell[i + 1], same ? "the same" : "another");
            feature("%s is called %s", row->cell[i + 1], parent_last);
        }
}

void sample_make(const struct dye_sector *s, const struct row *row, struct repeats *repeats, struct sample *ret)
{
    made_n = 0;
    person_features(s, row);
    repeat_features(s, row, repeats);
    date_features(s, row);
    pair_features(s, row);
    for (size_t i = 0; i < s->columns; i++)
        value_features(s->column[i].name, row->cell[i]);
    ret->n = made_n;
    ret->feature = malloc(made_n * sizeof *ret->feature);
    assert(ret->feature != NULL);
    memcpy(ret->feature, made, made_n * sizeof *made);
}
