#include "sender.h"

enum dye_status sender_send(const struct alert_channel *c, const struct message *m, struct dye_error *err)
{
    switch (c->kind) {
    case ALERT_WEBHOOK:
        return sender_webhook(c, m, err);
    case ALERT_EMAIL:
        return sender_email(c, m, err);
    case ALERT_SYSLOG:
        return sender_syslog(c, m, err);
    }
    return dye_fail(err, DYE_E_BUG, "channel %s: of no kind", c->name);
}
