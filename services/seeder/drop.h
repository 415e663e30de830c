#ifndef DYE_DROP_H
#define DYE_DROP_H
/*
 * drop: the journal of files that go into a source's drop directory.
 *
 * An importer takes a file away as soon as it sees it, so that the directory can't tell a later run what was dropped.
 * A file's name is therefore put on record here; then it is written, under a name that no importer takes; when it is
 * complete on disk its canaries are put on record; and only then it is renamed. After a crash the hidden name says how
 * far it came: while it is there the file was not dropped. A file whose canaries are not on record never will be. Each
 * canary is in one file only, whatever is repeated. The caller holds the source's lease.
 */
#include "connector.h"
#include "source.h"
#include "store.h"

struct drop_note {
    struct store *store;
    const struct source *source;
    const PGresult *rows; /* column 0: placement_id, of all records of the file */
};
/* A connector_note_fn; arg is a struct drop_note. */
enum dye_status drop_note(void *arg, const char *directory, const char *name, bool complete, struct dye_error *err);

/* Finishes the files that earlier runs noted and left; ret_planted is set. DYE_E_IO when a directory is away: nothing
 * can be said of its files then. */
DYE_MUST_CHECK enum dye_status drop_finish(struct store *s, const struct source *source, uint64_t *ret_planted,
                                           struct dye_error *err);
/* In the transaction that calls off what waits, before it: what was dropped is planted, and what was not never will be.
 */
DYE_MUST_CHECK enum dye_status drop_call_off(struct store *s, const struct source *source, struct dye_error *err);
/* Removes files that were called off or never complete; repeated, it does nothing. */
DYE_MUST_CHECK enum dye_status drop_sweep(struct store *s, const struct source *source, struct dye_error *err);

#endif
