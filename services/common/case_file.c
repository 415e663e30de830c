#include "case_file.h"

#include "decimal.h"

#include <stdlib.h>
#include <string.h>

enum { PART_COLUMNS_MAX = 64, PART_KINDS_MAX = 64 };
#define COUNT_MOST 1000000000000000000ULL

struct reader {
    struct yaml_doc *d;
    const struct dye_law *law;
    struct case_model m;
};

/* fn for each `name: {...}` of the mapping `key`. */
typedef enum dye_status (*entry_fn)(struct reader *r, const char *name, yaml_node_t *value, struct dye_error *err);
static enum dye_status each_entry(struct reader *r, const char *key, entry_fn fn, struct dye_error *err)
{
    yaml_node_t *map = yaml_doc_get(r->d, yaml_doc_root(r->d), key);
    if (map == NULL)
        return DYE_OK;
    if (map->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(r->d, map, err, "`%s` wants `name: {...}` lines", key);
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        yaml_node_t *at = yaml_document_get_node(&r->d->document, p->key);
        if (yaml_doc_text(at) == NULL)
            return yaml_doc_fail(r->d, at, err, "a name is wanted");
        DYE_TRY(fn(r, yaml_doc_text(at), yaml_document_get_node(&r->d->document, p->value), err));
    }
    return DYE_OK;
}

static enum dye_status whole(struct reader *r, const yaml_node_t *map, const char *key, uint64_t *ret,
                             struct dye_error *err)
{
    return yaml_doc_get_number(r->d, map, key, 0, COUNT_MOST, false, 0, ret, err);
}

/* ---- what is in a dump ---- */

struct part {
    struct dye_law_part part;
    struct dye_law_column columns[PART_COLUMNS_MAX];
    struct dye_law_kinds kinds[PART_KINDS_MAX];
};

static enum dye_status kind_of(struct yaml_doc *d, const yaml_node_t *n, enum dye_kind *ret, struct dye_error *err)
{
    const char *name = yaml_doc_text(n);
    *ret = name != NULL ? dye_kind_from_name(dye_span_str(name)) : DYE_KIND_NONE;
    if (*ret == DYE_KIND_NONE)
        return yaml_doc_fail(d, n, err, "unknown kind `%.40s`", name != NULL ? name : "?");
    return DYE_OK;
}

static enum dye_status add_column(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"name", "kind", "filled", NULL};
    struct part *p = arg;
    struct dye_law_column *c = &p->columns[p->part.n_columns];
    const yaml_node_t *at;
    enum dye_kind kind;
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_get_text(d, item, "name", "", &c->name, err));
    DYE_TRY(yaml_doc_get_number(d, item, "filled", 0, COUNT_MOST, true, 0, &c->filled, err));
    at = yaml_doc_get(d, item, "kind");
    if (at != NULL) {
        DYE_TRY(kind_of(d, at, &kind, err));
        c->cells[kind] = c->filled;
    }
    p->part.n_columns++;
    return DYE_OK;
}

static enum dye_status add_kind(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    uint32_t *mask = arg;
    enum dye_kind kind;
    DYE_TRY(kind_of(d, item, &kind, err));
    *mask |= 1U << kind;
    return DYE_OK;
}

static enum dye_status add_kinds(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"kinds", "records", NULL};
    struct part *p = arg;
    struct dye_law_kinds *k = &p->kinds[p->part.n_kinds];
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_each(d, item, "kinds", DYE_KIND_COUNT, add_kind, &k->mask, err));
    DYE_TRY(yaml_doc_get_number(d, item, "records", 0, COUNT_MOST, true, 0, &k->records, err));
    p->part.n_kinds++;
    return DYE_OK;
}

static enum dye_status read_distinct(struct reader *r, const yaml_node_t *map, struct dye_law_dump *dump,
                                     struct dye_error *err)
{
    static const char *const known[] = {"resident_id", "mobile", "name+mobile", NULL};
    const yaml_node_t *distinct = yaml_doc_get(r->d, map, "distinct");
    const yaml_node_t *canaries = yaml_doc_get(r->d, map, "canaries");
    if (distinct != NULL)
        DYE_TRY(yaml_doc_only_keys(r->d, distinct, known, err));
    if (canaries != NULL)
        DYE_TRY(yaml_doc_only_keys(r->d, canaries, known, err));
    for (unsigned k = 1; distinct != NULL && k < DYE_LAW_KEYS; k++) {
        const char *name = dye_law_key_name((enum dye_law_key)k);
        if (yaml_doc_get(r->d, distinct, name) == NULL)
            continue;
        dump->distinct[k].known = dump->distinct[k].exact = true;
        DYE_TRY(whole(r, distinct, name, &dump->distinct[k].n, err));
        if (canaries != NULL)
            DYE_TRY(whole(r, canaries, name, &dump->distinct[k].canaries, err));
    }
    return DYE_OK;
}

