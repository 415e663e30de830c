#ifndef DECODE_CFB_H
#define DECODE_CFB_H
/*
 * cfb: a compound file ([MS-CFB]), the little file system in which older office programs keep a document. Private to
 * the decode layer.
 *
 * Every number in it is hostile: chains are followed for no more steps than the file has sectors, nothing is allocated
 * by a claimed size, and tables that are kept are capped.
 */
#include "whole.h"

#define CFB_NAME_MAX_BYTES 96
#define CFB_ENTRIES_MAX 65536u

enum cfb_type { CFB_NONE = 0, CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 };

struct cfb_entry {
    char name[CFB_NAME_MAX_BYTES + 1]; /* UTF-8; a leading control character of reserved names is left out */
    uint32_t folder;                   /* the storage that it is in; 0, the root, also when nothing leads to it */
    uint32_t left, right, child, start;
    uint64_t bytes;
    uint8_t type;
    bool reached, taken;
};

struct cfb {
    struct whole *w;
    unsigned shift, mini_shift; /* of the size of a sector */
    uint64_t sectors;           /* that the file has room for */
    uint32_t mini_below;        /* shorter streams live in the mini stream */
    uint32_t *fat_at;           /* where the sectors of the table stand */
    size_t n_fat;
    uint32_t fat_page; /* which of them `fat` is */
    uint32_t *fat;
    uint32_t *mini_fat, *mini_at; /* the table of the mini stream; the sectors that it is in */
    size_t n_mini_fat, n_mini_at;
    struct cfb_entry *entries;
    size_t n;
};

/* *ret_fault: NULL when it can be read, else "damaged" or "truncated" and there is nothing to _done. DYE_E_NOMEM. */
enum dye_status cfb_open(struct whole *w, struct cfb *ret, const char **ret_fault);
void cfb_done(struct cfb *c);
/* The stream of that name in `folder`; NULL without. */
struct cfb_entry *cfb_find(struct cfb *c, uint32_t folder, const char *name);
/* "folder/name" */
void cfb_path(const struct cfb *c, const struct cfb_entry *e, char *ret, size_t cap);

/* A stream's bytes, forwards. Large: keep it on the heap. */
struct cfb_stream {
    struct feed feed; /* first */
    struct cfb *c;
    uint64_t left, steps;
    uint32_t sector;
    bool mini;
    uint8_t piece[1 << 16];
};
struct cfb_stream *cfb_read(struct cfb *c, const struct cfb_entry *e); /* NULL: no memory */
void cfb_stream_free(struct cfb_stream *s);                            /* takes NULL */

#endif
