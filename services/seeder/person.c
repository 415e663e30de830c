#include "person.h"

#include "sector_file.h"

#include <assert.h>
#include <stdio.h>

bool person_override(struct dye_persona *p, const char *kind, const struct dye_value *v)
{
    enum dye_kind k = dye_kind_from_name(dye_span_str(kind));
    if (k != DYE_KIND_NONE) {
        p->value[k] = *v;
        return true;
    }
    if (strcmp(kind, "sex") == 0)
        p->sex = v->text[0];
    else if (strcmp(kind, "birth") == 0 && v->n < sizeof p->birth)
        memcpy(p->birth, v->text, v->n + 1);
    else
        return false;
    return true;
}

static enum dye_status make(const struct registrar *r, const struct person_ref *ref, int64_t profile,
                            struct dye_persona *ret, struct dye_error *err)
{
    if (ref->serial >= 0)
        return registrar_persona(r,
                                 &(struct registrar_ref){.serial = (uint64_t)ref->serial,
                                                         .variant = ref->variant,
                                                         .serial_b = (uint64_t)ref->serial_b,
                                                         .sector = ref->sector,
                                                         .made_on = ref->made_on,
                                                         .profile = profile},
                                 ret, err);
    memset(ret, 0, sizeof *ret);
    snprintf(ret->canary, sizeof ret->canary, "%s", ref->canary);
    return DYE_OK;
}

static enum dye_status read_values(const struct registrar *r, const char *ids, const char *variants, PGresult **ret,
                                   struct dye_error *err)
{
    return store_run(r->store, err, ret,
                     "SELECT u.n - 1, v.kind, v.sealed FROM unnest($1::text[], $2::text[]) WITH ORDINALITY"
                     " u (canary_id, variant, n) JOIN dyetrace.canary_value v ON v.canary_id = u.canary_id"
                     " AND v.variant::text = u.variant",
                     "ss", ids, variants);
}

/* What pools gave and imports brought, over the personas' own. */
static enum dye_status put_values(const struct registrar *r, const struct person_ref *refs, const char *ids,
                                  const char *variants, struct dye_persona *ret, struct dye_error *err)
{
    STORE_RESULT rows = NULL;
    DYE_TRY(read_values(r, ids, variants, &rows, err));
    for (int i = 0; i < PQntuples(rows); i++) {
        size_t which = (size_t)store_int(rows, i, 0);
        const char *kind = store_text(rows, i, 1);
        char row[VAULT_ROW_MAX];
        struct vault_sealed sealed;
        struct dye_value v = {0};
        vault_row_canary(row, ret[which].canary, refs[which].variant, kind);
        if (!vault_unhex(store_text(rows, i, 2), &sealed))
            DYE_FAIL(err, DYE_E_DATABASE, "vault: %s: damaged", row);
        DYE_TRY(vault_open(&r->vault, row, dye_span_of(sealed.p, sealed.n), &v, err));
        bool known = person_override(&ret[which], kind, &v);
        dye_wipe(&v, sizeof v);
        if (!known)
            DYE_FAIL(err, DYE_E_DATABASE, "vault: %s: a kind that this program does not know; update it", row);
    }
    return DYE_OK;
}

static bool answers(const struct dye_index_keys *keys, enum dye_kind kind, const struct dye_value *v,
                    const uint8_t fp[DYE_FP_BYTES])
{
    struct dye_form_bytes forms[DYE_PLAIN_FORMS_MAX];
    bool same = false;
    size_t n = v->n != 0 ? dye_ident_plain_forms(kind, v, forms) : 0;
    for (size_t i = 0; i < n && !same; i++) {
        uint8_t own[DYE_FP_BYTES];
        dye_fp(keys, dye_value_span(&forms[i].bytes), own);
        same = memcmp(own, fp, sizeof own) == 0;
    }
    dye_wipe(forms, sizeof forms);
    return same;
}

/* What is handed out is what was registered: a person also depends on the sector's file, and one that was changed since
 * would make another person under the same name. */
