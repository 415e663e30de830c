#ifndef DECODE_SHARED_STRINGS_H
#define DECODE_SHARED_STRINGS_H
/*
 * shared_strings: a workbook's shared strings, by number. Private to the decode layer.
 *
 * The first STRINGS_MEMORY_BYTES stay in memory, what follows goes to the scratch space, so that a book of many
 * gigabytes is read in constant memory. Where each sixteenth string stands is kept; from there it is a walk.
 */
#include "decoding.h"

#include "dye/buf.h"

#define STRINGS_MEMORY_BYTES (64u << 20)
#define STRINGS_MAX (1u << 26)
#define STRING_MAX_BYTES (1u << 20)

struct strings {
    struct decoding *d;
    struct dye_buf near;  /* length in 4 bytes, text; the first of them, whole ones */
    struct dye_buf index; /* 8 bytes for each sixteenth */
    struct dye_buf tail;  /* on its way to the scratch space */
    uint64_t bytes;       /* of all */
    uint64_t base, far;   /* in the scratch space: where, how many bytes */
    uint32_t n;
    struct dye_buf page; /* a piece of the scratch space, from page_at */
    uint64_t page_at;
    const char *fault; /* why what came later is not there */
};

void strings_init(struct strings *s, struct decoding *d, size_t memory_bytes);
void strings_done(struct strings *s); /* gives the scratch space back */
/* The next string. DYE_OK, also when a limit was reached, which `fault` says; DYE_E_NOMEM. */
enum dye_status strings_add(struct strings *s, struct dye_span text);
enum dye_status strings_finish(struct strings *s); /* behind the last one */
/* False: there is none of that number. The text is valid until the next call. */
bool strings_get(struct strings *s, uint32_t i, struct dye_span *ret);

#endif
