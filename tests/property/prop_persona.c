#include "dye/canary.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

enum { PERSONAS = 200000, today = 20454 }; /* 2026-01-01 */

static bool assigned[1000000]; /* area codes that a revision of GB/T 2260 held */

static int load_assigned(void **state)
{
    (void)state;
    const char *root = getenv("DYE_SOURCE_DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/data/gb2260-ever-assigned.txt", root != NULL ? root : ".");
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return -1;
    unsigned code;
    while (fscanf(f, "%u", &code) == 1)
        assigned[code] = true;
    fclose(f);
    return 0;
}

static struct dye_persona_maker *random_maker(struct rng *r)
{
    struct dye_key k;
    for (size_t i = 0; i < sizeof k.bytes; i++)
        k.bytes[i] = (uint8_t)rng_u64(r);
    struct dye_persona_maker *m = dye_persona_maker_new(&k);
    assert_non_null(m);
    return m;
}

static unsigned number(const char *p, size_t n)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(p[i] >= '0' && p[i] <= '9');
        v = v * 10 + (unsigned)(p[i] - '0');
    }
    return v;
}

/* GB 11643 by its own definition, ISO 7064 MOD 11-2: the whole number, its check digit included, is 1 modulo 11 when
 * digit i from the right weighs 2^i. Says it another way than the library's table of weights. */
static void check_id(const char *id)
{
    assert_int_equal(strlen(id), 18);
    unsigned sum = 0;
    for (int i = 0; i < 18; i++)
        sum = sum * 2 + (i == 17 && id[i] == 'X' ? 10 : number(id + i, 1));
    assert_int_equal(sum % 11, 1);
}

/* Days from civil by Hinnant's algorithm and back: a date is real when it comes back. */
static void check_date(unsigned y, unsigned m, unsigned d)
{
    assert_in_range(y, 1930, 2026);
    assert_in_range(m, 1, 12);
    int year = (int)y - (m <= 2);
    unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    int days = year * 365 + year / 4 - year / 100 + year / 400 + (int)doy;
    /* The same for the first of the next month: the date must lie before it. */
    unsigned m2 = m == 12 ? 1 : m + 1, y2 = m == 12 ? y + 1 : y;
    int year2 = (int)y2 - (m2 <= 2);
    unsigned doy2 = (153 * (m2 > 2 ? m2 - 3 : m2 + 9) + 2) / 5;
    assert_true(d >= 1 && days < year2 * 365 + year2 / 4 - year2 / 100 + year2 / 400 + (int)doy2);
}

static void check_text(const struct dye_value *v)
{
    for (size_t i = 0; i < v->n; i++)
        assert_true((uint8_t)v->text[i] > 0x20 && strchr(",\"\\;|-", v->text[i]) == NULL);
}

/* The four shapes that can't be taken for each other: that none repeats rests on it. */
static void check_local_part(const char *email, const char *mobile)
{
    size_t letters = strspn(email, "abcdefghijklmnopqrstuvwxyz"), digits = strspn(email + letters, "0123456789");
    assert_int_equal(strncmp(email + letters + digits, "@example.", 9), 0);
    if (letters == 0 && digits == 11)
        assert_memory_equal(email, mobile, 11);
    else if (letters == 0)
        assert_true((digits == 9 || digits == 10) && email[0] != '0');
    else
        assert_true(letters >= 4 && letters <= 20 && (digits == 5 || (digits == 8 && email[letters] != '0')));
}

