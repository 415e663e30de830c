#include "table.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, RECENT = 2000 };

/* ---- hidden parameters ---- */

static size_t words_of(const char *words, char ret[WORDS_MAX][32])
{
    size_t n = 0;
    for (const char *at = words; at != NULL && *at != '\0' && n < WORDS_MAX; n++) {
        size_t bytes = strcspn(at, " ");
        snprintf(ret[n], 32, "%.*s", (int)bytes, at);
        at += bytes + (at[bytes] == ' ');
    }
    return n;
}

static void habit_make(struct habit *h, const struct dye_column *c, const struct field *f, struct rng *r)
{
    char words[WORDS_MAX][32];
    size_t n = f != NULL ? words_of(f->words, words) : 0;
    double empty = c->empty / 10000.0 * between(r, 0.4, 1.5);
    for (int old = 0; old < 2; old++) {
        h->empty[old] = empty * (old ? between(r, 0.6, 1.5) : 1);
        h->empty[old] = h->empty[old] > 0.97 ? 0.97 : h->empty[old];
    }
    double common[WORDS_MAX];
    for (size_t i = 0; i < n; i++)
        common[i] = pow((double)i + 1, -between(r, 0.5, 1.6));
    for (int k = 0; k < CLASSES; k++) {
        for (size_t i = 0; i < n; i++)
            h->weight[k][i] = common[i] * exp(between(r, -1, 1));
        h->power[k] = between(r, 1.2, 3);
        h->scale[k] = exp(between(r, -0.7, 0.7));
    }
    h->weekend = between(r, 0.3, 1.4);
    h->hour = between(r, 10, 19);
    h->hours = between(r, 2, 5);
    h->minutes = between(r, 0.15, 0.6);
    h->ending = (int)rng_below(r, 4);
    h->style = (int)rng_below(r, 4);
    h->digits = 8 + (int)rng_below(r, 5);
    h->running = rng_below(r, 2) == 0;
    h->with_date = rng_below(r, 2) == 0;
    if (rng_below(r, 2) == 0)
        snprintf(h->prefix, sizeof h->prefix, "%c%c", (char)('A' + rng_below(r, 26)), (char)('A' + rng_below(r, 26)));
    for (size_t i = 0; i < 20; i++)
        snprintf(h->few[i], sizeof h->few[i], "%s%03u", h->prefix, (unsigned)rng_below(r, 400));
}

void table_make(struct table *t, const struct dye_sector *s, struct rng *r)
{
    memset(t, 0, sizeof *t);
    t->sector = s;
    for (size_t i = 0; i < plans_n; i++)
        if (strcmp(plans[i].sector, s->name) == 0)
            t->plan = &plans[i];
    assert(t->plan != NULL && s->columns <= FIELDS);
    place_make(&t->place, t->plan->from, t->plan->to, t->plan->women, r);
    for (size_t i = 0; i < s->columns; i++) {
        for (const struct field *f = t->plan->field; f->name != NULL; f++)
            if (strcmp(f->name, s->column[i].name) == 0)
                t->field[i] = f;
        assert(t->field[i] != NULL || s->column[i].what == DYE_COLUMN_KIND);
        habit_make(&t->habit[i], &s->column[i], t->field[i], r);
    }
    t->again = t->plan->again * between(r, 0.5, 1.3);
    for (int i = 0; i < FAMILY_MAX; i++)
        t->family[i] = t->plan->households && i < 5 ? between(r, 0.4, 1.6) / (1 + abs(i - 1)) : i == 0;
    t->word_instead = between(r, 0, 0.03);
    t->unpadded = rng_below(r, 2) == 0 ? 0 : between(r, 0.02, 0.2);
    t->lower_x = rng_below(r, 2) == 0 ? 0 : between(r, 0.1, 0.9);
    t->sex_style = (int)rng_below(r, 3);
    t->phone_style = (int)rng_below(r, 3);
}

/* ---- one row ---- */

static double day_of(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    return (double)(timegm(&tm) / DAY_S);
}

