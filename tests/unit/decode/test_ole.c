/* Compound files and workbooks of old Excel that no program at hand writes: code pages, encryption, broken chains. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECTOR = 512, SECTORS = 128, FREE = 0xffffffff, END = 0xfffffffe, TABLE = 0xfffffffd, FIRST_DATA = 2 };

struct file { /* sector 0: the table; 1: the directory; then the streams */
    uint8_t p[(SECTORS + 1) * SECTOR];
    unsigned sectors, entries;
};

static void put(uint8_t *p, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint8_t *sector(struct file *f, unsigned n)
{
    return f->p + (size_t)(n + 1) * SECTOR;
}

static void entry(struct file *f, const char *name, unsigned type, uint32_t start, uint64_t bytes)
{
    uint8_t *e = sector(f, 1) + 128 * f->entries++;
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        e[2 * i] = (uint8_t)name[i];
    put(e + 64, 2 * n + 2, 2);
    e[66] = (uint8_t)type;
    put(e + 68, FREE, 4);
    put(e + 72, FREE, 4);
    put(e + 76, FREE, 4);
    put(e + 116, start, 4);
    put(e + 120, bytes, 8);
}

static void begin(struct file *f)
{
    memset(f, 0, sizeof *f);
    memcpy(f->p, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    put(f->p + 24, 0x3e, 2);
    put(f->p + 26, 3, 2);
    put(f->p + 28, 0xfffe, 2);
    put(f->p + 30, 9, 2);
    put(f->p + 32, 6, 2);
    put(f->p + 44, 1, 4);
    put(f->p + 48, 1, 4);
    put(f->p + 56, 4096, 4);
    put(f->p + 60, END, 4);
    put(f->p + 68, END, 4);
    memset(f->p + 76, 0xff, 436);
    put(f->p + 76, 0, 4);
    memset(sector(f, 0), 0xff, SECTOR);
    put(sector(f, 0), TABLE, 4);
    put(sector(f, 0) + 4, END, 4);
    f->sectors = FIRST_DATA;
    entry(f, "Root Entry", 5, END, 0);
}

/* A stream, filled up to the 4,096 bytes below which it would live elsewhere. */
static void stream(struct file *f, const char *name, const uint8_t *p, size_t n)
{
    unsigned count = n < 4096 ? 8 : (unsigned)((n + SECTOR - 1) / SECTOR), start = f->sectors;
    for (unsigned i = 0; i < count; i++, f->sectors++)
        put(sector(f, 0) + 4 * f->sectors, i + 1 < count ? f->sectors + 1 : END, 4);
    memcpy(sector(f, start), p, n);
    entry(f, name, 2, start, n < 4096 ? 4096 : n);
    put(sector(f, 1) + 76, 1, 4); /* the root's child; the others hang on it to the right */
    if (f->entries > 2)
        put(sector(f, 1) + 128 * (f->entries - 2) + 72, f->entries - 1, 4);
}

static size_t bytes_of(const struct file *f)
{
    return (size_t)(f->sectors + 1) * SECTOR;
}

struct records {
    uint8_t p[8192];
    size_t n;
};

static void record(struct records *r, unsigned id, const void *p, size_t n)
{
    put(r->p + r->n, id, 2);
    put(r->p + r->n + 2, n, 2);
    memcpy(r->p + r->n + 4, p, n);
    r->n += 4 + n;
}

static void bof(struct records *r, unsigned version, unsigned type)
{
    uint8_t p[16] = {0};
    put(p, version, 2);
    put(p + 2, type, 2);
    record(r, 0x809, p, version == 0x600 ? 16 : 8);
}

static void check(const struct file *f, const char *want)
{
    size_t n = bytes_of(f);
    uint8_t *exact = malloc(n); /* so that ASan sees a read past the end */
    memcpy(exact, f->p, n);
    char *got = parts_of(exact, n, NULL);
    assert_non_null(got);
    assert_string_equal(got, want);
    free(got);
    got = parts_of(exact, n, &(struct parts_options){.forwards = true, .step = 77});
    assert_string_equal(got, want);
    free(got);
    free(exact);
}

/* The book's globals with one sheet, whose substream follows. */
static void book(struct records *r, unsigned version, const void *name, size_t name_n, unsigned codepage)
{
    uint8_t sheet[64] = {0}, page[2];
    bof(r, version, 5);
    put(page, codepage, 2);
    record(r, 0x42, page, 2);
    size_t at = r->n;
    sheet[6] = (uint8_t)name_n;
    size_t head = version == 0x600 ? 8 : 7;
    memcpy(sheet + head, name, name_n);
    record(r, 0x85, sheet, head + name_n);
    record(r, 0xa, "", 0);
    put(r->p + at + 4, r->n, 4);
}

static void excel_95_writes_in_its_code_page(void **state)
{
    (void)state;
    struct records r = {.n = 0};
    struct file f;
    book(&r, 0x500, "\xc3\xfb\xb5\xa5", 4, 936); /* 名单 */
    bof(&r, 0x500, 0x10);
    record(&r, 0x204, "\0\0\0\0\0\0\4\0\xd0\xd5\xc3\xfb", 12);       /* A1: 姓名 */
    record(&r, 0x204, "\1\0\1\0\0\0\3\0abc", 11);                    /* B2 */
    record(&r, 0x27e, "\1\0\2\0\0\0\x02\x00\x00\x00", 10);           /* C2: an integer, 0 */
    record(&r, 0x203, "\2\0\0\0\0\0\0\0\0\x20\x76\xd4\x0f\x42", 14); /* A3: a number */
    record(&r, 0xa, "", 0);
    begin(&f);
    stream(&f, "Book", r.p, r.n);
    check(&f, "== 名单 (cell, xls)\n姓名\n|abc|0\n17088562176\n-- read: \n");
}

static void strings_are_cut_between_records_and_change_their_width(void **state)
{
    (void)state;
    struct records r = {.n = 0};
    struct file f;
    bof(&r, 0x600, 5);
    size_t at = r.n;
    record(&r, 0x85, "\0\0\0\0\2\0\1\0s", 9); /* very hidden */
    record(&r, 0xfc, "\2\0\0\0\2\0\0\0\5\0\0abc", 14);
    record(&r, 0x3c, "\1\x11\x62\x12\x62\2\0\x08\1\0yz\0\0\0\0", 16); /* 我戒; then one with a run of formats */
    record(&r, 0xa, "", 0);
    put(r.p + at + 4, r.n, 4);
    bof(&r, 0x600, 0x10);
    record(&r, 0xfd, "\0\0\0\0\0\0\0\0\0\0", 10);
    record(&r, 0xfd, "\0\0\1\0\0\0\1\0\0\0", 10);
    record(&r, 6, "\0\0\2\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0\0\0\0\0", 22); /* a formula that gives text */
    record(&r, 0x207, "\2\0\0ok", 5);
    record(&r, 0x205, "\0\0\3\0\0\0\1\0", 8);
    record(&r, 0x205, "\0\0\4\0\0\0\x2a\1", 8);
    record(&r, 0xa, "", 0);
    begin(&f);
    stream(&f, "Workbook", r.p, r.n);
    check(&f, "== s (cell, xls)\nabc我戒|yz|ok|TRUE|#N/A\n-- read: \n");
}

static void an_encrypted_book_says_so(void **state)
{
    (void)state;
    struct records r = {.n = 0};
    struct file f;
    bof(&r, 0x600, 5);
    record(&r, 0x2f, "\1\0\1\0\1\0", 6);
    begin(&f);
    stream(&f, "Workbook", r.p, r.n);
    check(&f, "== Workbook (byte, )\n-- unread: encrypted\n");
    begin(&f);
    stream(&f, "EncryptedPackage", r.p, r.n);
    check(&f, "==  (byte, )\n-- unread: unsupported\n"); /* by nothing that it names */
}

static void a_chain_in_a_circle_ends(void **state)
{
    (void)state;
    struct file f;
    uint8_t text[5000];
    memset(text, 'a', sizeof text);
    begin(&f);
    stream(&f, "note", text, sizeof text);
    put(sector(&f, 0) + 4 * (FIRST_DATA + 3), FIRST_DATA, 4); /* back to the start */
    put(sector(&f, 1) + 128 + 120, UINT64_C(1) << 31, 8);     /* and as long as can be claimed */
    char *got = parts_of(f.p, bytes_of(&f), NULL);
    assert_non_null(got);
    assert_non_null(strstr(got, "-- partly: damaged\n"));
    assert_true(strlen(got) < 1 << 18);
    free(got);
    put(sector(&f, 0) + 4, 1, 4); /* the directory's too, and its trees */
    put(sector(&f, 1) + 76, 0, 4);
    put(sector(&f, 1) + 128 + 68, 1, 4);
    got = parts_of(f.p, bytes_of(&f), NULL);
    assert_non_null(got);
    free(got);
}

static void a_small_stream_without_the_stream_that_holds_it_is_damage(void **state)
{
    (void)state;
    struct file f;
    begin(&f);
    put(f.p + 60, 0, 4); /* a table of the mini stream, which the root doesn't have */
    entry(&f, "small", 2, 3, 100);
    put(sector(&f, 1) + 76, 1, 4);
    check(&f, "== small (byte, )\n-- unread: damaged\n");
}

static void absurd_headers_are_damage(void **state)
{
    (void)state;
    struct file f;
    static const unsigned shifts[] = {0, 1, 8, 10, 31, 63, 65535};
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        begin(&f);
        put(f.p + 30, shifts[i], 2);
        check(&f, "==  (byte, )\n-- unread: damaged\n");
    }
    begin(&f);
    put(f.p + 48, 0x7fffffff, 4); /* a directory beyond the end */
    check(&f, "==  (byte, )\n-- unread: damaged\n");
    begin(&f);
    check(&f, "==  (byte, )\n-- read: \n"); /* nothing inside */
}

static void other_streams_are_walked_like_entries(void **state)
{
    (void)state;
    struct file f;
    uint8_t text[4096];
    memset(text, 'a', sizeof text);
    begin(&f);
    stream(&f, "note", text, sizeof text);
    memcpy(text, "\x89PNG\r\n\x1a\n", 8);
    stream(&f, "picture", text, sizeof text);
    char *got = parts_of(f.p, bytes_of(&f), NULL);
    assert_non_null(strstr(got, "== note (byte, )\naaaa"));
    assert_non_null(strstr(got, "== picture (byte, )\n-- unread: format: image\n"));
    free(got);
}

static void streams_over_each_other_are_paid_for(void **state)
{
    (void)state;
    struct file f;
    uint8_t text[8192];
    memset(text, 'a', sizeof text);
    begin(&f);
    stream(&f, "one", text, sizeof text);
    stream(&f, "two", text, 1);
    put(sector(&f, 1) + 2 * 128 + 116, FIRST_DATA, 4); /* the same bytes again */
    put(sector(&f, 1) + 2 * 128 + 120, sizeof text, 8);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    limits.ratio = 1;
    limits.ratio_free_bytes = 0;
    char *got = parts_of(f.p, bytes_of(&f), &(struct parts_options){.limits = &limits});
    assert_non_null(strstr(got, "== one (byte, )\naaaa"));
    assert_non_null(strstr(got, "limit: ratio\n"));
    free(got);
}

static void a_file_that_was_dragged_in_is_walked_as_itself(void **state)
{
    (void)state;
    static const uint8_t head[] = "\0\0\0\0\2\0a.txt\0c:\\a.txt\0\0\0\3\0\5\0\0\0c:\\t\0\13\0\0\0"
                                  "17420000001 and what follows";
    struct file f;
    begin(&f);
    stream(&f, "\1Ole10Native", head, sizeof head);
    check(&f, "== Ole10Native (byte, )\n17420000001-- read: \n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(excel_95_writes_in_its_code_page),
        cmocka_unit_test(strings_are_cut_between_records_and_change_their_width),
        cmocka_unit_test(an_encrypted_book_says_so),
        cmocka_unit_test(a_chain_in_a_circle_ends),
        cmocka_unit_test(a_small_stream_without_the_stream_that_holds_it_is_damage),
        cmocka_unit_test(absurd_headers_are_damage),
        cmocka_unit_test(streams_over_each_other_are_paid_for),
        cmocka_unit_test(a_file_that_was_dragged_in_is_walked_as_itself),
        cmocka_unit_test(other_streams_are_walked_like_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
