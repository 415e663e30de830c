#ifndef EXCLUSION_LOG_H
#define EXCLUSION_LOG_H
/*
 * exclusion_log: every run against an exclusion list, a JSON line each, in a chain under the system's key: a line's
 * code (HMAC-SHA-256) covers the code of the line before it. A run that is not on record gives no answer.
 *
 * It shows a careless or curious user of the program to whoever reads it, and hides no run from whom it is sent to:
 * lines changed, left out or put in break the chain, and lines cut off at the end are missed by their numbers in the
 * next log that is sent. Who has the key can write another log altogether; it is not made against them.
 */
#include "dye/buf.h"
#include "dye/key.h"

enum { EXCLUSION_LOG_MAX_BYTES = 64 << 20 };

struct exclusion_run {
    const char *at, *system, *list_sha256, *batch_sha256;
    const char *result; /* "done" or "refused" */
    size_t rows, canaries, disputed, unreadable;
};

/* Checks what stands there, appends and syncs. DYE_E_STREAM when the chain does not hold: nothing is appended.
 * DYE_E_IO, DYE_E_LIMIT. */
DYE_MUST_CHECK enum dye_status exclusion_log_append(const char *path, const struct dye_key *system_key,
                                                    const struct exclusion_run *run, uint64_t *ret_run,
                                                    struct dye_error *err);

/* Called with each line that holds, without its line feed. */
typedef void (*exclusion_log_fn)(void *arg, const char *line, size_t n);
/* DYE_E_STREAM "line N: ..." at the first that does not. */
DYE_MUST_CHECK enum dye_status exclusion_log_check(struct dye_span text, const struct dye_key *system_key,
                                                   exclusion_log_fn fn, void *arg, uint64_t *ret_runs,
                                                   struct dye_error *err);

#endif
