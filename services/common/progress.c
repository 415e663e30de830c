#include "progress.h"

#include "monotonic.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void progress_start(struct progress *p, const char *what, const char *unit, uint64_t total)
{
    double t = monotonic_seconds();
    *p = (struct progress){what, unit, total, t, t, isatty(STDERR_FILENO) == 1};
}

void progress_at(struct progress *p, uint64_t done)
{
    double t;
    if (!p->on || (t = monotonic_seconds()) - p->shown < 0.1)
        return;
    p->shown = t;
    bool bytes = strcmp(p->unit, "B") == 0;
    double rate = (double)done / (t - p->started + 1e-9);
    double scale = bytes ? 1e6 : 1;
    fprintf(stderr, "\r%s: %.0f %s, %.0f %s/s", p->what, (double)done / scale, bytes ? "MB" : p->unit, rate / scale,
            bytes ? "MB" : p->unit);
    if (p->total > 0)
        fprintf(stderr, ", %.0f %%, %.0f s left", 100.0 * (double)done / (double)p->total,
                (double)(p->total > done ? p->total - done : 0) / (rate + 1e-9));
    fputs("\033[K", stderr);
}

void progress_end(struct progress *p)
{
    if (p->on)
        fputs("\r\033[K", stderr);
}
