#include "founding.h"

#include "cluster.h"
#include "dye/digest.h"
#include "key_file.h"
#include "migrate.h"
#include "place.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum dye_status founding_text(const struct home *h, const char *name, mode_t mode, const char *text,
                              struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(home_path(h, path, err, "%s", name));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    size_t n = strlen(text);
    bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (!ok)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(why));
    return DYE_OK;
}

/* Which zone holds which key; the label under the master is "dyetrace/1/<key>". */
static const struct {
    const char *zone;
    const char *key;
} holdings[] = {
    {"seeder", "persona"}, {"seeder", "index"}, {"matcher", "index"}, {"matcher", "sketch"}, {"auditor", "audit"}};
static const char *const key_names[] = {"persona", "index", "sketch", "audit"};

static void derive(const struct dye_key *master, const char *name, struct dye_key *ret)
{
    char label[48];
    snprintf(label, sizeof label, "dyetrace/1/%s", name);
    dye_key_derive(master, label, ret);
}

enum dye_status founding_keys(const struct home *h, struct dye_key *ret_master, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(dye_random(ret_master->bytes, sizeof ret_master->bytes, err));
    DYE_TRY(home_path(h, path, err, "master.key"));
    DYE_TRY(key_file_write(path, ret_master, err));
    for (size_t i = 0; i < sizeof holdings / sizeof *holdings; i++) {
        DYE_CLEANUP(dye_key_wipe) struct dye_key k;
        derive(ret_master, holdings[i].key, &k);
        DYE_TRY(home_path(h, path, err, "zones/%s/%s.key", holdings[i].zone, holdings[i].key));
        DYE_TRY(key_file_write(path, &k, err));
    }
    return DYE_OK;
}

static const char *const zones[] = {"seeder", "matcher", "portal", "auditor", "alerter"};
enum { ZONES = sizeof zones / sizeof *zones };

static enum dye_status make_role(const struct home *h, struct store *s, const char *zone, struct dye_error *err)
{
    uint8_t random[24];
    char password[49];
    char role[32];
    char text[160];
    char name[64];
    snprintf(role, sizeof role, "%s_%s", zone, h->id);
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, password);
    /* The server gets a SCRAM verifier, never the password. */
    char *verifier = PQencryptPasswordConn(store_pg(s), password, role, "scram-sha-256");
    if (verifier == NULL)
        DYE_FAIL(err, DYE_E_DATABASE, "role %s: no verifier", role);
    char *quoted = PQescapeLiteral(store_pg(s), verifier, strlen(verifier));
    PQfreemem(verifier);
    if (quoted == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "role %s: out of memory", role);
    char sql[400];
    snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN CONNECTION LIMIT 40 PASSWORD %s IN ROLE dyetrace_%s", role, quoted,
             zone);
    PQfreemem(quoted);
    DYE_TRY(store_run(s, err, NULL, sql, ""));
    snprintf(text, sizeof text, "%s\n%s\n", role, password);
    snprintf(name, sizeof name, "zones/%s/pg.role", zone);
    enum dye_status status = founding_text(h, name, 0400, text, err);
    dye_wipe(password, sizeof password);
    dye_wipe(text, sizeof text);
    return status;
}

/* What is still to be done, as statements; nothing where it is done. */
static const char doors[] =
    "SELECT format('GRANT CONNECT%s ON DATABASE %I TO %I', CASE WHEN zone = 'seeder' THEN ', TEMPORARY' END,"
    " d.datname, r.rolname)" /* the seeder's batches pass through temporary tables */
    " FROM pg_database d, unnest('{seeder,matcher,portal,auditor,alerter}'::text[]) zone"
    " JOIN pg_roles r ON r.rolname = zone || '_' || $1 WHERE d.datname = current_database()"
    " AND NOT EXISTS (SELECT FROM aclexplode(d.datacl) x WHERE x.grantee = r.oid AND x.privilege_type = 'CONNECT')"
    " UNION ALL SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', d.datname) FROM pg_database d"
    " WHERE d.datallowconn AND (d.datname = current_database() OR $2)"
    " AND EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x WHERE x.grantee = 0)";

enum dye_status founding_close_doors(const struct home *h, struct store *admin, struct dye_error *err)
{
    STORE_RESULT owner = NULL;
    STORE_RESULT todo = NULL;
    DYE_TRY(store_run(admin, err, NULL, "SELECT pg_advisory_xact_lock(hashtextextended('dyetrace.doors', 0))", ""));
    DYE_TRY(store_run(admin, err, &owner,
                      "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()", ""));
    DYE_TRY(store_run(admin, err, &todo, doors, "so", h->id, (int)home_has_cluster(h)));
    if (PQntuples(todo) != 0 && !store_bool(owner, 0, 0)) {
        fprintf(stderr, "dyetrace: database: it is another role's, and PUBLIC may still connect to it; its owner can"
                        " REVOKE CONNECT, TEMPORARY, and GRANT them to the zones' roles\n");
        return DYE_OK;
    }
    for (int i = 0; i < PQntuples(todo); i++)
        DYE_TRY(store_run(admin, err, NULL, store_text(todo, i, 0), ""));
    return DYE_OK;
}