struct writing { /* what is known while it is made */
    const struct table *t;
    const struct person *p;
    size_t order[FIELDS], word[FIELDS]; /* which word stands in a column */
    double when[FIELDS];                /* seconds; 0: empty */
    bool made[FIELDS];
    const struct row *head; /* the row of whom the household's cells are, or NULL */
    const struct writing *head_writing;
};

static size_t weighted(struct rng *r, const double *weight, size_t n)
{
    double sum = 0, at;
    for (size_t i = 0; i < n; i++)
        sum += weight[i];
    at = rng_unit(r) * sum;
    for (size_t i = 0; i + 1 < n; i++)
        if ((at -= weight[i]) < 0)
            return i;
    return n - 1;
}

static size_t column_named(const struct table *t, const char *name)
{
    size_t i = 0;
    while (i < t->sector->columns && strcmp(t->sector->column[i].name, name) != 0)
        i++;
    return i;
}

static size_t class_of(const struct writing *x, const struct field *f)
{
    if (f->by == NULL)
        return 0;
    if (strcmp(f->by, "sex") == 0)
        return x->p->woman;
    unsigned age = (unsigned)(2025 - x->p->year), span = x->t->plan->to - x->t->plan->from + 1;
    if (strcmp(f->by, "age") == 0)
        return age > x->t->plan->from ? (age - x->t->plan->from) * CLASSES / span % CLASSES : 0;
    return x->word[column_named(x->t, f->by)] % CLASSES;
}

static double moment(const struct habit *h, double day, struct rng *r)
{
    double hour;
    do
        hour = h->hour + h->hours * (rng_unit(r) + rng_unit(r) + rng_unit(r) - 1.5) * 2;
    while (hour < 0 || hour >= 24);
    return (floor(day) * DAY_S) + floor(hour * 3600);
}

static double any_day(const struct habit *h, double span, struct rng *r)
{
    double day;
    do
        day = TODAY - floor(span * pow(rng_unit(r), h->power[0] / 1.5));
    while (((long)day + 4) % 7 % 6 == 0 && rng_unit(r) > h->weekend / 1.4); /* 1970-01-01 was a Thursday */
    return day;
}

/* Y m d H M S as strftime has them; n and j are month and day without a zero; the rest stands. */
static void put_date(const char *shape, double when, char ret[TEXT_BYTES])
{
    time_t at = (time_t)when;
    struct tm tm;
    size_t used = 0;
    gmtime_r(&at, &tm);
    for (const char *s = shape; *s != '\0'; s++) {
        size_t left = TEXT_BYTES - used;
        used += (size_t)(*s == 'Y'   ? snprintf(ret + used, left, "%04d", tm.tm_year + 1900)
                         : *s == 'm' ? snprintf(ret + used, left, "%02d", tm.tm_mon + 1)
                         : *s == 'd' ? snprintf(ret + used, left, "%02d", tm.tm_mday)
                         : *s == 'n' ? snprintf(ret + used, left, "%d", tm.tm_mon + 1)
                         : *s == 'j' ? snprintf(ret + used, left, "%d", tm.tm_mday)
                         : *s == 'H' ? snprintf(ret + used, left, "%02d", tm.tm_hour)
                         : *s == 'M' ? snprintf(ret + used, left, "%02d", tm.tm_min)
                         : *s == 'S' ? snprintf(ret + used, left, "%02d", tm.tm_sec)
                                     : snprintf(ret + used, left, "%c", *s));
    }
}

static void date_text(const struct table *t, const struct field *f, const struct habit *h, double when, struct rng *r,
                      char ret[TEXT_BYTES])
{
    static const char *const shapes[2][4] = {
        {"Y-m-d", "Y/m/d", "Ymd", "Y年m月d日"},
        {"Y-m-d H:M:S", "Y/m/d H:M", "YmdHMS", "Y年m月d日 H:M:S"},
    };
    bool unpadded = h->style < 2 && rng_unit(r) < t->unpadded;
    put_date(!unpadded ? shapes[f->time][h->style] : f->time ? "Y/n/j H:M" : "Y/n/j", when, ret);
}

