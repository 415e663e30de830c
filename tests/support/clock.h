#ifndef TEST_CLOCK_H
#define TEST_CLOCK_H
/* clock: how long something takes, for benches. Tests measure no time. */
#include <time.h>

/* Seconds of a clock: CLOCK_MONOTONIC, or CLOCK_THREAD_CPUTIME_ID for a thread's own work. */
static inline double clock_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
