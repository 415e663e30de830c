#ifndef DYE_SESSION_H
#define DYE_SESSION_H
/*
 * session: who is logged in, in memory alone; a restart logs everybody out.
 *
 * A session holds SHA-256 of the token, which is what the database is asked with, under a random 256-bit id that only
 * the browser knows: here stands its SHA-256. A look-up compares with every row in constant time. Fixed size: when the
 * table is full the session that would end first gives way.
 */
#include "dye/status.h"

#include <stdint.h>

enum { SESSION_HASH_BYTES = 32, SESSION_ID_CHARS = 64 };

struct session_table;

/* now_ms of the calls below is any clock that does not go back. */
struct session_table *session_table_new(size_t sessions_max, int64_t lifetime_ms); /* NULL: out of memory */
void session_table_free(struct session_table *t);                                  /* wipes; takes NULL */

/* ret_id is hex, NUL-terminated. DYE_E_IO without randomness. */
DYE_MUST_CHECK enum dye_status session_add(struct session_table *t, const uint8_t presented[SESSION_HASH_BYTES],
                                           int64_t now_ms, char ret_id[SESSION_ID_CHARS + 1], struct dye_error *err);
/* False for an id that is unknown, malformed or over. */
DYE_MUST_CHECK bool session_find(const struct session_table *t, const char *id, int64_t now_ms,
                                 uint8_t ret_presented[SESSION_HASH_BYTES]);
void session_drop(struct session_table *t, const char *id); /* unknown: nothing */

#endif
