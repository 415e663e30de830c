#ifndef DECODE_TURN_H
#define DECODE_TURN_H
/*
 * turn: where in a part its layout changes, as in files that were glued together: rows behind an SQL dump, a dump
 * behind rows, rows behind rows that something else parts. What begins there is looked at only where a line begins as
 * nothing of the layout at hand does, or nothing parts it. Private to the decode layer.
 */
#include "layout.h"

enum {
    TURN_SAMPLE_BYTES = 1 << 16, /* of what begins there, when there is so much */
    TURN_ROWS = 3,               /* at the least, to be rows of another layout */
    TURN_ROWS_MOST = 48          /* that may be asked for */
};

/* What is asked of every record that is a line, in a few instructions. */
struct turn_watch {
    bool lines;                    /* a record is a line: else there is nothing to ask */
    bool statements;               /* words that statements begin with are looked at */
    bool halves;                   /* the delimiter may look like the second half of a character */
    const bool *first;             /* bytes that are looked at */
    size_t delimiter_n;            /* 0: none */
    uint32_t delimiter_four, mask; /* as turn_four has it */
    size_t at;                     /* where it stood last, in its row */
    const uint8_t *delimiter;      /* of the layout */
};
/* Borrows the layout. */
void turn_watch_init(struct turn_watch *w, const struct dye_layout *l);

/* For turn_watch_odd alone: four letters, as a number; the place of those that a statement begins with, in the table of
 * them; whether the delimiter is in the row. */
static inline uint32_t turn_four(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
#define TURN_PLACE(four) ((uint32_t)((four)*UINT32_C(0xcbd3f5e1)) >> 26)
extern const uint32_t turn_words[64];
bool turn_watch_find(struct turn_watch *w, const uint8_t *row, size_t n);

/* Whether the row, or the line of a document, of n > 0 bytes may be of another layout. */
static inline bool turn_watch_odd(struct turn_watch *w, const uint8_t *row, size_t n)
{
    if (n < sizeof w->mask)
        return w->first[row[0]] || (w->delimiter_n > 0 && !turn_watch_find(w, row, n));
    uint32_t small = turn_four(row) | UINT32_C(0x20202020);
    if (w->first[row[0]] | (w->statements & (turn_words[TURN_PLACE(small)] == small)))
        return true;
    if (w->delimiter_n == 0)
        return false;
    bool there = w->at + sizeof w->mask <= n && (turn_four(row + w->at) & w->mask) == w->delimiter_four;
    return !(there & !w->halves) && !turn_watch_find(w, row, n);
}

/*
 * The first place at or behind `from`, where the walk went on behind the record before, at which records of another
 * layout may begin: the record at hand, or a line between it and `from`; of the text's end, one between that and
 * `from`. SIZE_MAX for none. O(1) where a record is a line, else O(what is between).
 */
size_t turn_suspected(const struct dye_records *r, size_t from);

/* Whether the text from a place that is suspected goes on in `l`, after all, as its first lines show: fewer than `rows`
 * of them are parted by nothing of `l`. More text does not change what it says. */
bool turn_ruled_out(const struct dye_layout *l, struct dye_span text, size_t rows);

/* Whether the sample, of a place that is suspected, is laid out otherwise than `l`; rows are when they are as many.
 * O(sample). */
bool turn_confirmed(const struct dye_layout *l, struct dye_span sample, size_t rows);

/* As dye_layout_detect of bytes, but where another layout begins in the sample what is before it decides. */
void turn_detect(enum dye_charset charset, struct dye_span sample, size_t rows, struct dye_layout *ret);

#endif
