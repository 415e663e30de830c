#include "record_file.h"

#include "stamp_time.h"

#include <stdio.h>
#include <time.h>

static const char *const names[RECORD_FILE_FORMATS] = {"csv", "jsonl", "sql", "fhir", "hl7"};
/* Of those that are rows rather than messages. */
static const enum dye_record_format rows[RECORD_FILE_FHIR] = {DYE_FORMAT_CSV, DYE_FORMAT_JSONL, DYE_FORMAT_SQL};

enum dye_status record_file_format(const char *text, enum record_file_format *ret, struct dye_error *err)
{
    enum record_file_format f = RECORD_FILE_CSV;
    while (text != NULL && f < RECORD_FILE_FORMATS && strcmp(text, names[f]) != 0)
        f++;
    if (f == RECORD_FILE_FORMATS)
        DYE_FAIL(err, DYE_E_USAGE, "--format: %s: csv, jsonl, sql, fhir or hl7 is wanted", text);
    *ret = f;
    return DYE_OK;
}

const char *record_file_format_name(enum record_file_format f)
{
    return names[f];
}

static enum dye_status check_mrn(const struct dye_sector *sector, struct dye_error *err)
{
    if (!dye_sector_has(sector, DYE_MRN))
        DYE_FAIL(err, DYE_E_USAGE, "seed: sector %s has no mrn, which FHIR and HL7 know a patient by", sector->name);
    for (size_t i = 0; i < sector->columns; i++)
        if (sector->column[i].what == DYE_COLUMN_KIND && sector->column[i].kind == DYE_MRN &&
            sector->column[i].empty != 0)
            DYE_FAIL(err, DYE_E_USAGE, "seed: sector %s leaves its mrn empty at times, which FHIR and HL7 can't",
                     sector->name);
    return DYE_OK;
}

enum dye_status record_file_begin(struct record_file *f, enum record_file_format format,
                                  const struct dye_sector *sector, const struct source *source,
                                  const struct dye_key *message_key, size_t max_bytes, struct dye_error *err)
{
    char institution[sizeof source->path];
    *f = (struct record_file){.sector = sector, .source = source->path, .message_key = message_key, .format = format};
    dye_buf_init(&f->text, max_bytes, true);
    if (format < RECORD_FILE_FHIR)
        return dye_record_header(sector, rows[format], &f->text);
    DYE_TRY(check_mrn(sector, err));
    snprintf(institution, sizeof institution, "%.*s", (int)strcspn(source->path, "/"), source->path);
    dye_exchange_init(&f->exchange, institution);
    stamp_time(time(NULL), f->when);
    return format == RECORD_FILE_FHIR ? dye_fhir_begin(&f->text) : DYE_OK;
}

static enum dye_status add(struct record_file *f, const struct dye_persona *p, char variant)
{
    struct dye_stamp stamp;
    if (f->format < RECORD_FILE_FHIR)
        return dye_record_write(f->sector, p, rows[f->format], &f->text);
    dye_stamp_make(f->message_key, p->canary, variant, f->source, f->when, &stamp);
    if (f->format == RECORD_FILE_FHIR)
        return dye_fhir_person(f->sector, p, &f->exchange, &stamp, &f->text);
    return dye_hl7_message(f->sector, p, &f->exchange, &stamp, DYE_HL7_A28, &f->text);
}

enum dye_status record_file_add(struct record_file *f, const struct dye_persona *p, char variant, struct dye_error *err)
{
    enum dye_status status = add(f, p, variant);
    if (status == DYE_E_USAGE) /* the profile leaves it empty at times */
        DYE_FAIL(err, status,
                 "records: one has no mrn, so not written, but registered: canary list --reveal shows them");
    if (status != DYE_OK)
        DYE_FAIL(err, status, "records: not written, but registered: canary list --reveal shows them");
    return DYE_OK;
}

enum dye_status record_file_end(struct record_file *f)
{
    return f->format == RECORD_FILE_FHIR ? dye_fhir_end(&f->text) : DYE_OK;
}

void record_file_done(struct record_file *f)
{
    dye_buf_done(&f->text);
}
