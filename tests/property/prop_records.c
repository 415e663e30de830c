/* However a part is cut into chunks, its records, their fields and their places are the same, and its bytes add up. */
#include "dye/chunker.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 1500, PART_MAX = 1 << 16, WIDE_MAX = 4 * PART_MAX, TEXT_MAX = 8 << 20 };

/* ---- texts such as tools and sellers write; by hand, not by the library ---- */

static size_t text_n;
static char text[PART_MAX];

static void put(const char *s)
{
    size_t n = strlen(s);
    assert_true(text_n + n < PART_MAX);
    memcpy(text + text_n, s, n);
    text_n += n;
}

static const char *pick(struct rng *r, const char *const *list, size_t n)
{
    return list[rng_below(r, n)];
}

/* A value; `rich`: with what has to be escaped. */
static const char *value(struct rng *r, bool rich)
{
    static const char *const plain[] = {"甲",   "乙丙",  "亅丱", "17412345678", "a.b@example.com",   "某省某市1路2号",
                                        "NULL", "x y z", "",     "2020-01-02",  "11014619900307001X"};
    static const char *const odd[] = {"a,b", "a\"b", "it's", "a\\b",  "two\nlines",
                                      "(x",  "y)",   "{z]",  "a;b|c", "\ttab\r"};
    return rich && rng_below(r, 4) == 0 ? pick(r, odd, sizeof odd / sizeof *odd)
                                        : pick(r, plain, sizeof plain / sizeof *plain);
}

/* Each `of` gets `mark` before it; a line end becomes `line`. */
static void put_escaped(const char *s, const char *of, char mark, const char *line)
{
    for (; *s != '\0'; s++) {
        if (*s == '\n' && line != NULL) {
            put(line);
            continue;
        }
        if (strchr(of, *s) != NULL)
            put((char[]){mark, '\0'});
        put((char[]){*s, '\0'});
    }
}

static void put_csv(struct rng *r)
{
    for (size_t rows = rng_below(r, 150); rows > 0; rows--) {
        for (size_t i = 0; i < 4; i++) {
            const char *v = value(r, true);
            bool quoted = strpbrk(v, ",\"\n\r") != NULL || rng_below(r, 5) == 0;
            put(i > 0 ? "," : "");
            put(quoted ? "\"" : "");
            put_escaped(v, "\"", '"', NULL);
            put(quoted ? "\"" : "");
        }
        put(rng_below(r, 9) == 0 ? "\r\n" : "\n");
    }
}

static void put_delimited(struct rng *r)
{
    static const char *const delimiters[] = {"----", "|", "||", "\t", "^", "~", ";", "，", "\x1f"};
    const char *d = pick(r, delimiters, sizeof delimiters / sizeof *delimiters);
    for (size_t rows = rng_below(r, 150); rows > 0; rows--) {
        for (size_t i = 0; i < 3; i++) {
            put(i > 0 ? d : "");
            put(value(r, false));
        }
        put("\n");
    }
}

static void put_insert(struct rng *r)
{
    put("CREATE TABLE `t` (\n `a` int,\n `b` text,\n KEY (`a`)\n);\n");
    for (size_t statements = rng_below(r, 6); statements > 0; statements--) {
        put(rng_below(r, 3) == 0 ? "INSERT INTO `u` (`x`,`y`) VALUES " : "INSERT INTO `t` VALUES ");
        for (size_t rows = 1 + rng_below(r, 40); rows > 0; rows--) {
            put("(1,'");
            put_escaped(value(r, true), "'\\", '\\', "\\n");
            put(rows > 1 && rng_below(r, 3) == 0 ? "'),\n" : rows > 1 ? "')," : "');\n");
        }
    }
}

static void put_copy(struct rng *r)
{
    put("--\n-- PostgreSQL database dump\n--\nCREATE TABLE t (a text, b text);\n");
    for (size_t blocks = rng_below(r, 4); blocks > 0; blocks--) {
        put("COPY public.t (a, b) FROM stdin;\n");
        for (size_t rows = rng_below(r, 50); rows > 0; rows--) {
            put_escaped(value(r, true), "\\", '\\', "\\n");
            put("\t\\N\n");
        }
        put("\\.\n\n");
        put("INSERT INTO t VALUES ('C:\\', 'x''y');\n");
    }
}

