/*
 * profile_columns: learning the columns that are no identifiers (profile_symbol.h).
 */
#include "profile_learner.h"

#include <stdio.h>

struct read {                                        /* a row's columns */
    char text[DYE_SECTOR_COLUMNS_MAX][SYMBOL_BYTES]; /* "" for what is empty or long */
    char symbol[DYE_SECTOR_COLUMNS_MAX][SYMBOL_BYTES];
    char as_parent[DYE_SECTOR_COLUMNS_MAX][SYMBOL_BYTES];
    int64_t when[DYE_SECTOR_COLUMNS_MAX];
    bool dated[DYE_SECTOR_COLUMNS_MAX], timed[DYE_SECTOR_COLUMNS_MAX];
};

/* ---- how columns hang together ---- */

static void count_under(struct dye_profile_learner *l, const char *column, const char *facet, const char *parent,
                        const char *value, const char *symbol)
{
    char context[2 * SYMBOL_BYTES];
    snprintf(context, sizeof context, "%.63s=%s", parent, value);
    learner_count(l, column, facet, context, symbol);
}

static void count_symbol(struct dye_profile_learner *l, size_t i, const char *facet, const char *symbol,
                         const struct read *x, const char *filled, const struct profile_row *row,
                         const struct profile_date *birth)
{
    const struct dye_sector *s = &l->sector;
    const char *column = s->column[i].name;
    char text[8];
    learner_count(l, column, facet, "", symbol);
    if (!s->column[i].household) {
        snprintf(text, sizeof text, "%c", row->sex);
        count_under(l, column, facet, PARENT_SEX, text, symbol);
        count_under(l, column, facet, PARENT_DECADE, row->decade, symbol);
        snprintf(text, sizeof text, "%d", birth->month);
        count_under(l, column, facet, PARENT_MONTH, text, symbol);
        snprintf(text, sizeof text, "%d", birth->year);
        count_under(l, column, facet, PARENT_YEAR, text, symbol);
    }
    char dates[DYE_SECTOR_COLUMNS_MAX + 1];
    symbol_dates(s, i, filled, dates);
    count_under(l, column, facet, PARENT_DATES, dates, symbol);
    for (size_t j = 0; j < s->columns; j++) {
        if (symbol_may_follow(s, i, j, false))
            count_under(l, column, facet, s->column[j].name, x->as_parent[j], symbol);
        if (symbol_may_follow(s, i, j, true)) {
            char name[SYMBOL_BYTES + 2];
            snprintf(name, sizeof name, "%c%.62s", PARENT_FILLED, s->column[j].name);
            count_under(l, column, facet, name, filled[j] == FILLED_NOT ? "-" : "v", symbol);
        }
    }
}

/* ---- numbers ---- */

static void learn_number(struct dye_profile_learner *l, const struct dye_column *c, struct dye_span cell, char *symbol,
                         char *as_parent)
{
    char ending[SYMBOL_BYTES], text[SYMBOL_BYTES];
    uint64_t v;
    if (!symbol_number(cell, &v, ending)) {
        snprintf(symbol, SYMBOL_BYTES, "%s", SYMBOL_OTHER);
        return;
    }
    snprintf(symbol, SYMBOL_BYTES, "b%u", symbol_bucket(v));
    symbol_number_as_parent(v, as_parent);
    snprintf(text, sizeof text, "%.*s", (int)(cell.n < sizeof text ? cell.n : 0), (const char *)cell.p);
    if (symbol_may_be_kept(cell))
        learner_count(l, c->name, "exact", symbol, text);
    learner_count(l, c->name, "ending", "", ending);
    learner_count(l, c->name, "ending", symbol, ending);
}

/* ---- dates ---- */

