/* However a part is fed, its chunks are the same, add up to it, and cut no token in two. */
#include "dye/chunker.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROUNDS = 3000, PART_MAX = 4000, CHUNKS_MAX = 4200 };

struct seen {
    uint8_t bytes[PART_MAX];
    size_t n;
    size_t ends[CHUNKS_MAX];
    size_t chunks;
    bool tokens_only, wide;
    struct dye_chunker *keeps; /* not NULL: the chunk's memory is kept until the next one */
    struct dye_chunk_memory kept;
};

/* What was kept of the chunk before is what it was. */
static void check_kept(const struct seen *s)
{
    size_t start = s->chunks > 1 ? s->ends[s->chunks - 2] : 0;
    if (s->chunks > 0)
        assert_memory_equal(s->kept.p, s->bytes + start, s->n - start);
}

static enum dye_status collect(void *arg, const struct dye_chunk *c)
{
    struct seen *s = arg;
    assert_int_equal(c->number, s->chunks);
    if (s->keeps != NULL) {
        check_kept(s);
        dye_chunker_swap(s->keeps, &s->kept);
        assert_ptr_equal(s->kept.p, c->bytes.p);
        assert_true(s->kept.high >= c->bytes.n);
    }
    s->wide = dye_charset_is_wide(c->layout->charset);
    assert_int_equal(c->start, s->n);
    assert_true(c->records == 0 || !s->tokens_only || dye_charset_is_wide(c->layout->charset));
    assert_true(c->bytes.n > 0 && s->n + c->bytes.n <= PART_MAX);
    memcpy(s->bytes + s->n, c->bytes.p, c->bytes.n);
    s->n += c->bytes.n;
    s->ends[s->chunks++] = s->n;
    return DYE_OK;
}

static size_t make_part(struct rng *r, uint8_t *p)
{
    static const char *const pieces[] = {
        "\n",           "\r\n", ",",  "----", "17412345678", "a.b_c@example.com",  "\x81\x41",
        "\xe5\xbc\xa0", " ",    "\"", "(",    "x",           "11014619900307001X", "\0"};
    size_t n = 0, want = rng_below(r, PART_MAX - 32);
    unsigned lines = (unsigned)rng_below(r, 4); /* some parts have few line ends */
    while (n < want) {
        size_t i = rng_below(r, sizeof pieces / sizeof *pieces);
        if (i < 2 && rng_below(r, 4) > lines)
            continue;
        size_t length = pieces[i][0] == '\0' ? 1 : strlen(pieces[i]);
        memcpy(p + n, pieces[i], length);
        n += length;
    }
    return n;
}

static void feed(struct dye_chunker *c, struct rng *r, const uint8_t *p, size_t n, size_t most)
{
    while (n > 0) {
        size_t take = 1 + rng_below(r, most);
        take = take < n ? take : n;
        if (rng_below(r, 2) == 0) { /* read to where it will stand */
            size_t room;
            uint8_t *there = dye_chunker_room(c, &room);
            assert_true(room > 0);
            take = take < room ? take : room;
            memcpy(there, p, take);
            assert_int_equal(dye_chunker_feed(c, dye_span_of(there, take)), DYE_OK);
        } else {
            assert_int_equal(dye_chunker_feed(c, dye_span_of(p, take)), DYE_OK);
        }
        p += take;
        n -= take;
    }
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
}

/* What an identifier is made of, by its own list. */
static bool in_token(uint8_t c)
{
    return strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@._%+-", c) != NULL && c != 0;
}

static void any_feeding_gives_the_same_chunks(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(11));
    static uint8_t part[PART_MAX];
    static struct seen whole, pieces;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = make_part(&r, part);
        size_t target = 1 + rng_below(&r, 300), max = target + rng_below(&r, 300);
        whole.n = whole.chunks = pieces.n = pieces.chunks = pieces.kept.high = 0;
        struct dye_chunker *a = dye_chunker_new(target, max, collect, &whole);
        struct dye_chunker *b = dye_chunker_new(target, max, collect, &pieces);
        pieces.keeps = rng_below(&r, 2) == 0 ? b : NULL;
        pieces.kept.p = malloc(max);
        whole.tokens_only = pieces.tokens_only = rng_below(&r, 2) == 0;
        if (whole.tokens_only) {
            dye_chunker_ignore_records(a);
            dye_chunker_ignore_records(b);
        }
        feed(a, &r, part, n, PART_MAX * 2);
        feed(b, &r, part, n, 1 + rng_below(&r, 50));
        if (pieces.keeps != NULL)
            check_kept(&pieces);
        free(pieces.kept.p);
        assert_int_equal(whole.n, n);
        assert_int_equal(pieces.n, n);
        assert_memory_equal(whole.bytes, part, n);
        assert_int_equal(whole.chunks, pieces.chunks);
        assert_memory_equal(whole.ends, pieces.ends, whole.chunks * sizeof *whole.ends);
        for (size_t i = 0; i < whole.chunks; i++) {
            size_t start = i > 0 ? whole.ends[i - 1] : 0, end = whole.ends[i];
            assert_true(end - start <= max);
            /* A token is cut only when it fills a chunk, which of a wide charset takes whole characters. */
            if (end < n && in_token(part[end - 1]) && in_token(part[end]))
                assert_in_range(end - start, whole.wide && max > 5 ? max - 5 : max, max);
        }
        dye_chunker_free(a);
        dye_chunker_free(b);
    }
}

