#include "allotment.h"

#include "dye/digest.h"

#include <inttypes.h>
#include <stdio.h>

bool allotment_pools(enum dye_kind kind)
{
    return kind != DYE_NAME && kind != DYE_ADDRESS && kind != DYE_RESIDENT_ID;
}

static enum dye_status take_kind(struct store *s, struct allotment *a, enum dye_kind kind, uint64_t count,
                                 struct dye_error *err)
{
    const char *name = dye_kind_name(kind);
    STORE_RESULT pools = NULL;
    DYE_TRY(store_run(s, err, &pools,
                      "SELECT string_agg(name, ', ' ORDER BY name) FROM dyetrace.pool"
                      " WHERE owner_id = $1 AND kind = $2 HAVING count(*) > 0",
                      "is", a->owner_id, name));
    if (PQntuples(pools) == 0)
        return DYE_OK;
    DYE_TRY(store_run(s, err, NULL,
                      "SELECT pg_advisory_xact_lock(hashtextextended(format('dyetrace.pool/%s/%s', $1::text, $2::text),"
                      " 0))",
                      "is", a->owner_id, name));
    DYE_TRY(store_run(s, err, &a->kind[kind].whole,
                      "SELECT v.fp, v.sealed FROM dyetrace.pool_value v JOIN dyetrace.pool p USING (pool_id)"
                      " WHERE p.owner_id = $1 AND p.kind = $2 AND v.whole AND NOT EXISTS"
                      " (SELECT FROM dyetrace.canary_value c WHERE c.pool_fp = v.fp) ORDER BY v.fp LIMIT $3",
                      "isi", a->owner_id, name, (int64_t)count));
    DYE_TRY(store_run(s, err, &a->kind[kind].domain,
                      "SELECT v.fp, v.sealed FROM dyetrace.pool_value v JOIN dyetrace.pool p USING (pool_id)"
                      " WHERE p.owner_id = $1 AND p.kind = $2 AND NOT v.whole ORDER BY v.fp",
                      "is", a->owner_id, name));
    uint64_t left = (uint64_t)PQntuples(a->kind[kind].whole);
    if (left < count && PQntuples(a->kind[kind].domain) == 0)
        DYE_FAIL(err, DYE_E_LIMIT, "pool: %.120s: %" PRIu64 " %s value%s left, %" PRIu64 " wanted",
                 store_text(pools, 0, 0), left, name, left == 1 ? "" : "s", count);
    return DYE_OK;
}

static enum dye_status check_required(const struct allotment *a, const struct dye_sector *sector, struct dye_error *err)
{
    for (size_t i = 0; i < sector->columns; i++) {
        const struct dye_column *c = &sector->column[i];
        if (c->what == DYE_COLUMN_KIND && c->required && allotment_pools(c->kind) && dye_ident_space(c->kind) == 0 &&
            a->kind[c->kind].whole == NULL)
            DYE_FAIL(err, DYE_E_USAGE, "sector: %s: column %s is required, and its kind comes from a pool of %s alone",
                     sector->name, c->name, dye_kind_name(c->kind));
    }
    return DYE_OK;
}

enum dye_status allotment_take(struct store *s, const struct vault *v, const struct dye_sector *sector,
                               int64_t owner_id, uint64_t count, struct allotment *ret, struct dye_error *err)
{
    ret->vault = v;
    ret->owner_id = owner_id;
    for (enum dye_kind kind = 1; sector != NULL && kind < DYE_KIND_COUNT; kind++)
        if (allotment_pools(kind) && dye_sector_has(sector, kind))
            DYE_TRY(take_kind(s, ret, kind, count, err));
    return sector != NULL ? check_required(ret, sector, err) : DYE_OK;
}

void allotment_done(struct allotment *a)
{
    for (int kind = 0; kind < DYE_KIND_COUNT; kind++) {
        PQclear(a->kind[kind].whole);
        PQclear(a->kind[kind].domain);
    }
    *a = (struct allotment){0};
}