static void learn_date(struct dye_profile_learner *l, const struct dye_column *c, struct dye_span cell, struct read *x,
                       size_t i)
{
    struct profile_date d;
    char text[SYMBOL_BYTES];
    if (!profile_date_read(cell, &d) || d.year == 0)
        return;
    x->dated[i] = true;
    x->timed[i] = d.timed;
    x->when[i] = profile_date_seconds(&d);
    symbol_month(x->when[i], x->symbol[i]);
    symbol_quarter(x->when[i], x->as_parent[i]);
    snprintf(text, sizeof text, "%02d", d.day);
    learner_count(l, c->name, "day", x->symbol[i], text);
    snprintf(text, sizeof text, "%d", (int)((x->when[i] / DAY_SECONDS + 4) % 7));
    learner_count(l, c->name, "weekday", "", text);
    if (d.shape[0] != '\0')
        learner_count(l, c->name, "format", "", d.shape);
    if (d.timed) {
        snprintf(text, sizeof text, "%02d", d.hour);
        learner_count(l, c->name, "hour", "", text);
    }
}

/* Of the newest month, the last days have what has not come yet. */
static void learn_day(struct dye_profile_learner *l, size_t i, const struct read *x, const char *filled)
{
    char dates[DYE_SECTOR_COLUMNS_MAX + 1], context[2 * SYMBOL_BYTES], day[16];
    struct profile_date d;
    profile_date_at(x->when[i], &d);
    snprintf(day, sizeof day, "%02d", d.day);
    symbol_dates(&l->sector, i, filled, dates);
    snprintf(context, sizeof context, "%s/%s", x->symbol[i], dates);
    learner_count(l, l->sector.column[i].name, "day", context, day);
}

/* Behind the column that the sector says, or behind birth. */
static void learn_lag(struct dye_profile_learner *l, size_t i, const struct read *x, const char *filled,
                      const struct profile_row *row, const struct profile_date *birth)
{
    const struct dye_column *c = &l->sector.column[i];
    char symbol[SYMBOL_BYTES], text[SYMBOL_BYTES];
    struct profile_date d;
    profile_date_at(x->when[i], &d);
    if (c->after == DYE_AFTER_BIRTH && birth->year != 0) {
        snprintf(symbol, sizeof symbol, "y%d", d.year - birth->year);
        snprintf(text, sizeof text, "%02d-%02d", d.month, d.day);
        learner_count(l, c->name, "monthday", "", text);
    } else if (c->after == DYE_AFTER_COLUMN && c->back <= i && x->dated[i - c->back]) {
        symbol_lag(x->when[i - c->back], x->when[i], symbol);
        int64_t days = x->when[i] / DAY_SECONDS - x->when[i - c->back] / DAY_SECONDS;
        snprintf(text, sizeof text, "%lld", (long long)(days < 0 ? -days : days));
        if (symbol[0] == 'd' || symbol[0] == 'n')
            learner_count(l, c->name, "exact", symbol, text);
        snprintf(text, sizeof text, "%02d", d.hour);
        if (x->timed[i] && days != 0)
            learner_count(l, c->name, "hour", "d", text);
    } else {
        return;
    }
    count_symbol(l, i, FACET_LAG, symbol, x, filled, row, birth);
    if (c->after == DYE_AFTER_COLUMN) {
        symbol_hour(x->when[i - c->back], text);
        count_under(l, c->name, FACET_LAG, PARENT_HOUR, text, symbol);
    }
}

/* ---- texts ---- */

/* Where the digits of a date column's day stand in the text; its marker. */
static size_t find_date(const struct dye_sector *s, const struct read *x, const char *at, char marker[SYMBOL_BYTES + 8])
{
    static const char *const shapes[] = {"Ymd", "Y"};
    for (size_t k = 0; k < 2; k++)
        for (size_t j = 0; j < s->columns; j++) {
            struct profile_date d;
            char digits[16];
            if (!x->dated[j])
                continue;
            profile_date_at(x->when[j], &d);
            int n = snprintf(digits, sizeof digits, k == 0 ? "%04d%02d%02d" : "%04d", d.year, d.month, d.day);
            if (strncmp(at, digits, (size_t)n) == 0) {
                snprintf(marker, SYMBOL_BYTES + 8, "{%.60s:%s}", s->column[j].name, shapes[k]);
                return (size_t)n;
            }
        }
    return 0;
}

static bool is_letter(char c, char from, char to)
{
    return c >= from && c <= to;
}

