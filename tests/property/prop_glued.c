/*
 * Of a file that was glued together the records are those of its pieces, each in its own layout: whatever their order,
 * however it is fed, and from whatever chunk it is gone on with.
 */
#include "dye/chunker.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROUNDS = 400, PIECES_MAX = 5, PART_MAX = 1 << 19, CHUNKS_MAX = 4096, KINDS = DYE_LAYOUT_TEXT + 1 };

enum piece { INSERTS, COPIED, DASHES, TABS, BARS, CSV, QUOTED, JSON_LINES, CARDS, PIECES };

/* What parts rows: those of one behind those of the other are one piece. */
static const char comma[] = ",";
static const char *const parted_by[PIECES] = {
    [DASHES] = "----", [TABS] = "\t", [BARS] = "|", [CSV] = comma, [QUOTED] = comma,
};

static bool is_delimited(enum piece p)
{
    return parted_by[p] != NULL;
}

struct text {
    uint8_t *p;
    size_t n;
};

static void put(struct text *t, const char *s)
{
    size_t n = strlen(s);
    assert_true(t->n + n <= PART_MAX);
    memcpy(t->p + t->n, s, n);
    t->n += n;
}

struct person {
    char name[16], mobile[12], id[19];
};

static void somebody(struct rng *r, struct person *p)
{
    static const char *const names[] = {"李明", "王小芳", "张伟", "Li Ming", "Carl", "Sun Li", "欧阳静", "Ivy", "陈刚"};
    snprintf(p->name, sizeof p->name, "%s", names[rng_below(r, sizeof names / sizeof *names)]);
    snprintf(p->mobile, sizeof p->mobile, "174%08u", (unsigned)rng_below(r, 100000000));
    snprintf(p->id, sizeof p->id, "110146%u%04u%03u1", 1950 + (unsigned)rng_below(r, 60), 1201,
             (unsigned)rng_below(r, 999));
}

static void put_head(struct text *t, enum piece piece, bool header)
{
    if (piece == INSERTS)
        put(t, "-- MySQL dump 10.13\n--\n\n/*!40101 SET NAMES utf8mb4 */;\nDROP TABLE IF EXISTS `t`;\n"
               "CREATE TABLE `t` (\n  `xm` varchar(20),\n  `sjh` varchar(20),\n  `sfz` char(18)\n) ENGINE=InnoDB;\n"
               "LOCK TABLES `t` WRITE;\n");
    if (piece == COPIED)
        put(t, "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
               "CREATE TABLE public.t (\n    xm text,\n    sjh text,\n    sfz text\n);\n\n"
               "COPY public.t (xm, sjh, sfz) FROM stdin;\n");
    if (is_delimited(piece) && header)
        put(t, piece == DASHES ? "姓名----手机----身份证\n"
               : piece == TABS ? "姓名\t手机\t身份证\n"
               : piece == BARS ? "姓名|手机|身份证\n"
               : piece == CSV  ? "姓名,手机,身份证\n"
                               : "\"姓名\",\"手机\",\"身份证\"\n");
}