static enum dye_status count_part(struct reader *r, const yaml_node_t *map, struct part *p,
                                  struct dye_law_case_dump *ret, struct dye_error *err)
{
    struct dye_law_dump dump = {&p->part, 1, {{0}}};
    struct dye_law_count count;
    const char *key;
    p->part.columns = p->columns;
    p->part.kinds = p->kinds;
    DYE_TRY(whole(r, map, "records", &p->part.records, err));
    DYE_TRY(whole(r, map, "canary_rows", &p->part.canary_rows, err));
    p->part.parseable = p->part.records;
    DYE_TRY(yaml_doc_each(r->d, map, "columns", PART_COLUMNS_MAX, add_column, p, err));
    DYE_TRY(yaml_doc_each(r->d, map, "kinds", PART_KINDS_MAX, add_kinds, p, err));
    DYE_TRY(read_distinct(r, map, &dump, err));
    DYE_TRY(yaml_doc_get_text(r->d, map, "key", "", &key, err));
    enum dye_law_key wanted = dye_law_key_from_name(key);
    if (key[0] != '\0' && wanted == DYE_LAW_KEYS)
        return yaml_doc_fail(r->d, map, err, "a key is resident_id, mobile, name+mobile or rows");
    DYE_TRY(dye_law_count(r->law, &dump, wanted, &count, err));
    *ret = dye_law_counted_dump(&count);
    return DYE_OK;
}

static enum dye_status add_dump(struct reader *r, const char *name, yaml_node_t *map, struct dye_error *err)
{
    static const char *const net[] = {"A", "B", "C", "canary", "duplicate", "unidentified", NULL};
    static const char *const counted[] = {"records",  "canary_rows", "kinds", "columns",
                                          "distinct", "canaries",    "key",   NULL};
    struct dye_law_case_dump dump = {{{0}}, 0, 0, 0};
    if (yaml_doc_get(r->d, map, "records") != NULL) {
        DYE_TRY(yaml_doc_only_keys(r->d, map, counted, err));
        struct part *p = calloc(1, sizeof *p);
        if (p == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "case: out of memory");
        enum dye_status status = count_part(r, map, p, &dump, err);
        free(p);
        DYE_TRY(status);
    } else {
        DYE_TRY(yaml_doc_only_keys(r->d, map, net, err));
        for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++)
            DYE_TRY(whole(r, map, dye_law_class_name((enum dye_law_class)c), &dump.items.n[c], err));
        DYE_TRY(whole(r, map, "canary", &dump.untrue, err));
        DYE_TRY(whole(r, map, "duplicate", &dump.duplicate, err));
        DYE_TRY(whole(r, map, "unidentified", &dump.unidentified, err));
    }
    return case_model_dump(&r->m, name, &dump, NULL, err);
}

/* ---- who did what ---- */

static enum dye_status add_person(struct reader *r, const char *name, yaml_node_t *map, struct dye_error *err)
{
    static const char *const known[] = {"insider", "lawful_business", NULL};
    struct dye_law_person p = {0};
    DYE_TRY(yaml_doc_only_keys(r->d, map, known, err));
    DYE_TRY(yaml_doc_get_flag(r->d, map, "insider", false, &p.insider, err));
    DYE_TRY(yaml_doc_get_flag(r->d, map, "lawful_business", false, &p.lawful, err));
    return case_model_person(&r->m, name, &p, NULL, err);
}

/* The person of that name, made where there is none. */
static enum dye_status somebody(struct reader *r, const char *name, uint32_t *ret, struct dye_error *err)
{
    *ret = case_model_find_person(&r->m, name);
    if (*ret != UINT32_MAX)
        return DYE_OK;
    return case_model_person(&r->m, name, &(struct dye_law_person){0}, ret, err);
}

static enum dye_status read_other(struct reader *r, const yaml_node_t *map, struct dye_law_act *a,
                                  struct dye_error *err)
{
    const char *to, *from;
    DYE_TRY(yaml_doc_get_text(r->d, map, "to", "", &to, err));
    DYE_TRY(yaml_doc_get_text(r->d, map, "from", "", &from, err));
    if (a->what == DYE_LAW_OBTAINED ? to[0] != '\0' : from[0] != '\0')
        return yaml_doc_fail(r->d, map, err, "one obtains `from`, and sells or provides `to`");
    const char *other = a->what == DYE_LAW_OBTAINED ? from : to;
    return other[0] != '\0' ? somebody(r, other, &a->other, err) : DYE_OK;
}

