#ifndef DYE_ZONE_H
#define DYE_ZONE_H
/*
 * zone: entering one. After zone_enter the process is the home's unprivileged user, connected under its zone's
 * database role, and has only what its zone may have. Open the user's files before; read them after.
 */
#include "dye/key.h"
#include "home.h"
#include "store.h"

/* zone: "seeder", "matcher", "portal" or "auditor". */
DYE_MUST_CHECK enum dye_status zone_enter(const struct home *h, const char *zone, struct store **ret,
                                          struct dye_error *err);

/* zones/<zone>/<name>.key, compared with what the database knows of it: DYE_E_KEY when it is another home's. */
DYE_MUST_CHECK enum dye_status zone_key(const struct home *h, const char *zone, const char *name, struct store *s,
                                        struct dye_key *ret, struct dye_error *err);

/* An audit row; detail is a JSON object, without values. */
DYE_MUST_CHECK enum dye_status zone_audit(struct store *s, const char *event, const char *object, const char *result,
                                          const char *detail, struct dye_error *err);

#endif
