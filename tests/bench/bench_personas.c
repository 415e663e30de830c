/*
 * How fast personas are made on one core, and an independent check of each: a million in the sectors of this program,
 * one after the other under one key, so that what sectors share is checked too.
 *
 *   speed      dye_persona_make alone, processor time; the bound is 10 s for a million
 *   validity   the check digit of GB 11643 as ISO 7064 MOD 11-2 writes it, real dates, area codes against every one
 * that a revision of GB/T 2260 ever assigned, the unassigned mobile prefixes, reserved mail domains; sex, birth date
 * and age agree with the ID repeats    of canary ids and of every value that is unique: sorted 64-bit hashes (BLAKE2b),
 * so that a false alarm comes once in 10^7 runs golden     serial 12345 of the key 00 01 .. 1f is who it was
 *
 * Usage: bench_personas [PERSONAS]     (default 1000000; seed by DYE_SEED; exits 1 when a bound is missed)
 */
#include "builtin.h"
#include "rng.h"
#include "sector_file.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BOUND_SECONDS = 10, TODAY = 20779 }; /* 2026-11-22 */
static const enum dye_kind unique[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_EMAIL, DYE_WAYBILL, DYE_POLICY, DYE_MRN};
enum { UNIQUE = sizeof unique / sizeof *unique };

static bool assigned[1000000];
static uint64_t failures;

static void fails(const char *what, const char *value)
{
    if (failures++ < 10)
        printf("  wrong: %s: %s\n", what, value);
}

static bool load_assigned(void)
{
    const char *root = getenv("DYE_SOURCE_DIR");
    char path[4096];
    unsigned code;
    snprintf(path, sizeof path, "%s/tests/data/gb2260-ever-assigned.txt", root != NULL ? root : ".");
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        perror(path);
        return false;
    }
    unsigned n = 0;
    for (; fscanf(f, "%u", &code) == 1 && code < 1000000; n++)
        assigned[code] = true;
    fclose(f);
    return n > 7000;
}

static unsigned digits(const char *p, size_t n)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return 0;
        v = v * 10 + (unsigned)(p[i] - '0');
    }
    return v;
}

static void check_id(const struct dye_persona *p)
{
    const char *id = p->value[DYE_RESIDENT_ID].text;
    unsigned sum = 0;
    for (int i = 0; i < 18; i++)
        sum = sum * 2 + (i == 17 && id[i] == 'X' ? 10 : digits(id + i, 1));
    struct tm t = {.tm_year = (int)digits(id + 6, 4) - 1900,
                   .tm_mon = (int)digits(id + 10, 2) - 1,
                   .tm_mday = (int)digits(id + 12, 2),
                   .tm_hour = 12};
    struct tm again = t;
    time_t moment = timegm(&again);
    char birth[16];
    snprintf(birth, sizeof birth, "%.4s-%.2s-%.2s", id + 6, id + 10, id + 12);
    if (p->value[DYE_RESIDENT_ID].n != 18 || sum % 11 != 1)
        fails("check digit", id);
    if (again.tm_mday != t.tm_mday || again.tm_mon != t.tm_mon || moment / 86400 > TODAY)
        fails("birth date", id);
    if (digits(id, 6) == 0 || assigned[digits(id, 6)])
        fails("an assigned area code", id);
    if (digits(id + 14, 3) == 0 || (p->sex == 'M') != (digits(id + 16, 1) % 2 == 1) || strcmp(birth, p->birth) != 0)
        fails("sex or birth", id);
}

