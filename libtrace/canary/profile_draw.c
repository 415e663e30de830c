/*
 * profile_draw: the cells of columns that are no identifiers, as a profile has counted them. A column is drawn after
 * the one that it follows, which is drawn again from its own stream: no cell depends on which cells are asked for.
 */
#include "profile_follow.h"

#include <stdio.h>
#include <stdlib.h>

struct drawn {
    char text[SYMBOL_BYTES];      /* as a symbol or a number; dates are in `when` */
    char as_parent[SYMBOL_BYTES]; /* what it tells of those that follow it */
    int64_t when;
    bool dated, timed;
};
struct drawing {
    const struct dye_profile *profile;
    const struct dye_column *first; /* of the sector's */
    const struct dye_persona *p;
    size_t row;
};

static bool draw_column(const struct drawing *x, size_t i, struct drawn *ret);

static const struct profile_group *group(const struct drawing *x, size_t i, const char *facet, const char *context)
{
    return profile_find(x->profile, x->first[i].name, facet, context);
}

static const char *pick(const struct drawing *x, size_t i, const char *facet, const char *context, struct dye_prf *r,
                        bool rare)
{
    return profile_pick(x->profile, group(x, i, facet, context), dye_prf_u64(r), rare, NULL, NULL);
}

/* The detail where nearly every row has one that was kept; drawing only some of them so would make them too many. */
static const char *pick_detail(const struct drawing *x, size_t i, const char *facet, const char *context,
                               struct dye_prf *r)
{
    const struct profile_group *g = group(x, i, facet, context);
    uint64_t kept = 0;
    for (size_t k = 0; g != NULL && k < g->values; k++)
        kept += x->profile->value[g->first + k].n;
    bool nearly_all = g != NULL && kept >= g->total - g->total / 10;
    return nearly_all ? profile_pick(x->profile, g, dye_prf_u64(r), false, NULL, NULL) : NULL;
}

/* ---- which cells are filled ---- */

struct alike {
    const struct drawing *x;
    size_t columns;
};

static bool is_shared(const struct dye_column *c)
{
    return c->same || c->household || c->what == DYE_COLUMN_KIND;
}

/* What all records of a person share is empty in all of them or in none. */
static bool is_alike(const char *filled, const void *arg)
{
    const struct alike *a = arg;
    if (strlen(filled) != a->columns)
        return false;
    for (size_t i = 0; i < a->columns; i++)
        if (is_shared(&a->x->first[i]) &&
            (profile_state_of(a->x->profile, filled, (int)i) == FILLED_NOT) != ((a->x->p->empty >> i & 1) != 0))
            return false;
    return true;
}

static bool is_empty(const struct drawing *x, size_t i)
{
    struct dye_prf r;
    const struct alike alike = {x, x->profile->columns_n};
    bool first = (x->p->empty >> i & 1) != 0;
    if (x->row == 0 || is_shared(&x->first[i]))
        return first;
    draw_open(&x->p->draws, "*", x->row, USE_TABLE, &r);
    const char *filled = profile_pick_filled(x->profile, x->p->table_decade, x->p->birth, is_alike, &alike, &r);
    dye_prf_done(&r);
    return filled != NULL ? profile_state_of(x->profile, filled, (int)i) == FILLED_NOT : first;
}

/* ---- symbols ---- */

enum { TRIES = 24 };

static int digits_of(const char *text)
{
    int n = 0;
    for (size_t i = 0; i < 4 && dye_is_digit((uint8_t)text[i]); i++)
        n = n * 10 + (text[i] - '0');
    return n;
}

static void dates_say(const struct drawing *x, size_t i, char ret[SYMBOL_BYTES])
{
    struct dye_sector s;
    char filled[DYE_SECTOR_COLUMNS_MAX + 1] = "", says[DYE_SECTOR_COLUMNS_MAX + 1];
    s.columns = x->profile->columns_n;
    for (size_t j = 0; j < s.columns; j++) {
        s.column[j] = x->first[j];
        filled[j] = x->first[j].what == DYE_COLUMN_DATE && is_empty(x, j) ? FILLED_NOT : FILLED_VALUE;
    }
    symbol_dates(&s, i, filled, says);
    snprintf(ret, SYMBOL_BYTES, "%s", says);
}

