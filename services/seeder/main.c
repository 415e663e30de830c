/*
 * dyetrace-seeder: the only program that holds the persona key; it never sees a dump. `--once VERB ...` does one verb;
 * otherwise it is the daemon.
 */
#include "daemon.h"
#include "log.h"
#include "verbs.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } verbs[] = {{"source", verb_source},       {"plan", verb_plan},     {"seed", verb_seed},    {"plant", verb_plant},
                 {"withdraw", verb_withdraw},   {"canary", verb_canary}, {"pool", verb_pool},    {"table", verb_table},
                 {"exclusion", verb_exclusion}, {"health", verb_health}, {"rotate", verb_rotate}};
    umask(077);
    signal(SIGPIPE, SIG_IGN); /* a withdrawal is not half done because nobody reads what remains */
    if (argc < 2 || strcmp(argv[1], "--once") != 0)
        return seeder_daemon(argc, argv);
    for (size_t i = 0; argc > 2 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, argv[2]) == 0)
            return end_output(verbs[i].run(argc - 2, argv + 2));
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_USAGE, "%s: not a verb of the seeder", argc > 2 ? argv[2] : "--once");
    return complain(&err);
}