static enum dye_status open_row(const struct vault *v, const PGresult *rows, int i, struct dye_value *ret,
                                struct dye_error *err)
{
    char row[VAULT_ROW_MAX];
    struct vault_sealed sealed;
    vault_row_pool(row, store_text(rows, i, 0) + 2); /* behind \x */
    if (!vault_unhex(store_text(rows, i, 1), &sealed))
        DYE_FAIL(err, DYE_E_DATABASE, "vault: %s: damaged", row);
    return vault_open(v, row, dye_span_of(sealed.p, sealed.n), ret, err);
}

/* The persona's local part at a domain of the owner's. */
static enum dye_status address_at(const struct dye_value *own, const struct dye_value *domain, struct dye_value *ret,
                                  struct dye_error *err)
{
    const char *sign = strchr(own->text, '@');
    char text[2 * DYE_VALUE_MAX_BYTES];
    int n = sign != NULL ? snprintf(text, sizeof text, "%.*s@%s", (int)(sign - own->text), own->text, domain->text) : 0;
    if (n <= 0 || dye_ident_parse(DYE_EMAIL, dye_span_of(text, (size_t)n), ret) != DYE_OK)
        DYE_FAIL(err, DYE_E_LIMIT, "pool: no address can be made at one of its mail domains");
    dye_wipe(text, sizeof text);
    return DYE_OK;
}

enum dye_status allotment_row(const struct vault *v, const char *canary, char variant, const char *kind,
                              int64_t owner_id, const struct dye_value *value, const char *pool_fp,
                              struct dye_buf *rows, struct dye_error *err)
{
    char row[VAULT_ROW_MAX];
    char hex[2 * VAULT_SEALED_MAX_BYTES + 1];
    struct vault_sealed sealed;
    vault_row_canary(row, canary, variant, kind);
    DYE_TRY(vault_seal(v, row, value, &sealed, err));
    dye_hex(sealed.p, sealed.n, hex);
    enum dye_status status =
        dye_buf_printf(rows, "%s\t%c\t%s\t%" PRId64 "\t\\\\x%s\t%s%s\n", canary, variant, kind, owner_id, hex,
                       pool_fp != NULL ? "\\" : "\\N", pool_fp != NULL ? pool_fp : "");
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "batch: too large; seed in several");
}

/* Not where the sector leaves the cell empty in this record: a value that stands nowhere must not be looked for. */
static bool is_wanted(const struct dye_sector *sector, enum dye_kind kind, const struct dye_persona *p)
{
    return dye_ident_space(kind) != 0 ? p->value[kind].n != 0 : dye_sector_shows(sector, p, kind);
}

static enum dye_status apply_kind(const struct allotment *a, enum dye_kind kind, uint64_t i, char variant,
                                  struct dye_persona *p, struct dye_buf *rows, struct dye_error *err)
{
    const PGresult *whole = a->kind[kind].whole;
    const PGresult *domain = a->kind[kind].domain;
    struct dye_value v = {0};
    const char *pool_fp = NULL;
    if (i < (uint64_t)PQntuples(whole)) {
        pool_fp = store_text(whole, (int)i, 0);
        DYE_TRY(open_row(a->vault, whole, (int)i, &v, err));
    } else {
        struct dye_value at = {0};
        DYE_TRY(open_row(a->vault, domain, (int)(i % (uint64_t)PQntuples(domain)), &at, err));
        DYE_TRY(address_at(&p->value[kind], &at, &v, err));
    }
    p->value[kind] = v;
    enum dye_status status =
        allotment_row(a->vault, p->canary, variant, dye_kind_name(kind), a->owner_id, &v, pool_fp, rows, err);
    dye_wipe(&v, sizeof v);
    return status;
}

void allotment_mention(const struct allotment *a, const struct dye_sector *sector, struct dye_persona *p)
{
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
        if (a->kind[kind].whole != NULL && is_wanted(sector, kind, p)) {
            struct dye_value *v = &p->value[kind];
            v->n = (size_t)snprintf(v->text, sizeof v->text, "<%s of a pool>", dye_kind_name(kind));
        }
}

enum dye_status allotment_apply(const struct allotment *a, const struct dye_sector *sector, uint64_t i, char variant,
                                struct dye_persona *p, struct dye_buf *rows, struct dye_error *err)
{
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
        if (a->kind[kind].whole != NULL && is_wanted(sector, kind, p))
            DYE_TRY(apply_kind(a, kind, i, variant, p, rows, err));
    return DYE_OK;
}