/* Its classes of characters. A date is looked for where the digits begin. */
static bool text_shape(const struct dye_sector *s, const struct read *x, const char *text, char ret[SYMBOL_BYTES])
{
    size_t n = 0;
    bool first = true;
    for (const char *at = text; *at != '\0';) {
        char piece[SYMBOL_BYTES + 8] = {*at, '\0'};
        size_t used = 1;
        if (*at == '{' || *at == '}' || *at == '=')
            return false;
        if (dye_is_digit((uint8_t)*at)) {
            if (first)
                used = find_date(s, x, at, piece);
            if (!first || used == 0) {
                used = 1;
                piece[0] = '9';
            }
            first = false;
        } else if (is_letter(*at, 'A', 'Z') || is_letter(*at, 'a', 'z')) {
            piece[0] = is_letter(*at, 'A', 'Z') ? 'A' : 'a';
        }
        if (n + strlen(piece) >= SYMBOL_BYTES)
            return false;
        memcpy(ret + n, piece, strlen(piece) + 1);
        n += strlen(piece);
        at += used;
    }
    return true;
}

static void learn_characters(struct dye_profile_learner *l, const char *column, const char *shape, const char *text)
{
    char context[SYMBOL_BYTES + 16], value[2] = "";
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        if ((uint8_t)text[i] >= 0x80)
            continue;
        value[0] = text[i];
        snprintf(context, sizeof context, "%s.%zu", shape, i);
        learner_count(l, column, "char", context, value);
        if (i > 0 && (uint8_t)text[i - 1] < 0x80) {
            snprintf(context, sizeof context, "%s.%zu%c", shape, i, text[i - 1]);
            learner_count(l, column, "char", context, value);
        }
    }
}

/* Each digit after those before it, of numbers given on one day, and of those of ten days. */
static void learn_next(struct dye_profile_learner *l, const char *column, const char *date, int64_t when,
                       const char *digits)
{
    char at[2][SYMBOL_BYTES], so_far[SYMBOL_BYTES];
    symbol_day(when, at[0]);
    symbol_ten_days(when, at[1]);
    for (int k = 0; k < 2; k++)
        for (int n = k == 0 ? 0 : LEAD_DIGITS; n < LEAD_NEXT_DIGITS && dye_is_digit((uint8_t)digits[n]); n++) {
            snprintf(so_far, sizeof so_far, "%.20s:%.*s", at[k], n, digits);
            count_under(l, column, "next", date, so_far, (char[2]){digits[n], '\0'});
        }
}

static void learn_text(struct dye_profile_learner *l, size_t i, struct read *x, const char *filled,
                       const struct profile_row *row, const struct profile_date *birth)
{
    const struct dye_column *c = &l->sector.column[i];
    const char *text = x->text[i], *digits = text + strcspn(text, "0123456789");
    char lead[LEAD_DIGITS + 1];
    if (!text_shape(&l->sector, x, text, x->symbol[i])) {
        x->symbol[i][0] = '\0';
        return;
    }
    bool kept = !c->same && symbol_may_be_kept(dye_span_str(text)); /* a person's own may stand in k rows of theirs */
    if (kept)
        learner_count(l, c->name, "exact", x->symbol[i], text);
    learn_characters(l, c->name, x->symbol[i], text);
    if (strchr(x->symbol[i], '{') == NULL && strspn(digits, "0123456789") >= LEAD_FROM_DIGITS) {
        snprintf(lead, sizeof lead, "%.*s", LEAD_DIGITS, digits);
        learner_count(l, c->name, FACET_LEAD, "", lead);
        for (size_t j = 0; j < l->sector.columns; j++) {
            char at[SYMBOL_BYTES];
            if (!x->dated[j] || (c->same && !l->sector.column[j].same))
                continue;
            symbol_ten_days(x->when[j], at);
            count_under(l, c->name, FACET_LEAD, l->sector.column[j].name, at, lead);
            learn_next(l, c->name, l->sector.column[j].name, x->when[j], digits);
        }
    }
    char symbol[SYMBOL_BYTES];
    snprintf(symbol, sizeof symbol, "%s", x->symbol[i]);
    if (strlen(text) <= SHORT_TEXT_BYTES && kept && strchr(symbol, '{') == NULL) {
        learner_count(l, c->name, "shape", "", symbol); /* for those that are rare */
        snprintf(symbol, sizeof symbol, "\"%s", text);
    }
    count_symbol(l, i, FACET_SYMBOL, symbol, x, filled, row, birth);
}

