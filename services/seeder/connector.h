#ifndef DYE_CONNECTOR_H
#define DYE_CONNECTOR_H
/*
 * connector: the way into one source. home/zones/seeder/connectors.yaml describes them:
 *
 *   connectors:
 *     - source: jinan-hospital/his
 *       kind: sql
 *       conninfo: "host=/run/his dbname=his user=loader"
 *       rotate_days: 30               # the daemon rotates every so many days, where the source takes back; default
 * never rotate_share: 0.1             # of its canaries each time; default 0.1 table: patients            # default:
 * the sector's key: mrn                   # the column that no two rows share columns: {phone: mobile_no}   # record
 * column: table column; the same name where not given
 *     - source: courier/north
 *       kind: csv
 *       directory: /srv/import
 *     - source: hospital/east
 *       kind: fhir
 *       url: https://fhir.internal/r4
 *       systems: {mrn: "https://hospital.internal/id/mrn", visit: "https://hospital.internal/id/visit"}  # URIs
 *       ca: /etc/ssl/hospital.pem     # default: the system's
 *       token_file: /etc/fhir.token   # a bearer token, on one line; default: none
 *     - source: hospital/west
 *       kind: mllp
 *       address: his.internal:2575
 *       charset: gb18030              # default utf-8
 *       event: A04                    # default A28
 *       withdraw: A29                 # or A23; default: the source takes nothing back
 *       application: REG              # MSH-3 to MSH-6, CX.4; defaults HIS, the institution, "", "", the institution
 *       facility: WEST
 *       receiver_application: HIS
 *       receiver_facility: WEST
 *       authority: WEST
 *       timeout: 30                   # seconds that an answer may take, fhir too; default 30
 *
 * A record is written once, whatever is repeated: SQL finds a row that stands by all its columns, FHIR a patient by the
 * mrn, an HL7 message has the same control id every time, and files are in a journal (drop.h). A row with the same key
 * and other values is somebody else's and is never touched.
 */
#include "dye/canary.h"
#include "dye/message.h"
#include "home.h"

enum connector_kind { CONNECTOR_SQL, CONNECTOR_CSV, CONNECTOR_FHIR, CONNECTOR_MLLP };

struct connector {
    enum connector_kind kind;
    char conninfo[1024];
    char table[128];
    char key[64];
    char directory[512];
    char url[512], ca[512], token_file[512]; /* fhir */
    char host[256], port[8];                 /* mllp */
    enum dye_hl7_event event, withdraw;
    bool takes_back;
    struct dye_exchange exchange; /* fhir, mllp */
    int timeout_s;                /* fhir, mllp: of one exchange */
    int rotate_days;              /* 0: the daemon does not rotate */
    double rotate_share;
    struct {
        char record[64];
        char table[64];
    } column[DYE_SECTOR_COLUMNS_MAX];
    size_t columns;
};

/* DYE_E_CONFIG with line and column; DYE_E_NOTFOUND when the source has none. */
DYE_MUST_CHECK enum dye_status connector_load(const struct home *h, const char *source, struct connector *ret,
                                              struct dye_error *err);
/* The table's name for a record's column. */
const char *connector_column(const struct connector *c, const char *record);
/* sql: whether it is the key's column. */
bool connector_is_key(const struct connector *c, const struct dye_column *column);
/* Whether what it planted can be withdrawn through it. */
bool connector_takes_back(const struct connector *c);

/* csv: a file of all records of the batch is about to be written (complete: to get the name that the importer takes).
 * Only when this is DYE_OK does it go on. */
typedef enum dye_status (*connector_note_fn)(void *arg, const char *directory, const char *name, bool complete,
                                             struct dye_error *err);

/* Whether both write to one table, folder or receiver, as far as their settings say. */
bool connector_same_place(const struct connector *a, const struct connector *b);

/* Records on their way; arrays of n. */
struct connector_batch {
    const struct dye_sector *sector;
    const struct dye_persona *personas;
    const struct dye_stamp *stamps;
    size_t n;
    connector_note_fn note; /* planting through csv wants one (drop.h) */
    void *note_arg;
};

