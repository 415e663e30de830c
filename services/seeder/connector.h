#ifndef DYE_CONNECTOR_H
#define DYE_CONNECTOR_H
/*
 * connector: the way into one source. home/zones/seeder/connectors.yaml describes them:
 *
 *   connectors:
 *     - source: jinan-hospital/his
 *       kind: sql
 *       conninfo: "host=/run/his dbname=his user=loader"
 *       table: patients            # default: the sector's
 *       key: mrn                   # the column that no two rows share
 *       columns: {phone: mobile_no}   # record column: table column; the same name where not given
 *     - source: courier/north
 *       kind: csv
 *       directory: /srv/import
 *     - source: hospital/east
 *       kind: fhir
 *       url: https://fhir.internal/r4
 *       systems: {mrn: "https://hospital.internal/id/mrn", visit: "https://hospital.internal/id/visit"}  # identifier
 * URIs ca: /etc/ssl/hospital.pem     # default: the system's token_file: /etc/fhir.token   # a bearer token, on one
 * line; default: none
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
 * mrn, and an HL7 message has the same control id every time. A row with the same key and other values is somebody
 * else's and is never touched.
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

/* Whether both write to one table, folder or receiver, as far as their settings say. */
bool connector_same_place(const struct connector *a, const struct connector *b);

/* Records on their way; arrays of n. */
struct connector_batch {
    const struct dye_sector *sector;
    const struct dye_persona *personas;
    const struct dye_stamp *stamps;
    size_t n;
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
/* What planting would write, on standard output. */
DYE_MUST_CHECK enum dye_status connector_show(const struct connector *c, const struct connector_batch *b,
                                              struct dye_error *err);

/* The kinds, for connector.c. */
enum dye_status connector_sql_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_sql_withdraw(const struct connector *c, const struct connector_batch *b,
                                       enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_sql_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
enum dye_status connector_csv_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_csv_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
enum dye_status connector_fhir_plant(const struct connector *c, const struct connector_batch *b,
                                     enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_fhir_withdraw(const struct connector *c, const struct connector_batch *b,
                                        enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_fhir_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);
enum dye_status connector_mllp_plant(const struct connector *c, const struct connector_batch *b,
                                     enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_mllp_withdraw(const struct connector *c, const struct connector_batch *b,
                                        enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_mllp_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err);

#endif
