#include "scanner.h"

/*
 * A window of text at a time: its bytes are classified, tokens fall out of the masks, the common ones are looked up
 * many at a time and the others one by one. Only what passes a filter is looked at again.
 */
static enum dye_status scan_window(struct scan *s, size_t at)
{
    DYE_TRY(s->lanes(s));
    for (size_t i = 0; i < s->w.n[LANE_SLOW]; i++)
        DYE_TRY(run_at(s, TOKEN_POSITION(s->w.lane[LANE_SLOW][i])));
    for (uint64_t left = s->w.other_blocks; left != 0; left &= left - 1)
        DYE_TRY(others_of(s, 1 + (size_t)__builtin_ctzll(left)));
    DYE_TRY(others_highs(s));
    DYE_TRY(tries_finish(s));
    /* What passed is looked up many at a time, so that the memory it lies in comes together: of ordinary rows one in a
     * window does. */
    enum { WINDOWS = 16, MANY = 64 };
    if (s->n_passed + s->n_held < MANY && (at / WINDOW_BYTES + 1) % WINDOWS != 0)
        return DYE_OK;
    DYE_TRY(hits_settle(s));
    return hits_release(s, at + WINDOW_BYTES > REACH ? at + WINDOW_BYTES - REACH : 0);
}

static enum dye_status walk(struct scan *s, window_fn read)
{
    lanes_prepare(s);
    for (size_t at = 0; at < s->n; at += WINDOW_BYTES) {
        read(&s->w, scan_text(s), at);
        DYE_TRY(scan_window(s, at));
    }
    if (s->sink != NULL)
        DYE_TRY(tries_sink_rest(s));
    DYE_TRY(hits_settle(s));
    return hits_release(s, SIZE_MAX);
}

static enum dye_scan_path widest(void)
{
    enum dye_scan_path path = DYE_SCAN_AVX512;
    while (path > DYE_SCAN_SCALAR && window_of_path(path) == NULL)
        path--;
    return path;
}

static enum dye_status scan_chunk(enum dye_scan_path path, const struct dye_index_set *set, uint64_t max_epoch,
                                  struct dye_span chunk, dye_hit_fn on_hit, void *arg,
                                  const struct dye_token_sink *sink, struct dye_scan_stats *stats)
{
    struct scan s; /* most of it is filled as it is needed */
    s.set = set;
    s.sink = sink;
    s.n_sunk = 0;
    s.keys = sink != NULL ? sink->keys : NULL;
    s.indexed = 0;
    memset(s.filters, 0, sizeof s.filters);
    for (size_t part = 0; part < 2; part++) {
        if (set->part[part] == NULL)
            continue;
        s.keys = dye_index_keys_of(set->part[part]);
        for (enum dye_token_class c = 0; c < DYE_TOKEN_CLASSES; c++) {
            s.filters[part][c] = dye_index_filter_of(set->part[part], c);
            s.indexed |= s.filters[part][c].n_words > 0 ? 1u << c : 0;
        }
    }
    s.classes = sink != NULL ? (1u << DYE_TOKEN_CLASSES) - 1 : s.indexed;
    s.max_epoch = max_epoch;
    s.path = path;
    s.p = chunk.p;
    s.n = chunk.n;
    s.on_hit = on_hit;
    s.arg = arg;
    s.stats = (struct dye_scan_stats){.bytes = chunk.n};
    s.first = s.last = 0;
    s.wide.n = 0;
    s.unwrapped = 0;
    s.n_held = s.n_passed = 0;
    enum dye_status status = s.classes != 0 ? walk(&s, window_of_path(path)) : DYE_OK;
    if (stats != NULL) {
        stats->bytes += s.stats.bytes;
        stats->tokens += s.stats.tokens;
        stats->maybes += s.stats.maybes;
        stats->hits += s.stats.hits;
    }
    return status;
}

enum dye_status dye_scan_by(enum dye_scan_path path, const struct dye_index_set *set, uint64_t max_epoch,
                            struct dye_span chunk, dye_hit_fn on_hit, void *arg, struct dye_scan_stats *stats)
{
    path = path == DYE_SCAN_AUTO ? widest() : path;
    return window_of_path(path) != NULL ? scan_chunk(path, set, max_epoch, chunk, on_hit, arg, NULL, stats)
                                        : DYE_E_USAGE;
}

enum dye_status dye_scan(const struct dye_index_set *set, uint64_t max_epoch, struct dye_span chunk, dye_hit_fn on_hit,
                         void *arg, struct dye_scan_stats *stats)
{
    return scan_chunk(widest(), set, max_epoch, chunk, on_hit, arg, NULL, stats);
}

enum dye_status dye_scan_tokens(const struct dye_index_set *set, uint64_t max_epoch, struct dye_span chunk,
                                dye_hit_fn on_hit, void *arg, const struct dye_token_sink *sink,
                                struct dye_scan_stats *stats)
{
    return scan_chunk(widest(), set, max_epoch, chunk, on_hit, arg, sink, stats);
}
