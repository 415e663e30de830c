#ifndef DYE_IDENTIFIER_SET_H
#define DYE_IDENTIFIER_SET_H
/*
 * identifier_set: the distinct identifiers of a dump, by kind, so that dumps can be compared without their rows.
 *
 * Identifiers and not rows, because a dropped column changes every row. An element is SipHash-2-4 of (kind, canonical
 * value) under a key of its own: the same phone with +86 or in groups is the same element, a masked one is none. Its
 * lowest bit is no part of the hash: it marks the elements that a record is told apart by, which is the best of its
 * identifiers in the order resident_id, passport, permit, mobile, email, wechat, qq, bank_card, plate, waybill. So the
 * marked elements of all kinds are the distinct persons, whatever columns there are. Issuers' own numbers (mrn, policy,
 * account), which begin at 1 everywhere, and organisations' (uscc) are kept but never marked.
 *
 * A set is exact up to DYE_IDENTIFIER_SET_MAX elements. Beyond, it keeps those below 2^(64 - scale_bits), with the
 * fewest scale_bits that leave no more (FracMinHash; Irber et al., bioRxiv 2022.01.11.475838): each element has the
 * same chance to be among them in every set, so that shares can be estimated from what two sets keep. A set is a
 * function of what was put in: not of the order, nor of how often.
 */
#include "dye/ident.h"
#include "dye/key.h"

#define DYE_IDENTIFIER_SET_MAX (1u << 20)

/* What a set is of: an enum dye_kind, or a name (folded) with the mobile beside it. */
enum { DYE_NAME_AND_MOBILE = DYE_KIND_COUNT, DYE_IDENTIFIER_KINDS };
DYE_API const char *dye_identifier_kind_name(unsigned kind); /* "mobile", "name+mobile" ... */
/* Back; 0 for what is none. */
DYE_API unsigned dye_identifier_kind_from_name(struct dye_span name);
/* Whether elements of it can be marked. */
DYE_API bool dye_identifier_kind_is_personal(unsigned kind);

/* ---- building ---- */

struct dye_identifier_sets; /* of one dump; one thread; 10 MiB for each kind that has a million */
/* NULL without memory. */
DYE_API struct dye_identifier_sets *dye_identifier_sets_new(const struct dye_key *sketch_key);
DYE_API void dye_identifier_sets_free(struct dye_identifier_sets *s); /* takes NULL; wipes */

/* An identifier of the record at hand, canonical; of a DYE_NAME, which is no element alone, the folded form. `sets` is
 * the sets: it has the type of dye_census_sink's `take`. DYE_E_NOMEM: the sets are of a part of what was given. */
DYE_MUST_CHECK DYE_API enum dye_status dye_identifier_sets_take(void *sets, enum dye_kind kind, struct dye_span value);
/* The record ends. */
DYE_MUST_CHECK DYE_API enum dye_status dye_identifier_sets_record(void *sets);

/* Puts in what an image holds; that of an earlier reading, say. DYE_E_STREAM when it is none. */
DYE_MUST_CHECK DYE_API enum dye_status dye_identifier_sets_add(struct dye_identifier_sets *s, struct dye_span image,
                                                               struct dye_error *err);

/* An image, to be stored; borrowed for the call. */
typedef enum dye_status (*dye_identifier_image_fn)(void *arg, unsigned kind, struct dye_span image);
/* Each kind that has elements, in order of kind. DYE_E_NOMEM, or what fn returned. O(n). */
DYE_MUST_CHECK DYE_API enum dye_status dye_identifier_sets_images(struct dye_identifier_sets *s,
                                                                  dye_identifier_image_fn fn, void *arg);

/* ---- reading ---- */

struct dye_identifier_set {
    unsigned kind;
    unsigned scale_bits; /* 0: all of them; else those below 2^(64 - scale_bits) */
    uint64_t *at;        /* ascending, no two alike but for the mark in bit 0 */
    size_t n;
};
/* Copies it out, checked. DYE_E_STREAM when it is no image, DYE_E_NOMEM. O(n). */
DYE_MUST_CHECK DYE_API enum dye_status dye_identifier_set_open(struct dye_span image, struct dye_identifier_set *ret,
                                                               struct dye_error *err);
DYE_API void dye_identifier_set_done(struct dye_identifier_set *s); /* takes a zeroed one; wipes */

/* How many there are: exact at scale_bits 0. */
static inline uint64_t dye_identifier_set_distinct(const struct dye_identifier_set *s)
{
    return (uint64_t)s->n << s->scale_bits;
}
/* And how many of them are marked. O(n). */
DYE_API uint64_t dye_identifier_set_persons(const struct dye_identifier_set *s);

#endif
