/*
 * pdf: the text of a PDF, a form feed behind each page, by the helper pdftotext.
 *
 * A document whose pages hold pictures and no text is unread, "format: image"; one of which some pages have no text,
 * and that has pictures, is partly read for the same reason. One that opens with no password is "encrypted".
 */
#include "formats.h"

#include "helped.h"

#include <stdlib.h>

struct document {
    struct decoding *d;
    const char *path;
    struct whole *whole;
    bool pictures, locked; /* words in it say so */
    bool begun;            /* the part */
    bool text, blank;      /* on the page at hand; a page without */
    uint64_t pages;        /* without text, before the part began */
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Looks for words of the format in what is not compressed, a picture's and the trailer's dictionaries. */
static enum dye_status look(struct document *x)
{
    enum { PIECE = 1 << 16, OVERLAP = 16 };
    uint8_t *p = malloc(PIECE);
    if (p == NULL)
        return DYE_E_NOMEM;
    for (uint64_t at = 0; at < x->whole->bytes && !(x->pictures && x->locked); at += PIECE - OVERLAP) {
        size_t n = x->whole->bytes - at < PIECE ? (size_t)(x->whole->bytes - at) : PIECE;
        if (!whole_read(x->whole, at, p, n))
            break;
        x->pictures = x->pictures || memmem(p, n, "/Image", 6) != NULL;
        x->locked = x->locked || memmem(p, n, "/Encrypt", 8) != NULL;
    }
    free(p);
    return DYE_OK;
}

/* The part begins with the first text, and then with the pages before it. */
static enum dye_status begin(struct document *x)
{
    const uint8_t end = DYE_PAGE_END;
    x->begun = true;
    DYE_TRY(part_begin(x->d, x->path, DYE_UNIT_PAGE, "pdf"));
    for (; x->pages > 0; x->pages--)
        DYE_TRY(part_data(x->d, dye_span_of(&end, 1)));
    return DYE_OK;
}

static enum dye_status give(struct document *x, struct dye_span piece)
{
    size_t start = 0;
    for (size_t i = 0; i < piece.n; i++) {
        x->text = x->text || !is_blank(piece.p[i]);
        if (piece.p[i] != DYE_PAGE_END)
            continue;
        x->blank = x->blank || !x->text;
        if (!x->text && !x->begun) {
            x->pages++;
            start = i + 1;
        }
        if (x->text && !x->begun)
            DYE_TRY(begin(x));
        x->text = false;
    }
    if (x->text && !x->begun)
        DYE_TRY(begin(x));
    return x->begun ? part_data(x->d, dye_span_of(piece.p + start, piece.n - start)) : DYE_OK;
}

/* One run of the helper. *ret_fault is why it didn't come to a good end. */
static enum dye_status run(struct document *x, const char *password, const char **ret_fault)
{
    struct helped h;
    struct dye_span piece;
    DYE_TRY(helped_open(x->whole, DYE_HELPER_PDF_TEXT, password, &h, ret_fault));
    if (*ret_fault != NULL)
        return DYE_OK;
    enum dye_status status = DYE_OK;
    x->text = x->blank = false;
    x->pages = 0;
    while (status == DYE_OK && feed_pull(&h.feed, &piece))
        status = give(x, piece);
    const char *fault = helped_close(&h);
    *ret_fault = h.feed.broken != NULL ? h.feed.broken : fault;
    return status;
}

static enum dye_status read_document(struct document *x)
{
    const struct dye_decode_input *from = x->d->input->from;
    const char *fault;
    DYE_TRY(look(x));
    enum dye_status status = run(x, NULL, &fault);
    for (size_t i = 0; i < from->n_passwords && status == DYE_OK && fault != NULL && x->locked && !x->begun; i++)
        status = run(x, from->passwords[i], &fault);
    if (status != DYE_OK && status != DYE_E_LIMIT)
        return status;
    if (fault != NULL && strcmp(fault, "unsupported") == 0)
        fault = "format: pdf";
    else if (fault != NULL && strcmp(fault, "limit: ratio") == 0)
        x->d->over = true;
    else if (fault != NULL && x->locked && !x->begun)
        fault = "encrypted";
    else if (fault == NULL)
        fault = x->whole->fault;
    if (fault == NULL && x->pictures && (x->blank || !x->begun))
        fault = "format: image";
    if (x->begun)
        return part_end(x->d, status == DYE_OK ? fault : NULL);
    return part_bare(x->d, x->path, fault);
}

enum dye_status pdf_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole w;
    const char *fault;
    (void)depth;
    if (!helped_is_offered(d))
        return part_bare(d, path, "format: pdf");
    DYE_TRY(whole_take(d, in, &w, &fault));
    if (fault != NULL)
        return part_bare(d, path, fault);
    struct document x = {.d = d, .path = path, .whole = &w};
    enum dye_status status = read_document(&x);
    in->told = true;
    whole_done(&w);
    return status;
}
