#ifndef BENCH_RECALL_DIGEST_H
#define BENCH_RECALL_DIGEST_H
/*
 * digest: what sellers hash of a person, and how they write it (DOMAIN 1): of a mobile, bare, behind +86, 86 and 0086
 * and before a line end, an ID with X, with x and before a line end, and an e-mail, bare and before a line end: MD5,
 * the middle of an MD5, SHA-1, SHA-256 and SM3, in either case of hex or, but for the middle, base64. By OpenSSL.
 */
#include "people.h"

#include <stddef.h>

enum { DIGEST_TEXTS = 10, DIGEST_WAYS = 14, DIGEST_FORMS = DIGEST_TEXTS * DIGEST_WAYS, DIGEST_MAX_BYTES = 100 };
enum digest_of { DIGEST_MOBILE, DIGEST_ID, DIGEST_EMAIL };

/* Form number i in [0, DIGEST_FORMS): what is hashed; its name; what is written. */
enum digest_of digest_of(size_t i);
void digest_name(size_t i, char *ret, size_t cap);
void digest_write(size_t i, const struct person *p, char ret[DIGEST_MAX_BYTES]);

#endif
