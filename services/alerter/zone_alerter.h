#ifndef DYE_ALERTER_ZONE_H
#define DYE_ALERTER_ZONE_H
/*
 * zone_alerter: what each process of this program gives up when it has read its channels: files of others, children,
 * other programs, and being called. It keeps the network, its own zone's folder and the certificates.
 */
#include "alert_channel.h"
#include "sandbox.h"
#include "store.h"

/* Drops privileges, connects under the zone's role, and enters the sandbox. `before`: run between the two, may be NULL:
 * the last that may write a file. */
DYE_MUST_CHECK enum dye_status
zone_alerter_enter(const struct home *h, const struct alert_channels *channels,
                   enum dye_status (*before)(const struct home *h, struct dye_error *err), struct store **ret,
                   enum sandbox_level *ret_level, struct dye_error *err);
/* The connection again, from inside the sandbox. */
DYE_MUST_CHECK enum dye_status zone_alerter_connect(const struct home *h, struct store **ret, struct dye_error *err);

#endif
