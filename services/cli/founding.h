#ifndef DYE_FOUNDING_H
#define DYE_FOUNDING_H
/*
 * founding: what a new home is given: its keys, and a database that knows them. Runs as the home's user.
 */
#include "dye/key.h"
#include "home.h"
#include "store.h"

/* A new file home/<name>; an existing one is an error. */
DYE_MUST_CHECK enum dye_status founding_text(const struct home *h, const char *name, mode_t mode, const char *text,
                                             struct dye_error *err);

/* A master key, and from it each zone's keys in zones/<zone>/. */
DYE_MUST_CHECK enum dye_status founding_keys(const struct home *h, struct dye_key *ret_master, struct dye_error *err);

/* The cluster if it is the home's own, the schema, and in one transaction the zones' login roles (zones/<zone>/pg.role)
 * and the keys' check values. DYE_E_DATABASE when the database is another home's. */
DYE_MUST_CHECK enum dye_status founding_database(const struct home *h, const struct dye_key *master,
                                                 struct dye_error *err);

/* Folder, login role and its file for each zone that this home is older than. Not inside a transaction; the home's user
 * only. */
DYE_MUST_CHECK enum dye_status founding_zones(const struct home *h, struct store *admin, struct dye_error *err);

/* Lets the zones' roles into the home's database, and into no other of its own cluster, and nobody else into either:
 * what PostgreSQL gives PUBLIC (CONNECT, TEMPORARY) is taken back. Inside a transaction of `admin`; does nothing where
 * it is done. A warning where the database is not the admin's. */
DYE_MUST_CHECK enum dye_status founding_close_doors(const struct home *h, struct store *admin, struct dye_error *err);

/* Whether an init that was killed had got as far as the commit in a server that is not the home's own: then only the
 * file `id` is missing. Sets h->id. */
bool founding_was_committed(struct home *h);

#endif