static void every_persona_is_coherent_and_nobody(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(10));
    struct dye_persona_maker *m = random_maker(&r);
    for (int i = 0; i < 100000; i++) {
        struct dye_persona p;
        assert_int_equal(dye_persona_make(m, rng_below(&r, DYE_PERSONA_SERIALS), NULL, today, &p, NULL), DYE_OK);
        const char *id = p.value[DYE_RESIDENT_ID].text, *mobile = p.value[DYE_MOBILE].text;
        check_id(id);
        check_date(number(id + 6, 4), number(id + 10, 2), number(id + 12, 2));
        assert_true(number(id + 14, 3) > 0);
        assert_false(assigned[number(id, 6)]);
        assert_in_range(number(id + 4, 2), 44, 49);
        assert_int_equal(p.sex, number(id + 16, 1) % 2 == 1 ? 'M' : 'F');
        char birth[11];
        snprintf(birth, sizeof birth, "%.4s-%.2s-%.2s", id + 6, id + 10, id + 12);
        assert_string_equal(p.birth, birth);

        assert_int_equal(strlen(mobile), 11);
        unsigned head = number(mobile, 4);
        number(mobile + 4, 7);
        assert_true((head >= 1742 && head <= 1748) || head / 10 == 154);

        const char *email = p.value[DYE_EMAIL].text;
        check_local_part(email, mobile);
        assert_int_equal(strncmp(p.value[DYE_WAYBILL].text, "SF", 2), 0);
        assert_int_equal(strspn(p.value[DYE_WAYBILL].text + 2, "0123456789"), 13);
        assert_int_equal(p.value[DYE_WAYBILL].n, 15);
        assert_int_equal(strspn(p.value[DYE_POLICY].text, "0123456789"), 15);
        assert_true(p.value[DYE_POLICY].n == 15 && p.value[DYE_POLICY].text[0] != '0');
        assert_int_equal(strspn(p.value[DYE_MRN].text, "0123456789"), 10);
        assert_true(p.value[DYE_MRN].n == 10 && p.value[DYE_MRN].text[0] == '9');

        /* 2 to 12 characters of three bytes; the address names the prefecture that the ID does. */
        assert_true(p.value[DYE_NAME].n % 3 == 0 && p.value[DYE_NAME].n >= 6 && p.value[DYE_NAME].n <= 36);
        check_text(&p.value[DYE_NAME]);
        check_text(&p.value[DYE_ADDRESS]);
        assert_non_null(strstr(p.value[DYE_ADDRESS].text, dye_region_prefecture(id)));
        assert_ptr_equal(strstr(p.value[DYE_ADDRESS].text, dye_region_province(id)), p.value[DYE_ADDRESS].text);
        assert_int_equal(p.canary[0], 'c');
        assert_int_equal(strspn(p.canary + 1, "0123456789abcdef"), 16);
        for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++) {
            struct dye_value again;
            assert_int_equal(strlen(p.value[kind].text), p.value[kind].n);
            if (p.value[kind].n == 0)
                continue; /* from pools only */
            assert_int_equal(dye_ident_parse((enum dye_kind)kind, dye_value_span(&p.value[kind]), &again), DYE_OK);
            assert_string_equal(p.value[kind].text, again.text);
        }
    }
    dye_persona_maker_free(m);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void nothing_that_identifies_repeats(void **state)
{
    (void)state;
    static const enum dye_kind kinds[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_EMAIL, DYE_WAYBILL, DYE_POLICY, DYE_MRN};
    enum { KINDS = sizeof kinds / sizeof *kinds, WIDTH = 48 };
    struct rng r;
    rng_init(&r, rng_seed(11));
    struct dye_persona_maker *m = random_maker(&r);
    char(*texts)[KINDS + 1][WIDTH] = malloc(PERSONAS * sizeof *texts);
    const char **sorted = malloc(PERSONAS * sizeof *sorted);
    assert_true(texts != NULL && sorted != NULL);
    uint64_t from = rng_below(&r, DYE_PERSONA_SERIALS - PERSONAS);
    for (unsigned i = 0; i < PERSONAS; i++) {
        struct dye_persona p;
        assert_int_equal(dye_persona_make(m, from + i, NULL, today, &p, NULL), DYE_OK);
        for (size_t k = 0; k < KINDS; k++) {
            assert_true(p.value[kinds[k]].n < WIDTH);
            memcpy(texts[i][k], p.value[kinds[k]].text, p.value[kinds[k]].n + 1);
        }
        memcpy(texts[i][KINDS], p.canary, sizeof p.canary);
    }
    for (size_t k = 0; k <= KINDS; k++) {
        for (unsigned i = 0; i < PERSONAS; i++)
            sorted[i] = texts[i][k];
        qsort(sorted, PERSONAS, sizeof *sorted, by_text);
        for (unsigned i = 1; i < PERSONAS; i++)
            assert_string_not_equal(sorted[i - 1], sorted[i]);
    }
    free(texts);
    free(sorted);
    dye_persona_maker_free(m);
}