/* What the parent of that name says, for which nothing is drawn but columns before `i` (which only dates and words
 * are), so that it ends. */
static void parent_says(const struct drawing *x, size_t i, const char *parent, char ret[SYMBOL_BYTES])
{
    struct drawn d;
    int column = profile_column_of(x->profile, parent + (parent[0] == PARENT_FILLED));
    ret[0] = '\0';
    if (strcmp(parent, PARENT_DATES) == 0)
        dates_say(x, i, ret);
    else if (strcmp(parent, PARENT_HOUR) == 0) {
        const struct dye_column *c = &x->first[i];
        if (c->what == DYE_COLUMN_DATE && c->after == DYE_AFTER_COLUMN && c->back >= 1 && c->back <= i &&
            draw_column(x, i - c->back, &d) && d.dated)
            symbol_hour(d.when, ret);
    } else if (strcmp(parent, PARENT_SEX) == 0)
        snprintf(ret, SYMBOL_BYTES, "%c", x->p->table_sex);
    else if (strcmp(parent, PARENT_DECADE) == 0)
        snprintf(ret, SYMBOL_BYTES, "%s", x->p->table_decade);
    else if (strcmp(parent, PARENT_YEAR) == 0)
        snprintf(ret, SYMBOL_BYTES, "%d", x->p->table_decade[0] != '\0' ? digits_of(x->p->birth) : 0);
    else if (strcmp(parent, PARENT_MONTH) == 0)
        snprintf(ret, SYMBOL_BYTES, "%d", x->p->table_decade[0] != '\0' ? (int)strtol(x->p->birth + 5, NULL, 10) : 0);
    else if (column >= 0 && is_empty(x, (size_t)column))
        snprintf(ret, SYMBOL_BYTES, "-");
    else if (column >= 0 && parent[0] != PARENT_FILLED && (size_t)column < i &&
             x->first[column].what != DYE_COLUMN_TEXT && draw_column(x, (size_t)column, &d))
        memcpy(ret, d.as_parent, SYMBOL_BYTES);
    else
        snprintf(ret, SYMBOL_BYTES, "v");
}

static const char *parent_of(const struct drawing *x, size_t i, const char *facet)
{
    const struct profile_group *g = group(x, i, "parent", facet);
    return g != NULL && g->values > 0 ? x->profile->value[g->first].text : NULL;
}

/* A symbol of the facet, where the parent says what it does; NULL where the profile has none. */
static const char *pick_symbol(const struct drawing *x, size_t i, const char *facet, struct dye_prf *r)
{
    const char *parent = parent_of(x, i, facet), *symbol = NULL;
    if (parent != NULL) {
        char says[SYMBOL_BYTES], context[2 * SYMBOL_BYTES + 2];
        parent_says(x, i, parent, says);
        snprintf(context, sizeof context, "%.63s=%s", parent, says);
        const struct profile_group *here = group(x, i, facet, context);
        symbol = pick(x, i, facet, context, r, true);
        if (symbol == NULL) /* one that is rare there */
            symbol = profile_pick_rest(x->profile, group(x, i, facet, ""), here, dye_prf_u64(r), false);
    }
    return symbol != NULL ? symbol : pick(x, i, facet, "", r, false);
}

/* What stands behind the letter: a number of a bucket, or of years. */
static unsigned bucket_of(const char *symbol)
{
    unsigned n = 0;
    for (const char *s = symbol + (symbol[0] != '\0'); dye_is_digit((uint8_t)*s) && n < 1000; s++)
        n = n * 10 + (unsigned)(*s - '0');
    return n;
}

static uint64_t within(const char *symbol, struct dye_prf *r)
{
    unsigned b = bucket_of(symbol);
    if (b + 1 >= SYMBOL_BUCKETS)
        return 0;
    return symbol_low(b) + dye_prf_below(r, symbol_low(b + 1) - symbol_low(b));
}

/* ---- numbers ---- */

/* Of numbers whose endings are all rare: any digits, as many as others have behind the point. */
static const char *any_ending(const struct drawing *x, size_t i, struct dye_prf *r, char ret[SYMBOL_BYTES])
{
    const char *like = pick(x, i, "ending", "", r, false);
    if (like != NULL)
        snprintf(ret, SYMBOL_BYTES, "%s", like);
    else
        snprintf(ret, SYMBOL_BYTES, x->first[i].decimals != 0 ? "0.%0*d" : "0", (int)x->first[i].decimals, 0);
    for (char *s = ret; *s != '\0'; s++)
        if (dye_is_digit((uint8_t)*s))
            *s = (char)('0' + dye_prf_below(r, 10));
    return ret;
}

