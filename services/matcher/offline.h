#ifndef MATCHER_OFFLINE_H
#define MATCHER_OFFLINE_H
/* offline: how verbs decode that have no home, and so no configuration: in $TMPDIR, within the default limits. */
#include "passwords.h"

/* As decoder_run, `room` and `skip` too; err always says why, and of which file: `name`. */
DYE_MUST_CHECK enum dye_status offline_decode(const char *name, int fd, const struct password_list *passwords,
                                              const struct dye_decode_events *events, decoder_room_fn room,
                                              decoder_skip_fn skip, struct dye_error *err);

#endif