/* A crowd of personas looks like a crowd: half of them women, one name in five or so short, many different names. */
static void a_crowd_looks_like_a_crowd(void **state)
{
    (void)state;
    enum { CROWD = 20000 };
    struct rng r;
    rng_init(&r, rng_seed(12));
    struct dye_persona_maker *m = random_maker(&r);
    static char names[CROWD][64];
    const char *sorted[1000];
    unsigned women = 0, brief = 0, wangs = 0, same = 0;
    for (unsigned i = 0; i < CROWD; i++) {
        struct dye_persona p;
        assert_int_equal(dye_persona_make(m, i, NULL, today, &p, NULL), DYE_OK);
        memcpy(names[i], p.value[DYE_NAME].text, p.value[DYE_NAME].n + 1);
        women += p.sex == 'F';
        brief += p.value[DYE_NAME].n == 6;
        wangs += strncmp(names[i], "王", 3) == 0;
    }
    assert_in_range(women, CROWD * 48 / 100, CROWD * 52 / 100);
    assert_in_range(brief, CROWD * 17 / 100, CROWD * 24 / 100);
    assert_in_range(wangs, CROWD * 6 / 100, CROWD * 10 / 100);
    for (unsigned i = 0; i < 1000; i++)
        sorted[i] = names[i];
    qsort(sorted, 1000, sizeof *sorted, by_text);
    for (unsigned i = 1; i < 1000; i++)
        same += strcmp(sorted[i - 1], sorted[i]) == 0;
    assert_true(same < 50);
    dye_persona_maker_free(m);
}

static int age_of(const struct dye_persona *p, unsigned y, unsigned m, unsigned d)
{
    unsigned by = number(p->birth, 4), bm = number(p->birth + 5, 2), bd = number(p->birth + 8, 2);
    return (int)(y - by) - (m < bm || (m == bm && d < bd));
}

static struct dye_sector random_sector(struct rng *r)
{
    static const char *const regions[] = {"3701", "37", "4403", "44", "65", "5101"};
    struct dye_sector s = {.name = "some", .table = "t"};
    struct dye_population *p = &s.population;
    p->ages = rng_below(r, 4);
    for (size_t i = 0; i < p->ages; i++) {
        p->age[i].from = (uint8_t)rng_below(r, 80);
        p->age[i].to = (uint8_t)(p->age[i].from + 2 + rng_below(r, 10));
        p->age[i].weight = 1 + (uint32_t)rng_below(r, 1000);
    }
    p->men = (uint32_t)rng_below(r, 3);
    p->women = (uint32_t)rng_below(r, 3);
    p->regions = rng_below(r, 3);
    for (size_t i = 0; i < p->regions; i++) {
        snprintf(p->region[i].prefix, sizeof p->region[i].prefix, "%s", regions[rng_below(r, 6)]);
        p->region[i].weight = 1 + (uint32_t)rng_below(r, 9);
    }
    p->moved = (uint32_t)rng_below(r, 5000);
    return s;
}

/* Whatever the population, its bounds hold for everybody; and sectors that share a key share nobody's number. */
static void a_population_is_followed_and_sectors_share_no_number(void **state)
{
    (void)state;
    enum { SECTORS = 60, EACH = 1000 };
    struct rng r;
    rng_init(&r, rng_seed(13));
    struct dye_persona_maker *m = random_maker(&r);
    static char ids[SECTORS * EACH][19];
    static const char *sorted[SECTORS * EACH];
    for (uint64_t serial = 0; serial < SECTORS * EACH; serial++) {
        static struct dye_sector s;
        struct dye_persona p;
        struct dye_error err = {0};
        if (serial % EACH == 0)
            s = random_sector(&r);
        if (dye_persona_make(m, serial, &s, today, &p, &err) != DYE_OK)
            fail_msg("%s", err.message);
        int age = age_of(&p, 2026, 1, 1);
        bool of_age = s.population.ages == 0, at_home = s.population.regions == 0;
        for (size_t i = 0; i < s.population.ages; i++)
            of_age = of_age || (s.population.age[i].from <= age && age <= s.population.age[i].to);
        for (size_t i = 0; i < s.population.regions; i++)
            at_home =
                at_home || strncmp(p.home, s.population.region[i].prefix, strlen(s.population.region[i].prefix)) == 0;
        assert_true(of_age && age >= 0);
        assert_true(at_home);
        if (s.population.men == 0 && s.population.women != 0)
            assert_int_equal(p.sex, 'F');
        if (s.population.women == 0 && s.population.men != 0)
            assert_int_equal(p.sex, 'M');
        assert_ptr_equal(strstr(p.value[DYE_ADDRESS].text, dye_region_province(p.home)), p.value[DYE_ADDRESS].text);
        if (s.population.regions == 0)
            assert_memory_equal(p.home, p.value[DYE_RESIDENT_ID].text, 4);
        check_id(p.value[DYE_RESIDENT_ID].text);
        assert_false(assigned[number(p.value[DYE_RESIDENT_ID].text, 6)]);
        memcpy(ids[serial], p.value[DYE_RESIDENT_ID].text, 19);
        sorted[serial] = ids[serial];
    }
    qsort(sorted, SECTORS * EACH, sizeof *sorted, by_text);
    for (size_t i = 1; i < SECTORS * EACH; i++)
        assert_string_not_equal(sorted[i - 1], sorted[i]);
    dye_persona_maker_free(m);
}