static bool draw_number(const struct drawing *x, size_t i, struct dye_prf *r, struct drawn *ret)
{
    const char *symbol = pick_symbol(x, i, FACET_SYMBOL, r);
    if (symbol == NULL || symbol[0] != 'b')
        return false;
    uint64_t v = within(symbol, r), low = 0;
    char unused[SYMBOL_BYTES], any[SYMBOL_BYTES];
    const char *exact = pick_detail(x, i, "exact", symbol, r), *ending = pick(x, i, "ending", symbol, r, true);
    if (ending == NULL)
        ending = profile_pick_rest(x->profile, group(x, i, "ending", ""), group(x, i, "ending", symbol), dye_prf_u64(r),
                                   true);
    if (ending == NULL)
        ending = any_ending(x, i, r, any);
    if (exact != NULL)
        snprintf(ret->text, sizeof ret->text, "%s", exact);
    for (int tries = 0; exact == NULL && tries < TRIES; tries++) { /* within the bucket still */
        char head[24] = "";
        if (v >= 10)
            snprintf(head, sizeof head, "%llu", (unsigned long long)(v / 10));
        snprintf(ret->text, sizeof ret->text, "%s%.20s", head, ending);
        if (symbol_number(dye_span_str(ret->text), &low, unused) && symbol_bucket(low) == bucket_of(symbol))
            break;
        v = within(symbol, r);
    }
    if (symbol_number(dye_span_str(ret->text), &v, unused))
        symbol_number_as_parent(v, ret->as_parent);
    return true;
}

/* ---- dates ---- */

/* Whether a day of which more could be chosen stays: by how often its weekday stands there. */
static bool weekday_stays(const struct drawing *x, size_t i, int64_t day, struct dye_prf *r)
{
    const struct profile_group *g = group(x, i, "weekday", "");
    uint64_t most = 0, own = 0;
    char text[4];
    snprintf(text, sizeof text, "%d", (int)(((day + 4) % 7 + 7) % 7));
    for (size_t k = 0; g != NULL && k < g->values; k++) {
        const struct profile_value *v = &x->profile->value[g->first + k];
        most = v->n > most ? v->n : most;
        own = strcmp(v->text, text) == 0 ? v->n : own;
    }
    return most == 0 || dye_prf_below(r, most) < own;
}

/* The shape that the cell has; NULL: any. */
static const char *format_of(const struct drawing *x, size_t i)
{
    struct dye_prf r;
    draw_open_column(&x->first[i], x->p, x->row, USE_CELL, &r); /* of no other use where the profile draws */
    const char *format = pick(x, i, "format", "", &r, false);
    dye_prf_done(&r);
    return format;
}

static bool has_no_seconds(const char *format)
{
    return strchr(format, 'i') != NULL && strchr(format, 's') == NULL;
}

/* Whether most cells are without seconds: then the gaps that were counted end in whole minutes, else they don't. */
static bool counts_minutes(const struct drawing *x, size_t i)
{
    const struct profile_group *g = group(x, i, "format", "");
    uint64_t without = 0, all = 0;
    for (size_t k = 0; g != NULL && k < g->values; k++) {
        const struct profile_value *v = &x->profile->value[g->first + k];
        all += v->n;
        without += has_no_seconds(v->text) ? v->n : 0;
    }
    return without > all / 2;
}

/* `context` "d": of a date that is days behind another; "": of any. */
static int64_t of_day(const struct drawing *x, size_t i, const char *context, struct dye_prf *r)
{
    const char *hour = pick(x, i, "hour", context, r, false);
    if (hour == NULL)
        hour = pick(x, i, "hour", "", r, false);
    int64_t at = (int64_t)dye_prf_below(r, 3600);
    return hour != NULL ? at + (int64_t)(digits_of(hour) % 24) * 3600 : 0;
}

