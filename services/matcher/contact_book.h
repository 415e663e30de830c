#ifndef DYE_CONTACT_BOOK_H
#define DYE_CONTACT_BOOK_H
/*
 * contact_book: contacts that reached canaries, in the database, and what they say of each source (dye/contact.h). A
 * caller is stored as a keyed hash, what was reached as the canary alone; what is no canary's is not stored.
 */
#include "config.h"
#include "recogniser.h"

struct contact_note {
    const char *canary;  /* its id, or NULL: */
    const char *to;      /* the number or address that was reached */
    const char *channel; /* call, sms, email, parcel */
    const char *at;      /* RFC 3339; without a zone China's time */
    const char *from;    /* who it was; NULL or "": not known */
};
enum contact_outcome { CONTACT_STORED, CONTACT_KNOWN, CONTACT_NO_CANARY };
/* DYE_E_RECORD with a reason that quotes nothing: an unknown channel, no time, one to come. */
DYE_MUST_CHECK enum dye_status contact_store(struct store *s, const struct recogniser *r, const struct contact_note *n,
                                             enum contact_outcome *ret, struct dye_error *err);

/* One JSON object a source, at or below `source` (may be NULL: those that were reached) as `print` is given them. A
 * line is of each source that holds it, by its own planting or by a flow; `own` has what the lines say that no other
 * holds. ret_shared: contacts with shared canaries, which count for nobody. */
typedef void (*contact_print_fn)(void *arg, const char *json);
DYE_MUST_CHECK enum dye_status contact_weigh(struct store *s, const struct config *c, const char *source,
                                             contact_print_fn print, void *arg, int64_t *ret_shared,
                                             struct dye_error *err);

#endif