static void put_tail(struct text *t, enum piece piece)
{
    if (piece == INSERTS)
        put(t, "UNLOCK TABLES;\n\n-- Dump completed\n");
    if (piece == COPIED)
        put(t, "\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
}

/* Returns how many records it has. */
static uint64_t put_piece(struct text *t, enum piece piece, size_t rows, struct rng *r)
{
    static const char *const around[PIECES][4] = {
        [INSERTS] = {"INSERT INTO `t` VALUES ('", "','", "','", "');\n"},
        [COPIED] = {"", "\t", "\t", "\n"},
        [DASHES] = {"", "----", "----", "\n"},
        [TABS] = {"", "\t", "\t", "\n"},
        [BARS] = {"", "|", "|", "\n"},
        [CSV] = {"", ",", ",", "\n"},
        [QUOTED] = {"\"", "\",\"", "\",\"", "\"\n"},
        [JSON_LINES] = {"{\"xm\":\"", "\",\"sjh\":\"", "\",\"sfz\":\"", "\"}\n"},
        [CARDS] = {"BEGIN:VCARD\nVERSION:3.0\nFN:", "\nTEL:", "\nNOTE:", "\nEND:VCARD\n"},
    };
    put_head(t, piece, rng_below(r, 2) == 0);
    for (size_t i = 0; i < rows; i++) {
        char row[256];
        struct person p;
        somebody(r, &p);
        const char *const *a = around[piece];
        snprintf(row, sizeof row, "%s%s%s%s%s%s%s", a[0], p.name, a[1], p.mobile, a[2], p.id, a[3]);
        put(t, row);
    }
    put_tail(t, piece);
    return rows;
}

struct seen {
    uint64_t records, of_kind[KINDS], fields;
    size_t chunks, first;
    uint64_t end[CHUNKS_MAX], upto[CHUNKS_MAX]; /* and records so far */
};

static enum dye_status count(void *arg, const struct dye_chunk *c)
{
    struct seen *s = arg;
    struct dye_records r;
    struct dye_field fields[DYE_FIELDS_MAX];
    uint64_t n = 0;
    assert_true(s->chunks < CHUNKS_MAX);
    assert_int_equal(c->number, s->first + s->chunks);
    dye_records_init(&r, c->layout, c->text);
    while (dye_records_next(&r)) {
        n++;
        s->fields += dye_record_fields(&r, fields);
    }
    assert_int_equal(n, c->records);
    s->records += n;
    s->of_kind[c->layout->kind] += n;
    s->end[s->chunks] = c->start + c->bytes.n;
    s->upto[s->chunks++] = s->records;
    return DYE_OK;
}

static void feed(struct dye_chunker *c, struct rng *r, const uint8_t *p, size_t n, size_t most)
{
    for (size_t at = 0, take; at < n; at += take) {
        take = 1 + rng_below(r, most);
        take = take < n - at ? take : n - at;
        assert_int_equal(dye_chunker_feed(c, dye_span_of(p + at, take)), DYE_OK);
    }
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
}

static size_t resumed;

/* From each chunk that one may go on with: those before it have their full size and end with a line. */
static void go_on(const struct text *t, size_t target, size_t max, const struct seen *whole)
{
    static struct seen rest;
    for (size_t k = 0; k < whole->chunks; k++) {
        uint64_t start = whole->end[k], before = k > 0 ? whole->end[k - 1] : 0;
        if (start - before < target || start == t->n || t->p[start - 1] != '\n')
            break;
        memset(&rest, 0, sizeof rest);
        rest.first = k + 1;
        struct dye_chunker *c = dye_chunker_new(target, max, count, &rest);
        dye_chunker_begin(c, DYE_UNIT_BYTE);
        size_t room;
        uint8_t *there = dye_chunker_room(c, &room);
        if (room <= t->n) {
            memcpy(there, t->p, room);
            if (dye_chunker_resume(c, room, (uint32_t)k + 1, start)) {
                assert_int_equal(dye_chunker_feed(c, dye_span_of(t->p + start, t->n - start)), DYE_OK);
                assert_int_equal(dye_chunker_finish(c), DYE_OK);
                assert_int_equal(rest.records + whole->upto[k], whole->records);
                assert_int_equal(rest.chunks + k + 1, whole->chunks);
                resumed++;
            }
        }
        dye_chunker_free(c);
    }
}

static const enum dye_layout_kind kind_of[PIECES] = {
    [INSERTS] = DYE_LAYOUT_SQL,      [COPIED] = DYE_LAYOUT_SQL,      [DASHES] = DYE_LAYOUT_DELIMITED,
    [TABS] = DYE_LAYOUT_DELIMITED,   [BARS] = DYE_LAYOUT_DELIMITED,  [CSV] = DYE_LAYOUT_DELIMITED,
    [QUOTED] = DYE_LAYOUT_DELIMITED, [JSON_LINES] = DYE_LAYOUT_JSON, [CARDS] = DYE_LAYOUT_VCARD,
};

static void records_are_those_of_the_pieces(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(21));
    static struct seen whole, pieces;
    struct text t = {.p = malloc(PART_MAX)};
    uint64_t total = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t want[KINDS] = {0}, rows = 0, fields = 0;
        size_t first_end = 0;
        size_t n = 1 + rng_below(&r, PIECES_MAX), largest = rng_below(&r, 4) == 0 ? 900 : 60;
        t.n = 0;
        char order[128] = "";
        for (size_t i = 0, before = PIECES; i < n; i++) {
            enum piece piece;
            do
                piece = (enum piece)rng_below(&r, PIECES);
            while (before < PIECES && parted_by[before] != NULL && parted_by[before] == parted_by[piece]);
            snprintf(order + strlen(order), 8, " %d", (int)piece);
            uint64_t records = put_piece(&t, piece, 4 + rng_below(&r, largest), &r);
            want[kind_of[piece]] += records;
            rows += records;
            fields += records * (piece == CARDS ? 4 : 3);
            before = piece;
            first_end = i == 0 ? t.n : first_end;
        }
        /* Often the first piece is just one chunk, or two; a chunk holds more than one record. */
        size_t target = rng_below(&r, 2) == 0 ? first_end / (1 + rng_below(&r, 2)) : rng_below(&r, 40000);
        target = target > 1000 ? target : 1000;
        size_t max = target + 8192 + (rng_below(&r, 2) == 0 ? rng_below(&r, 1 << 17) : 0);
        memset(&whole, 0, sizeof whole);
        memset(&pieces, 0, sizeof pieces);
        struct dye_chunker *a = dye_chunker_new(target, max, count, &whole);
        struct dye_chunker *b = dye_chunker_new(target, max, count, &pieces);
        feed(a, &r, t.p, t.n, PART_MAX);
        feed(b, &r, t.p, t.n, 3000);
        if (whole.records != rows)
            printf("pieces%s: %zu bytes, target %zu\n", order, t.n, target);
        assert_int_equal(whole.records, rows);
        assert_int_equal(whole.records, rows);
        assert_memory_equal(whole.of_kind, want, sizeof want);
        assert_int_equal(whole.fields, fields);
        assert_int_equal(pieces.chunks, whole.chunks);
        assert_memory_equal(pieces.end, whole.end, whole.chunks * sizeof *whole.end);
        assert_int_equal(pieces.records, rows);
        go_on(&t, target, max, &whole);
        total += rows;
        dye_chunker_free(a);
        dye_chunker_free(b);
    }
    printf("%llu records, gone on with %zu times\n", (unsigned long long)total, resumed);
    assert_true(resumed > ROUNDS / 16);
    free(t.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records_are_those_of_the_pieces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
