#include "sketcher.h"

#include "zone.h"

#include <stdlib.h>

enum {
    ENOUGH = DYE_SKETCH_TOKENS / 2, /* an image ends with the chunk that brings it there: the next one may fill it */
    PENDING = 8                     /* images of one chunk: it has 8 MiB, and a token a byte would be seven */
};

struct sketcher {
    struct store *store;
    const char *dump;
    bool resumed;
    struct dye_sketch_builder *builder;
    struct dye_token_sink sink;
    uint32_t part, number; /* of the next image */
    uint32_t covered;      /* chunks, by the images that are stored */
    struct dye_span pending[PENDING];
    size_t n_pending;
};

static void drop_pending(struct sketcher *k)
{
    for (size_t i = 0; i < k->n_pending; i++)
        free((void *)(uintptr_t)k->pending[i].p);
    k->n_pending = 0;
}

static enum dye_status keep(void *arg, struct dye_span image)
{
    struct sketcher *k = arg;
    uint8_t *copy = k->n_pending < PENDING ? malloc(image.n) : NULL;
    if (copy == NULL)
        return k->n_pending < PENDING ? DYE_E_NOMEM : DYE_E_LIMIT;
    memcpy(copy, image.p, image.n);
    k->pending[k->n_pending++] = dye_span_of(copy, image.n);
    return DYE_OK;
}

enum dye_status sketcher_new(const struct home *h, struct store *s, const struct dye_index_keys *keys, const char *dump,
                             bool resumed, struct sketcher **ret, struct dye_error *err)
{
    *ret = NULL;
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT sketched = 'gone' FROM dyetrace.dump WHERE dump_id = $1", "s", dump));
    if (h->config.sketch_retention_days == 0 || PQntuples(r) != 1 || store_bool(r, 0, 0))
        return DYE_OK;
    DYE_CLEANUP(dye_key_wipe) struct dye_key key = {0};
    DYE_TRY(zone_key(h, "matcher", "sketch", s, &key, err));
    struct sketcher *k = calloc(1, sizeof *k);
    struct dye_sketch_builder *b = k != NULL ? dye_sketch_builder_new(&key, keep, k) : NULL;
    if (b == NULL) {
        free(k);
        DYE_FAIL(err, DYE_E_NOMEM, "sketch: out of memory");
    }
    *k = (struct sketcher){
        .store = s, .dump = dump, .resumed = resumed, .builder = b, .sink = {keys, dye_sketch_builder_take, b}};
    *ret = k;
    return DYE_OK;
}

void sketcher_free(struct sketcher *k)
{
    if (k == NULL)
        return;
    dye_sketch_builder_free(k->builder);
    drop_pending(k);
    free(k);
}

const struct dye_token_sink *sketcher_sink(const struct sketcher *k)
{
    return k != NULL ? &k->sink : NULL;
}

enum dye_status sketcher_begin(struct sketcher *k, uint32_t part, struct dye_error *err)
{
    if (k == NULL)
        return DYE_OK;
    dye_sketch_builder_clear(k->builder);
    drop_pending(k);
    k->part = part;
    k->number = k->covered = 0;
    if (!k->resumed)
        return DYE_OK;
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(k->store, err, &r,
                      "SELECT coalesce(max(number) + 1, 0), coalesce(max(upto), 0) FROM dyetrace.sketch"
                      " WHERE dump_id = $1 AND part = $2",
                      "si", k->dump, (int64_t)part));
    k->number = (uint32_t)store_int(r, 0, 0);
    k->covered = (uint32_t)store_int(r, 0, 1);
    return DYE_OK;
}

/* What is sealed, and what is not yet. Of several images the last alone covers the chunk that made them. */
static enum dye_status store_images(struct sketcher *k, uint32_t upto, struct dye_error *err)
{
    enum dye_status status = dye_sketch_builder_seal(k->builder);
    if (status != DYE_OK)
        return dye_fail(err, status, "sketch: can't be made (%s)", dye_status_name(status));
    for (size_t i = 0; i < k->n_pending; i++) {
        struct dye_sketch s;
        uint32_t covered = i + 1 < k->n_pending ? k->covered : upto;
        DYE_TRY(dye_sketch_open(k->pending[i], &s, err));
        DYE_TRY(store_run(k->store, err, NULL,
                          "INSERT INTO dyetrace.sketch (dump_id, part, number, upto, tokens, image)"
                          " VALUES ($1, $2, $3, $4, $5, $6)",
                          "siiiib", k->dump, (int64_t)k->part, (int64_t)k->number++, (int64_t)covered,
                          (int64_t)s.tokens, k->pending[i]));
    }
    drop_pending(k);
    k->covered = upto;
    return DYE_OK;
}

enum dye_status sketcher_chunk(struct sketcher *k, uint32_t number, struct dye_error *err)
{
    if (k == NULL || (k->n_pending == 0 && dye_sketch_builder_tokens(k->builder) < ENOUGH))
        return DYE_OK;
    return store_images(k, number + 1, err);
}

enum dye_status sketcher_again(struct sketcher *k, uint32_t number, struct dye_span text, struct dye_error *err)
{
    const struct dye_index_set none = {{NULL, NULL}};
    if (k == NULL || number < k->covered)
        return DYE_OK;
    enum dye_status status = dye_scan_tokens(&none, 0, text, NULL, NULL, &k->sink, NULL);
    if (status != DYE_OK)
        return dye_fail(err, status, "sketch: can't be made (%s)", dye_status_name(status));
    return sketcher_chunk(k, number, err);
}

uint32_t sketcher_covered(const struct sketcher *k)
{
    return k != NULL ? k->covered : UINT32_MAX;
}

enum dye_status sketcher_end(struct sketcher *k, struct dye_error *err)
{
    return k != NULL ? store_images(k, INT32_MAX, err) : DYE_OK;
}

enum dye_status sketcher_finish(const struct sketcher *k, struct store *s, const char *dump, struct dye_error *err)
{
    return store_run(s, err, NULL,
                     "UPDATE dyetrace.dump SET hunted = epoch, sketched = CASE WHEN $2 THEN 'kept'"
                     " WHEN sketched = 'none' THEN 'gone' ELSE sketched END WHERE dump_id = $1",
                     "so", dump, (int)(k != NULL));
}
