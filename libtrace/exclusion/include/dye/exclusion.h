#ifndef DYE_EXCLUSION_H
#define DYE_EXCLUSION_H
/*
 * exclusion: the canaries that one system behind their sources (billing, clinic, marketing) must leave alone, as a
 * sealed list, and the answer for a batch of that system's rows.
 *
 * The list holds, for each canary, its id and the keyed hashes (HMAC-SHA-256, 16 bytes) of its identifiers in their
 * plain and digested forms, under one system's key and a salt of its own; all of it is sealed (XChaCha20-Poly1305). The
 * file without the key shows no more than about how many identifiers it holds, the key without the file nothing, and
 * both together nothing about another system's list.
 *
 * What is promised, and what is not. Who runs this program gets an answer for a whole batch of different persons, never
 * for one value, after a derivation that costs 64 MiB and about 0.2 s (Argon2id). Who holds file and key and writes a
 * program of their own can ask what they like: no file that works offline can prevent it, nor make it expire. What
 * holds against them is that key and file are one system's alone, that both are replaced, and that nobody else has
 * them.
 *
 * A row is a canary's when a unique identifier agrees exactly. Names and addresses, and the codes of organisations, are
 * many people's: they are not in the list. A row that agrees, but has a resident ID that is not the canary's, is
 * disputed: it may be a person whose number was mistyped.
 *
 * Pure, as the library is: the caller reads files and the clock. Objects belong to one thread at a time.
 */
#include "dye/buf.h"
#include "dye/ident.h"
#include "dye/key.h"

#define DYE_EXCLUSION_SYSTEM_MAX 63
#define DYE_EXCLUSION_FILE_MAX_BYTES (256u << 20)
#define DYE_EXCLUSION_CANARIES_MAX (1u << 20)
#define DYE_EXCLUSION_ENTRIES_MAX (1u << 23)

struct dye_exclusion_terms {
    char system[DYE_EXCLUSION_SYSTEM_MAX + 1]; /* [a-z0-9] first, then [a-z0-9._-] */
    int64_t made_at, expires_at;               /* seconds since 1970, UTC; for the caller to heed */
    uint64_t epoch;                            /* of the registry: every placement up to it was looked at */
    uint32_t min_batch;                        /* different persons that a batch has at least */
};
DYE_API bool dye_exclusion_system_is_valid(const char *system);

/* Whether values of the kind are one person's, so that the list holds them. */
DYE_API bool dye_exclusion_has_kind(enum dye_kind kind);

/* What the owner of the system signs the record of its runs with. Another than the list's own. */
DYE_API void dye_exclusion_record_key(const struct dye_key *system_key, struct dye_key *ret);

/* ---- making ---- */

/* What opening the list costs (Argon2id): 8 to 65536 KiB, 1 to 16 passes over them. */
struct dye_exclusion_cost {
    uint32_t kib, passes;
};

struct dye_exclusion_builder;
/* Derives the list's keys; cost NULL: 64 MiB, 8 passes, about 0.2 s. DYE_E_IO without randomness, DYE_E_NOMEM,
 * DYE_E_USAGE for terms or a cost that can't be. */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_builder_new(const struct dye_exclusion_terms *terms,
                                                                 const struct dye_key *system_key,
                                                                 const struct dye_exclusion_cost *cost,
                                                                 struct dye_exclusion_builder **ret,
                                                                 struct dye_error *err);
DYE_API void dye_exclusion_builder_free(struct dye_exclusion_builder *b); /* takes NULL; wipes */
/* One more canary; `id` as struct dye_persona has it, variant 'A' or 'B'. What is added next is its. DYE_E_LIMIT. */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_builder_canary(struct dye_exclusion_builder *b, const char *id,
                                                                    char variant, struct dye_error *err);
/* A canonical value of the last canary; one of another kind than has_kind names is passed over. DYE_E_LIMIT. */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_builder_value(struct dye_exclusion_builder *b, enum dye_kind kind,
                                                                   const struct dye_value *v, struct dye_error *err);
/* The file's bytes, appended. The builder may only be freed after. */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_builder_seal(struct dye_exclusion_builder *b, struct dye_buf *ret,
                                                                  struct dye_error *err);

/* ---- reading ---- */

struct dye_exclusion;
/* DYE_E_KEY: another system's key, or another one of this system; DYE_E_STREAM: no list, or a damaged one; DYE_E_NOMEM.
 * `file` is borrowed for the call. */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_open(struct dye_span file, const struct dye_key *system_key,
                                                          struct dye_exclusion **ret, struct dye_error *err);
DYE_API void dye_exclusion_free(struct dye_exclusion *x); /* takes NULL; wipes */
DYE_API const struct dye_exclusion_terms *dye_exclusion_terms_of(const struct dye_exclusion *x);
DYE_API uint32_t dye_exclusion_canaries(const struct dye_exclusion *x);
DYE_API uint32_t dye_exclusion_entries(const struct dye_exclusion *x);
DYE_API const char *dye_exclusion_canary_id(const struct dye_exclusion *x, uint32_t canary);
DYE_API char dye_exclusion_canary_variant(const struct dye_exclusion *x, uint32_t canary);

/* ---- a batch ---- */

struct dye_exclusion_cell {
    enum dye_kind kind;   /* what its column is said to hold; DYE_KIND_NONE: nobody said */
    struct dye_span text; /* UTF-8, as it stands; n = 0: empty, or a column to be ignored */
};

enum dye_exclusion_verdict {
    DYE_EXCLUSION_OTHER,     /* nobody's in the list */
    DYE_EXCLUSION_CANARY,    /* a unique identifier agrees */
    DYE_EXCLUSION_DISPUTED,  /* one agrees, but the resident ID is another person's */
    DYE_EXCLUSION_UNREADABLE /* no cell of a named column holds an identifier: nothing can be said */
};
struct dye_exclusion_answer {
    enum dye_exclusion_verdict verdict;
    uint32_t canary; /* of CANARY and DISPUTED */
    uint32_t kinds;  /* 1 << kind for each that agrees */
};

struct dye_exclusion_batch; /* one row after the other, then the answers */
DYE_API struct dye_exclusion_batch *dye_exclusion_batch_new(const struct dye_exclusion *x); /* NULL: out of memory */
DYE_API void dye_exclusion_batch_free(struct dye_exclusion_batch *b);                       /* takes NULL */
/* All rows have the same columns. DYE_E_LIMIT beyond 2^25 rows, DYE_E_NOMEM. A few us a cell. */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_batch_add(struct dye_exclusion_batch *b,
                                                               const struct dye_exclusion_cell *cells, size_t n);
/*
 * After the last row. DYE_E_USAGE, and no answers, with fewer than `least` different persons, or when a column that
 * nobody named holds a canary's mobile, resident ID or e-mail address in a row that was not found to be a canary's: it
 * would pass.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_exclusion_batch_end(struct dye_exclusion_batch *b, size_t least,
                                                               struct dye_error *err);
DYE_API size_t dye_exclusion_batch_rows(const struct dye_exclusion_batch *b);
/* Valid after _batch_end returned DYE_OK; NULL before. */
DYE_API const struct dye_exclusion_answer *dye_exclusion_batch_answer(const struct dye_exclusion_batch *b, size_t row);

#endif
