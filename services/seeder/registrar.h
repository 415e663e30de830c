#ifndef DYE_REGISTRAR_H
#define DYE_REGISTRAR_H
/*
 * registrar: the one way by which canaries come into the registry.
 *
 * A batch is one transaction: serials, an epoch, what the owner's pools give, fingerprints, the leaves of the Merkle
 * log with its new head, and the placements. Only when it is committed does the caller get to hand the personas out, so
 * nothing is planted that the log doesn't hold.
 */
#include "dye/canary.h"
#include "dye/code.h"
#include "following.h"
#include "source.h"
#include "vault.h"
#include "zone.h"

struct registrar {
    struct store *store; /* borrowed */
    struct dye_index_keys index_keys;
    struct vault vault;
    struct dye_persona_maker *maker;
    struct following following; /* personas handed out are valid until _close */
    struct dye_key message_key; /* of dye_stamp_make */
    struct dye_key code_key;    /* derived from the persona key: which holder gets which variant */
};

/* Reads the persona and the index key. */
DYE_MUST_CHECK enum dye_status registrar_open(const struct home *h, struct store *s, struct registrar *ret,
                                              struct dye_error *err);
/* Of a persona key that is drawn here and kept nowhere: shows what new canaries are like, and can register none. */
DYE_MUST_CHECK enum dye_status registrar_open_examples(struct store *s, struct registrar *ret, struct dye_error *err);
/* The database's connection is another one now. */
void registrar_use_store(struct registrar *r, struct store *s);
void registrar_close(struct registrar *r); /* takes a zeroed struct */

struct registrar_import {
    struct dye_persona persona; /* with an id of its own; all that it has is sealed */
    char planted_at[32];        /* RFC 3339 UTC; "": now */
};

/* Called once a copy of a shared canary, after the commit: holder by holder, in the order of the positions. */
typedef enum dye_status (*registrar_copy_fn)(void *arg, size_t holder, char variant, const struct dye_persona *p);
/* Shared canaries: every holder gets a copy of each, in the variant that the code says. */
struct registrar_code {
    const struct source *holder; /* all of one owner and sector */
    uint32_t holders;
    struct dye_code_params params;
    struct dye_code_plan plan;
    registrar_copy_fn fn; /* NULL: a connector plants them later */
    void *arg;
};

struct registrar_batch {
    const struct dye_sector *sector;
    int64_t owner_id;
    int64_t source_id; /* 0: controls, which are planted nowhere; shared canaries: see code */
    const char *source_path;
    const char *state; /* "planted": handed to the caller as of now; "committed": a connector plants it later */
    uint64_t count;
    const struct registrar_import *imported; /* `count` of them, instead of new personas; or NULL */
    /* Called in the transaction when all is written: what is not DYE_OK undoes it. May be NULL. */
    enum dye_status (*check)(struct store *s, void *arg, struct dye_error *err);
    void *check_arg;
    const char *audit_event;
    const char *audit_detail;          /* JSON object; NULL */
    const struct registrar_code *code; /* NULL: not shared */
};
/* The audit_detail of a batch with its no-hit certificate (NULL: none). DYE_E_USAGE for a reference that is none. */
DYE_MUST_CHECK enum dye_status registrar_detail(long long count, const char *no_hit, char *ret, size_t n,
                                                struct dye_error *err);
/* Called once a canary, after the commit. */
typedef enum dye_status (*registrar_fn)(void *arg, const struct dye_persona *p);

/* DYE_E_LIMIT: a pool has run out; DYE_E_USAGE: a kind is closed (assignment.h); DYE_E_AGAIN: a value of a variant
 * would have repeated another's, and the next call takes other serials; nothing is registered. DYE_E_DATABASE: nothing
 * is registered, or, if the connection broke during the commit, ask `canary list`. */
DYE_MUST_CHECK enum dye_status registrar_register(struct registrar *r, const struct registrar_batch *b, registrar_fn fn,
                                                  void *arg, struct dye_error *err);

/* From now on new canaries are of these sources (following_source). A batch does it by itself. */
DYE_MUST_CHECK enum dye_status registrar_follow(struct registrar *r, const struct source *source, size_t n,
                                                struct dye_error *err);

/* A person as it was registered: canary.sector and the day of canary.created_at (UTC) say who a serial is. */
struct registrar_ref {
    uint64_t serial;
    char variant;                    /* the placement's */
    uint64_t serial_b;               /* code_position's, for variant B of a shared canary */
    const struct dye_sector *sector; /* NULL: a control */
    int32_t made_on;
    int64_t profile; /* that it will follow (following.h); 0 for none */
};
/* Its own values: those of pools and its profile are still to come, in this order. Variants of one person differ in
 * identifiers alone, whatever it follows. */
DYE_MUST_CHECK enum dye_status registrar_persona(const struct registrar *r, const struct registrar_ref *ref,
                                                 struct dye_persona *ret, struct dye_error *err);

#endif
