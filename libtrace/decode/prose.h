#ifndef DECODE_PROSE_H
#define DECODE_PROSE_H
/*
 * prose: running text and the tables in it, from the XML of Word, PowerPoint or OpenDocument. Private to the decode
 * layer.
 *
 * A paragraph is a row of one field, a row of a table a row, a cell of it a field: what stood side by side in the
 * document does here. Paragraphs in a cell, and tables in one, are joined by spaces. All three formats use the same
 * few words for this once prefixes are off, so one reader serves them. Deleted text that tracked changes keep is text.
 */
#include "grid.h"
#include "xml.h"

struct prose {
    struct grid *grid;
    struct dye_buf text; /* of the paragraph or cell at hand */
    uint64_t row, column;
    unsigned tables, cells, fallbacks; /* how many are open around */
    unsigned texts, spans;             /* text elements (odf: paragraphs) open; columns of the cell at hand */
    bool chosen;                       /* of alternatives, one has given text */
    bool odf;
    const char *fault;
};

extern const struct xml_events prose_events;
/* `odf`: the words of OpenDocument. */
void prose_init(struct prose *p, struct grid *grid, bool odf);
void prose_done(struct prose *p);

#endif