static void birth_text(const struct table *t, const struct dye_column *c, const struct habit *h, const struct person *p,
                       struct rng *r, char ret[TEXT_BYTES])
{
    static const char *const shapes[2][4] = {{"Y-m-d", "Y/n/j", "Ymd", "Y年n月j日"}, {"m-d", "m-d", "md", "n月j日"}};
    int style = rng_unit(r) < t->unpadded ? 1 : h->style;
    put_date(shapes[strcmp(c->pattern, "MM-DD") == 0][style], day_of(p->year, p->month, p->day) * DAY_S, ret);
}

static void number_text(const struct dye_column *c, const struct field *f, const struct habit *h, size_t class,
                        struct rng *r, char ret[TEXT_BYTES])
{
    double v = (f->low + (f->high - f->low) * pow(rng_unit(r), h->power[class])) * h->scale[class];
    if (v < f->low)
        v = f->low;
    double ending = h->ending == 0 ? 0 : h->ending == 1 ? 0.9 : h->ending == 2 ? 0.5 * (double)rng_below(r, 2) : -1;
    if (h->ending == 1 && rng_unit(r) < 0.6)
        v = floor(v / 10) * 10 + 9;
    if (c->decimals > 0)
        snprintf(ret, TEXT_BYTES, "%.*f", (int)c->decimals, ending < 0 ? v : floor(v) + ending);
    else
        snprintf(ret, TEXT_BYTES, "%.0f", h->ending == 0 ? floor(v / 10) * 10 : v);
}

static void code_text(const struct writing *x, const struct field *f, const struct habit *h, struct rng *r,
                      char ret[TEXT_BYTES])
{
    double when = f->by != NULL ? x->when[column_named(x->t, f->by)] : 0;
    int used = snprintf(ret, TEXT_BYTES, "%s", h->prefix), digits = h->digits;
    if (h->with_date && when > 0) {
        char date[TEXT_BYTES];
        put_date(f->time || h->style ? "Ymd" : "Y", when, date);
        used += snprintf(ret + used, TEXT_BYTES - (size_t)used, "%s", date);
        digits = 5;
    }
    uint64_t space = 1;
    for (int i = 0; i < digits; i++)
        space *= 10;
    uint64_t number = rng_below(r, space);
    if (h->running && digits > 5 && when > 0) { /* numbers were given in the order of time */
        double per_day = (double)(space / 2) / 6000;
        number = (uint64_t)((double)(space / 4) + (when / DAY_S - (TODAY - 6000)) * per_day) +
                 rng_below(r, (uint64_t)per_day + 1);
    } else if (h->running && digits > 5) {
        number = space / 4 + rng_below(r, space / 8);
    }
    snprintf(ret + used, TEXT_BYTES - (size_t)used, "%0*llu", digits, (unsigned long long)number);
}