static void put_object(struct rng *r, bool spread)
{
    static const char *const keys[] = {"name", "tel", "_id", "$oid", "\\u59d3"};
    put("{");
    for (size_t i = rng_below(r, 4); i > 0; i--) {
        put("\"");
        put(pick(r, keys, sizeof keys / sizeof *keys));
        put(spread ? "\":\n " : "\":");
        unsigned kind = (unsigned)rng_below(r, 5);
        put(kind == 0 ? "{\"in\":\"" : kind == 1 ? "[1,\"" : "\"");
        put_escaped(value(r, true), "\"\\", '\\', "\\n");
        put(kind == 0 ? "\"}" : kind == 1 ? "\"]" : "\"");
        put(i > 1 ? "," : "");
    }
    put("}");
}

static void put_json(struct rng *r)
{
    static const char *const heads[] = {"[", "{\"code\":0,\"data\":{\"list\":[", ""};
    static const char *const tails[] = {"]", "],\"n\":1}}", ""};
    size_t form = rng_below(r, 3);
    put(heads[form]);
    const char *between = form == 2 ? (rng_below(r, 2) == 0 ? "\n" : "") : rng_below(r, 2) == 0 ? "," : ",\n";
    bool spread = rng_below(r, 2) == 0;
    for (size_t n = rng_below(r, 100); n > 0; n--) {
        put_object(r, spread);
        put(n > 1 ? between : "");
    }
    put(tails[form]);
}

static void put_cards(struct rng *r)
{
    for (size_t n = rng_below(r, 60); n > 0; n--) {
        put("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:");
        put_escaped(value(r, true), "\\,;", '\\', "\\n");
        put("\r\nNOTE:folded\r\n  here\r\n");
        put(rng_below(r, 9) == 0 ? "" : "END:VCARD\r\n"); /* some writer broke off */
    }
}

static void put_lines(struct rng *r)
{
    for (size_t n = rng_below(r, 200); n > 0; n--) {
        put(value(r, false));
        put("\n");
    }
}

/* ---- what is read of them ---- */

struct seen {
    struct dye_buf said; /* a line a record: its place, its fields' names and values */
    uint64_t bytes, records, walked;
};

static void say(struct dye_buf *b, const struct dye_records *r, const struct dye_chunk *chunk,
                struct dye_chunk_cursor *cursor)
{
    static struct dye_field fields[DYE_FIELDS_MAX];
    size_t n = dye_record_fields(r, fields);
    struct dye_place at = dye_chunk_place(chunk, cursor, r->start);
    assert_int_equal(
        dye_buf_printf(b, "%llu %llu:", (unsigned long long)(chunk->start + at.byte), (unsigned long long)at.row),
        DYE_OK);
    struct dye_chunk_cursor ahead = *cursor;
    at = dye_chunk_place(chunk, &ahead, r->end);
    assert_int_equal(dye_buf_printf(b, "-%llu", (unsigned long long)(chunk->start + at.byte)), DYE_OK);
    for (size_t i = 0; i < n; i++) {
        at = dye_chunk_place(chunk, cursor, fields[i].start);
        assert_int_equal(dye_buf_printf(b, "|%llu.%u ", (unsigned long long)(chunk->start + at.byte), at.field),
                         DYE_OK);
        assert_int_equal(dye_field_name(r, &fields[i], b), DYE_OK);
        assert_int_equal(dye_field_value(r, &fields[i], b), DYE_OK);
    }
    assert_int_equal(dye_buf_append_str(b, "\n"), DYE_OK);
}

