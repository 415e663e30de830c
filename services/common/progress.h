#ifndef DYE_PROGRESS_H
#define DYE_PROGRESS_H
/*
 * progress: share, rate and time left on a terminal's stderr; silent otherwise.
 */
#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what;
    const char *unit; /* "B" is shown as MB */
    uint64_t total;   /* 0: not known */
    double started, shown;
    bool on;
};

void progress_start(struct progress *p, const char *what, const char *unit, uint64_t total);
void progress_at(struct progress *p, uint64_t done); /* cheap: draws ten times a second at most */
void progress_end(struct progress *p);               /* clears the line */

#endif
