#ifndef DYE_ALERTER_OUTBOX_H
#define DYE_ALERTER_OUTBOX_H
/*
 * outbox: what the database has to tell, and the marks of what was told (migration 0022).
 *
 * An alert is given to the channels of the moment that want it, waits there for its digest, becomes part of a message,
 * and the message is tried until it is sent or has failed. Each step is one transaction, and a try is counted before it
 * is made: a sender that is killed anywhere goes on where it was, and at worst sends a message again under the same
 * key. One sender a home (its pid file).
 */
#include "alert_channel.h"
#include "alert_message.h"
#include "store.h"

/* Gives alerts that no channel has to those that want them, and lets those go that may go now as messages. */
DYE_MUST_CHECK enum dye_status outbox_form(struct store *s, const struct alert_channels *channels,
                                           struct dye_error *err);

struct outbox_try {
    const struct alert_channel *channel;
    struct message message;
    unsigned attempt; /* this one's number, from 1 */
};
/* The next message whose time has come, counted as tried; the next try is set to a backoff from now. DYE_END when there
 * is none. message_done the message. */
DYE_MUST_CHECK enum dye_status outbox_claim(struct store *s, const struct home *h,
                                            const struct alert_channels *channels, struct outbox_try *ret,
                                            struct dye_error *err);

DYE_MUST_CHECK enum dye_status outbox_sent(struct store *s, const char *message, struct dye_error *err);
/* Given up: `failed`, until somebody retries it. Otherwise it waits for its next try. */
DYE_MUST_CHECK enum dye_status outbox_missed(struct store *s, const char *message, bool given_up, const char *why,
                                             struct dye_error *err);
/* Tries a message from the start, now. DYE_E_NOTFOUND when none that is unsent has this id. */
DYE_MUST_CHECK enum dye_status outbox_retry(struct store *s, const char *message, struct dye_error *err);

#endif
