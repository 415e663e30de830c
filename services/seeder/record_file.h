#ifndef DYE_RECORD_FILE_H
#define DYE_RECORD_FILE_H
/*
 * record_file: the records that `seed` hands to a person who loads them into one source: CSV, JSON lines, SQL, one FHIR
 * bundle, or HL7 messages. In memory, because a file is written when its canaries are registered, and whole.
 */
#include "dye/message.h"
#include "options.h"
#include "source.h"

enum record_file_format {
    RECORD_FILE_CSV,
    RECORD_FILE_JSONL,
    RECORD_FILE_SQL,
    RECORD_FILE_FHIR,
    RECORD_FILE_HL7,
    RECORD_FILE_FORMATS
};
/* A row of a verb's table of options. */
/* clang-format off */
#define RECORD_FILE_OPTION(text) \
    {"format", "F", "csv, jsonl, sql (INSERT), fhir (an R4 transaction bundle) or hl7 (v2.5 ADT^A28); default csv", &(text), NULL}
/* clang-format on */
/* What --format says; NULL is csv. DYE_E_USAGE. */
DYE_MUST_CHECK enum dye_status record_file_format(const char *text, enum record_file_format *ret,
                                                  struct dye_error *err);
/* "csv" ...: also how its files' names end. */
const char *record_file_format_name(enum record_file_format f);

struct record_file {
    const struct dye_sector *sector;   /* borrowed, as are the next two */
    const char *source;                /* its path */
    const struct dye_key *message_key; /* of dye_stamp_make */
    enum record_file_format format;
    struct dye_exchange exchange; /* fhir, hl7 */
    char when[15];
    struct dye_buf text;
};

/* What comes before the records. Before anything is registered, so that a sector that the format can't carry is refused
 * in time (DYE_E_USAGE). The file is at most max_bytes long. */
DYE_MUST_CHECK enum dye_status record_file_begin(struct record_file *f, enum record_file_format format,
                                                 const struct dye_sector *sector, const struct source *source,
                                                 const struct dye_key *message_key, size_t max_bytes,
                                                 struct dye_error *err);
/* After the registration: a message that fails says so. */
DYE_MUST_CHECK enum dye_status record_file_add(struct record_file *f, const struct dye_persona *p, char variant,
                                               struct dye_error *err);
DYE_MUST_CHECK enum dye_status record_file_end(struct record_file *f);
void record_file_done(struct record_file *f); /* takes a zeroed struct; wipes */

#endif
