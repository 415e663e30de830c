/*
 * exclusion: its parts. What makes a list reads canaries, and is the seeder's; what uses one sees rows of real people,
 * and is done here, without a zone's key.
 */
#include "exclusion_verbs.h"
#include "verbs.h"

#include <string.h>

int verb_exclusion(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } own[] = {{"filter", verb_exclusion_filter}, {"log", verb_exclusion_log}, {"report", verb_exclusion_report}};
    for (size_t i = 0; argc > 1 && i < sizeof own / sizeof *own; i++)
        if (strcmp(argv[1], own[i].name) == 0)
            return own[i].run(argc - 1, argv + 1);
    return exec_zone("dyetrace-seeder", argc, argv);
}
