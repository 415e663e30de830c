/*
 * realism_judge: the classifier of bench_realism and the attacks of bench_attacker on what a real home made, through
 * pools, a profile and the database. tests/integration/test_realism.sh drives it.
 *
 *   realism_judge make SECTOR ROWS CANARIES DIR     DIR/table.csv, and DIR/KIND.csv: values for a pool of each kind
 *   realism_judge judge SECTOR DIR                  DIR/table.csv against DIR/canaries.csv, with DIR/fingerprints (hex)
 *                                                   and DIR/profile.json
 *
 * Judging prints the figures, and ends with 0 when the AUC is at most 0.55 and three standard errors, and no attack
 * does better than chance.
 */
#include "attack.h"
#include "classifier.h"
#include "csv_reader.h"
#include "planting.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS_MAX = 40000, PATH_BYTES = 512 };
#define TARGET 0.55
/* Of hits in an attack. A home's canaries are others in each run, ten attacks are tried, and rows of one person go
 * together: at 1e-3 about one run of a hundred would fail without a reason. */
#define CHANCE 1e-8

static FILE *open_in(const char *dir, const char *name, const char *mode)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, mode);
    if (f == NULL) {
        perror(path);
        exit(3);
    }
    return f;
}

static int make(const struct dye_sector *s, size_t rows, size_t canaries, const char *dir, struct rng *r)
{
    struct table t;
    struct row *row = calloc(rows, sizeof *row);
    assert(row != NULL && rows <= ROWS_MAX);
    table_make(&t, s, r);
    table_fill(&t, rows, r, row);
    FILE *f = open_in(dir, "table.csv", "w");
    for (size_t c = 0; c < s->columns; c++)
        fprintf(f, "%s%s", c != 0 ? "," : "", s->column[c].name);
    for (size_t i = 0; i < rows; i++) /* no cell of theirs has a comma or a quote */
        for (size_t c = 0; c < s->columns; c++)
            fprintf(f, "%s%s", c != 0 ? "," : "\n", row[i].cell[c]);
    fputs("\n", f);
    fclose(f);
    for (size_t c = 0; c < s->columns; c++) {
        enum dye_kind kind = s->column[c].kind;
        char name[64];
        if (s->column[c].what != DYE_COLUMN_KIND || !dye_kind_is_scanned(kind) || kind == DYE_RESIDENT_ID)
            continue;
        snprintf(name, sizeof name, "%s.csv", dye_kind_name(kind));
        f = open_in(dir, name, "w");
        for (size_t i = 0; i < canaries; i++) {
            struct dye_persona p = {0};
            table_pool(&t, r, &p);
            fprintf(f, "%s\n", p.value[kind].text);
        }
        fclose(f);
    }
    free(row);
    return 0;
}

static size_t read_rows(const struct dye_sector *s, const char *dir, const char *name, struct row *ret)
{
    char path[PATH_BYTES];
    struct dye_buf text;
    struct csv_reader csv;
    struct dye_error err = {0};
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    dye_buf_init(&text, 1 << 28, false);
    int fd = csv_open(path, &err);
    if (fd < 0 || csv_read_all(fd, path, &text, &err) != DYE_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(3);
    }
    csv_reader_init(&csv, &text);
    bool header = true;
    for (; csv_reader_next(&csv, NULL) == DYE_OK && n < ROWS_MAX; header = false)
        if (!header && csv.fields == s->columns) {
            for (size_t c = 0; c < s->columns; c++)
                snprintf(ret[n].cell[c], TEXT_BYTES, "%s", csv.field[c]);
            n++;
        }
    dye_buf_done(&text);
    return n;
}

static void read_fingerprints(struct stolen *x, const char *dir)
{
    char line[80];
    size_t cap = 1 << 20;
    x->fp = calloc(cap, sizeof *x->fp);
    assert(x->fp != NULL);
    FILE *f = open_in(dir, "fingerprints", "r");
    while (x->fps < cap && fgets(line, sizeof line, f) != NULL)
        if (strlen(line) >= 2 * DYE_FP_BYTES)
            for (size_t i = 0, last = x->fps++; i < DYE_FP_BYTES; i++)
                x->fp[last][i] = (uint8_t)strtoul((char[3]){line[2 * i], line[2 * i + 1], '\0'}, NULL, 16);
    fclose(f);
}

static int judge(const struct dye_sector *s, const char *dir, struct rng *r)
{
    struct row *row = calloc(2 * (size_t)ROWS_MAX, sizeof *row);
    struct stolen x = {.row = row, .sector = s, .id = "c0123456789abcdef", .canary = calloc(2 * (size_t)ROWS_MAX, 1)};
    assert(row != NULL && x.canary != NULL);
    x.rows = read_rows(s, dir, "table.csv", row);
    x.canaries = read_rows(s, dir, "canaries.csv", row + x.rows);
    if (x.canaries == 0 || x.rows < x.canaries)
        return 3;
    struct verdict v = classifier_judge(s, row, x.rows, row + x.rows, x.canaries, x.canaries, true, r);
    bool held = v.auc <= TARGET + 3 * v.error;
    printf("%s: %zu canaries' rows among %zu: AUC %.3f (standard error %.3f)\n", s->name, x.canaries, x.rows, v.auc,
           v.error);
    char *profile = malloc(DYE_PROFILE_MAX_BYTES);
    assert(profile != NULL);
    FILE *f = open_in(dir, "profile.json", "r");
    size_t n = fread(profile, 1, DYE_PROFILE_MAX_BYTES, f);
    fclose(f);
    memset(x.canary + x.rows, true, x.canaries);
    read_fingerprints(&x, dir);
    stolen_ready(&x, profile, n, r);
    for (size_t a = 0; a < ATTACKS; a++)
        held = attack(&x, a, CHANCE, r) && held;
    json_decref(x.profile);
    free(profile);
    free(x.fp);
    free(x.canary);
    free(row);
    return held ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct dye_sector s;
    struct rng r;
    if ((argc != 6 || strcmp(argv[1], "make") != 0) && (argc != 4 || strcmp(argv[1], "judge") != 0)) {
        fputs("usage: realism_judge make SECTOR ROWS CANARIES DIR | judge SECTOR DIR\n", stderr);
        return 2;
    }
    rng_init(&r, rng_seed(20261125));
    planting_sector(argv[2], &s);
    return argc == 6 ? make(&s, strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10), argv[5], &r)
                     : judge(&s, argv[3], &r);
}
