#include "seed_import.h"

#include "csv_reader.h"
#include "dye/digest.h"
#include "person.h"
#include "sector_file.h"
#include "unfound.h"
#include "yaml_doc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SEEDS_MAX = 200000, IGNORED = -1, SEX = -2, BIRTH = -3, PLANTED_AT = -4 };

struct seeds {
    struct registrar *r;
    const struct seed_import_request *q;
    int column[CSV_FIELDS_MAX]; /* a kind, or one of the above */
    size_t columns;
    struct registrar_import *row;
    size_t n, cap;
    uint64_t bad;
    char why[64];
    struct unfound unfound;
    struct dye_buf marks; /* COPY text: line, canary, plain, pooled: the two fingerprints of each value */
};

/* ---- columns ---- */

static bool meaning_of(const char *name, int *ret)
{
    static const struct {
        const char *name;
        int meaning;
    } others[] = {{"ignore", IGNORED}, {"sex", SEX}, {"birth", BIRTH}, {"planted_at", PLANTED_AT}};
    *ret = (int)dye_kind_from_name(dye_span_str(name));
    for (size_t i = 0; *ret == DYE_KIND_NONE && i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].name, name) == 0)
            *ret = others[i].meaning;
    return *ret != DYE_KIND_NONE;
}

static enum dye_status read_columns(struct seeds *s, const struct csv_reader *header, struct yaml_doc *mapping,
                                    struct dye_error *err)
{
    const yaml_node_t *map = mapping->loaded ? yaml_doc_get(mapping, yaml_doc_root(mapping), "columns") : NULL;
    s->columns = header->fields;
    for (size_t i = 0; i < s->columns; i++) {
        yaml_node_t *node = map != NULL ? yaml_doc_get(mapping, map, header->field[i]) : NULL;
        const char *name = node != NULL ? yaml_doc_text(node) : header->field[i];
        if (name != NULL && meaning_of(name, &s->column[i])) {
            for (size_t k = 0; k < i; k++)
                if (s->column[k] == s->column[i] && s->column[i] != IGNORED)
                    DYE_FAIL(err, DYE_E_USAGE, "import: columns %zu and %zu are both %s", k + 1, i + 1, name);
            continue;
        }
        if (node != NULL)
            return yaml_doc_fail(mapping, node, err, "a kind, sex, birth, planted_at or ignore is wanted");
        DYE_FAIL(err, DYE_E_USAGE, "import: column %zu of the file has no kind; name it in a --mapping", i + 1);
    }
    return DYE_OK;
}

static enum dye_status read_header(struct seeds *s, struct csv_reader *csv, struct dye_error *err)
{
    static const char *const known[] = {"columns", NULL};
    struct yaml_doc mapping = {0};
    enum dye_status status = csv_reader_next(csv, err);
    if (status == DYE_END)
        DYE_FAIL(err, DYE_E_USAGE, "import: the file is empty; a header and rows are wanted");
    DYE_TRY(status);
    if (s->q->mapping != NULL) {
        DYE_TRY(yaml_doc_parse(s->q->mapping_name, s->q->mapping, s->q->mapping_bytes, &mapping, err));
        status = yaml_doc_only_keys(&mapping, yaml_doc_root(&mapping), known, err);
    }
    if (status == DYE_OK)
        status = read_columns(s, csv, &mapping, err);
    yaml_doc_done(&mapping);
    return status;
}

/* ---- rows ---- */

/* To RFC 3339 UTC; false for what is no time, or one that is still to come. */
static bool read_time(const char *text, char ret[32])
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (end == NULL || *end != '\0') {
        memset(&tm, 0, sizeof tm);
        end = strptime(text, "%Y-%m-%d", &tm);
    }
    struct tm again = tm;
    time_t at = timegm(&again); /* the 30th of February becomes another day */
    if (end == NULL || *end != '\0' || again.tm_mday != tm.tm_mday || at > time(NULL))
        return false;
    strftime(ret, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return true;
}

