#ifndef DYE_INGEST_H
#define DYE_INGEST_H
/*
 * ingest: one dump, from bytes to committed sightings.
 *
 * hash -> lease -> dump and acquisition -> decode (sandboxed child) -> chunks: scan, link, COMMIT -> verdicts.
 *
 * A chunk's sightings and its ledger row are one transaction; the dump's last transaction sets its verdict and pushes
 * what follows (lineage, attribution, SM3) on the queue. So wherever it is killed, the same call goes on from the last
 * chunk and ends the same; a file that is text by lines is read from there on. The registry epoch is pinned when the
 * dump is first opened.
 */
#include "decoder.h"
#include "home.h"
#include "registry.h"

#include <stdatomic.h>

struct ingest {
    const struct home *home;
    struct store *store; /* this thread's */
    struct registry *registry;
    const atomic_bool *stop; /* set: end after the chunk in hand; may be NULL */
    bool show_progress;
    const char *const *passwords; /* tried in turn on what is encrypted; never stored */
    size_t n_passwords;
};
static inline bool ingest_stopping(const struct ingest *in)
{
    return in->stop != NULL && atomic_load(in->stop);
}

/* How it came. UTF-8; NULL where nothing is known. */
struct ingest_acquisition {
    const char *location; /* the path of the original; any bytes, and not NULL */
    const char *label;    /* for people, often the file's name; any bytes, and not NULL */
    const char *feed, *origin, *seller, *price, *basis;
    const char *acquired_at; /* RFC 3339; NULL: now */
    bool in_spool;           /* location is the spool's and changes when the file is put away */
};

struct ingest_result {
    char dump[20];
    char acquisition[20];
    char sha256[65];
    uint64_t bytes;
    bool duplicate;
};

/*
 * fd: seekable, read from its start. DYE_STOPPED when *stop was set. A dump that is complete but not fully read is
 * decoded again when there are passwords to try.
 */
DYE_MUST_CHECK enum dye_status ingest_dump(struct ingest *in, int fd, const struct ingest_acquisition *a,
                                           struct ingest_result *ret, struct dye_error *err);

/*
 * Decode a complete dump again, with the registry's epoch that it has: parts that were read stay as they are, with
 * their ordinals, chunks and sightings; those that can be read now are matched, and its attribution is done anew.
 * DYE_E_NOTFOUND when the bytes are not those of `dump`, or it is not complete. Interrupted, it goes on when repeated.
 */
DYE_MUST_CHECK enum dye_status ingest_again(struct ingest *in, int fd, const char *dump, struct ingest_result *ret,
                                            struct dye_error *err);

/*
 * Match a complete dump again, against a later registry: new sightings are stored, its epoch becomes the snapshot's,
 * and its attribution waits on the queue. Parts that are not what they were then are left alone; dyetrace.part.epoch
 * says which were read. Sightings that only its sketches gave (by_sketch) go. DYE_E_NOTFOUND when the bytes are not
 * those of `dump`. Interrupted, it is repeated from the start, with the same end.
 */
DYE_MUST_CHECK enum dye_status ingest_reread(struct ingest *in, const struct registry_snapshot *snapshot, int fd,
                                             const char *dump, struct dye_error *err);

#endif
