#ifndef DYE_DIGEST_H
#define DYE_DIGEST_H
/*
 * digest: unkeyed hashes, through OpenSSL. Sellers hash identifiers with them; manifests and logs need two of them.
 *
 * Nothing here fails: without memory, or where OpenSSL refuses a digest, the process is aborted. One that silently is
 * none would make evidence worthless, and its callers have no use for half of one.
 */
#include "dye/span.h"
#include "dye/status.h"

enum dye_digest { DYE_MD5, DYE_SHA1, DYE_SHA256, DYE_SM3 };
#define DYE_DIGEST_MAX_BYTES 32

DYE_API size_t dye_digest_bytes(enum dye_digest d);
/* "md5", "sha1", "sha256", "sm3". */
DYE_API const char *dye_digest_name(enum dye_digest d);
/* One shot. `ret` holds dye_digest_bytes(d). */
DYE_API void dye_digest_of(enum dye_digest d, struct dye_span data, uint8_t *ret);

struct dye_digester; /* a running digest; one thread at a time */
/* Never NULL, see above. */
DYE_API struct dye_digester *dye_digester_new(enum dye_digest d);
DYE_API void dye_digester_free(struct dye_digester *x);
DYE_API void dye_digester_feed(struct dye_digester *x, struct dye_span data);
/* Ends the digest; the object may only be freed after. */
DYE_API void dye_digester_end(struct dye_digester *x, uint8_t *ret);

/* Lower-case hex, NUL-terminated: ret has 2n + 1 bytes. */
DYE_API void dye_hex(const uint8_t *p, size_t n, char *ret);
/* False, and ret unspecified, unless text is exactly 2n hex digits of either case. */
DYE_MUST_CHECK DYE_API bool dye_unhex(struct dye_span text, uint8_t *ret, size_t n);

#endif