static bool draw_absolute(const struct drawing *x, size_t i, const char *symbol, struct dye_prf *r, int64_t *ret)
{
    if (strlen(symbol) != 7)
        return false;
    int year = digits_of(symbol), month = digits_of(symbol + 5);
    if (year < 1800 || year >= 2200 || month < 1 || month > 12)
        return false;
    char dates[SYMBOL_BYTES], context[2 * SYMBOL_BYTES];
    dates_say(x, i, dates);
    snprintf(context, sizeof context, "%s/%s", symbol, dates);
    const char *kept = pick_detail(x, i, "day", context, r);
    if (kept == NULL)
        kept = pick_detail(x, i, "day", symbol, r);
    int32_t first = dye_day(year, month, 1), next = dye_day(year + month / 12, month % 12 + 1, 1);
    int64_t day = first + (kept != NULL ? (digits_of(kept) + 30) % 31 : 0);
    for (int tries = 0; kept == NULL && tries < TRIES; tries++) {
        day = first + (int64_t)dye_prf_below(r, (uint64_t)(next - first));
        if (weekday_stays(x, i, day, r))
            break;
    }
    *ret = day * DAY_SECONDS + of_day(x, i, "", r);
    return true;
}

static bool draw_years(const struct drawing *x, size_t i, const char *symbol, struct dye_prf *r, int64_t *ret)
{
    const char *monthday = pick(x, i, "monthday", "", r, true);
    int month = monthday != NULL && strlen(monthday) == 5 ? digits_of(monthday) : 1 + (int)dye_prf_below(r, 12);
    int day = monthday != NULL && strlen(monthday) == 5 ? digits_of(monthday + 3) : 1 + (int)dye_prf_below(r, 28);
    int year = digits_of(x->p->birth) + (int)(bucket_of(symbol) % 120);
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *ret = (int64_t)dye_day(year, month, day) * DAY_SECONDS + of_day(x, i, "", r);
    return true;
}

static bool draw_lag(const struct drawing *x, size_t i, const char *symbol, int64_t before, struct dye_prf *r,
                     int64_t *ret)
{
    if (symbol[0] == 'h') {
        *ret = before / DAY_SECONDS * DAY_SECONDS + of_day(x, i, "d", r);
        return *ret >= before + HOUR_S;
    }
    if (symbol[0] == 'z') {
        *ret = before - before % MINUTE_S;
        return true;
    }
    if (symbol[0] == 's' || symbol[0] == 'm') {
        int64_t gap = (int64_t)within(symbol, r);
        *ret = before + gap;
        if (gap > 0 && counts_minutes(x, i)) { /* the nearest that is not earlier */
            *ret += MINUTE_S / 2 - (*ret + MINUTE_S / 2) % MINUTE_S;
            *ret += *ret <= before ? MINUTE_S : 0;
        }
        return (*ret / DAY_SECONDS == before / DAY_SECONDS) == (symbol[0] == 's');
    }
    const char *exact = pick_detail(x, i, "exact", symbol, r);
    int64_t sign = symbol[0] == 'n' ? -1 : 1, from = before / DAY_SECONDS, day = from;
    for (int tries = 0; tries < TRIES; tries++) {
        day = from + sign * (exact != NULL ? digits_of(exact) : (int64_t)within(symbol, r));
        if (exact != NULL || weekday_stays(x, i, day, r))
            break;
    }
    *ret = day * DAY_SECONDS + of_day(x, i, "d", r);
    return true;
}

static bool draw_when(const struct drawing *x, size_t i, struct dye_prf *r, int64_t *ret)
{
    const struct dye_column *c = &x->first[i];
    const struct profile_group *mode = group(x, i, FACET_MODE, "");
    struct drawn before = {.when = 0};
    bool lag = mode != NULL && strcmp(x->profile->value[mode->first].text, FACET_LAG) == 0;
    if (lag && c->after == DYE_AFTER_COLUMN)
        lag = c->back >= 1 && c->back <= i && !is_empty(x, i - c->back) && draw_column(x, i - c->back, &before) &&
              before.dated;
    const char *symbol = lag ? pick_symbol(x, i, FACET_LAG, r) : NULL;
    if (symbol == NULL) {
        symbol = pick_symbol(x, i, FACET_ABSOLUTE, r);
        return symbol != NULL && draw_absolute(x, i, symbol, r, ret);
    }
    if (c->after == DYE_AFTER_BIRTH)
        return draw_years(x, i, symbol, r, ret);
    for (int tries = 0; tries < TRIES && symbol[0] == 'z' && !counts_minutes(x, i); tries++)
        symbol = pick_symbol(x, i, FACET_LAG, r); /* comes of itself, when seconds are not written */
    char sort = symbol[0]; /* the same day stays the same day: another gap of it is drawn where one leads beyond */
    for (int tries = 0; tries < TRIES; tries++) {
        if (symbol[0] == sort && draw_lag(x, i, symbol, before.when, r, ret))
            return true;
        symbol = pick_symbol(x, i, FACET_LAG, r);
    }
    *ret = before.when + (int64_t)dye_prf_below(r, 60);
    return true;
}

