#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum dye_status program_sister(const char *name, char ret[PROGRAM_PATH_MAX], struct dye_error *err)
{
    ssize_t n = readlink("/proc/self/exe", ret, PROGRAM_PATH_MAX - 1);
    ret[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(ret, '/');
    size_t folder = slash != NULL ? (size_t)(slash - ret) + 1 : 0;
    if (folder + strlen(name) >= PROGRAM_PATH_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "%s: the path is too long", name);
    memcpy(ret + folder, name, strlen(name) + 1);
    return DYE_OK;
}

enum dye_status program_become(const char *name, char **argv, struct dye_error *err)
{
    char path[PROGRAM_PATH_MAX];
    DYE_TRY(program_sister(name, path, err));
    argv[0] = path;
    execv(path, argv);
    DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
}