struct counted { /* chunks from `first` on */
    struct dye_chunker *by;
    size_t first, n, turned; /* the first of a layout that came later */
    uint64_t ends[CHUNKS_MAX], records[CHUNKS_MAX];
};

static enum dye_status count(void *arg, const struct dye_chunk *c)
{
    struct counted *k = arg;
    assert_int_equal(c->number, k->first + k->n);
    if (!dye_chunker_turned(k->by))
        k->turned = k->n + 1;
    k->ends[k->n] = c->start + c->bytes.n;
    k->records[k->n++] = c->records;
    return DYE_OK;
}

/* Whether the first `chunks` have their full size each and are of one layout. */
static bool are_full(const struct counted *k, size_t chunks, size_t target)
{
    for (size_t i = 0; i < chunks; i++)
        if (k->ends[i] - (i > 0 ? k->ends[i - 1] : 0) < target)
            return false;
    return chunks <= k->turned;
}

static void what_goes_on_behind_a_chunk_comes_to_the_same(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(13));
    static uint8_t part[PART_MAX];
    static struct counted whole, rest;
    size_t resumed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = make_part(&r, part), target = 1 + rng_below(&r, 200), max = target + rng_below(&r, 300), room;
        whole.n = rest.n = whole.turned = 0;
        struct dye_chunker *c = whole.by = dye_chunker_new(target, max, count, &whole);
        feed(c, &r, part, n, PART_MAX);
        dye_chunker_free(c);
        rest.first = 1 + rng_below(&r, whole.n + 1);
        uint64_t start = rest.first < whole.n ? whole.ends[rest.first - 1] : 0;
        c = rest.by = dye_chunker_new(target, max, count, &rest);
        uint8_t *p = dye_chunker_room(c, &room);
        if (start > 0 && part[start - 1] == '\n' && room <= n && are_full(&whole, rest.first, target)) {
            memcpy(p, part, room);
            if (dye_chunker_resume(c, room, (uint32_t)rest.first, start)) {
                feed(c, &r, part + start, n - start, 50);
                assert_int_equal(rest.first + rest.n, whole.n);
                assert_memory_equal(rest.ends, whole.ends + rest.first, rest.n * sizeof *rest.ends);
                assert_memory_equal(rest.records, whole.records + rest.first, rest.n * sizeof *rest.records);
                resumed++;
            } else { /* nothing has happened */
                rest.first = 0;
                feed(c, &r, part, n, 50);
                assert_int_equal(rest.n, whole.n);
            }
        }
        dye_chunker_free(c);
    }
    assert_in_range(resumed, 50, ROUNDS);
}

static void no_identifier_in_lines_is_split(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(12));
    static uint8_t part[PART_MAX];
    static struct seen seen;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = 0;
        while (n + 40 < PART_MAX) { /* no identifier longer than 25, chunks of 32 to 64 */
            static const char *const values[] = {"17412345678", "some.body@mail.example.com", "11014619900307001X"};
            const char *v = values[rng_below(&r, 3)];
            memcpy(part + n, v, strlen(v));
            n += strlen(v);
            part[n++] = (uint8_t) ",;\n|\t"[rng_below(&r, 5)];
        }
        for (size_t i = 0; i < n; i++)
            part[i] = part[i] == '|' ? ' ' : part[i]; /* '|' may be the half of a character: no place to cut */
        seen.n = seen.chunks = 0;
        struct dye_chunker *c = dye_chunker_new(32, 64, collect, &seen);
        feed(c, &r, part, n, 500);
        for (size_t i = 0; i + 1 < seen.chunks; i++)
            assert_false(in_token(part[seen.ends[i] - 1]) && in_token(part[seen.ends[i]]));
        dye_chunker_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_feeding_gives_the_same_chunks),
        cmocka_unit_test(what_goes_on_behind_a_chunk_comes_to_the_same),
        cmocka_unit_test(no_identifier_in_lines_is_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
