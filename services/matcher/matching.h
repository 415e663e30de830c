#ifndef DYE_MATCHING_H
#define DYE_MATCHING_H
/*
 * matching: the bytes of an opened dump -> parts (sandboxed child) -> chunks: scan, link, count, COMMIT -> verdicts.
 *
 * A chunk's sightings, counts, sketch and ledger row are one transaction, the end of the dump another: wherever it is
 * killed, the next run goes on from the last chunk and ends the same.
 */
#include "ingest.h"

struct matching {
    uint64_t epoch, canaries; /* of the registry, as far as this dump is concerned */
    bool reread, sketched;    /* whether it is complete and read for later canaries; whether its sketches are there */
};
/* fd: the dump's bytes, seekable. By who holds the dump's lease, within no transaction. DYE_STOPPED when *in->stop was
 * set. */
DYE_MUST_CHECK enum dye_status matching_run(struct ingest *in, const struct registry_snapshot *snapshot, int fd,
                                            const struct ingest_result *result, const struct matching *m,
                                            struct dye_error *err);

#endif