static const char *read_cell(struct seeds *s, int meaning, const char *text, struct registrar_import *row)
{
    struct dye_persona *p = &row->persona;
    if (meaning == PLANTED_AT)
        return read_time(text, row->planted_at) ? NULL : "planted_at: no time, or one to come";
    if (meaning == SEX) {
        bool male = strcmp(text, "M") == 0 || strcmp(text, "男") == 0;
        bool female = strcmp(text, "F") == 0 || strcmp(text, "女") == 0;
        p->sex = male ? 'M' : 'F';
        return male || female ? NULL : "sex: M, F, 男 or 女 is wanted";
    }
    if (meaning == BIRTH) {
        char time[32];
        if (strlen(text) != 10 || !read_time(text, time))
            return "birth: YYYY-MM-DD is wanted";
        memcpy(p->birth, text, 11);
        return NULL;
    }
    if (dye_ident_parse((enum dye_kind)meaning, dye_span_str(text), &p->value[meaning]) == DYE_OK)
        return NULL;
    snprintf(s->why, sizeof s->why, "%s: not one", dye_kind_name((enum dye_kind)meaning));
    return s->why;
}

/* What is wrong with the record; NULL when it is a row. A bad cell is told by its kind. */
static const char *read_row(struct seeds *s, const struct csv_reader *csv, struct registrar_import *row)
{
    bool found = false;
    if (csv->fields != s->columns)
        return "another number of columns than the header";
    for (size_t i = 0; i < csv->fields; i++) {
        if (s->column[i] == IGNORED || csv->field[i][0] == '\0')
            continue;
        const char *why = read_cell(s, s->column[i], csv->field[i], row);
        if (why != NULL)
            return why;
        if (s->column[i] > 0)
            found = found || dye_ident_is_found((enum dye_kind)s->column[i], &row->persona.value[s->column[i]]);
    }
    if (!found)
        return "no identifier that a canary could be found by";
    struct dye_resident resident;
    struct dye_persona *p = &row->persona;
    if (p->value[DYE_RESIDENT_ID].n != 0 && (p->sex == '\0' || p->birth[0] == '\0')) {
        dye_resident_read(&p->value[DYE_RESIDENT_ID], &resident);
        if (p->sex == '\0')
            p->sex = resident.sex;
        if (p->birth[0] == '\0')
            snprintf(p->birth, sizeof p->birth, "%04u-%02u-%02u", (unsigned)resident.year % 10000,
                     (unsigned)resident.month % 100, (unsigned)resident.day % 100);
    }
    return NULL;
}

/* Ids of personas are below 2^62: one of an import never is another's. */
static enum dye_status name_canary(struct dye_persona *p, struct dye_error *err)
{
    uint64_t number;
    DYE_TRY(dye_random(&number, sizeof number, err));
    number = (number >> 2) | UINT64_C(1) << 62;
    snprintf(p->canary, sizeof p->canary, "c%016" PRIx64, number);
    return DYE_OK;
}

static enum dye_status mark_values(struct seeds *s, size_t line, const struct dye_persona *p)
{
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++) {
        struct dye_form_bytes forms[DYE_PLAIN_FORMS_MAX];
        uint8_t plain[DYE_FP_BYTES];
        uint8_t pooled[DYE_FP_BYTES];
        char plain_hex[2 * DYE_FP_BYTES + 1];
        char pooled_hex[2 * DYE_FP_BYTES + 1];
        if (!dye_kind_is_scanned(kind) || p->value[kind].n == 0)
            continue;
        (void)dye_ident_plain_forms(kind, &p->value[kind], forms);
        dye_fp(&s->r->index_keys, dye_value_span(&forms[0].bytes), plain);
        vault_fp(&s->r->vault, dye_kind_name(kind), &p->value[kind], pooled);
        dye_wipe(forms, sizeof forms);
        dye_hex(plain, sizeof plain, plain_hex);
        dye_hex(pooled, sizeof pooled, pooled_hex);
        DYE_TRY(dye_buf_printf(&s->marks, "%zu\t%s\t\\\\x%s\t\\\\x%s\n", line, p->canary, plain_hex, pooled_hex));
    }
    return DYE_OK;
}

static enum dye_status grow(struct seeds *s, struct dye_error *err)
{
    if (s->n < s->cap)
        return DYE_OK;
    if (s->n == SEEDS_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "import: more than %d rows; import in several files", SEEDS_MAX);
    size_t cap = s->cap != 0 ? 2 * s->cap : 64;
    struct registrar_import *row = calloc(cap, sizeof *row);
    if (row == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "import: out of memory");
    if (s->n != 0) {
        memcpy(row, s->row, s->n * sizeof *row);
        dye_wipe(s->row, s->n * sizeof *row);
    }
    free(s->row);
    s->row = row;
    s->cap = cap;
    return DYE_OK;
}

