#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H
/* sample: a row as a set of numbered features, each with a name. */
#include "table.h"

enum { SLOTS = 1 << 20, FEATURES_MAX = 900, FEATURE_BYTES = 64 };
struct sample {
    uint32_t *feature;
    size_t n;
    bool canary;
    uint8_t fold;
};
/* What stands in several rows of one file: how often, by the hash of column and text. */
struct repeats;
struct repeats *repeats_new(void);
void repeats_add(struct repeats *x, const struct dye_sector *s, const struct row *rows, size_t n);
void repeats_free(struct repeats *x);
/* Whom a row is of: of the household's address, else the phone, else the ID, else the name: a number that its fold is
 * taken from. */
uint64_t person_number(const struct dye_sector *s, const struct row *row);

/* ret->feature is allocated. */
void sample_make(const struct dye_sector *s, const struct row *row, struct repeats *repeats, struct sample *ret);
const char *feature_name(uint32_t slot);
void feature_names_clear(void);

#endif