static enum dye_status add_act(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"person", "did", "dump", "to", "from", "income", "at", "records", NULL};
    struct reader *r = arg;
    struct dye_law_act a = {.other = DYE_LAW_NOBODY, .records = DYE_LAW_ALL_RECORDS, .at = DYE_LAW_NO_TIME};
    const char *person, *did, *dump, *at;
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_get_text(d, item, "person", NULL, &person, err));
    DYE_TRY(yaml_doc_get_text(d, item, "did", NULL, &did, err));
    DYE_TRY(yaml_doc_get_text(d, item, "dump", NULL, &dump, err));
    DYE_TRY(yaml_doc_get_text(d, item, "at", "", &at, err));
    DYE_TRY(yaml_doc_get_number(d, item, "income", 2, COUNT_MOST, false, 0, &a.income, err));
    DYE_TRY(yaml_doc_get_number(d, item, "records", 0, COUNT_MOST, false, DYE_LAW_ALL_RECORDS, &a.records, err));
    if (!case_what_read(did, &a.what))
        return yaml_doc_fail(d, yaml_doc_get(d, item, "did"), err, "`did` wants obtained, sold or provided");
    if (at[0] != '\0' && !moment_read(at, &a.at))
        return yaml_doc_fail(d, yaml_doc_get(d, item, "at"), err, "`at` wants YYYY-MM-DD or RFC 3339");
    a.dump = case_model_find_dump(&r->m, dump);
    if (a.dump == UINT32_MAX)
        return yaml_doc_fail(d, yaml_doc_get(d, item, "dump"), err, "no dump is named `%.40s`", dump);
    DYE_TRY(somebody(r, person, &a.person, err));
    DYE_TRY(read_other(r, item, &a, err));
    return case_model_act(&r->m, &a, err);
}

struct pair {
    struct reader *r;
    uint32_t dump[2];
    size_t n;
};

static enum dye_status add_of_pair(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct pair *p = arg;
    const char *name = yaml_doc_text(item);
    uint32_t dump = name != NULL ? case_model_find_dump(&p->r->m, name) : UINT32_MAX;
    if (dump == UINT32_MAX)
        return yaml_doc_fail(d, item, err, "no dump is named so");
    p->dump[p->n++] = dump;
    return DYE_OK;
}

static enum dye_status add_overlap(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"dumps", "common", NULL};
    struct pair p = {.r = arg};
    uint64_t common;
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_get_number(d, item, "common", 0, COUNT_MOST, true, 0, &common, err));
    DYE_TRY(yaml_doc_each(d, item, "dumps", 2, add_of_pair, &p, err));
    if (p.n != 2 || p.dump[0] == p.dump[1])
        return yaml_doc_fail(d, item, err, "`dumps` wants two");
    return case_model_overlap(&p.r->m, &(struct dye_law_overlap){p.dump[0], p.dump[1], common}, err);
}

/* ---- the file ---- */

static enum dye_status read_case(struct reader *r, struct dye_error *err)
{
    static const char *const known[] = {"case", "dumps", "persons", "acts", "overlaps", NULL};
    const yaml_node_t *root = yaml_doc_root(r->d);
    DYE_TRY(yaml_doc_only_keys(r->d, root, known, err));
    DYE_TRY(yaml_doc_copy_text(r->m.name.text, sizeof r->m.name.text, r->d, root, "case", NULL, err));
    if (!case_name_is(r->m.name.text))
        return yaml_doc_fail(r->d, root, err, "`case` wants letters, digits, `.`, `_`, `-`");
    DYE_TRY(each_entry(r, "dumps", add_dump, err));
    DYE_TRY(each_entry(r, "persons", add_person, err));
    DYE_TRY(yaml_doc_each(r->d, root, "acts", CASE_ITEMS_MAX, add_act, r, err));
    return yaml_doc_each(r->d, root, "overlaps", CASE_ITEMS_MAX, add_overlap, r, err);
}

static enum dye_status read_document(struct yaml_doc *d, const struct dye_law *law, struct case_model *ret,
                                     struct dye_error *err)
{
    struct reader r = {.d = d, .law = law};
    enum dye_status status = read_case(&r, err);
    if (status == DYE_OK)
        *ret = r.m;
    else
        case_model_done(&r.m);
    yaml_doc_done(d);
    return status;
}

enum dye_status case_read(const char *path, FILE *f, const struct dye_law *law, struct case_model *ret,
                          struct dye_error *err)
{
    struct yaml_doc d = {0};
    DYE_TRY(yaml_doc_read_open(path, f, &d, err));
    return read_document(&d, law, ret, err);
}

enum dye_status case_parse(const char *name, const char *text, size_t n, const struct dye_law *law,
                           struct case_model *ret, struct dye_error *err)
{
    struct yaml_doc d = {0};
    DYE_TRY(yaml_doc_parse(name, text, n, &d, err));
    return read_document(&d, law, ret, err);
}