/* Shares of a population come out as they were asked for. */
static void shares_come_out_as_asked(void **state)
{
    (void)state;
    enum { CROWD = 20000 };
    struct rng r;
    rng_init(&r, rng_seed(14));
    struct dye_persona_maker *m = random_maker(&r);
    struct dye_sector s = {.name = "clinic",
                           .population = {.age = {{20, 29, 3}, {30, 39, 1}},
                                          .ages = 2,
                                          .men = 1,
                                          .women = 3,
                                          .region = {{"3701", 4}, {"44", 1}},
                                          .regions = 2,
                                          .moved = 2000},
                           .column = {{.name = "email", .what = DYE_COLUMN_KIND, .kind = DYE_EMAIL, .empty = 3000}},
                           .columns = 1};
    unsigned young = 0, women = 0, jinan = 0, native = 0, no_mail = 0;
    for (uint64_t serial = 0; serial < CROWD; serial++) {
        struct dye_persona p;
        assert_int_equal(dye_persona_make(m, serial, &s, today, &p, NULL), DYE_OK);
        young += age_of(&p, 2026, 1, 1) < 30;
        women += p.sex == 'F';
        jinan += strcmp(p.home, "3701") == 0;
        native += strcmp(p.home, "3701") == 0 && memcmp(p.value[DYE_RESIDENT_ID].text, "3701", 4) == 0;
        no_mail += p.value[DYE_EMAIL].n == 0;
    }
    assert_in_range(young, CROWD * 73 / 100, CROWD * 77 / 100);
    assert_in_range(women, CROWD * 73 / 100, CROWD * 77 / 100);
    assert_in_range(jinan, CROWD * 78 / 100, CROWD * 82 / 100);
    /* Of those who did not move, some find no number of theirs in the city. */
    assert_in_range(native, jinan * 30 / 100, jinan * 82 / 100);
    assert_in_range(no_mail, CROWD * 28 / 100, CROWD * 32 / 100);
    dye_persona_maker_free(m);
}

static size_t common_prefix(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] != '\0' && a[n] == b[n])
        n++;
    return n;
}

/* Neighbouring serials with one address are a family: a couple of an age, children a generation younger. */
static void a_household_is_a_family(void **state)
{
    (void)state;
    enum { CROWD = 12000 };
    struct rng r;
    rng_init(&r, rng_seed(15));
    struct dye_persona_maker *m = random_maker(&r);
    struct dye_sector s = {
        .name = "flats",
        .population = {
            .age = {{30, 60, 1}}, .ages = 1, .region = {{"3701", 1}}, .regions = 1, .household = {1, 1, 2, 1}}};
    static struct dye_persona p[CROWD];
    unsigned couples = 0, children = 0, named = 0;
    for (uint64_t serial = 0; serial < CROWD; serial++)
        assert_int_equal(dye_persona_make(m, serial, &s, today, &p[serial], NULL), DYE_OK);
    for (unsigned head = 0, i = 1; i < CROWD; i++) {
        if (strcmp(p[i].value[DYE_ADDRESS].text, p[head].value[DYE_ADDRESS].text) != 0) {
            head = i;
            continue;
        }
        int years = (p[i].born - p[head].born) / 365;
        if (i == head + 1) {
            couples++;
            assert_true(p[i].sex != p[head].sex && abs(years) <= 5);
            continue;
        }
        children++;
        assert_in_range(years, 22, 36);
        const struct dye_persona *father = p[head].sex == 'M' ? &p[head] : &p[head + 1];
        named += common_prefix(father->value[DYE_NAME].text, p[i].value[DYE_NAME].text) >= 3;
    }
    assert_in_range(couples, CROWD * 25 / 100, CROWD * 40 / 100);
    assert_in_range(children, CROWD * 20 / 100, CROWD * 40 / 100);
    assert_true(named * 100 > children * 98); /* a few have names of peoples without surnames */
    dye_persona_maker_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_persona_is_coherent_and_nobody),
        cmocka_unit_test(nothing_that_identifies_repeats),
        cmocka_unit_test(a_crowd_looks_like_a_crowd),
        cmocka_unit_test(a_population_is_followed_and_sectors_share_no_number),
        cmocka_unit_test(shares_come_out_as_asked),
        cmocka_unit_test(a_household_is_a_family),
    };
    return cmocka_run_group_tests(tests, load_assigned, NULL);
}