static enum dye_status confirm(const struct registrar *r, const char *ids, const char *variants,
                               const struct dye_persona *made, struct dye_error *err)
{
    STORE_RESULT rows = NULL;
    DYE_TRY(store_run(r->store, err, &rows,
                      "SELECT u.n - 1, f.kind, f.fp FROM unnest($1::text[], $2::text[]) WITH ORDINALITY"
                      " u (canary_id, variant, n) JOIN dyetrace.fingerprint f ON f.canary_id = u.canary_id"
                      " AND f.variant::text = u.variant AND f.form = 'plain'",
                      "ss", ids, variants));
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct dye_persona *p = &made[store_int(rows, i, 0)];
        enum dye_kind kind = dye_kind_from_name(dye_span_str(store_text(rows, i, 1)));
        uint8_t fp[DYE_FP_BYTES];
        if (kind == DYE_KIND_NONE || !store_bytes(rows, i, 2, fp, sizeof fp) ||
            !answers(&r->index_keys, kind, &p->value[kind], fp))
            DYE_FAIL(
                err, DYE_E_CONFIG,
                "canary %s: its %s is not what was registered: has its sector's file changed? put the old one back",
                p->canary, store_text(rows, i, 1));
    }
    return DYE_OK;
}

enum dye_status person_load(struct registrar *r, const struct person_ref *refs, size_t n, struct dye_persona *ret,
                            struct dye_error *err)
{
    char ids[PERSONS_MAX * (DYE_CANARY_ID_BYTES + 1) + 2] = "{";
    char variants[2 * PERSONS_MAX + 2] = "{";
    int64_t profile[PERSONS_MAX];
    size_t at = 1;
    size_t v_at = 1;
    assert(n <= PERSONS_MAX);
    memset(ret, 0, n * sizeof *ret);
    for (size_t i = 0; i < n; i++) {
        DYE_TRY(make(r, &refs[i], 0, &ret[i], err));
        at += (size_t)snprintf(ids + at, sizeof ids - at, "%s%s", i != 0 ? "," : "", ret[i].canary);
        v_at += (size_t)snprintf(variants + v_at, sizeof variants - v_at, "%s%c", i != 0 ? "," : "", refs[i].variant);
    }
    snprintf(ids + at, sizeof ids - at, "}");
    snprintf(variants + v_at, sizeof variants - v_at, "}");
    DYE_TRY(following_of(&r->following, ids, n, profile, err));
    for (size_t i = 0; i < n; i++) /* imported canaries follow none: these have a serial and a sector */
        if (profile[i] != 0)
            DYE_TRY(make(r, &refs[i], profile[i], &ret[i], err));
    DYE_TRY(put_values(r, refs, ids, variants, ret, err));
    for (size_t i = 0; i < n; i++)
        following_adopt(&r->following, profile[i], refs[i].sector, (uint64_t)refs[i].serial, &ret[i]);
    return confirm(r, ids, variants, ret, err);
}

enum dye_status person_load_rows(const struct home *h, struct registrar *r, const PGresult *rows,
                                 const struct person_columns *c, int from, int n, struct dye_persona *ret,
                                 struct dye_error *err)
{
    struct person_ref ref[PERSONS_MAX] = {0};
    struct dye_sector sector = {0};
    for (int start = 0, i = 0; start < n; start = i) { /* a run of one sector at a time */
        const char *name = store_text(rows, from + start, c->sector);
        bool any = strcmp(name, "-") != 0;
        if (any && strcmp(sector.name, name) != 0)
            DYE_TRY(sector_load(h, name, &sector, err));
        for (i = start; i < n && strcmp(store_text(rows, from + i, c->sector), name) == 0; i++) {
            const char *variant = store_text(rows, from + i, c->variant);
            ref[i - start] = (struct person_ref){.serial = store_int(rows, from + i, c->serial),
                                                 .canary = store_text(rows, from + i, c->canary),
                                                 .variant = variant[0] != '\0' ? variant[0] : 'A',
                                                 .serial_b = store_int(rows, from + i, c->serial_b),
                                                 .sector = any ? &sector : NULL,
                                                 .made_on = (int32_t)store_int(rows, from + i, c->made_on)};
        }
        DYE_TRY(person_load(r, ref, (size_t)(i - start), &ret[start], err));
    }
    return DYE_OK;
}