static void fill_field(struct writing *x, size_t i, struct rng *r, char ret[TEXT_BYTES])
{
    const struct table *t = x->t;
    const struct field *f = t->field[i];
    const struct habit *h = &t->habit[i];
    const struct dye_column *c = &t->sector->column[i];
    char words[WORDS_MAX][32];
    static const char *const sexes[2][2] = {{"M", "F"}, {"1", "2"}};
    size_t n = words_of(f->words, words), by = f->by != NULL ? column_named(t, f->by) : FIELDS;
    double before = by < t->sector->columns ? x->when[by] : 0, when = 0;
    switch (f->how) {
    case FILL_SEX:
        snprintf(ret, TEXT_BYTES, "%s", t->sex_style == 0 ? words[x->p->woman] : sexes[t->sex_style - 1][x->p->woman]);
        break;
    case FILL_BIRTH:
        birth_text(t, c, h, x->p, r, ret);
        break;
    case FILL_PARENT: { /* what the parent is, is drawn here; the next column says it */
        char name[48];
        x->word[i] = rng_unit(r) < 0.35 + h->minutes / 2;
        parent_name(&t->place, r, x->p, x->word[i] == 1, name);
        snprintf(ret, TEXT_BYTES, "%s", name);
        break;
    }
    case FILL_RELATION:
        snprintf(ret, TEXT_BYTES, "%s", words[x->word[i - 1]]);
        break;
    case FILL_NICK:
        snprintf(ret, TEXT_BYTES, "%s", x->p->nick);
        break;
    case FILL_WORD:
        x->word[i] = weighted(r, h->weight[class_of(x, f)], n);
        snprintf(ret, TEXT_BYTES, "%s", words[x->word[i]]);
        break;
    case FILL_NUMBER:
        number_text(c, f, h, class_of(x, f), r, ret);
        break;
    case FILL_CODE:
        code_text(x, f, h, r, ret);
        break;
    case FILL_FEW:
        snprintf(ret, TEXT_BYTES, "%s", h->few[zipf(r, 20, h->minutes)]);
        break;
    case FILL_SEAT:
        snprintf(ret, TEXT_BYTES, "%c区%u排%u座", (char)('A' + zipf(r, 6, h->minutes)), 1 + (unsigned)zipf(r, 30, 0.3),
                 1 + (unsigned)rng_below(r, 40));
        break;
    case FILL_DATE:
        when = moment(h, any_day(h, f->high, r), r);
        break;
    case FILL_AFTER:
        if (before > 0) {
            double days = f->low + floor((f->high + 1 - f->low) * pow(rng_unit(r), h->power[0]));
            when = moment(h, before / DAY_S + days, r);
            if (when <= before)
                when = before + 60 + (double)rng_below(r, 3000);
        }
        break;
    case FILL_SOON:
        if (before > 0)
            when = floor(before + 2 - log(1 - rng_unit(r)) * f->high * 60 * h->minutes);
        break;
    case FILL_SCHOOL:
        when = day_of(x->p->year + 6 + (x->p->month > 8), 9, 1) * DAY_S;
        break;
    default:
        abort();
    }
    if (when >= (double)(TODAY + 1) * DAY_S)
        when = 0; /* has not come yet */
    x->when[i] = when;
    if (when > 0)
        date_text(t, f, h, when, r, ret);
}

static void kind_text(const struct table *t, enum dye_kind kind, const struct person *p, struct rng *r,
                      char ret[TEXT_BYTES])
{
    const char *plain = kind == DYE_NAME          ? p->name
                        : kind == DYE_ADDRESS     ? p->address
                        : kind == DYE_EMAIL       ? p->email
                        : kind == DYE_MRN         ? p->mrn
                        : kind == DYE_WAYBILL     ? p->waybill
                        : kind == DYE_POLICY      ? p->policy
                        : kind == DYE_PLATE       ? p->plate
                        : kind == DYE_BANK_CARD   ? p->card
                        : kind == DYE_RESIDENT_ID ? p->id
                                                  : p->mobile;
    snprintf(ret, TEXT_BYTES, "%s", plain);
    if (kind == DYE_RESIDENT_ID && ret[17] == 'X' && rng_unit(r) < t->lower_x)
        ret[17] = 'x';
    if (kind == DYE_MOBILE && rng_unit(r) < t->word_instead)
        snprintf(ret, TEXT_BYTES, "无");
    else if (kind == DYE_MOBILE && t->phone_style == 1 && rng_unit(r) < 0.3)
        snprintf(ret, TEXT_BYTES, "%.3s-%.4s-%s", p->mobile, p->mobile + 3, p->mobile + 7);
    else if (kind == DYE_MOBILE && t->phone_style == 2 && rng_unit(r) < 0.3)
        snprintf(ret, TEXT_BYTES, "+86%s", p->mobile);
}

