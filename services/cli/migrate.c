#include "migrate.h"

#include "migrations.h"

#include <stdio.h>
#include <string.h>

static const struct migration *known(const char *name)
{
    for (const struct migration *m = migrations; m->name != NULL; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

static enum dye_status check_ledger(struct store *s, size_t *ret_applied, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT name, sha256 FROM dyetrace.migration ORDER BY name", ""));
    for (int i = 0; i < PQntuples(r); i++) {
        const struct migration *m = known(store_text(r, i, 0));
        if (m == NULL)
            DYE_FAIL(err, DYE_E_DATABASE, "schema: %s is newer than this program; install that version",
                     store_text(r, i, 0));
        if (strcmp(m->sha256, store_text(r, i, 1)) != 0)
            DYE_FAIL(err, DYE_E_DATABASE, "schema: %s was changed after it was applied", m->name);
        if (m != &migrations[i])
            DYE_FAIL(err, DYE_E_DATABASE, "schema: the ledger misses %s", migrations[i].name);
    }
    *ret_applied = (size_t)PQntuples(r);
    return DYE_OK;
}

static enum dye_status apply(struct store *s, const struct migration *m, struct dye_error *err)
{
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, NULL, "SET LOCAL search_path = pg_catalog, pg_temp", ""));
    STORE_RESULT r = PQexec(store_pg(s), m->sql); /* several statements: the simple protocol */
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
        DYE_FAIL(err, DYE_E_DATABASE, "schema: %s: %s", m->name, message != NULL ? message : "failed");
    }
    DYE_TRY(store_run(s, err, NULL, "INSERT INTO dyetrace.migration (name, sha256) VALUES ($1, $2)", "ss", m->name,
                      m->sha256));
    return store_commit(s, err);
}

static enum dye_status migrate_locked(struct store *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT pg_catalog.to_regclass('dyetrace.migration') IS NOT NULL", ""));
    if (!store_bool(r, 0, 0)) {
        DYE_TRY(store_begin(s, err));
        DYE_TRY(store_run(s, err, NULL, "CREATE SCHEMA dyetrace", ""));
        DYE_TRY(store_run(s, err, NULL,
                          "CREATE TABLE dyetrace.migration (name text PRIMARY KEY, sha256 text NOT NULL,"
                          " applied_at timestamptz NOT NULL DEFAULT pg_catalog.now())",
                          ""));
        DYE_TRY(store_commit(s, err));
    }
    size_t applied = 0;
    DYE_TRY(check_ledger(s, &applied, err));
    for (const struct migration *m = migrations + applied; m->name != NULL; m++)
        DYE_TRY(apply(s, m, err));
    return DYE_OK;
}

enum dye_status migrate_lack(struct store *admin, size_t *ret, struct dye_error *err)
{
    size_t applied = 0;
    size_t all = 0;
    DYE_TRY(check_ledger(admin, &applied, err));
    while (migrations[all].name != NULL)
        all++;
    *ret = all - applied;
    return DYE_OK;
}

enum dye_status migrate(struct store *admin, struct dye_error *err)
{
    DYE_TRY(store_run(admin, err, NULL, "SELECT pg_advisory_lock(hashtextextended('dyetrace.migrate', 0))", ""));
    enum dye_status status = migrate_locked(admin, err);
    store_rollback(admin);
    struct dye_error ignored;
    enum dye_status unlocked =
        store_run(admin, &ignored, NULL, "SELECT pg_advisory_unlock(hashtextextended('dyetrace.migrate', 0))", "");
    return status != DYE_OK ? status : unlocked;
}
