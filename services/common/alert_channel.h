#ifndef DYE_ALERT_CHANNEL_H
#define DYE_ALERT_CHANNEL_H
/*
 * alert_channel: where alerts go, as `alerts.channels` of dyetrace.yaml lists it:
 *
 *   alerts:
 *     channels:
 *       - name: soc                     # letters, digits and -
 *         kind: webhook
 *         url: https://soc.internal/hook
 *         secret_file: soc.secret       # of 16 bytes or more, on one line; below zones/alerter/, or absolute
 *         ca: /etc/ssl/soc.pem          # default: the system's
 *       - name: duty
 *         kind: email
 *         server: smtp://mail.internal:587   # with STARTTLS, or smtps://
 *         from: dyetrace@hospital.internal
 *         to: [duty@hospital.internal, chief@hospital.internal]
 *         user: dyetrace                # default: none
 *         password_file: mail.password
 *       - name: siem
 *         kind: syslog
 *         address: tls://siem.internal:6514  # or tcp://, udp://, unix:/dev/log
 *         format: cef                   # default: plain
 *         facility: local0              # to local7; default local0
 *         timeout: 10                   # seconds, of any kind
 *         digest_seconds: 0             # instead of the section's
 *         cooldown_seconds: 0
 *         sources: [jinan-hospital]     # what it is told of, of any kind: see alert_filter.h
 *
 * Without TLS it goes to the loopback alone, but for syslog over udp and tcp, which says so by its name. Secrets are in
 * files that nobody else can read; an URL with a user or a password in it is refused.
 */
#include "alert_filter.h"
#include "home.h"

enum { ALERT_CHANNELS_MAX = 16, ALERT_RECIPIENTS_MAX = 16, ALERT_SECRET_MAX_BYTES = 256, ALERT_SECRET_MIN_BYTES = 16 };

enum alert_kind { ALERT_WEBHOOK, ALERT_EMAIL, ALERT_SYSLOG };
enum alert_transport { ALERT_UNIX, ALERT_UDP, ALERT_TCP, ALERT_TLS };

struct alert_channel {
    char name[32];
    enum alert_kind kind;
    char url[1024];            /* webhook, email */
    bool loopback;             /* url is this machine's own */
    char ca[512], secret[512]; /* files, or ""; the secret is the webhook's key or the mail's password */
    char from[255], user[128];
    char to[ALERT_RECIPIENTS_MAX][255];
    size_t recipients;
    enum alert_transport transport; /* syslog */
    char host[256], port[8];        /* or host is the socket's path */
    bool cef;
    int facility;
    int timeout_s, digest_s, cooldown_s;
    struct alert_filter wants;
};
struct alert_channels {
    struct alert_channel channel[ALERT_CHANNELS_MAX];
    size_t n;
};

/* `path`: the configuration file, NULL for the home's own. An absent or empty list is none. DYE_E_CONFIG with line and
 * column. */
DYE_MUST_CHECK enum dye_status alert_channels_read(const struct home *h, const char *path, struct alert_channels *ret,
                                                   struct dye_error *err);
/* The one of that name, or NULL. */
const struct alert_channel *alert_channels_find(const struct alert_channels *all, const char *name);

/* The secret's one line into ret, its length into ret_n; wipe it after use. DYE_E_KEY when the file is missing, open to
 * group or others, longer, or shorter than `least`. */
DYE_MUST_CHECK enum dye_status alert_secret_read(const char *path, size_t least, char ret[ALERT_SECRET_MAX_BYTES + 1],
                                                 size_t *ret_n, struct dye_error *err);

#endif
