#ifndef DYE_CANARY_PROFILE_H
#define DYE_CANARY_PROFILE_H
/*
 * profile: its groups of counts, and what learning and following agree on. Private to the layer.
 *
 * A group is (column, facet, context) with the values counted there and a total, which also holds what was too rare to
 * keep. Column "*" is the row. Facets:
 *
 *   *        filled   context decade of birth, or none      one FILLED_ a column
 *   *        born, eldest   years of birth, of those who tell; of an address, the eldest
 *   *        person, house       how many rows one phone has, one address
 *   *        sex, region, year   `sex` by whether the row shows a resident ID; `year` by sex, of rows without one
 *   name     surname | length | only | first | second   sex and decade, sex, none; `second` also after a first
 *   address  step      by the region of the ID and the part before, by both parts
 *            before, by the part, by its last character
 *            number, magnitude, stem, tail   the place before it, the parts around it, their last characters
 *   any      format, word, length, prefix, domain; for those that are no identifiers see profile_symbol.h
 */
#include "dye/profile.h"

enum { FILLED_NOT = '-', FILLED_VALUE = 'v', FILLED_WORD = 'w' /* such as 无, in place of a value */ };

struct profile_value {
    const char *text;
    uint64_t n;
};
struct profile_group {
    const char *column, *facet, *context;
    uint64_t total;
    size_t first, values; /* in dye_profile.value */
};
struct dye_profile {
    uint64_t rows;
    uint32_t k;
    struct profile_group *group; /* ascending by column, facet, context */
    size_t groups;
    struct profile_value *value; /* of a group: the commonest first */
    size_t values;
    char *text;                               /* what the names point into */
    char columns[DYE_SECTOR_COLUMNS_MAX][64]; /* of `filled`, in order */
    size_t columns_n;
};

struct counts;
/* What was counted at least k times, from `c`, which is spent. DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status profile_build(struct counts *c, const struct dye_sector *s, uint64_t rows, uint32_t k,
                                             struct dye_profile **ret, struct dye_error *err);
/* NULL when there is none. O(log groups). */
const struct profile_group *profile_find(const struct dye_profile *p, const char *column, const char *facet,
                                         const char *context);
/* A value of the group by its count, of those that pass; NULL for what was too rare to be kept, if `rare` may come, and
 * where there is no group. */
typedef bool (*profile_filter)(const char *value, const void *arg);
const char *profile_pick(const struct dye_profile *p, const struct profile_group *g, uint64_t random, bool rare,
                         profile_filter filter, const void *arg);
int profile_compare(const struct profile_group *g, const char *column, const char *facet, const char *context);

/* --- an address as parts: a text and, before it, perhaps a number --- */
/* A text of three characters names a place: a street, a house; numbers behind it are its own. */
enum { ADDRESS_PARTS_MAX = 40, ADDRESS_PART_BYTES = 60, ADDRESS_PLACE_BYTES = 9 };
struct address_part {
    char number[12];               /* "" where none stands before the text */
    char text[ADDRESS_PART_BYTES]; /* "" at the end of an address that ends in a number */
    bool head;                     /* an administrative division, before anything else */
};
/* What steps say besides a part's text. No address with a brace is taken apart. */
#define ADDRESS_START "{start}"
#define ADDRESS_END "{end}"
#define ADDRESS_NUMBER "{n}"          /* before the text */
#define ADDRESS_PROVINCE "{province}" /* those of the resident ID */
#define ADDRESS_PREFECTURE "{prefecture}"
/* False when it has a brace, too many or too long parts, or a number of more than eleven digits. O(n). */
DYE_MUST_CHECK bool address_split(struct dye_span text, struct address_part *ret, size_t *ret_n);
/* The last character of a text; "" of "". */
const char *last_character(const char *text);

/* The bytes of the UTF-8 character at s, 1 for what is none; 0 at the end. */
size_t character_bytes(const char *s);
/* Bytes of the surname that a name of Chinese characters begins with. */
size_t surname_bytes(const char *name);

#endif
