#ifndef DYE_HOME_H
#define DYE_HOME_H
/*
 * home: the directory that holds one installation.
 *
 *   dyetrace.yaml            configuration
 *   id                       eight hex digits, part of the names of this home's database roles
 *   zones/<zone>/            what one zone's processes may read: *.key, pg.role, and for the seeder connectors.yaml
 *   cluster/                 the private PostgreSQL cluster (unless the configuration names another server)
 *   run/                     its socket, and the daemons' pid files
 *   log/                     one file a process
 *   tmp/                     files without a name, while a dump is decoded
 *   spool/                   where dumps are dropped; spool/done, spool/failed
 *   master.key               to be taken offline after `init`
 *
 * A home belongs to an unprivileged user (the owner of the directory). Root may call every verb: the process then
 * becomes that user before it reads anything that a stranger wrote.
 */
#include "config.h"

#include <limits.h>
#include <sys/types.h>

#define HOME_PATH_MAX 1024

struct home {
    char dir[HOME_PATH_MAX];        /* absolute, symbolic links resolved */
    char socket_dir[HOME_PATH_MAX]; /* dir/run, or a short one under /tmp where that is too long for a socket */
    char id[9];
    uid_t uid;
    gid_t gid;
    struct config config;
};

/* The path that --home, $DYETRACE_HOME, $XDG_DATA_HOME or $HOME asks for, not resolved. */
DYE_MUST_CHECK enum dye_status home_locate(const char *option, char ret[HOME_PATH_MAX], struct dye_error *err);

/* Reads the home and its configuration. DYE_E_CONFIG when there is none ("run dyetrace init"). */
DYE_MUST_CHECK enum dye_status home_open(const char *option, const char *config, struct home *ret,
                                         struct dye_error *err);

/* Sets socket_dir from dir and id. */
void home_place_socket(struct home *h);

/* dir/<name>, formatted; DYE_E_LIMIT when it does not fit. */
DYE_MUST_CHECK enum dye_status home_path(const struct home *h, char ret[HOME_PATH_MAX], struct dye_error *err,
                                         const char *fmt, ...) DYE_PRINTF(4, 5);

/* Whether the database is the home's own cluster. */
bool home_has_cluster(const struct home *h);
/* A conninfo for administration: bypasses row-level security. At most `n` bytes. */
DYE_MUST_CHECK enum dye_status home_admin_conninfo(const struct home *h, char *ret, size_t n, struct dye_error *err);
/* A conninfo for a zone's login role with its password; wipe it after use. */
DYE_MUST_CHECK enum dye_status home_zone_conninfo(const struct home *h, const char *zone, char *ret, size_t n,
                                                  struct dye_error *err);

#endif
