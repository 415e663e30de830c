#ifndef DYE_SECTOR_POPULATION_H
#define DYE_SECTOR_POPULATION_H
/*
 * sector_population: of whom a sector's records speak, as a sector file says it, and the weights that it says it by.
 *
 *   population:
 *     age: {20-24: 15, 25-29: 40, 30-34: 30, 35-40: 15}   # full years, both ends included: weight
 *     sex: {male: 0, female: 1}
 *     region: {3701: 8, 37: 2}                            # area codes of 2 or 4 digits; or a list: [3701, 3702]
 *     moved: 0.25                                         # have an ID from elsewhere
 *     household: {1: 20, 2: 30, 3: 35, 4: 15}             # persons: weight
 */
#include "dye/canary.h"
#include "yaml_doc.h"

/* `map` NULL: the general public. DYE_E_CONFIG with line and column. */
DYE_MUST_CHECK enum dye_status sector_population_read(struct yaml_doc *d, const yaml_node_t *map,
                                                      struct dye_population *ret, struct dye_error *err);

/* One `key: weight` of a mapping; weights come in thousandths. `at` is where an error lies. */
typedef enum dye_status (*sector_weight_fn)(void *arg, struct yaml_doc *d, const yaml_node_t *at, const char *key,
                                            uint32_t weight, struct dye_error *err);
/* A mapping of weights, at most `most` of them, not all 0. A list is a mapping of equal weights. `what` is for
 * messages. */
DYE_MUST_CHECK enum dye_status sector_weights_read(struct yaml_doc *d, const yaml_node_t *map, const char *what,
                                                   size_t most, sector_weight_fn fn, void *arg, struct dye_error *err);
/* {1: w, 2: w ...} with keys of [1, n]: fn for ret[n]. */
DYE_MUST_CHECK enum dye_status sector_counts_read(struct yaml_doc *d, const yaml_node_t *map, const char *what,
                                                  uint32_t *ret, size_t n, struct dye_error *err);
/* A share of [0, 1], per 10,000. `key` absent: dflt. */
DYE_MUST_CHECK enum dye_status sector_share_read(struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                                 uint32_t dflt, uint32_t *ret, struct dye_error *err);
/* A whole number of [low, high]. `key` absent: dflt. */
DYE_MUST_CHECK enum dye_status sector_whole_read(struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                                 long long low, long long high, long long dflt, long long *ret,
                                                 struct dye_error *err);

#endif
