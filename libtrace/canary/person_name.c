/*
 * person_name: the name of a persona. Surnames are as frequent as among the people, so that a canary's name is neither
 * rare nor striking; given names are those of the year of birth. Uyghur names have the father's name behind an
 * interpunct, Tibetan ones have no surname; how many people bear them depends on where they come from.
 */
#include "draw.h"

#include "name_table.h"

#include <stdio.h>

enum people { CHINESE, UYGHUR, TIBETAN };
enum { CHARACTER_BYTES = 3, BLUR_YEARS = 5 };

/* Roughly the share of the census, percent by province; elsewhere one in five hundred. */
static enum people draw_people(struct dye_prf *r, const char *area)
{
    uint64_t at = dye_prf_below(r, 1000);
    if (memcmp(area, "65", 2) == 0)
        return at < 480 ? UYGHUR : CHINESE;
    if (memcmp(area, "54", 2) == 0)
        return at < 850 ? TIBETAN : CHINESE;
    if (memcmp(area, "63", 2) == 0)
        return at < 240 ? TIBETAN : CHINESE;
    return at == 0 ? UYGHUR : at == 1 ? TIBETAN : CHINESE;
}

static const char *draw_surname(struct dye_prf *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < table_surnames_n; i++)
        sum += table_surnames[i].weight;
    uint64_t at = dye_prf_below(r, sum);
    size_t i = 0;
    for (; at >= table_surnames[i].weight; i++)
        at -= table_surnames[i].weight;
    return table_surnames[i].text;
}

static void add(struct draw_name *n, const char *text, size_t bytes)
{
    size_t used = strlen(n->text);
    memcpy(n->text + used, text, bytes);
    n->text[used + bytes] = '\0';
    for (size_t i = 0; i + CHARACTER_BYTES <= bytes; i += CHARACTER_BYTES) {
        used = strlen(n->latin);
        snprintf(n->latin + used, sizeof n->latin - used, "%s", table_latin(text + i));
    }
}

static void add_character(struct dye_prf *r, const char *from, struct draw_name *n)
{
    add(n, from + CHARACTER_BYTES * draw_early(r, strlen(from) / CHARACTER_BYTES), CHARACTER_BYTES);
}

/* Fashions have no sharp edges: a year is blurred before it is looked up. */
static void add_given(struct dye_prf *r, char sex, int year, struct draw_name *n)
{
    year += (int)dye_prf_below(r, 2 * BLUR_YEARS + 1) - BLUR_YEARS;
    size_t g = 0;
    while (g + 1 < table_generations_n && year >= table_generations[g].until)
        g++;
    const struct table_given *t = &table_generations[g].of[sex == 'F'];
    uint64_t at = dye_prf_below(r, 100);
    if (at < table_generations[g].whole_percent) {
        const char *whole = t->whole[draw_early(r, t->n)];
        add(n, whole, strlen(whole));
    } else if (at < table_generations[g].whole_percent + table_generations[g].single_percent) {
        add_character(r, t->single, n);
    } else {
        add_character(r, t->first, n);
        add_character(r, t->second, n);
    }
}

static const char *any(struct dye_prf *r, const struct table_list *l)
{
    return l->text[draw_early(r, l->n)];
}

void draw_name(struct dye_prf *own, struct dye_prf *father, struct dye_prf *family, const char *area, char sex,
               int year, struct draw_name *ret)
{
    memset(ret, 0, sizeof *ret);
    enum people people = draw_people(family, area);
    /* Drawn in any case and first of all, so that a child draws the same one from its father's stream. */
    const char *surname = draw_surname(own);
    if (father != NULL)
        surname = draw_surname(father);
    if (people == UYGHUR) {
        const char *given = any(own, &table_uyghur[sex == 'F']);
        const char *of = any(own, &table_uyghur[0]);
        snprintf(ret->text, sizeof ret->text, "%s·%s", given, of);
    } else if (people == TIBETAN) {
        const char *first = any(own, &table_tibetan[0]);
        const char *second = any(own, &table_tibetan[sex == 'F']);
        snprintf(ret->text, sizeof ret->text, "%s%s", first, second);
    } else {
        add(ret, surname, strlen(surname));
        ret->surname_latin = strlen(ret->latin);
        add_given(own, sex, year, ret);
    }
}

/* The surname that a name begins with: the longest that is known, or its first character. */
static size_t surname_bytes(const char *name)
{
    size_t longest = CHARACTER_BYTES;
    for (size_t i = 0; i < table_surnames_n; i++) {
        size_t n = strlen(table_surnames[i].text);
        if (n > longest && strncmp(name, table_surnames[i].text, n) == 0)
            longest = n;
    }
    return longest;
}

void draw_parent(struct dye_prf *r, const char *name, char sex, int year, char *ret, size_t cap)
{
    struct draw_name parent = {0};
    const char *surname = draw_surname(r);
    const char *dot = strstr(name, "·");
    if (dot != NULL) {
        /* The father's name stands behind the interpunct. */
        const char *given = sex == 'M' ? dot + strlen("·") : any(r, &table_uyghur[1]);
        snprintf(parent.text, sizeof parent.text, "%s·%s", given, any(r, &table_uyghur[0]));
    } else {
        if (sex == 'M' && strlen(name) > CHARACTER_BYTES)
            add(&parent, name, surname_bytes(name));
        else
            add(&parent, surname, strlen(surname));
        add_given(r, sex, year - 24 - (int)dye_prf_below(r, 9), &parent);
    }
    snprintf(ret, cap, "%s", parent.text);
}
