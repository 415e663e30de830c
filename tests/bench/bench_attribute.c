/*
 * How well dye_attribute names, how often falsely, how its posteriors hold, and how fast it is; by simulation. Each
 * part (bench/attribution) says what it simulates and prints its bounds. Two at a time, in processes of their own.
 *
 * Usage: bench_attribute [SCALE]     (multiplies the cases; seed by DYE_SEED). Exits 1 when a bound is missed.
 */
#include "attribution/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char *bound_word(bool holds)
{
    return holds ? "holds" : "MISSED";
}

struct part {
    pid_t pid;
    FILE *out;
};

static void begin(struct part *p, bool (*first)(uint64_t, double), bool (*second)(uint64_t, double), uint64_t seed,
                  double scale)
{
    p->out = tmpfile();
    fflush(stdout);
    p->pid = p->out != NULL ? fork() : -1;
    if (p->pid < 0) {
        perror("bench_attribute");
        exit(3);
    }
    if (p->pid > 0)
        return;
    if (dup2(fileno(p->out), STDOUT_FILENO) < 0)
        _exit(3);
    bool holds = first(seed, scale);
    if (second != NULL)
        holds &= second(seed + 1, scale);
    fflush(stdout);
    _exit(holds ? 0 : 1);
}

static bool end(struct part *p)
{
    int status = 0;
    char line[512];
    if (waitpid(p->pid, &status, 0) < 0)
        return false;
    rewind(p->out);
    while (fgets(line, sizeof line, p->out) != NULL)
        fputs(line, stdout);
    fclose(p->out);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    double scale = argc > 1 ? strtod(argv[1], NULL) : 1;
    uint64_t seed = rng_seed(20260303);
    struct part a;
    struct part b;
    if (!(scale > 0 && scale <= 5)) {
        fprintf(stderr, "bench_attribute: a scale above 0, at most 5, is wanted\n");
        return 2;
    }
    begin(&a, leaks_measure, NULL, seed, scale);
    begin(&b, coalitions_measure, reliability_measure, seed + 2, scale);
    bool holds = end(&a);
    holds &= end(&b);
    holds &= speed_measure(seed + 4);
    printf("seed %llu: %s\n", (unsigned long long)seed, bound_word(holds));
    return holds ? 0 : 1;
}