static void check_rest(const struct dye_persona *p)
{
    const char *mobile = p->value[DYE_MOBILE].text;
    const char *email = p->value[DYE_EMAIL].text;
    unsigned head = digits(mobile, 4);
    if (strlen(mobile) != 11 || digits(mobile + 2, 9) > 999999999 ||
        !((head >= 1742 && head <= 1748) || head / 10 == 154))
        fails("mobile", mobile);
    if (email[0] != '\0') {
        size_t local = strspn(email, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (local < 8 || strncmp(email + local, "@example.", 9) != 0)
            fails("email", email);
    }
    if (p->value[DYE_ADDRESS].n != 0 &&
        strncmp(p->value[DYE_ADDRESS].text, dye_region_province(p->home), strlen(dye_region_province(p->home))) != 0)
        fails("address", p->canary);
}

static uint64_t hash_of(const char *text, size_t n)
{
    unsigned char out[16];
    uint64_t h;
    crypto_generichash(out, sizeof out, (const unsigned char *)text, n, NULL, 0);
    memcpy(&h, out, sizeof h);
    return h != 0 ? h : 1;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

static uint64_t repeats(uint64_t *h, size_t n)
{
    uint64_t repeated = 0;
    qsort(h, n, sizeof *h, by_number);
    for (size_t i = 1; i < n; i++)
        repeated += h[i] != 0 && h[i] == h[i - 1];
    return repeated;
}

static bool golden(void)
{
    struct dye_key k;
    struct dye_persona p;
    for (unsigned i = 0; i < sizeof k.bytes; i++)
        k.bytes[i] = (uint8_t)i;
    struct dye_persona_maker *m = dye_persona_maker_new(&k);
    bool ok = m != NULL && dye_persona_make(m, 12345, NULL, 20454, &p, NULL) == DYE_OK &&
              strcmp(p.canary, "c2204ef5e8f9dba69") == 0 && strcmp(p.value[DYE_MOBILE].text, "17427765058") == 0 &&
              strcmp(p.value[DYE_RESIDENT_ID].text, "32104919680529890X") == 0 &&
              strcmp(p.value[DYE_NAME].text, "祝秀丽") == 0;
    dye_persona_maker_free(m);
    return ok;
}

static double run_sector(const struct dye_persona_maker *m, const struct dye_sector *s, uint64_t first, uint64_t n,
                         uint64_t *const *hashes)
{
    double seconds = 0;
    for (uint64_t i = 0; i < n;) {
        enum { PIECE = 256 };
        static struct dye_persona p[PIECE];
        size_t piece = n - i < PIECE ? (size_t)(n - i) : PIECE;
        clock_t start = clock();
        for (size_t k = 0; k < piece; k++)
            if (dye_persona_make(m, first + i + k, s, TODAY, &p[k], NULL) != DYE_OK)
                fails("a persona can't be made", s->name);
        seconds += (double)(clock() - start) / CLOCKS_PER_SEC;
        for (size_t k = 0; k < piece; k++) {
            if (p[k].value[DYE_RESIDENT_ID].n != 0)
                check_id(&p[k]);
            check_rest(&p[k]);
            for (size_t u = 0; u < UNIQUE; u++) {
                const struct dye_value *v = &p[k].value[unique[u]];
                hashes[u][first + i + k] = v->n != 0 ? hash_of(v->text, v->n) : 0;
            }
            hashes[UNIQUE][first + i + k] = hash_of(p[k].canary, strlen(p[k].canary));
        }
        i += piece;
    }
    printf("  %-20s %8llu personas  %5.2f us each\n", s->name, (unsigned long long)n,
           n != 0 ? 1e6 * seconds / (double)n : 0);
    return seconds;
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    struct rng r;
    struct dye_key key;
    struct dye_error err;
    uint64_t *hashes[UNIQUE + 1];
    size_t sectors = 0;
    double seconds = 0;
    rng_init(&r, rng_seed(20261122));
    for (size_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = (uint8_t)rng_u64(&r);
    for (size_t u = 0; u <= UNIQUE; u++)
        if ((hashes[u] = calloc(n, sizeof **hashes)) == NULL)
            return 3;
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    if (n == 0 || n > DYE_PERSONA_SERIALS || m == NULL || !load_assigned())
        return 3;
    while (builtin_sectors[sectors].name != NULL)
        sectors++;
    printf("%llu personas of one key in %zu sectors, one core\n", (unsigned long long)n, sectors);
    for (size_t i = 0; i < sectors; i++) {
        struct dye_sector s;
        const struct builtin *b = &builtin_sectors[i];
        uint64_t from = n * i / sectors;
        if (sector_parse(b->name, b->text, strlen(b->text), &s, &err) != DYE_OK) {
            puts(err.message);
            return 3;
        }
        seconds += run_sector(m, &s, from, n * (i + 1) / sectors - from, hashes);
    }
    uint64_t repeated = 0;
    for (size_t u = 0; u <= UNIQUE; u++)
        repeated += repeats(hashes[u], n);
    bool fast = seconds < BOUND_SECONDS * (double)n / 1e6;
    bool same = golden();
    printf("made in %.2f s of processor time (bound: %.2f)%s\n", seconds, BOUND_SECONDS * (double)n / 1e6,
           fast ? "" : "  MISSED");
    printf("wrong values: %llu   repeated unique values: %llu   golden persona: %s\n", (unsigned long long)failures,
           (unsigned long long)repeated, same ? "the same" : "ANOTHER");
    for (size_t u = 0; u <= UNIQUE; u++)
        free(hashes[u]);
    dye_persona_maker_free(m);
    return fast && same && failures == 0 && repeated == 0 ? 0 : 1;
}