/* What a person has told stands in all of their rows. */
static bool is_empty(const struct table *t, size_t i, const struct person *p, struct rng *r)
{
    int middle = (int)(t->plan->from + t->plan->to) / 2;
    double at = rng_unit(r);
    if (t->field[i] == NULL || t->field[i]->how == FILL_NICK)
        at = p->told[i % 16];
    return at < t->habit[i].empty[2025 - p->year > middle];
}

/* Dates first, since codes hold them. What belongs to a household is its first row's. */
static void write_row(struct writing *x, struct rng *r, struct row *ret)
{
    const struct table *t = x->t;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < t->sector->columns; i++) {
            const struct dye_column *c = &t->sector->column[i];
            char *cell = ret->cell[i];
            bool late = t->field[i] != NULL && t->field[i]->how == FILL_CODE;
            if (late != (pass == 1))
                continue;
            if (t->field[i] == NULL) {
                kind_text(t, c->kind, x->p, r, cell);
            } else if (t->field[i]->household && x->head != NULL) {
                memcpy(cell, x->head->cell[i], TEXT_BYTES);
                x->when[i] = x->head_writing->when[i];
                x->word[i] = x->head_writing->word[i];
                continue;
            } else {
                fill_field(x, i, r, cell);
            }
            if (is_empty(t, i, x->p, r)) {
                cell[0] = '\0';
                x->when[i] = 0;
            }
        }
}

void table_fill(const struct table *t, size_t n, struct rng *r, struct row *ret)
{
    struct person *recent = calloc(RECENT, sizeof *recent), family[FAMILY_MAX];
    size_t seen = 0;
    assert(recent != NULL);
    for (size_t i = 0; i < n;) {
        size_t size = 1 + weighted(r, t->family, FAMILY_MAX);
        if (seen > 50 && rng_unit(r) < t->again)
            family[0] = recent[rng_below(r, seen < RECENT ? seen : RECENT)];
        else if (t->plan->households)
            family_make(&t->place, r, size, family);
        else
            person_make(&t->place, r, &family[0]);
        struct writing head = {.t = t, .p = &family[0]};
        size_t first = i;
        for (size_t k = 0; k < size && i < n; k++, i++) {
            struct writing x = {.t = t, .p = &family[k], .head = k > 0 ? &ret[first] : NULL, .head_writing = &head};
            write_row(&x, r, &ret[i]);
            if (k == 0)
                head = x;
        }
        recent[seen++ % RECENT] = family[0];
    }
    free(recent);
}

void table_pool(const struct table *t, struct rng *r, struct dye_persona *p)
{
    struct person other;
    for (int tries = 0; tries < 400; tries++) {
        struct person family[4];
        if (t->plan->households) {
            family_make(&t->place, r, 4, family);
            other = family[tries % 4];
        } else {
            person_make(&t->place, r, &other);
        }
        int year = atoi((char[5]){p->birth[0], p->birth[1], p->birth[2], p->birth[3], '\0'});
        if (!t->plan->households || (other.woman == (p->sex == 'F') && abs(other.year - year) <= 3))
            break;
    }
    const struct {
        enum dye_kind kind;
        const char *text;
    } pool[] = {{DYE_MOBILE, other.mobile},   {DYE_RESIDENT_ID, other.id}, {DYE_EMAIL, other.email},
                {DYE_WAYBILL, other.waybill}, {DYE_POLICY, other.policy},  {DYE_MRN, other.mrn},
                {DYE_PLATE, other.plate},     {DYE_BANK_CARD, other.card}};
    for (size_t i = 0; i < sizeof pool / sizeof *pool; i++) {
        snprintf(p->value[pool[i].kind].text, DYE_VALUE_MAX_BYTES, "%s", pool[i].text);
        p->value[pool[i].kind].n = strlen(pool[i].text);
    }
    p->sex = other.woman ? 'F' : 'M';
    snprintf(p->birth, sizeof p->birth, "%04u-%02u-%02u", (unsigned)other.year % 10000, (unsigned)other.month % 100,
             (unsigned)other.day % 100);
    p->born = (int32_t)day_of(other.year, other.month, other.day);
}