enum connector_outcome {
    CONNECTOR_PENDING = 0, /* not known to be done: tried again the next time */
    CONNECTOR_DONE,        /* stands in the source (plant), is gone from it (withdraw) */
    CONNECTOR_TAKEN,       /* plant: the key is another row's */
    CONNECTOR_REFUSED,     /* the source said no to this record, whatever is repeated; or, in messages, it has no mrn */
    CONNECTOR_ALTERED      /* withdraw: the row with this key has other values now */
};

/*
 * Plant or withdraw a batch. ret_outcome has b->n elements, CONNECTOR_PENDING at first; each is set once its record's
 * outcome is certain: what is DONE is committed in the source and, where the source can be asked, read back. On failure
 * that holds of a part, which the caller puts on record; the rest is pending and may or may not have reached the
 * source: repeating it does no harm.
 */
DYE_MUST_CHECK enum dye_status connector_plant(const struct connector *c, const struct connector_batch *b,
                                               enum connector_outcome *ret_outcome, struct dye_error *err);
/* DYE_E_USAGE for what can't take back (csv, mllp without `withdraw`). */
DYE_MUST_CHECK enum dye_status connector_withdraw(const struct connector *c, const struct connector_batch *b,
                                                  enum connector_outcome *ret_outcome, struct dye_error *err);
/* How a record that was planted is found. */
enum connector_state {
    CONNECTOR_UNKNOWN = 0, /* nobody can say */
    CONNECTOR_PRESENT,     /* as it was written */
    CONNECTOR_DROPPED,     /* gone, and none of its identifiers stands elsewhere */
    CONNECTOR_CHANGED,     /* other values, or fewer rows */
    CONNECTOR_MERGED,      /* it shares a record with somebody, is linked to one or inactive */
    CONNECTOR_DOUBLED      /* it stands more than once */
};
struct connector_look {
    enum connector_state state;
    char fields[512];       /* what differs: names of the record's columns or elements, by comma; no value */
    struct dye_value other; /* the key or mrn of the other record that has its identifiers; n = 0: none. A secret */
};
/* DYE_E_USAGE, with the reason, for what can't be read back (csv, mllp). */
DYE_MUST_CHECK enum dye_status connector_reads_back(const struct connector *c, struct dye_error *err);
/* The kind of connector_look's `other`; DYE_KIND_NONE where the key is no identifier. */
enum dye_kind connector_key_kind(const struct connector *c, const struct dye_sector *sector);
/* Looks at a batch and changes nothing in the source. ret_look has b->n elements and is zeroed first; wipe it. All of
 * it is known, or the status is not DYE_OK. */
DYE_MUST_CHECK enum dye_status connector_look_at(const struct connector *c, const struct connector_batch *b,
                                                 struct connector_look *ret_look, struct dye_error *err);
void connector_look_add(struct connector_look *l, const char *field);

/* What planting would write, on standard output. */
DYE_MUST_CHECK enum dye_status connector_show(const struct connector *c, const struct connector_batch *b,
                                              struct dye_error *err);

/* Files that were noted and complete, for drop.c: gives one its name, repeated at will; removes one that has only its
 * hidden name; whether it has. DYE_E_IO when the directory is away. */
DYE_MUST_CHECK enum dye_status connector_csv_release(const char *directory, const char *name, struct dye_error *err);
DYE_MUST_CHECK enum dye_status connector_csv_discard(const char *directory, const char *name, struct dye_error *err);
DYE_MUST_CHECK enum dye_status connector_csv_waits(const char *directory, const char *name, bool *ret,
                                                   struct dye_error *err);

/* The kinds, for connector.c. */
enum dye_status connector_sql_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_sql_withdraw(const struct connector *c, const struct connector_batch *b,
                                       enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_sql_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
enum dye_status connector_sql_look_at(const struct connector *c, const struct connector_batch *b,
                                      struct connector_look *ret_look, struct dye_error *err);
enum dye_status connector_csv_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_csv_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
enum dye_status connector_fhir_plant(const struct connector *c, const struct connector_batch *b,
                                     enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_fhir_withdraw(const struct connector *c, const struct connector_batch *b,
                                        enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_fhir_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
enum dye_status connector_fhir_look_at(const struct connector *c, const struct connector_batch *b,
                                       struct connector_look *ret_look, struct dye_error *err);
enum dye_status connector_mllp_plant(const struct connector *c, const struct connector_batch *b,
                                     enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_mllp_withdraw(const struct connector *c, const struct connector_batch *b,
                                        enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_mllp_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);

#endif
