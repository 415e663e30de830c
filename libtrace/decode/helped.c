#include "helped.h"

#include <stdlib.h>

enum { PIECE_BYTES = 1 << 16 };

static bool next(struct feed *f, struct dye_span *ret)
{
    struct helped *h = (struct helped *)f;
    const struct dye_decode_input *from = h->d->input->from;
    size_t n = 0;
    enum dye_status status = from->helpers->read(from->arg, h->piece, PIECE_BYTES, &n);
    if (status == DYE_OK && n > 0 && !container_budget_spend(&h->d->budget, n)) {
        f->broken = "limit: ratio";
        return false;
    }
    *ret = dye_span_of(h->piece, n);
    if (status == DYE_OK && n > 0)
        return true;
    h->fault = from->helpers->end(from->arg);
    h->ended = true;
    f->broken = h->fault != NULL ? h->fault : status != DYE_OK ? "limit: time" : NULL;
    return false;
}

bool helped_is_offered(const struct decoding *d)
{
    return d->input->from->helpers != NULL;
}

enum dye_status helped_open(struct whole *w, enum dye_helper helper, const char *password, struct helped *ret,
                            const char **ret_fault)
{
    const struct dye_decode_input *from = w->d->input->from;
    struct dye_help help = {.helper = helper,
                            .spilled = w->read_at == from->spill_read,
                            .at = w->base,
                            .bytes = w->bytes,
                            .password = password};
    *ret_fault = "unsupported";
    if (from->helpers == NULL)
        return DYE_OK;
    *ret = (struct helped){.feed = {.next = next}, .d = w->d, .piece = malloc(PIECE_BYTES)};
    if (ret->piece == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = from->helpers->start(from->arg, &help);
    if (status == DYE_OK) {
        *ret_fault = NULL;
        return DYE_OK;
    }
    free(ret->piece);
    *ret_fault = status == DYE_E_NOTFOUND ? "unsupported" : status == DYE_E_LIMIT ? "limit: spill" : "helper: crashed";
    return DYE_OK;
}

const char *helped_close(struct helped *h)
{
    const struct dye_decode_input *from = h->d->input->from;
    if (!h->ended)
        h->fault = from->helpers->end(from->arg);
    free(h->piece);
    return h->fault;
}
