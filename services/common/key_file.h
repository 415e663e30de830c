#ifndef DYE_KEY_FILE_H
#define DYE_KEY_FILE_H
/*
 * key_file: 32 bytes as 64 hex digits and a line feed, mode 0400. A program names the one file that it wants; nothing
 * here knows which keys there are.
 */
#include "dye/key.h"

/* DYE_E_KEY when it is missing, malformed, or open to group or others. */
DYE_MUST_CHECK enum dye_status key_file_read(const char *path, struct dye_key *ret, struct dye_error *err);
/* A new file; an existing one is an error. */
DYE_MUST_CHECK enum dye_status key_file_write(const char *path, const struct dye_key *k, struct dye_error *err);

#endif
