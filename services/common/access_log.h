#ifndef DYE_ACCESS_LOG_H
#define DYE_ACCESS_LOG_H
/*
 * access_log: who opened which record when, read out of a system's own log by a mapping.
 *
 *   format: csv | jsonl | syslog          # or by the caller; csv
 *   columns:                              # csv: the header's names; jsonl: keys, a.b for nested ones; syslog: numbers
 *     time: opened_at                     #   of the pattern's groups. A name that is left out is its own: time is time
 *     account: user
 *     record: patient_no
 *     how: action                         # optional, as is the next
 *     terminal: workstation
 *   pattern: '^(\S+) .* user=(\w+) mrn=(\w+)'   # syslog: an extended regular expression
 *   record_kind: mrn                      # any (the default), a kind, or canary for a canary's own id
 *   accounts: names | pseudonyms          # names are hashed with a key; pseudonyms are stored as they come
 *   time_format: "%d.%m.%Y %H:%M"         # strptime; without it RFC 3339, seconds or milliseconds since 1970
 *   time_zone: "+08:00"                   # of times that name none; +08:00
 *   year: 2026                            # of times without one
 *   shared: [ward3, triage]               # accounts that several people use
 *   bulk: [backup]                        # accounts that are programs
 *   bulk_per_hour: 400                    # so many records an hour no person opens
 *   shared_terminals: 3                   # from so many terminals within an hour no person works
 *
 * An entry's texts name persons: they are wiped as the next is read, and no message quotes one.
 */
#include "csv_reader.h"
#include "dye/ident.h"

#include <regex.h>
#include <stdint.h>

enum access_format { ACCESS_CSV, ACCESS_JSONL, ACCESS_SYSLOG };
enum access_field { ACCESS_TIME, ACCESS_ACCOUNT, ACCESS_RECORD, ACCESS_HOW, ACCESS_TERMINAL, ACCESS_FIELDS };
enum { ACCESS_TEXT_MAX = 320, ACCESS_NAME_MAX = 64, ACCESS_LISTED_MAX = 64, ACCESS_GROUPS = 20 };

struct access_mapping {
    enum access_format format;
    char name[ACCESS_FIELDS][ACCESS_NAME_MAX];
    size_t group[ACCESS_FIELDS]; /* 0: none */
    regex_t pattern;
    bool has_pattern;
    enum dye_kind kind; /* DYE_KIND_NONE: any */
    bool by_canary_id;
    bool pseudonyms;
    char time_format[ACCESS_NAME_MAX];
    int zone_s, year;
    char shared[ACCESS_LISTED_MAX][ACCESS_NAME_MAX], bulk[ACCESS_LISTED_MAX][ACCESS_NAME_MAX];
    size_t n_shared, n_bulk;
    long long bulk_per_hour, shared_terminals;
};
/* "csv", "jsonl", "syslog". */
DYE_MUST_CHECK bool access_format_from_name(const char *name, enum access_format *ret);
/* text may be NULL: the usual mapping. `format` NULL: as the mapping says. DYE_E_CONFIG with line and column. */
DYE_MUST_CHECK enum dye_status access_mapping_parse(const char *name, const char *text, size_t n,
                                                    const enum access_format *format, struct access_mapping *ret,
                                                    struct dye_error *err);
void access_mapping_done(struct access_mapping *m); /* takes a zeroed struct */
/* Seconds since 1970 UTC, from 1970 to 2199; false for what is no time by this mapping. */
DYE_MUST_CHECK bool access_time(const struct access_mapping *m, const char *text, int64_t *ret);

struct access_entry {
    size_t line; /* the file's, from 1 */
    int64_t at;
    char text[ACCESS_FIELDS][ACCESS_TEXT_MAX + 1]; /* "" where there is none */
};
struct access_log {
    const struct access_mapping *m;
    struct csv_reader csv;
    size_t column[ACCESS_FIELDS]; /* from 1; 0: none */
    size_t columns;
    char *at, *end; /* of the lines */
    size_t line;
};
/* `text` (no NUL bytes, csv_read_all) is cut up in place and must outlive the log. DYE_E_USAGE when a column is not in
 * the header, or there is none. */
DYE_MUST_CHECK enum dye_status access_log_init(struct access_log *l, const struct access_mapping *m,
                                               struct dye_buf *text, struct dye_error *err);
/* DYE_OK; DYE_E_RECORD: this line can't be read, ret->line says which, go on; DYE_END; DYE_E_USAGE: there is no going
 * on (a quote in CSV that does not end). */
DYE_MUST_CHECK enum dye_status access_log_next(struct access_log *l, struct access_entry *ret, struct dye_error *err);

#endif
