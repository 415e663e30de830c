#ifndef DYE_ALERTER_SENDER_H
#define DYE_ALERTER_SENDER_H
/*
 * sender: hands one message to one receiver, once; who calls tries again. DYE_OK is the receiver's yes: a 2xx, the
 * mail server's 250; syslog has none, there it is that the machine took it and, over tcp, that the receiver did not
 * reset the connection. Every failure is told without address, header or secret, and as far as the receiver
 * goes only by its number: nothing that it sends is parsed here.
 *
 * It blocks for at most the channel's timeout, twice for syslog over tcp. No redirect is followed and no proxy asked.
 */
#include "alert_channel.h"
#include "alert_message.h"

DYE_MUST_CHECK enum dye_status sender_send(const struct alert_channel *c, const struct message *m,
                                           struct dye_error *err);

/* The kinds. */
DYE_MUST_CHECK enum dye_status sender_webhook(const struct alert_channel *c, const struct message *m,
                                              struct dye_error *err);
DYE_MUST_CHECK enum dye_status sender_email(const struct alert_channel *c, const struct message *m,
                                            struct dye_error *err);
DYE_MUST_CHECK enum dye_status sender_syslog(const struct alert_channel *c, const struct message *m,
                                             struct dye_error *err);

/* A webhook's Dyetrace-Signature: "v1=" and HMAC-SHA-256 in hex over "<timestamp>.<body>". */
enum { SENDER_SIGNATURE_BYTES = 3 + 64 + 1 };
void sender_sign(const char *secret, size_t n, int64_t timestamp, struct dye_span body,
                 char ret[SENDER_SIGNATURE_BYTES]);

#endif
