#ifndef DYE_CENSUS_H
#define DYE_CENSUS_H
/*
 * census: what a part holds, as counts: records by the kinds that they hold, what each column is, and where the data
 * seems to come from. The legal count and the clues of a dump without sightings are computed from it, so that nobody
 * needs the rows again.
 *
 * Nothing in it is a person's value. Names of columns are told in words that columns are called by, anything else in
 * them stands as '*'; of a value at most an issuer's or a region's prefix is counted (see dye_census_prefix); of dates
 * only a column's newest, and none of birth.
 *
 * What a cell is depends on its bytes, its charset and its column's name alone. So the counts of a part are the sum of
 * its chunks' however it is cut between records, and those of a chunk are the same whenever it is counted again.
 */
#include "dye/chunker.h"
#include "dye/ident.h"

/* What a cell is: a kind of identifier (enum dye_kind; 0 where it is empty), or one of these. */
enum {
    DYE_CELL_DATE = DYE_KIND_COUNT,
    DYE_CELL_DIGEST, /* 16, 32, 40 or 64 hexadecimal digits */
    DYE_CELL_MASKED, /* a number or a name of which a part is hidden */
    DYE_CELL_NUMBER,
    DYE_CELL_TEXT,
    DYE_CELLS
};
DYE_API const char *dye_cell_name(unsigned cell); /* "mobile", "date" ... */

#define DYE_COLUMN_NAME_MAX_BYTES 63

/*
 * A column: of rows by its number; of JSON and cards, where it stands anywhere, by its name alone (number 0). Columns
 * of one number and name are one column.
 *
 * name     as told: ASCII letters and digits, words of Chinese, `_-./ ()` and '*'; "" when it has none
 * says     what the name says that the cells are, a cell; 0 when nothing is known of it
 * cells    how many of them are what, by their contents. Numbers without a form of their own (mrn, policy, account,
 *          qq, wechat, waybills of digits alone) are known by a name that says so, and what they then look like
 * newest   of the dates before 2080 in it, as 20260131; 0 for none, and where the name says that they are of birth
 */
struct dye_census_column {
    uint32_t number;
    char name[DYE_COLUMN_NAME_MAX_BYTES + 1];
    uint8_t says;
    uint64_t cells[DYE_CELLS];
    uint32_t newest;
};

/* Records that hold exactly these: bit 1 << cell of each kind, of digests and of what is masked. */
struct dye_census_kinds {
    uint32_t mask;
    uint64_t records;
};

/*
 * How many identifiers begin so: the prefecture of a resident_id (4 digits), the network of a mobile (3), the issuer of
 * a bank_card (6), the carrier of a waybill (its letters, at most 3, or 2 digits), the letters that an mrn, policy or
 * account begins with (at most 4).
 */
struct dye_census_prefix {
    enum dye_kind kind;
    char prefix[7];
    uint64_t n;
};

struct dye_census;                                  /* one thread; half a MiB */
DYE_API struct dye_census *dye_census_new(void);    /* NULL without memory */
DYE_API void dye_census_free(struct dye_census *c); /* takes NULL */
DYE_API void dye_census_clear(struct dye_census *c);

/*
 * Adds a chunk's records. Beyond DYE_CENSUS_COLUMNS_MAX columns, DYE_CENSUS_KINDS_MAX sets of kinds or
 * DYE_CENSUS_PREFIXES_MAX prefixes what is new goes uncounted there, and is told in dye_census_totals. DYE_E_NOMEM: the
 * counts are of a part of the chunk. Keeps no pointer, nor any value. O(n).
 */
#define DYE_CENSUS_COLUMNS_MAX 1024
#define DYE_CENSUS_KINDS_MAX 512
#define DYE_CENSUS_PREFIXES_MAX 4096
DYE_MUST_CHECK DYE_API enum dye_status dye_census_chunk(struct dye_census *c, const struct dye_chunk *chunk);

/*
 * Who is given the identifiers that a census meets, canonical, while they are at hand: those of a record in its order,
 * then the record's end. Of names only the first of a record that also has a mobile, folded, before the end. Neither
 * keeps `value`. What they return other than DYE_OK ends dye_census_chunk.
 */
struct dye_census_sink {
    enum dye_status (*take)(void *arg, enum dye_kind kind, struct dye_span value);
    enum dye_status (*record)(void *arg);
    void *arg;
};
/* From the next chunk on; borrowed. NULL: nobody. */
DYE_API void dye_census_tell(struct dye_census *c, const struct dye_census_sink *sink);

struct dye_census_totals {
    uint64_t records;
    uint64_t parseable;    /* in which an identifier was read: a kind that is neither a name nor an address */
    uint64_t uncounted[3]; /* cells, records and identifiers that a limit left out of columns, kinds and prefixes */
};
DYE_API void dye_census_totals(const struct dye_census *c, struct dye_census_totals *ret);

/* Number i in order of number and name; false behind the last. */
DYE_API bool dye_census_column_at(const struct dye_census *c, size_t i, struct dye_census_column *ret);
/* All of them, in order of mask, and of kind and prefix; how many. */
DYE_API size_t dye_census_kinds(const struct dye_census *c, struct dye_census_kinds ret[DYE_CENSUS_KINDS_MAX]);
DYE_API size_t dye_census_prefixes(const struct dye_census *c, struct dye_census_prefix ret[DYE_CENSUS_PREFIXES_MAX]);

#endif