static enum dye_status fill_database(const struct home *h, struct store *s, const struct dye_key *master,
                                     struct dye_error *err)
{
    STORE_RESULT taken = NULL;
    DYE_TRY(migrate(s, err));
    DYE_TRY(store_run(s, err, &taken, "SELECT FROM dyetrace.key_check", ""));
    if (PQntuples(taken) != 0)
        DYE_FAIL(err, DYE_E_DATABASE, "database: it belongs to another home already");
    DYE_TRY(store_begin(s, err));
    for (size_t i = 0; i < ZONES; i++)
        DYE_TRY(make_role(h, s, zones[i], err));
    DYE_TRY(founding_close_doors(h, s, err));
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++) {
        uint8_t check[DYE_KEY_CHECK_BYTES];
        DYE_CLEANUP(dye_key_wipe) struct dye_key k;
        derive(master, key_names[i], &k);
        dye_key_check(&k, key_names[i], check);
        DYE_TRY(store_run(s, err, NULL, "INSERT INTO dyetrace.key_check (zone_key, check_value) VALUES ($1, $2)", "sb",
                          key_names[i], dye_span_of(check, sizeof check)));
    }
    DYE_TRY(store_run(s, err, NULL, "INSERT INTO dyetrace.owner (name) VALUES ($1)", "s", h->config.owner));
    DYE_TRY(store_run(s, err, NULL, "SELECT dyetrace.audit_append('init', $1, 'done', '{}')", "s", h->id));
    return store_commit(s, err);
}

enum dye_status founding_database(const struct home *h, const struct dye_key *master, struct dye_error *err)
{
    char conninfo[1200];
    if (home_has_cluster(h))
        DYE_TRY(cluster_create(h, err));
    DYE_TRY(home_admin_conninfo(h, conninfo, sizeof conninfo, err));
    struct store *s = NULL;
    DYE_TRY(store_open(conninfo, "dyetrace", &s, err));
    enum dye_status status = fill_database(h, s, master, err);
    store_rollback(s);
    store_close(s);
    return status;
}

/* The file comes before the commit that makes the role: a file without its role is what a crash left. */
static enum dye_status add_zone(const struct home *h, struct store *s, const char *zone, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT FROM pg_roles WHERE rolname = $1 || '_' || $2", "ss", zone, h->id));
    if (PQntuples(r) != 0)
        return DYE_OK;
    DYE_TRY(home_path(h, path, err, "zones/%s", zone));
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    DYE_TRY(home_path(h, path, err, "zones/%s/pg.role", zone));
    if (unlink(path) != 0 && errno != ENOENT)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    DYE_TRY(store_begin(s, err));
    DYE_TRY(make_role(h, s, zone, err));
    return store_commit(s, err);
}

enum dye_status founding_zones(const struct home *h, struct store *admin, struct dye_error *err)
{
    enum dye_status status = DYE_OK;
    for (size_t i = 0; status == DYE_OK && i < ZONES; i++)
        status = add_zone(h, admin, zones[i], err);
    store_rollback(admin);
    return status;
}

/* Whether the database answers to the keys that an unfinished home already has. */
static enum dye_status compare_keys(struct store *s, const struct dye_key *master, bool *ret_same,
                                    struct dye_error *err)
{
    uint8_t stored[DYE_KEY_CHECK_BYTES];
    uint8_t own[DYE_KEY_CHECK_BYTES];
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT check_value FROM dyetrace.key_check WHERE zone_key = 'index'", ""));
    DYE_CLEANUP(dye_key_wipe) struct dye_key k;
    derive(master, "index", &k);
    dye_key_check(&k, "index", own);
    *ret_same =
        PQntuples(r) == 1 && store_bytes(r, 0, 0, stored, sizeof stored) && dye_equal_secret(stored, own, sizeof own);
    return DYE_OK;
}

bool founding_was_committed(struct home *h)
{
    char path[HOME_PATH_MAX];
    char conninfo[1200];
    struct store *s = NULL;
    bool same = false;
    DYE_CLEANUP(dye_key_wipe) struct dye_key master = {0};
    if (home_has_cluster(h) || home_path(h, path, NULL, PLACE_UNFINISHED) != DYE_OK)
        return false;
    FILE *f = fopen(path, "re");
    bool read = f != NULL && fgets(h->id, sizeof h->id, f) != NULL && strlen(h->id) == sizeof h->id - 1;
    if (f != NULL)
        fclose(f);
    if (!read || home_path(h, path, NULL, "master.key") != DYE_OK || key_file_read(path, &master, NULL) != DYE_OK ||
        home_admin_conninfo(h, conninfo, sizeof conninfo, NULL) != DYE_OK ||
        store_open(conninfo, "dyetrace", &s, NULL) != DYE_OK)
        return false;
    if (compare_keys(s, &master, &same, NULL) != DYE_OK)
        same = false;
    store_close(s);
    return same;
}
