/*
 * dyetrace-home: makes a home, keeps its cluster and daemons, and holds what belongs to no zone: keys as they are made,
 * tokens, the audit chain. `--before PROGRAM VERB ...` starts the home's cluster and becomes `PROGRAM --once VERB ...`.
 */
#include "log.h"
#include "verbs.h"

#include <string.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } verbs[] = {{"init", verb_init},     {"up", verb_up},       {"down", verb_down},   {"status", verb_status},
                 {"doctor", verb_doctor}, {"token", verb_token}, {"audit", verb_audit}, {"exclusion", verb_exclusion}};
    if (argc > 3 && strcmp(argv[1], "--before") == 0)
        return exec_zone(argv[2], argc - 3, argv + 3);
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, argv[1]) == 0)
            return end_output(verbs[i].run(argc - 1, argv + 1));
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_USAGE, "%s: not a verb of dyetrace-home", argc > 1 ? argv[1] : "no word");
    return complain(&err);
}
