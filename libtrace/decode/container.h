#ifndef DECODE_CONTAINER_H
#define DECODE_CONTAINER_H
/*
 * container: one archive or compressed stream, read through libarchive. Private to the decode layer.
 *
 * Only the format that sniff() named is enabled, so nothing else can claim the bytes. Only a 7z is sought, and what is
 * looked through before it is read: a zip is read by its local headers, which is what is left of a truncated one, and
 * so a container inside a container needs no copy.
 */
#include "feed.h"

#include "dye/status.h"

#include <stdint.h>

#define CONTAINER_NAME_MAX_BYTES 4096

enum container_next { CONTAINER_ENTRY, CONTAINER_BAD_ENTRY, CONTAINER_END, CONTAINER_BROKEN };
enum container_entry { ENTRY_FILE, ENTRY_DIRECTORY, ENTRY_ENCRYPTED, ENTRY_OTHER };

/* What the streams of one input have taken and given. Shared by all containers of one decoding. */
struct container_budget {
    uint64_t input, produced; /* bytes in; bytes that decompression made of them */
    uint64_t ratio, ratio_free_bytes;
};
/* Counts n bytes that came out of a decompression; false when that is more than the input allows. */
bool container_budget_spend(struct container_budget *b, size_t n);

struct container;
struct whole;
/* `in` is borrowed until _close, and must not be pulled meanwhile. NULL: no memory. */
struct container *container_open(struct feed *in, enum sniff_format format, struct container_budget *budget);
/* The same, from its start and in any order. */
struct container *container_open_whole(struct whole *w, enum sniff_format format, struct container_budget *budget);
/* A zip with passwords, which are tried in turn on what is encrypted. */
struct container *container_open_zip(struct feed *in, const char *const *passwords, size_t n,
                                     struct container_budget *budget);
void container_close(struct container *c);
/* Which entries are encrypted, where libarchive does not say: a byte an entry, in order; borrowed until _close. */
void container_lock(struct container *c, struct dye_span locks);

/* Goes to the next entry. BAD_ENTRY: this one can't be had, the next may be. BROKEN: see _fault. */
enum container_next container_next(struct container *c);
const char *container_fault(const struct container *c);
/* Whether what was met is encrypted, or there is nothing to meet because the directory is. */
bool container_is_locked(const struct container *c);

/* Of the current entry. The name has no path in front; "" for a compressed stream; UTF-8. */
enum container_entry container_entry_is(const struct container *c);
const char *container_entry_name(const struct container *c);
struct feed *container_entry_feed(struct container *c);

#endif
