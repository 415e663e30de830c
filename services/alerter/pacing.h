#ifndef DYE_ALERTER_PACING_H
#define DYE_ALERTER_PACING_H
/*
 * pacing: which of a channel's waiting alerts go now, together, and when a message that failed is tried again. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACING_MAX_ALERTS = 100, BACKOFF_MAX_MS = 3600 * 1000 };

/* Ages in seconds; INFINITY for what never was. */
struct pacing_item {
    bool urgent;           /* a control was hit */
    double waited_s;       /* since the verdict */
    double dump_told_s;    /* since a message of this channel spoke of the dump */
    double sources_told_s; /* since one spoke of the source that was told of longest ago; INFINITY without sources */
};
struct pacing_rule {
    double window_s;   /* from the first alert on, others are waited for */
    double cooldown_s; /* between two messages on one dump, or on sources that all were told of */
};

/*
 * Sets ret_goes[i] and returns how many go, at most PACING_MAX_ALERTS. What is urgent goes at once, alone with what is
 * urgent too, whatever was told before. Else an alert is held while its dump, or every source that it names, was told
 * of within the cooldown; of those that are not held all go as soon as one has waited for the window.
 */
size_t pacing_pick(const struct pacing_item *item, size_t n, const struct pacing_rule *rule, bool *ret_goes);

/* How long the next try waits behind the attempt-th (1 is the first): first_ms doubled each time up to BACKOFF_MAX_MS,
 * of which `random` in [0, 1) takes off up to half, so that senders do not come together. */
int64_t backoff_ms(unsigned attempt, int64_t first_ms, double random);

#endif
