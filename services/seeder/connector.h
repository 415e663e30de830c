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
 *
 * A record is written once, whatever is repeated: a row that stands is recognised by all its columns; a row with the
 * same key and other values is somebody else's and is never touched.
 */
#include "dye/canary.h"
#include "home.h"

enum connector_kind { CONNECTOR_SQL, CONNECTOR_CSV };

struct connector {
    enum connector_kind kind;
    char conninfo[1024];
    char table[128];
    char key[64];
    char directory[512];
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

enum connector_outcome {
    CONNECTOR_DONE,   /* stands in the source (plant), is gone from it (withdraw) */
    CONNECTOR_TAKEN,  /* plant: the key is another row's */
    CONNECTOR_ALTERED /* withdraw: the row with this key has other values now */
};

/*
 * Plant or withdraw n records. ret_outcome[i] is set for each, on DYE_OK: all of it is committed and read back in the
 * source. On failure nothing was changed there, or, for a CSV drop, the file is not there.
 */
DYE_MUST_CHECK enum dye_status connector_plant(const struct connector *c, const struct dye_sector *sector,
                                               const struct dye_persona *personas, size_t n,
                                               enum connector_outcome *ret_outcome, struct dye_error *err);
/* DYE_E_USAGE for a kind that can't take back (csv). */
DYE_MUST_CHECK enum dye_status connector_withdraw(const struct connector *c, const struct dye_sector *sector,
                                                  const struct dye_persona *personas, size_t n,
                                                  enum connector_outcome *ret_outcome, struct dye_error *err);
/* What planting would write, one line each, on standard output. */
DYE_MUST_CHECK enum dye_status connector_show(const struct connector *c, const struct dye_sector *sector,
                                              const struct dye_persona *personas, size_t n, struct dye_error *err);

/* The kinds, for connector.c. */
enum dye_status connector_sql_plant(const struct connector *c, const struct dye_sector *sector,
                                    const struct dye_persona *personas, size_t n, enum connector_outcome *ret_outcome,
                                    struct dye_error *err);
enum dye_status connector_sql_withdraw(const struct connector *c, const struct dye_sector *sector,
                                       const struct dye_persona *personas, size_t n,
                                       enum connector_outcome *ret_outcome, struct dye_error *err);
enum dye_status connector_sql_show(const struct connector *c, const struct dye_sector *sector,
                                   const struct dye_persona *personas, size_t n, struct dye_error *err);
enum dye_status connector_csv_plant(const struct connector *c, const struct dye_sector *sector,
                                    const struct dye_persona *personas, size_t n, enum connector_outcome *ret_outcome,
                                    struct dye_error *err);

#endif