/* A day that has not come when the persona is made is drawn again: the table's are all of the past. One that can't have
 * come is no date. */
static bool draw_date(const struct drawing *x, size_t i, struct dye_prf *r, struct drawn *ret)
{
    for (int tries = 0; tries < TRIES && !ret->dated; tries++) {
        if (!draw_when(x, i, r, &ret->when))
            return false;
        ret->dated = ret->when < ((int64_t)x->p->made_on + 1) * DAY_SECONDS;
    }
    for (int tries = 0; tries < TRIES && !ret->dated; tries++) {
        const char *symbol = x->first[i].after == DYE_AFTER_BIRTH ? pick_symbol(x, i, FACET_ABSOLUTE, r) : NULL;
        ret->dated = symbol != NULL && draw_absolute(x, i, symbol, r, &ret->when) &&
                     ret->when < ((int64_t)x->p->made_on + 1) * DAY_SECONDS;
    }
    if (!ret->dated) {
        snprintf(ret->as_parent, sizeof ret->as_parent, "-");
        return true;
    }
    const char *format = format_of(x, i);
    if (format != NULL && has_no_seconds(format)) /* those that follow know no more */
        ret->when -= (ret->when % MINUTE_S + MINUTE_S) % MINUTE_S;
    symbol_quarter(ret->when, ret->as_parent);
    return true;
}

/* ---- words, and all of them ---- */

static bool draw_word(const struct drawing *x, size_t i, struct dye_prf *r, struct drawn *ret)
{
    const char *symbol = pick_symbol(x, i, FACET_SYMBOL, r);
    for (int tries = 0; tries < TRIES && symbol != NULL && strcmp(symbol, SYMBOL_OTHER) == 0; tries++)
        symbol = pick(x, i, FACET_SYMBOL, "", r, false);
    if (symbol == NULL || strcmp(symbol, SYMBOL_OTHER) == 0)
        return false;
    snprintf(ret->text, sizeof ret->text, "%s", symbol);
    snprintf(ret->as_parent, sizeof ret->as_parent, "%s", symbol);
    return true;
}

static bool draw_column(const struct drawing *x, size_t i, struct drawn *ret)
{
    const struct dye_column *c = &x->first[i];
    struct dye_prf r;
    memset(ret, 0, sizeof *ret);
    draw_open_column(c, x->p, x->row, USE_TABLE, &r);
    bool drawn = c->what == DYE_COLUMN_DATE     ? draw_date(x, i, &r, ret)
                 : c->what == DYE_COLUMN_NUMBER ? draw_number(x, i, &r, ret)
                                                : draw_word(x, i, &r, ret);
    dye_prf_done(&r);
    return drawn;
}

/* ---- texts ---- */

static bool is_of_class(const char *value, const void *arg)
{
    char class = *(const char *)arg, c = value[0];
    return value[0] != '\0' && value[1] == '\0' &&
           (class == '9'   ? c >= '0' && c <= '9'
            : class == 'A' ? c >= 'A' && c <= 'Z'
                           : c >= 'a' && c <= 'z');
}

static char draw_character(const struct drawing *x, size_t i, const char *shape, const struct dye_value *so_far,
                           char class, struct dye_prf *r)
{
    char context[SYMBOL_BYTES + 40];
    const char *value = NULL;
    if (so_far->n > 0 && (uint8_t)so_far->text[so_far->n - 1] < 0x80) {
        snprintf(context, sizeof context, "%.63s.%zu%c", shape, so_far->n, so_far->text[so_far->n - 1]);
        if (pick_detail(x, i, "char", context, r) != NULL)
            value = profile_pick(x->profile, group(x, i, "char", context), dye_prf_u64(r), false, is_of_class, &class);
    }
    snprintf(context, sizeof context, "%.63s.%zu", shape, so_far->n);
    if (value == NULL)
        value = profile_pick(x->profile, group(x, i, "char", context), dye_prf_u64(r), false, is_of_class, &class);
    if (value != NULL)
        return value[0];
    return class == '9' ? (char)('0' + dye_prf_below(r, 10)) : (char)(class + (char)dye_prf_below(r, 26));
}

