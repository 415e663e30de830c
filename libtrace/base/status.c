#include "dye/status.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    int exit;
} statuses[] = {
    [DYE_OK] = {"ok", 0},           [DYE_STOPPED] = {"stopped", 0},     [DYE_END] = {"end", 0},
    [DYE_E_RECORD] = {"record", 3}, [DYE_E_STREAM] = {"stream", 3},     [DYE_E_LIMIT] = {"limit", 3},
    [DYE_E_AGAIN] = {"again", 3},   [DYE_E_USAGE] = {"usage", 2},       [DYE_E_NOTFOUND] = {"not-found", 2},
    [DYE_E_IO] = {"io", 3},         [DYE_E_DATABASE] = {"database", 3}, [DYE_E_CONFIG] = {"config", 3},
    [DYE_E_KEY] = {"key", 3},       [DYE_E_NOMEM] = {"memory", 3},      [DYE_E_BUG] = {"bug", 4},
};

enum dye_status dye_fail(struct dye_error *err, enum dye_status status, const char *fmt, ...)
{
    if (err == NULL)
        return status;
    err->status = status;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, ap);
    va_end(ap);
    /* One line, whatever a file name or a server's answer held. */
    for (char *c = err->message; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = *c == '\n' ? ' ' : '?';
    return status;
}

const char *dye_status_name(enum dye_status status)
{
    return (size_t)status < sizeof statuses / sizeof *statuses ? statuses[status].name : "unknown";
}

int dye_status_exit(enum dye_status status)
{
    return (size_t)status < sizeof statuses / sizeof *statuses ? statuses[status].exit : 4;
}
