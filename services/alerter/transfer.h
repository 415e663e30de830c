#ifndef DYE_ALERTER_TRANSFER_H
#define DYE_ALERTER_TRANSFER_H
/*
 * transfer: a libcurl handle with what all channels have in common: timeouts, certificates, no proxy, no redirect, and
 * an answer that is counted up to a cap and thrown away.
 */
#include "alert_channel.h"

#include <curl/curl.h>

enum { TRANSFER_ANSWER_MAX_BYTES = 64 << 10 };

struct transfer {
    const struct alert_channel *c;
    CURL *curl;
    size_t answered;
};

/* protocols: as CURLOPT_PROTOCOLS_STR has them. DYE_E_NOMEM. Close it also after a failure. */
DYE_MUST_CHECK enum dye_status transfer_open(struct transfer *t, const struct alert_channel *c, const char *protocols,
                                             struct dye_error *err);
/* A number from the receiver, 0 without one, into ret_code. DYE_E_AGAIN when it was not reached or broke off; an answer
 * beyond the cap is an answer all the same. */
DYE_MUST_CHECK enum dye_status transfer_run(struct transfer *t, long *ret_code, struct dye_error *err);
void transfer_close(struct transfer *t);

#endif