/* ---- a parent's name ---- */

static void learn_parent(struct dye_profile_learner *l, size_t i, const struct read *x, struct dye_span cell,
                         struct dye_span child)
{
    struct profile_row row = {.sex = '?'};
    const struct dye_sector *s = &l->sector;
    char a[64], b[64], sex[2] = "";
    for (size_t j = 0; j < s->columns && row.sex == '?'; j++)
        if (s->column[j].what == DYE_COLUMN_RELATION)
            row.sex = symbol_parent_sex(&s->column[j], x->text[j]);
    learn_name(l, s->column[i].name, cell, &row);
    if (cell.n >= sizeof a || child.n >= sizeof b || child.n == 0)
        return;
    snprintf(a, sizeof a, "%.*s", (int)cell.n, (const char *)cell.p);
    snprintf(b, sizeof b, "%.*s", (int)child.n, (const char *)child.p);
    bool same = surname_bytes(a) == surname_bytes(b) && strncmp(a, b, surname_bytes(a)) == 0;
    sex[0] = row.sex;
    learner_count(l, s->column[i].name, "family", sex, same ? "same" : "other");
}

/* ---- a row ---- */

static void read_column(struct dye_profile_learner *l, size_t i, struct dye_span cell, struct read *x)
{
    const struct dye_column *c = &l->sector.column[i];
    snprintf(x->as_parent[i], SYMBOL_BYTES, "%s", cell.n == 0 ? "-" : "v");
    if (!symbol_column(c) || cell.n == 0 || cell.n >= SYMBOL_BYTES || memchr(cell.p, '\0', cell.n) != NULL)
        return;
    memcpy(x->text[i], cell.p, cell.n);
    x->text[i][cell.n] = '\0';
    if (c->what == DYE_COLUMN_DATE) {
        learn_date(l, c, cell, x, i);
    } else if (c->what == DYE_COLUMN_NUMBER) {
        learn_number(l, c, cell, x->symbol[i], x->as_parent[i]);
    } else if (c->what != DYE_COLUMN_TEXT) {
        bool kept = symbol_may_be_kept(cell) && strpbrk(x->text[i], "{}=") == NULL;
        snprintf(x->symbol[i], SYMBOL_BYTES, "%s", kept ? x->text[i] : SYMBOL_OTHER);
        snprintf(x->as_parent[i], SYMBOL_BYTES, "%s", x->symbol[i]);
    }
}

void learn_columns(struct dye_profile_learner *l, const struct dye_span *cells, const char *filled,
                   const struct profile_row *row, const struct profile_date *birth)
{
    const struct dye_sector *s = &l->sector;
    struct read x = {0};
    struct dye_span name = {0};
    for (size_t i = 0; i < s->columns; i++) {
        read_column(l, i, cells[i], &x);
        if (s->column[i].what == DYE_COLUMN_KIND && s->column[i].kind == DYE_NAME)
            name = cells[i];
    }
    for (size_t i = 0; i < s->columns; i++) {
        const struct dye_column *c = &s->column[i];
        if (c->what == DYE_COLUMN_PARENT && cells[i].n != 0) {
            learn_parent(l, i, &x, cells[i], name);
        } else if (c->what == DYE_COLUMN_TEXT && x.text[i][0] != '\0') {
            learn_text(l, i, &x, filled, row, birth);
        } else if (c->what == DYE_COLUMN_DATE && x.dated[i]) {
            count_symbol(l, i, FACET_ABSOLUTE, x.symbol[i], &x, filled, row, birth);
            learn_day(l, i, &x, filled);
            learn_lag(l, i, &x, filled, row, birth);
        } else if (symbol_column(c) && x.symbol[i][0] != '\0') {
            count_symbol(l, i, FACET_SYMBOL, x.symbol[i], &x, filled, row, birth);
        }
    }
    dye_wipe(&x, sizeof x);
}
