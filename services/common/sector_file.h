#ifndef DYE_SECTOR_FILE_H
#define DYE_SECTOR_FILE_H
/*
 * sector_file: config/sectors/NAME.yaml -> struct dye_sector. Those of this program are compiled in; a file of that
 * name in home/sectors comes first, so that a user writes a sector without touching C.
 *
 *   sector: gym                     # the file's name
 *   table: members
 *   population: {...}               # sector_population.h; left out: the general public
 *   rows: {1: 70, 2: 20, 3: 10}     # how many records a person has: weight; left out: one
 *   columns:                        # 1 to 32; each may have `empty: 0.3`, and `same: true` (or household) for what all
 *                                   # records of a person (or of a household) share
 *     - {name: phone, kind: mobile}                      # a kind of identifier, a name or an address
 *     - {name: sex, what: sex, male: "1", female: "2"}
 *     - {name: born, what: birth, format: YYYYMMDD}
 *     - {name: age, what: age}
 *     - {name: job, what: occupation}
 *     - {name: contact, what: parent}                    # the name of a parent
 *     - {name: relation, what: relation, male: father, female: mother}   # which parent that is
 *     - {name: card, what: choice, of: {year: 3, month: 7}}
 *     - {name: paid, what: number, from: 9900, to: 400000, decimals: 2, more: low}     # 99.00 to 4000.00
 *     - {name: card_no, what: text, pattern: "G19999999"}    # 9 a digit, 1 one of 1-9, A and a letters, \ quotes
 *     - {name: joined, what: date, from: 1, to: 900, format: "YYYY-MM-DD hh:mm:ss"}    # so many days ago, late ones
 * more
 *     - {name: visit, what: date, after: joined, from: 0, to: 30}    # later than another date, or than birth;
 *                                                                    # empty when that day has not come
 *     - {name: site, what: const, value: "3"}
 *
 * Canaries that stand are a function of this file too: once a sector is planted with, a changed one is a new sector
 * under a new name.
 */
#include "dye/canary.h"
#include "home.h"

/* DYE_E_USAGE "unknown sector"; DYE_E_CONFIG with line and column. */
DYE_MUST_CHECK enum dye_status sector_load(const struct home *h, const char *name, struct dye_sector *ret,
                                           struct dye_error *err);
/* The same from memory: `name` is the sector's, and of messages. */
DYE_MUST_CHECK enum dye_status sector_parse(const char *name, const char *text, size_t n, struct dye_sector *ret,
                                            struct dye_error *err);

#endif