/* Further digits, as long as those before them say what nearly always comes. */
static void draw_next(const struct drawing *x, size_t i, const char *parent, const char *at, struct dye_prf *r,
                      char so_far[LEAD_NEXT_DIGITS + 1])
{
    char context[3 * SYMBOL_BYTES];
    for (size_t n = strlen(so_far); n < LEAD_NEXT_DIGITS; n++) {
        snprintf(context, sizeof context, "%.63s=%.20s:%s", parent, at, so_far);
        const char *next = pick_detail(x, i, "next", context, r);
        if (next == NULL || !dye_is_digit((uint8_t)next[0]))
            return;
        so_far[n] = next[0];
        so_far[n + 1] = '\0';
    }
}

/* The first digits of a number that runs on with the dates of another column, as many as those say; "" for others. */
static void draw_lead(const struct drawing *x, size_t i, struct dye_prf *r, char ret[LEAD_NEXT_DIGITS + 1])
{
    const char *parent = parent_of(x, i, FACET_LEAD);
    struct drawn d = {.dated = false};
    char context[3 * SYMBOL_BYTES], at[SYMBOL_BYTES];
    int column = parent != NULL ? profile_column_of(x->profile, parent) : -1;
    ret[0] = '\0';
    if (column < 0 || x->first[column].what != DYE_COLUMN_DATE || is_empty(x, (size_t)column) ||
        !draw_column(x, (size_t)column, &d) || !d.dated)
        return;
    symbol_day(d.when, at);
    draw_next(x, i, parent, at, r, ret);
    if (strlen(ret) >= LEAD_DIGITS)
        return;
    symbol_ten_days(d.when, at);
    snprintf(context, sizeof context, "%.63s=%s", parent, at);
    const char *lead = pick(x, i, FACET_LEAD, context, r, true);
    snprintf(ret, LEAD_NEXT_DIGITS + 1, "%.*s", LEAD_DIGITS, lead != NULL ? lead : "");
    if (lead != NULL)
        draw_next(x, i, parent, at, r, ret);
}

/* The date of another column in place of {column:Ymd}; 0 for no such marker. Its bytes in the shape. */
static size_t put_marker(const struct drawing *x, const char *marker, struct dye_value *ret)
{
    char name[SYMBOL_BYTES], shape[8];
    int used = 0;
    if (sscanf(marker, "{%60[^:}]:%3[Ymd]}%n", name, shape, &used) != 2 || used == 0)
        return 0;
    int column = profile_column_of(x->profile, name);
    struct drawn d;
    struct profile_date at;
    char text[16];
    if (column < 0 || x->first[column].what != DYE_COLUMN_DATE || !draw_column(x, (size_t)column, &d) || !d.dated)
        return 0;
    profile_date_at(d.when, &at);
    snprintf(text, sizeof text, shape[1] == 'm' ? "%04d%02d%02d" : "%04d", at.year % 10000, at.month % 100,
             at.day % 100);
    return profile_append(ret, text) ? (size_t)used : 0;
}

/* A text of that shape. False where it holds a date that is not there. */
static bool fill_shape(const struct drawing *x, size_t i, const char *shape, struct dye_prf *r, struct dye_value *ret)
{
    const char *exact = pick(x, i, "exact", shape, r, true);
    char lead[LEAD_NEXT_DIGITS + 1] = "";
    if (exact == NULL)
        draw_lead(x, i, r, lead);
    struct dye_value made = {.n = 0};
    bool whole = exact == NULL || profile_append(&made, exact), digit = false;
    for (const char *s = shape; whole && exact == NULL && *s != '\0';) {
        char piece[2] = {*s, '\0'};
        size_t used = 1;
        if (*s == '{') {
            used = put_marker(x, s, &made);
            piece[0] = '\0';
            digit = true;
        } else if (*s == '9' && !digit && lead[0] != '\0' && strspn(s, "9") >= strlen(lead)) {
            whole = profile_append(&made, lead);
            used = strlen(lead);
            piece[0] = '\0';
            digit = true;
        } else if (*s == '9' || *s == 'A' || *s == 'a') {
            digit = digit || *s == '9';
            piece[0] = draw_character(x, i, shape, &made, *s, r);
        }
        whole = whole && used != 0 && profile_append(&made, piece);
        s += used;
    }
    if (whole)
        *ret = made;
    return whole;
}

