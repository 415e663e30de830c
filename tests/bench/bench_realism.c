/*
 * realism: can canaries be told from the rows of the table that they are planted in?
 *
 * For each sector of config/sectors, tables are made with hidden parameters by code of tests/bench/realism, which
 * shares none with the library: who lives there and with whom, what they are called, who comes again, how dates, phones
 * and sexes are written, which columns stay empty for whom, what is ordered by whom and when it comes. A profile is
 * learned from each table; canaries follow it, once with pool values (drawn from the table's own number space), once
 * with the default spaces. Then a logistic regression on sparse features of values, of pairs of columns and of what
 * rows share is trained to tell them apart. The AUC is 0.5 where it can't.
 *
 * With pool values the AUC must be at most 0.55 in every sector: held is what the one-sided 95 % limit of a sector's
 * mean over its tables stays below, and not the mean alone; the standard error is taken half as large again, for what
 * training adds (classifier.h). Arguments: sectors to judge, all of them by default; they
 * are judged by two processes.
 */
#include "classifier.h"
#include "planting.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TABLES = 2, TABLE_ROWS = 20000, SAMPLE = 3000, WORKERS = 2, REPORT_BYTES = 1 << 14 };
#define TARGET 0.55
#define ONE_SIDED_95 (1.645 * 1.5)

/* Prints; the upper limit of the mean AUC with pool values. */
static double judge_sector(const struct plan *plan, struct rng *r)
{
    struct row *rows = calloc(TABLE_ROWS, sizeof *rows), *canaries = calloc(SAMPLE, sizeof *canaries);
    struct verdict pool[TABLES], plain = {0};
    struct dye_sector s;
    struct table t;
    double sum = 0, squares = 0;
    bool explain = getenv("DYE_EXPLAIN") != NULL;
    assert(rows != NULL && canaries != NULL);
    planting_sector(plan->sector, &s);
    for (int i = 0; i < TABLES; i++) {
        memset(rows, 0, TABLE_ROWS * sizeof *rows);
        table_make(&t, &s, r);
        table_fill(&t, TABLE_ROWS, r, rows);
        struct dye_profile *profile = planting_learn(&s, rows, TABLE_ROWS);
        planting_fill(&t, profile, true, SAMPLE, r, canaries, NULL, NULL);
        pool[i] = classifier_judge(&s, rows, TABLE_ROWS, canaries, SAMPLE, SAMPLE, explain, r);
        sum += pool[i].auc;
        squares += pool[i].error * pool[i].error;
        if (i == 0) {
            planting_fill(&t, profile, false, SAMPLE, r, canaries, NULL, NULL);
            printf("%s: what gives default spaces away (share among canaries minus share among rows)\n", s.name);
            plain = classifier_judge(&s, rows, TABLE_ROWS, canaries, SAMPLE, SAMPLE, true, r);
        }
        dye_profile_free(profile);
    }
    printf("%-20s AUC with pool values", s.name);
    for (int i = 0; i < TABLES; i++)
        printf(" %.3f (standard error %.3f, %.1f %% of rows left out)", pool[i].auc, pool[i].error,
               100 * pool[i].unfindable);
    double limit = sum / TABLES + ONE_SIDED_95 * sqrt(squares) / TABLES;
    printf(", mean %.3f, at most %.3f; with the default spaces %.3f\n", sum / TABLES, limit, plain.auc);
    free(rows);
    free(canaries);
    return limit;
}

static bool is_chosen(const char *sector, char **names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], sector) == 0)
            return true;
    return n == 0;
}

int main(int argc, char **argv)
{
    uint64_t seed = rng_seed(20261122);
    double worst = 0;
    int done[2];
    printf("%d tables a sector of %d rows; %d rows of canaries against %d rows of the table, 5-fold over persons; rows "
           "that\n"
           "show nothing that a scan finds are left out, since no canary is one\n",
           TABLES, TABLE_ROWS, SAMPLE, SAMPLE);
    fflush(stdout);
    setvbuf(stdout, NULL, _IOFBF, REPORT_BYTES);
    if (pipe(done) != 0)
        return 3;
    for (int worker = 0; worker < WORKERS; worker++) {
        if (fork() != 0)
            continue;
        for (size_t i = (size_t)worker; i < plans_n; i += WORKERS) {
            struct rng r;
            if (!is_chosen(plans[i].sector, argv + 1, argc - 1))
                continue;
            rng_init(&r, seed + i);
            double limit = judge_sector(&plans[i], &r);
            fflush(stdout);
            if (write(done[1], &limit, sizeof limit) != sizeof limit)
                _exit(3);
        }
        _exit(0);
    }
    close(done[1]);
    size_t judged = 0, wanted = 0;
    for (size_t i = 0; i < plans_n; i++)
        wanted += is_chosen(plans[i].sector, argv + 1, argc - 1);
    for (double limit; read(done[0], &limit, sizeof limit) == sizeof limit; judged++)
        worst = limit > worst ? limit : worst;
    while (wait(NULL) > 0)
        ;
    bool held = judged == wanted && wanted > 0 && worst <= TARGET;
    printf("%zu sectors, the worst mean with pool values is at most %.3f (%.2f is wanted): %s\n", judged, worst, TARGET,
           held ? "held" : "MISSED");
    return held ? 0 : 1;
}
