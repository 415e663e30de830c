#ifndef DECODE_FREE_CELLS_H
#define DECODE_FREE_CELLS_H
/*
 * free_cells: rows that were deleted from a page of a data base of SQLite and still stand where nothing else has been
 * written since: between its pointers and its cells, and in its freeblocks. Private to the decode layer.
 *
 * What is deleted lies side by side up to the end of the free bytes, so only a chain of cells that ends there to the
 * byte counts, and no text with control bytes in it: that was written over. A freeblock takes the first four bytes of a
 * cell: its length, all or some of its row's number, often its header's length, and for short ones the first value's
 * type. Its own length says where one was; the rest follows from the lengths when the page's other rows say how many
 * values there are and of which kinds, and if in one way alone. A row whose first value's type is lost is left out
 * unless that is NULL in all of them. Of a long row the page has the first values and where the others are.
 */
#include "dye/span.h"

enum { CELL_VALUES_MAX = 2000, CELL_LEAF = 13 };

struct cell {
    bool numbered; /* the row's number is known */
    uint64_t row;
    size_t n, bytes; /* values; of the whole cell */
    uint64_t types[CELL_VALUES_MAX];
    struct dye_span body; /* the values, in the page */
    uint64_t spilled;     /* bytes of them that are not there */
    uint32_t overflow;    /* but in this page and on; 0: nowhere */
};

/* https://www.sqlite.org/fileformat2.html, 1.6: seven bits a byte, the ninth gives eight. False when s ends before. */
bool cell_varint(struct dye_span *s, uint64_t *ret);
/* 2.1, the table of serial types. */
uint64_t cell_type_bytes(uint64_t type);
/* The types that a record's header has. False when they make no sense; *ret_total: bytes of their values. */
bool cell_types(struct dye_span head, struct cell *ret, uint64_t *ret_total);

typedef void (*cell_fn)(void *arg, const struct cell *cell);
/* Each row in use of a leaf of a table; nothing where it is no such leaf. `page` as below. */
void free_cells_used(struct dye_span page, cell_fn fn, void *arg);
struct free_cells { /* what free_cells_read writes to */
    struct dye_span page;
    size_t n;                     /* values of the page's rows; 0 where they differ */
    bool small;                   /* one of them has a number of one byte */
    uint8_t are[CELL_VALUES_MAX]; /* what the values of each column are, a bit a kind */
    size_t end;                   /* of the free bytes at hand */
    size_t steps;                 /* types that may still be looked at */
    size_t next;                  /* where the chain goes on: the lowest cell in them so far, or their end */
    bool utf8;                    /* set by who calls: else text is of two bytes a character */
    uint32_t pages;               /* also: of the base */
    struct cell cell;
};
/* Each deleted one. `page` ends where its usable bytes do, at most 65,536. O(page). */
void free_cells_read(struct free_cells *f, struct dye_span page, cell_fn fn, void *arg);

/* Whether texts have no control bytes, as what cells begin with is full of; as far as they are in the body. */
bool free_cells_clean(const struct cell *c);

#endif