static enum dye_status collect(void *arg, const struct dye_chunk *chunk)
{
    struct seen *s = arg;
    struct dye_chunk_cursor cursor = {0};
    struct dye_records r;
    assert_int_equal(chunk->start, s->bytes);
    s->bytes += chunk->bytes.n;
    s->records += chunk->records;
    dye_records_init(&r, chunk->layout, chunk->text);
    while (dye_records_next(&r)) {
        s->walked++;
        say(&s->said, &r, chunk, &cursor);
    }
    return DYE_OK;
}

static void read_part(struct rng *r, struct dye_span part, enum dye_unit unit, size_t target, struct seen *s)
{
    dye_buf_init(&s->said, TEXT_MAX, false);
    assert_int_equal(dye_buf_append_str(&s->said, ""), DYE_OK);
    s->bytes = s->records = s->walked = 0;
    struct dye_chunker *c = dye_chunker_new(target, WIDE_MAX, collect, s);
    dye_chunker_begin(c, unit);
    for (size_t at = 0; at < part.n;) {
        size_t n = 1 + rng_below(r, 3000);
        n = n < part.n - at ? n : part.n - at;
        assert_int_equal(dye_chunker_feed(c, dye_span_of(part.p + at, n)), DYE_OK);
        at += n;
    }
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    assert_false(dye_chunker_cut_a_record(c));
    dye_chunker_free(c);
}

/* In another charset; characters that it lacks are left out. */
static size_t encode(const char *charset, const char *from, size_t n, char *to)
{
    char name[32];
    snprintf(name, sizeof name, "%s//IGNORE", charset);
    iconv_t cd = iconv_open(name, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    char *in = (char *)(uintptr_t)from, *out = to;
    size_t left = n, room = WIDE_MAX;
    (void)iconv(cd, &in, &left, &out, &room);
    iconv_close(cd);
    return (size_t)(out - to);
}

static void chunks_of_any_size_give_the_same_records(void **state)
{
    (void)state;
    static void (*const writers[])(struct rng *) = {put_csv,  put_delimited, put_insert, put_copy,
                                                    put_json, put_cards,     put_lines};
    static const char *const charsets[] = {"UTF-8", "UTF-8", "GB18030", "BIG5", "UTF-16LE", "UTF-16", "UTF-32BE"};
    static char part[WIDE_MAX + 16];
    struct rng r;
    rng_init(&r, rng_seed(31));
    for (int round = 0; round < ROUNDS; round++) {
        text_n = 0;
        writers[rng_below(&r, sizeof writers / sizeof *writers)](&r);
        if (rng_below(&r, 8) == 0)
            put_lines(&r); /* something else behind it */
        size_t n = encode(charsets[rng_below(&r, sizeof charsets / sizeof *charsets)], text, text_n, part);
        for (size_t k = rng_below(&r, 3) == 0 ? rng_below(&r, 20) : 0; k > 0 && n > 0; k--)
            part[rng_below(&r, n)] = "\"'\\\n\0{[(,|\xff\x81"[rng_below(&r, 12)]; /* damage */
        enum dye_unit unit = rng_below(&r, 6) == 0 ? (enum dye_unit)rng_below(&r, 4) : DYE_UNIT_BYTE;
        struct dye_span whole = dye_span_of(part, n);
        struct seen a, b;
        read_part(&r, whole, unit, WIDE_MAX, &a);
        read_part(&r, whole, unit, 1 + rng_below(&r, 4000), &b);
        assert_int_equal(a.bytes, n);
        assert_int_equal(b.bytes, n);
        assert_int_equal(a.records, a.walked);
        assert_int_equal(b.records, b.walked);
        if (a.said.n != b.said.n || memcmp(a.said.p, b.said.p, a.said.n) != 0) {
            size_t at = 0;
            while (at < a.said.n && at < b.said.n && a.said.p[at] == b.said.p[at])
                at++;
            at = at > 60 ? at - 60 : 0;
            fail_msg("round %d: whole ...%.150s... in chunks ...%.150s", round, (char *)a.said.p + at,
                     (char *)b.said.p + (at < b.said.n ? at : b.said.n));
        }
        dye_buf_done(&a.said);
        dye_buf_done(&b.said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_of_any_size_give_the_same_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