static bool draw_text(const struct drawing *x, size_t i, struct dye_value *ret)
{
    struct dye_prf r;
    bool whole = false;
    draw_open_column(&x->first[i], x->p, x->row, USE_TABLE, &r);
    for (int tries = 0; tries < TRIES && !whole; tries++) {
        const char *any = pick(x, i, FACET_SYMBOL, "", &r, true);
        const char *shape = any != NULL ? pick_symbol(x, i, FACET_SYMBOL, &r) : pick(x, i, "shape", "", &r, false);
        struct dye_value made = {.n = 0};
        if (shape == NULL)
            continue;
        whole = shape[0] == '"' ? profile_append(&made, shape + 1) : fill_shape(x, i, shape, &r, &made);
        if (whole)
            *ret = made;
    }
    dye_prf_done(&r);
    return whole;
}

/* ---- the name of a parent ---- */

static bool draw_parent_name(const struct drawing *x, size_t i, struct dye_value *ret)
{
    struct profile_row row = {.sex = '?'};
    struct dye_prf r;
    struct drawn relation;
    const char *child = x->p->value[DYE_NAME].text;
    char surname[16];
    for (size_t j = 0; j < x->profile->columns_n && row.sex == '?'; j++)
        if (x->first[j].what == DYE_COLUMN_RELATION && draw_column(x, j, &relation))
            row.sex = symbol_parent_sex(&x->first[j], relation.text);
    draw_open_column(&x->first[i], x->p, 0, USE_TABLE, &r);
    const char *family = pick(x, i, "family", (char[2]){row.sex, '\0'}, &r, false);
    size_t bytes = surname_bytes(child);
    snprintf(surname, sizeof surname, "%.*s", (int)(bytes < sizeof surname ? bytes : 0), child);
    bool same = family != NULL && strcmp(family, "same") == 0 && surname[0] != '\0';
    bool made = profile_make_name(x->profile, x->first[i].name, &row, same ? surname : NULL, NULL, &r, ret);
    dye_prf_done(&r);
    return made;
}

/* ---- what is asked for ---- */

static bool open_drawing(const struct dye_profile *profile, const struct dye_column *c, const struct dye_persona *p,
                         size_t row, struct drawing *ret, size_t *ret_i)
{
    int i = profile_column_of(profile, c->name);
    if (i < 0 || !p->follows)
        return false;
    *ret = (struct drawing){profile, c - i, p, row};
    *ret_i = (size_t)i;
    return true;
}

bool profile_draw_is_empty(const struct dye_profile *profile, const struct dye_column *c, const struct dye_persona *p,
                           size_t row)
{
    struct drawing x;
    size_t i;
    int column = profile_column_of(profile, c->name);
    if (open_drawing(profile, c, p, row, &x, &i))
        return is_empty(&x, i);
    return column >= 0 && (p->empty >> column & 1) != 0;
}

bool profile_draw(const struct dye_profile *profile, const struct dye_column *c, const struct dye_persona *p,
                  size_t row, struct dye_value *ret)
{
    struct drawing x;
    struct drawn d;
    struct dye_value made = {.n = 0};
    size_t i;
    if (!open_drawing(profile, c, p, row, &x, &i))
        return false;
    if (c->what == DYE_COLUMN_PARENT)
        return draw_parent_name(&x, i, ret);
    if (c->what == DYE_COLUMN_TEXT)
        return draw_text(&x, i, ret);
    if (!symbol_column(c) || !draw_column(&x, i, &d))
        return false;
    if (d.dated) {
        struct profile_date date;
        const char *format = format_of(&x, i);
        profile_date_at(d.when, &date);
        if (!profile_date_write(format != NULL ? format : "Y-m-d", &date, &made))
            return false;
    } else if (!profile_append(&made, d.text)) {
        return false;
    }
    *ret = made;
    return true;
}
