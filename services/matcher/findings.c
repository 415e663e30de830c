#include "findings.h"

#include "queries.h"

#include <inttypes.h>

enum { MAX_BYTES = 256 << 20 };

void findings_init(struct findings *f)
{
    dye_buf_init(&f->json, MAX_BYTES, false);
}

void findings_done(struct findings *f)
{
    dye_buf_done(&f->json);
}

void findings_begin(struct findings *f, enum dye_unit unit, uint64_t chunk_start, uint64_t lines_before,
                    double floor_bits)
{
    dye_buf_clear(&f->json);
    f->floor_bits = floor_bits;
    f->unit = unit;
    f->chunk_start = chunk_start;
    f->lines_before = lines_before;
    f->n = 0;
}

/* Whether a whole identifier is among it, or an ID that a spreadsheet cut. */
static bool shows_an_identifier(const struct dye_sighting *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct dye_evidence *e = &s->evidence[i];
        bool zeroless = e->form == DYE_FORM_DAMAGED && e->kind != DYE_RESIDENT_ID; /* as short as a date */
        if (dye_form_is_scanned(e->kind, e->form) && e->form != DYE_FORM_MASKED && !zeroless)
            return true;
    }
    return false;
}

enum dye_status findings_add(void *findings, const struct dye_sighting *s)
{
    struct findings *f = findings;
    if (s->bits < f->floor_bits && !shows_an_identifier(s))
        return DYE_OK;
    DYE_TRY(dye_buf_printf(&f->json,
                           "%s{\"canary\":\"%s\",\"variant\":\"%c\",\"start\":%" PRIu64 ",\"length\":%zu,"
                           "\"bits\":%.6f,",
                           f->n == 0 ? "[" : ",", s->canary, s->variant, f->chunk_start + s->record_start,
                           s->record_end - s->record_start, s->bits));
    if (s->line > 0)
        DYE_TRY(dye_buf_printf(&f->json, "\"line\":%" PRIu64 ",", f->lines_before + s->line));
    DYE_TRY(dye_buf_append_str(&f->json, "\"evidence\":["));
    for (size_t i = 0; i < s->n; i++) {
        const struct dye_evidence *e = &s->evidence[i];
        DYE_TRY(dye_buf_printf(&f->json,
                               "%s{\"kind\":\"%s\",\"form\":\"%s\",\"bits\":%.6f,\"start\":%" PRIu64 ",\"length\":%zu",
                               i == 0 ? "" : ",", dye_kind_name(e->kind), dye_form_name(e->form), e->bits,
                               f->chunk_start + e->start, e->n));
        if (e->row > 0)
            DYE_TRY(dye_buf_printf(&f->json, ",\"row\":%" PRIu64, e->row));
        if (e->field > 0)
            DYE_TRY(dye_buf_printf(&f->json, ",\"field\":%" PRIu32, e->field));
        DYE_TRY(dye_buf_append_str(&f->json, "}"));
    }
    f->n++;
    return dye_buf_append_str(&f->json, "]}");
}

enum dye_status findings_store(struct findings *f, struct store *s, const char *dump, uint32_t part,
                               struct dye_error *err)
{
    if (f->n == 0)
        return DYE_OK;
    if (dye_buf_append_str(&f->json, "]") != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "sightings: out of memory");
    return store_run(s, err, NULL, sql_chunk_sightings, "siss", dump, (int64_t)part, (const char *)f->json.p,
                     dye_unit_name(f->unit));
}
