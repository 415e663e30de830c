#ifndef DYE_ALERTER_MESSAGE_H
#define DYE_ALERTER_MESSAGE_H
/*
 * alert_message: one or several alerts as each kind of receiver reads them. The same message gives the same bytes each
 * time it is tried.
 *
 * An alert's `body` is the JSON object that the database made with the verdict (migration 0022): dump, at, verdict,
 * was, set, sources [{source, seen, planted, log10_lr, p_value}], controls, unexplained. No value of a person or canary
 * is in it, so none can get out here.
 */
#include "dye/buf.h"

#include <jansson.h>
#include <stdint.h>

enum { MESSAGE_MAX_BYTES = 4 << 20, SYSLOG_MAX_BYTES = 2048 };

struct message_alert {
    char *text;   /* the body's bytes */
    json_t *body; /* and what they say */
    int64_t at_s; /* Unix time of the verdict */
};
struct message {
    char id[40];      /* a UUID: the idempotency key */
    char home[9];     /* which installation speaks */
    int64_t formed_s; /* Unix time */
    bool urgent;
    struct message_alert *alerts;
    size_t n;
};

/* Copies the body. DYE_E_BUG for what is no such object. `alerts` has room for it. */
DYE_MUST_CHECK enum dye_status message_add(struct message *m, const char *body, int64_t at_s, struct dye_error *err);
/* Frees the alerts and their array. */
void message_done(struct message *m);

/* webhook: {"version":1,"id":..,"home":..,"alerts":[body...]} */
DYE_MUST_CHECK enum dye_status message_json(const struct message *m, struct dye_buf *ret);
/* email: the subject in ASCII, at most 120 bytes; the text in UTF-8. */
void message_subject(const struct message *m, char ret[121]);
DYE_MUST_CHECK enum dye_status message_text(const struct message *m, struct dye_buf *ret);

/*
 * syslog: one alert as an RFC 5424 message, at most SYSLOG_MAX_BYTES, without a frame; sources that do not fit are
 * counted only. With `cef` its text is a CEF:0 event, otherwise a sentence, and the data are in the structured element
 * dyetrace@32473. `host` is this machine's name; what RFC 5424 does not allow in it becomes '-'.
 */
struct message_syslog {
    int facility; /* 0..23 */
    bool cef;
    const char *host;
};
DYE_MUST_CHECK enum dye_status message_syslog(const struct message *m, size_t alert, const struct message_syslog *s,
                                              struct dye_buf *ret);

/* Append with what would end the field escaped, and other control bytes as blanks: `"`, `\` and `]` of a structured
 * data value; `\` and `|` of a CEF header field; `\`, `=` and line ends of a CEF extension's value. */
DYE_MUST_CHECK enum dye_status message_sd_value(struct dye_buf *to, const char *text);
DYE_MUST_CHECK enum dye_status message_cef_header(struct dye_buf *to, const char *text);
DYE_MUST_CHECK enum dye_status message_cef_value(struct dye_buf *to, const char *text);

#endif
