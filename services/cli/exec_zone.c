#include "cluster.h"
#include "log.h"
#include "program.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

static const char *option_of(int argc, char **argv, const char *name)
{
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0 && i + 1 < argc)
            return argv[i + 1];
        if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
            return argv[i] + n + 1;
    }
    return NULL;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int exec_zone(const char *program, int argc, char **argv)
{
    struct dye_error err = {0};
    if (!asks_for_help(argc, argv)) {
        struct home h;
        /* Without a home the program itself says so, after it has looked at its arguments. */
        bool found = home_open(option_of(argc, argv, "--home"), option_of(argc, argv, "--config"), &h, &err) == DYE_OK;
        if (found && home_has_cluster(&h) && cluster_start(&h, &err) != DYE_OK)
            return complain(&err);
    }
    char **zone_argv = calloc((size_t)argc + 3, sizeof *zone_argv);
    if (zone_argv == NULL)
        return 3;
    zone_argv[1] = (char *)(uintptr_t) "--once";
    memcpy(zone_argv + 2, argv, (size_t)argc * sizeof *argv);
    return program_become(program, zone_argv, &err) != DYE_OK ? complain(&err) : 0;
}
