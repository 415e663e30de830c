#ifndef DYE_STORE_H
#define DYE_STORE_H
/*
 * store: one connection to the database, blocking, for one thread.
 *
 * Statements come from schema/queries (queries.h) or are short literals; parameters are never spliced into text.
 * A lost connection is DYE_E_DATABASE and stays lost: whoever holds the store opens a new one, because what an
 * interrupted transaction did is only known by asking again.
 */
#include "dye/span.h"
#include "dye/status.h"

#include <libpq-fe.h>
#include <stdint.h>

struct store;

/* search_path is pinned to pg_catalog. application_name is `program`. */
DYE_MUST_CHECK enum dye_status store_open(const char *conninfo, const char *program, struct store **ret,
                                          struct dye_error *err);
void store_close(struct store *s); /* takes NULL */
PGconn *store_pg(struct store *s); /* for COPY and notifications */

/* A connection that can be used further: rolls back what is open. DYE_E_DATABASE when it is lost. */
DYE_MUST_CHECK enum dye_status store_recover(struct store *s, struct dye_error *err);

/*
 * Run one statement with parameters, by type:
 *   s  const char *          text, or NULL for SQL NULL
 *   i  int64_t
 *   f  double
 *   o  bool
 *   b  struct dye_span       bytea
 * The result is PGRES_TUPLES_OK or PGRES_COMMAND_OK and the caller's to PQclear; ret may be NULL. Results are text
 * format. The server's message goes to err as one line (primary message only: details can quote values). DYE_E_USAGE
 * where it refuses a text that is no UTF-8.
 */
DYE_MUST_CHECK enum dye_status store_run(struct store *s, struct dye_error *err, PGresult **ret, const char *sql,
                                         const char *types, ...);

DYE_MUST_CHECK enum dye_status store_begin(struct store *s, struct dye_error *err);
DYE_MUST_CHECK enum dye_status store_commit(struct store *s, struct dye_error *err);
void store_rollback(struct store *s); /* for the way out after a failure */

/* COPY rows in: begin with "COPY t (a, b) FROM STDIN", put text-format lines, end. Errors show at the end. */
DYE_MUST_CHECK enum dye_status store_copy_begin(struct store *s, const char *sql, struct dye_error *err);
DYE_MUST_CHECK enum dye_status store_copy_line(struct store *s, const char *line, size_t n, struct dye_error *err);
DYE_MUST_CHECK enum dye_status store_copy_end(struct store *s, struct dye_error *err);

/* Cells. NULL reads as 0, "" or false. */
int64_t store_int(const PGresult *r, int row, int column);
double store_real(const PGresult *r, int row, int column);
bool store_bool(const PGresult *r, int row, int column);
const char *store_text(const PGresult *r, int row, int column);
/* A bytea cell of exactly n bytes; false otherwise. */
DYE_MUST_CHECK bool store_bytes(const PGresult *r, int row, int column, void *ret, size_t n);

static inline void store_clear(PGresult **r)
{
    PQclear(*r);
}
#define STORE_RESULT DYE_CLEANUP(store_clear) PGresult *

#endif