static void bad_row(struct seeds *s, size_t line, const char *why)
{
    s->bad++;
    s->q->on_bad(line, why);
}

static enum dye_status read_rows(struct seeds *s, struct csv_reader *csv, struct dye_error *err)
{
    enum dye_status status;
    while ((status = csv_reader_next(csv, err)) == DYE_OK) {
        DYE_TRY(grow(s, err));
        struct registrar_import *row = &s->row[s->n];
        memset(row, 0, sizeof *row);
        const char *why = read_row(s, csv, row);
        if (why != NULL) {
            bad_row(s, csv->line, why);
            continue;
        }
        for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
            if (row->persona.value[kind].n != 0)
                unfound_note(&s->unfound, kind, &row->persona.value[kind], csv->line);
        DYE_TRY(name_canary(&row->persona, err));
        DYE_TRY(mark_values(s, csv->line, &row->persona));
        s->n++;
    }
    return status == DYE_END ? DYE_OK : status;
}

/* ---- the registry ---- */

/* Inside the batch's transaction: a value that another canary or a pool has, or another row of the file. */
static enum dye_status find_taken(struct store *store, void *arg, struct dye_error *err)
{
    struct seeds *s = arg;
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(store, err, NULL,
                      "CREATE TEMPORARY TABLE new_seed (line bigint, canary_id text, plain bytea, pooled bytea)"
                      " ON COMMIT DROP",
                      ""));
    DYE_TRY(store_copy_begin(store, "COPY pg_temp.new_seed FROM STDIN", err));
    DYE_TRY(store_copy_line(store, (const char *)s->marks.p, s->marks.n, err));
    DYE_TRY(store_copy_end(store, err));
    DYE_TRY(store_run(store, err, &r,
                      "SELECT DISTINCT n.line FROM pg_temp.new_seed n"
                      " WHERE EXISTS (SELECT FROM dyetrace.pool_value v WHERE v.fp = n.pooled)"
                      " OR EXISTS (SELECT FROM dyetrace.fingerprint f WHERE f.form = 'plain' AND f.fp = n.plain"
                      " AND f.canary_id <> n.canary_id) ORDER BY 1",
                      ""));
    for (int i = 0; i < PQntuples(r); i++)
        bad_row(s, (size_t)store_int(r, i, 0), "a value that is taken already");
    if (s->bad != 0)
        DYE_FAIL(err, DYE_E_USAGE, "import: %" PRIu64 " rows can't be imported; nothing was", s->bad);
    return DYE_OK;
}

static enum dye_status run(struct seeds *s, struct dye_buf *text, struct dye_error *err)
{
    struct csv_reader csv;
    struct dye_sector sector;
    char detail[64];
    DYE_TRY(sector_load(s->q->home, s->q->source->sector, &sector, err));
    csv_reader_init(&csv, text);
    DYE_TRY(read_header(s, &csv, err));
    DYE_TRY(read_rows(s, &csv, err));
    if (s->bad != 0)
        DYE_FAIL(err, DYE_E_USAGE, "import: %" PRIu64 " rows can't be imported; nothing was", s->bad);
    if (s->n == 0)
        DYE_FAIL(err, DYE_E_USAGE, "import: the file has a header and no row");
    snprintf(detail, sizeof detail, "{\"count\":%zu}", s->n);
    struct registrar_batch batch = {.sector = &sector,
                                    .owner_id = s->q->source->owner_id,
                                    .source_id = s->q->source->source_id,
                                    .source_path = s->q->source->path,
                                    .state = "planted",
                                    .count = s->n,
                                    .imported = s->row,
                                    .check = find_taken,
                                    .check_arg = s,
                                    .audit_event = "canary import",
                                    .audit_detail = detail};
    DYE_TRY(registrar_register(s->r, &batch, NULL, NULL, err));
    unfound_print(&s->unfound, "import");
    return DYE_OK;
}

enum dye_status seed_import(struct registrar *r, const struct seed_import_request *q, struct dye_buf *text,
                            uint64_t *ret_imported, struct dye_error *err)
{
    struct seeds s = {.r = r, .q = q};
    dye_buf_init(&s.marks, (size_t)1 << 30, false);
    enum dye_status status = run(&s, text, err);
    if (status == DYE_OK)
        *ret_imported = s.n;
    dye_buf_done(&s.marks);
    if (s.row != NULL)
        dye_wipe(s.row, s.cap * sizeof *s.row);
    free(s.row);
    return status;
}
