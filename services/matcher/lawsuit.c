#include "lawsuit.h"

#include "law_dump.h"
#include "queries.h"

#include <string.h>

enum { PERSON, DID, DUMP, OTHER, RECORDS, INCOME, WHEN };

static enum dye_status read_persons(struct store *s, const char *name, struct case_model *m, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT p.pseudonym, p.insider, p.lawful_business FROM dyetrace.law_case c"
                      " LEFT JOIN dyetrace.case_person p USING (case_id) WHERE c.case_id = $1"
                      " ORDER BY p.pseudonym COLLATE \"C\"",
                      "s", name));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "case: %.40s: unknown", name);
    for (int i = 0; i < PQntuples(r) && !PQgetisnull(r, i, 0); i++)
        DYE_TRY(case_model_person(
            m, store_text(r, i, 0),
            &(struct dye_law_person){.insider = store_bool(r, i, 1), .lawful = store_bool(r, i, 2)}, NULL, err));
    return DYE_OK;
}

static enum dye_status count_dump(struct store *s, const char *dump, const struct dye_law *law, enum dye_law_key key,
                                  struct case_model *m, uint32_t *ret, struct dye_error *err)
{
    struct law_dump d = {0};
    struct dye_law_count count;
    *ret = case_model_find_dump(m, dump);
    if (*ret != UINT32_MAX)
        return DYE_OK;
    DYE_TRY(law_dump_load(s, dump, &d, err));
    enum dye_status status = dye_law_count(law, &d.dump, key, &count, err);
    law_dump_done(&d);
    DYE_TRY(status);
    struct dye_law_case_dump counted = dye_law_counted_dump(&count);
    return case_model_dump(m, dump, &counted, ret, err);
}

static enum dye_status read_acts(struct store *s, const char *name, const struct dye_law *law, enum dye_law_key key,
                                 struct case_model *m, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, sql_case_acts, "s", name));
    for (int i = 0; i < PQntuples(r); i++) {
        struct dye_law_act a = {.person = case_model_find_person(m, store_text(r, i, PERSON)),
                                .other = DYE_LAW_NOBODY,
                                .records = DYE_LAW_ALL_RECORDS,
                                .income = (uint64_t)store_int(r, i, INCOME),
                                .at = DYE_LAW_NO_TIME};
        if (!PQgetisnull(r, i, OTHER))
            a.other = case_model_find_person(m, store_text(r, i, OTHER));
        if (!PQgetisnull(r, i, RECORDS))
            a.records = (uint64_t)store_int(r, i, RECORDS);
        if (!PQgetisnull(r, i, WHEN))
            a.at = store_int(r, i, WHEN);
        if (!case_what_read(store_text(r, i, DID), &a.what))
            DYE_FAIL(err, DYE_E_BUG, "case: an act that is none");
        DYE_TRY(count_dump(s, store_text(r, i, DUMP), law, key, m, &a.dump, err));
        DYE_TRY(case_model_act(m, &a, err));
    }
    return DYE_OK;
}

static enum dye_status read_overlaps(struct store *s, const char *name, struct case_model *m, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT l.dump_id, l.other_id, l.common FROM dyetrace.lineage l WHERE l.common > 0"
                      " AND EXISTS (SELECT FROM dyetrace.case_act a WHERE a.case_id = $1 AND a.dump_id = l.dump_id)"
                      " AND EXISTS (SELECT FROM dyetrace.case_act a WHERE a.case_id = $1 AND a.dump_id = l.other_id)"
                      " ORDER BY 1, 2",
                      "s", name));
    for (int i = 0; i < PQntuples(r); i++) {
        struct dye_law_overlap o = {case_model_find_dump(m, store_text(r, i, 0)),
                                    case_model_find_dump(m, store_text(r, i, 1)), (uint64_t)store_int(r, i, 2)};
        if (o.dump != UINT32_MAX && o.other != UINT32_MAX) /* not of voided acts alone */
            DYE_TRY(case_model_overlap(m, &o, err));
    }
    return DYE_OK;
}

enum dye_status lawsuit_load(struct store *s, const char *name, const struct dye_law *law, enum dye_law_key key,
                             struct case_model *ret, struct dye_error *err)
{
    struct case_model m = {0};
    snprintf(m.name.text, sizeof m.name.text, "%s", name);
    enum dye_status status = read_persons(s, name, &m, err);
    if (status == DYE_OK)
        status = read_acts(s, name, law, key, &m, err);
    if (status == DYE_OK)
        status = read_overlaps(s, name, &m, err);
    if (status == DYE_OK)
        *ret = m;
    else
        case_model_done(&m);
    return status;
}
