#ifndef DYE_LINK_H
#define DYE_LINK_H
/*
 * link: the hits of one record -> sightings with bits of evidence (Fellegi-Sunter, METHODS 3).
 *
 * bits of a sighting = sum over agreeing fields of log2(m/u), and over disagreeing ones of log2((1-m)/(1-u)); what is
 * not there counts nothing. The posterior probability adds the prior log2(lambda/(1-lambda)), lambda = 1/(records x
 * canaries). An exact safe-space identifier suffices alone; a waybill, policy or mrn alone does not where the dump is
 * large; a name or address never does, and counts only beside a hit. Of one kind one field counts, the one with most
 * bits, so that two forms of a value are never two pieces of evidence; an ID's date of birth is a form of the ID.
 *
 * A field disagrees where the record shows one value of the kind (a name, also a masked one, a mobile, an ID) and it is
 * not the canary's. A record with several is taken for several records glued together: none of them disagrees.
 *
 * A number without the zeros that it began with may be a whole one of another canary: it counts for the one of whom the
 * record shows more besides, and where that is neither, for the other.
 *
 * Rows that were cut in two: where a record is no proof alone and shows no name of another, the names, addresses and
 * dates in the two lines before and behind it count too, each less the bits of the five lines that were looked at.
 * Columns that went into separate parts are put together by who has all of the parts: a sighting says its line, and
 * dye_linker_ask what a line shows of a canary that another part has there.
 */
#include "dye/chunker.h"
#include "dye/scan.h"

#define DYE_SIGHTING_FIELDS_MAX 16
struct dye_evidence {
    enum dye_kind kind;
    enum dye_form form;
    double bits;
    size_t start, n; /* in bytes from the start of the chunk; n = 0 where the field was compared after transcoding */
    uint64_t row;    /* as in struct dye_place */
    uint32_t field;
};
struct dye_sighting {
    const char *canary; /* belongs to the index */
    char variant;
    bool control;
    size_t record_start, record_end; /* in bytes from the start of the chunk */
    uint64_t line;                   /* of the chunk, from 1, in which it starts; 0 where records are no lines */
    double bits;
    struct dye_evidence evidence[DYE_SIGHTING_FIELDS_MAX]; /* in order of kind, then start */
    size_t n;
};
typedef enum dye_status (*dye_sighting_fn)(void *arg, const struct dye_sighting *s);

/* Collects hits of a chunk, in order, and gives a sighting for each (record, canary, variant). One thread. */
struct dye_linker;
DYE_API struct dye_linker *dye_linker_new(dye_sighting_fn fn, void *arg);
DYE_API void dye_linker_free(struct dye_linker *l); /* takes NULL; wipes */
/* Hits are those of chunk->text. The chunk is borrowed until _finish. Resets what a former chunk left. */
DYE_API void dye_linker_chunk(struct dye_linker *l, const struct dye_chunk *chunk);
/* A dye_hit_fn; arg is the linker. */
DYE_MUST_CHECK DYE_API enum dye_status dye_linker_hit(void *linker, const struct dye_hit *hit);
/* What the record at `at` of the chunk's text, in which the canary has no hit, shows of it besides; nothing is given
 * where that is nothing. Not between hits: before the first or behind _finish. */
DYE_MUST_CHECK DYE_API enum dye_status dye_linker_ask(struct dye_linker *l, const struct dye_index_set *set,
                                                      const char *canary, char variant, uint64_t max_epoch, size_t at);
/* Whether records of a layout are lines, so that the n-th lines of two parts may be one row. */
DYE_API bool dye_link_by_line(const struct dye_layout *layout);
/* Lines that end in a text. O(n). */
DYE_API uint64_t dye_link_lines(struct dye_span text);
/* The last record of the chunk. */
DYE_MUST_CHECK DYE_API enum dye_status dye_linker_finish(struct dye_linker *l);

/* log2(m/u) of an agreement, of DYE_FORM_OTHER log2((1-m)/(1-u)); the table and its sources are in link/weights.c. */
DYE_API double dye_weight_bits(enum dye_kind kind, enum dye_form form);
/* The same of a masked value of which so many characters are seen before and behind what is hidden. */
DYE_API double dye_weight_seen_bits(enum dye_kind kind, enum dye_form form, unsigned head, unsigned tail);
/* The probability of a sighting with `bits` in a dump of `records` (>= 1) against `canaries` (>= 1) canaries. */
DYE_API double dye_link_probability(double bits, uint64_t records, uint64_t canaries);
/* The bits that give this probability, in (0, 1): the other way round. */
DYE_API double dye_link_bits(double probability, uint64_t records, uint64_t canaries);
/* The bits that keep expected false sightings of the dump at or below `expected` (0.01): log2(records x canaries /
 * expected). Below it a sighting is weak. */
DYE_API double dye_link_threshold_bits(uint64_t records, uint64_t canaries, double expected);

#endif
