/*
 * realism: can canaries be told from the rows of the table that they are planted in?
 *
 * For each sector of config/sectors, tables are made with hidden parameters by code of tests/bench/realism, which
 * shares none with the library: who lives there and with whom, what they are called, who comes again, how dates, phones
 * and sexes are written, which columns stay empty for whom, what is ordered by whom and when it comes. A profile is
 * learned from each table; canaries follow it, once with pool values (drawn from the table's own number space), once
 * with the default spaces. Then a logistic regression on sparse features of values, of pairs of columns and of what
 * rows share is trained to tell them apart. The AUC is 0.5 where it can't. With pool values it must be at most 0.55 for
 * every table. Arguments: sectors to judge, all of them by default; they are judged by two processes.
 */
#include "classifier.h"
#include "planting.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TABLES = 2, TABLE_ROWS = 20000, SAMPLE = 3000, WORKERS = 2, REPORT_BYTES = 1 << 14 };
#define TARGET 0.55

/* Prints; the worst AUC with pool values. */
static double judge_sector(const struct plan *plan, struct rng *r)
{
    struct row *rows = calloc(TABLE_ROWS, sizeof *rows), *canaries = calloc(SAMPLE, sizeof *canaries);
    struct verdict pool[TABLES], plain = {0};
    struct dye_sector s;
    struct table t;
    double worst = 0;
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
        worst = pool[i].auc > worst ? pool[i].auc : worst;
        if (i == 0) {
            planting_fill(&t, profile, false, SAMPLE, r, canaries, NULL, NULL);
            printf("%s: what gives default spaces away (share among canaries minus share among rows)\n", s.name);
            plain = classifier_judge(&s, rows, TABLE_ROWS, canaries, SAMPLE, SAMPLE, true, r);
        }
        dye_profile_free(profile);
    }
    printf("%-20s AUC with pool values", s.name);
    for (int i = 0; i < TABLES; i++)
        printf(" %.3f", pool[i].auc);
    printf(" (standard error %.3f), with the default spaces %.3f\n", pool[0].error, plain.auc);
    free(rows);
    free(canaries);
    return worst;
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
    printf("%d tables a sector of %d rows; %d rows of canaries against %d rows of the table, 5-fold over persons\n",
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
            double auc = judge_sector(&plans[i], &r);
            fflush(stdout);
            if (write(done[1], &auc, sizeof auc) != sizeof auc)
                _exit(3);
        }
        _exit(0);
    }
    close(done[1]);
    size_t judged = 0, wanted = 0;
    for (size_t i = 0; i < plans_n; i++)
        wanted += is_chosen(plans[i].sector, argv + 1, argc - 1);
    for (double auc; read(done[0], &auc, sizeof auc) == sizeof auc; judged++)
        worst = auc > worst ? auc : worst;
    while (wait(NULL) > 0)
        ;
    bool held = judged == wanted && wanted > 0 && worst <= TARGET;
    printf("%zu sectors, worst with pool values %.3f (at most %.2f is wanted): %s\n", judged, worst, TARGET,
           held ? "held" : "MISSED");
    return held ? 0 : 1;
}
