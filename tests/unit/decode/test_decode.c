/* The files of tests/fuzz/corpus/decode were made with zip, tar, gzip, xz, bzip2, zstd, 7zz and
 * tests/regress/hostile/make.py. */
#include "dye/decode.h"
#include "dye/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct input {
    uint8_t *p;
    size_t n, at;
    size_t step; /* bytes a read; 0: as many as asked for */
    size_t fails_at;
};

static enum dye_status read_input(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct input *in = arg;
    if (in->fails_at != 0 && in->at >= in->fails_at)
        return DYE_E_IO;
    size_t n = in->n - in->at < cap ? in->n - in->at : cap;
    if (in->step != 0 && n > in->step)
        n = in->step;
    memcpy(p, in->p + in->at, n);
    in->at += n;
    *ret_n = n;
    return DYE_OK;
}

struct log { /* a line a part: path, bytes, verdict, reason */
    char text[8192];
    size_t n;
    uint64_t bytes;
    uint32_t parts;
    bool open;
    const char *stop_at;
};

static enum dye_status answer(const struct log *l, const char *event)
{
    return l->stop_at != NULL && strcmp(l->stop_at, event) == 0 ? DYE_STOPPED : DYE_OK;
}

static enum dye_status on_begin(void *arg, const struct dye_part *p)
{
    struct log *l = arg;
    assert_false(l->open);
    assert_int_equal(p->ordinal, l->parts++);
    assert_true(dye_path_is_valid(dye_span_str(p->path)));
    l->open = true;
    l->bytes = 0;
    l->n += (size_t)snprintf(l->text + l->n, sizeof l->text - l->n, "%s:", p->path);
    return answer(l, "begin");
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct log *l = arg;
    assert_true(l->open && bytes.n > 0);
    l->bytes += bytes.n;
    return answer(l, "data");
}

static enum dye_status on_end(void *arg, const struct dye_part_end *e)
{
    struct log *l = arg;
    assert_true(l->open);
    assert_int_equal(e->bytes, l->bytes);
    l->open = false;
    l->n += (size_t)snprintf(l->text + l->n, sizeof l->text - l->n, "%llu:%s:%s\n", (unsigned long long)e->bytes,
                             dye_verdict_name(e->verdict), e->reason);
    return answer(l, "end");
}

static struct input load(const char *name)
{
    char path[4096];
    const char *root = getenv("DYE_SOURCE_DIR");
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/decode/%s", root != NULL ? root : ".", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s: not there", path);
    struct input in = {.p = malloc(1 << 16)};
    in.n = fread(in.p, 1, 1 << 16, f);
    fclose(f);
    return in;
}

static enum dye_status run(struct input *in, const struct dye_decode_limits *limits, struct log *l)
{
    struct dye_decode_limits usual;
    dye_decode_limits_default(&usual);
    struct dye_decode_events events = {on_begin, on_data, on_end, l};
    l->n = 0;
    l->parts = 0;
    l->open = false;
    l->text[0] = '\0';
    in->at = 0;
    return dye_decode(&(struct dye_decode_input){.read = read_input, .arg = in}, limits != NULL ? limits : &usual,
                      &events, NULL);
}

static void check(const char *name, const struct dye_decode_limits *limits, const char *want)
{
    struct input in = load(name);
    struct log l = {.n = 0};
    static const size_t steps[] = {0, 1, 7, 512};
    for (size_t i = 0; i < 4; i++) { /* how it is fed must not show */
        in.step = steps[i];
        assert_int_equal(run(&in, limits, &l), DYE_OK);
        if (strcmp(l.text, want) != 0)
            print_error("%s, %zu bytes a read\n", name, steps[i]);
        assert_string_equal(l.text, want);
    }
    free(in.p);
}

static void plain_and_compressed_files_are_one_part_without_a_path(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.csv", "a.csv.gz", "a.csv.xz",  "a.csv.bz2",
                                        "a.csv.zst", "a.csv.Z",  "a.csv.lz4", "a.csv.lz"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check(names[i], NULL, ":1480:read:\n");
    check("gb18030.csv", NULL, ":27:read:\n");
    check("members.gz", NULL, ":2960:read:\n");
}

static void an_empty_thing_is_one_part_that_was_read(void **state)
{
    (void)state;
    check("empty", NULL, ":0:read:\n");
    check("empty.gz", NULL, ":0:read:\n");
    check("nothing.zip", NULL, ":0:read:\n");
}

static void entries_of_archives_are_parts_and_folders_are_none(void **state)
{
    (void)state;
    check("two.zip", NULL, "a.csv:1480:read:\ndir/b.csv:12:read:\n");
    check("stored.zip", NULL, "a.csv:1480:read:\nb.csv:12:read:\n");
    check("stream.zip", NULL, "-:1480:read:\n");
    check("in.tar.gz", NULL, "a.csv:1480:read:\ndir/b.csv:12:read:\n");
    check("a.tar.xz", NULL, "a.csv:1480:read:\n");
}

static void containers_in_containers_join_their_names(void **state)
{
    (void)state;
    check("nested.zip", NULL,
          "in.tar.gz/a.csv:1480:read:\nin.tar.gz/dir/b.csv:12:read:\n"
          "two.zip/a.csv:1480:read:\ntwo.zip/dir/b.csv:12:read:\nb.csv:12:read:\n");
    check("deep.zip", NULL, "l3.zip/l2.zip/l1.zip/l0.zip/x.csv:5:read:\n");
}

static void names_are_utf8_whatever_the_archive_wrote(void **state)
{
    (void)state;
    check("cp936.zip", NULL, "甲乙.csv:4:read:\n");
    check("utf8.zip", NULL, "甲乙.csv:4:read:\n");
}

static void names_hold_nothing_that_a_terminal_obeys(void **state)
{
    (void)state;
#define MARK "\xef\xbf\xbd"
    check("control.tar", NULL, "a" MARK "[31m" MARK "b" MARK "c" MARK MARK ".csv:4:read:\n");
    static const char *const bad[] = {"a\nb", "\x1b[2J", "a\x7f", "\xc2\x85", "\t"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(dye_path_is_valid(dye_span_str(bad[i])));
    assert_true(dye_path_is_valid(dye_span_str("\xc2\xa0\xe7\x94\xb2/b c.csv")));
}

static void links_and_devices_are_parts_that_were_not_read(void **state)
{
    (void)state;
    check("links.tar", NULL, "link:0:unread:not a file\nb.csv:12:read:\npipe:0:unread:not a file\n");
}

static void holes_count_as_the_zeros_they_stand_for(void **state)
{
    (void)state;
    check("sparse.tar", NULL, "sparse.bin:2097157:partly:format: unknown\n");
}

static void what_cannot_be_read_says_why(void **state)
{
    (void)state;
    check("encrypted.zip", NULL, "b.csv:0:unread:encrypted\n");
    check("picture.png", NULL, ":0:unread:format: image\n");
    check("old.doc", NULL, ":0:unread:limit: spill\n");
    check("lie.csv", NULL, ":0:unread:truncated\n");
}

/* Frames of RFC 8878 by hand: a length of one byte, and a block as it stands. */
static void zstandard_frames_that_follow_each_other_are_one_part(void **state)
{
    (void)state;
#define ABC "\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00\x61\x62\x63"
#define SKIPPED "\x50\x2a\x4d\x18\x02\x00\x00\x00xx"
    static const struct {
        const char *bytes;
        size_t n;
        const char *want;
    } table[] = {
        {ABC ABC, 24, ":6:read:\n"},
        {ABC SKIPPED ABC, 34, ":6:read:\n"},
        {ABC SKIPPED, 22, ":3:read:\n"},
        {ABC "trailing", 20, ":3:partly:damaged\n"},
        {ABC "\x28\xb5", 14, ":3:partly:truncated\n"},
        {ABC ABC, 23, ":5:partly:truncated\n"},
        {"\x28\xb5\x2f\xfd\x00\xf0\x19\x00\x00\x61\x62\x63", 12, ":0:unread:limit: memory\n"}, /* window of 2^40 */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t step = 0; step < 3; step++) {
            struct input in = {.p = malloc(table[i].n), .n = table[i].n, .step = step};
            struct log l = {.n = 0};
            memcpy(in.p, table[i].bytes, in.n);
            assert_int_equal(run(&in, NULL, &l), DYE_OK);
            assert_string_equal(l.text, table[i].want);
            free(in.p);
        }
}

static void damage_is_seen_by_checksum_and_leaves_the_rest(void **state)
{
    (void)state;
    check("badcrc.zip", NULL, "a.csv:1480:partly:damaged\nb.csv:12:read:\n");
    check("badcrc.gz", NULL, ":1480:partly:damaged\n");
}

static void what_came_before_the_cut_counts(void **state)
{
    (void)state;
    check("truncated.zip", NULL, "a.csv:991:partly:truncated\n");
    check("truncated.gz", NULL, ":208:partly:truncated\n");
}

static void nothing_hides_behind_the_end_of_a_zip(void **state)
{
    (void)state;
    static const char *const names[] = {"two.zip", "stream.zip", "nested.zip", "encrypted.zip", "nothing.zip"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct input in = load(names[i]);
        struct log whole = {.n = 0}, l = {.n = 0};
        assert_int_equal(run(&in, NULL, &whole), DYE_OK);
        memset(in.p + in.n, 0, 3); /* padding is nothing */
        in.n += 3;
        assert_int_equal(run(&in, NULL, &l), DYE_OK);
        assert_string_equal(l.text, whole.text);
        in.p[in.n++] = 'x';
        assert_int_equal(run(&in, NULL, &l), DYE_OK);
        assert_non_null(strstr(l.text, ":0:unread:trailing data\n"));
        free(in.p);
    }
}

static void no_cut_passes_for_a_whole(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t upto;
    } table[] = {{"two.zip", 0},   {"nested.zip", 0}, {"in.tar.gz", 0}, {"a.csv.gz", 0},      {"a.csv.xz", 0},
                 {"a.csv.bz2", 0}, {"a.csv.zst", 0},  {"a.tar.xz", 0},  {"encrypted.zip", 0}, {"stream.zip", 0}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct input in = load(table[i].name);
        size_t upto = table[i].upto != 0 ? table[i].upto : in.n;
        struct log l = {.n = 0};
        for (in.n = 6; in.n < upto; in.n++) { /* below that there is no magic number left */
            if (strstr(table[i].name, "bz2") != NULL && in.n < 10)
                continue;
            assert_int_equal(run(&in, NULL, &l), DYE_OK);
            if (strstr(l.text, "truncated") == NULL && strstr(l.text, "damaged") == NULL)
                fail_msg("%s cut at %zu: %s", table[i].name, in.n, l.text);
        }
        free(in.p);
    }
}

static void each_limit_stops_and_says_so(void **state)
{
    (void)state;
    struct dye_decode_limits usual, l;
    dye_decode_limits_default(&usual);
    l = usual;
    l.output_bytes = 1490;
    check("two.zip", &l, "a.csv:1480:read:\ndir/b.csv:10:partly:limit: output\n");
    l.output_bytes = 1480;
    check("two.zip", &l, "a.csv:1480:read:\ndir/b.csv:0:unread:limit: output\n");
    l = usual;
    l.entries = 1;
    check("stored.zip", &l, "a.csv:1480:read:\nb.csv:0:unread:limit: entries\n");
    l = usual;
    l.depth = 2;
    check("deep.zip", &l, "l3.zip/l2.zip:0:unread:limit: depth\n");
    l.depth = 0;
    check("two.zip", &l, ":0:unread:limit: depth\n");
    check("plain.csv", &l, ":1480:read:\n");
}

static void a_bomb_is_cut_off(void **state)
{
    (void)state;
    struct dye_decode_limits l;
    dye_decode_limits_default(&l);
    l.ratio = 100;
    l.ratio_free_bytes = 1 << 20;
    struct input in = load("bomb.gz");
    struct log log = {.n = 0};
    assert_int_equal(run(&in, &l, &log), DYE_OK);
    assert_non_null(strstr(log.text, ":partly:limit: ratio\n"));
    assert_true(log.bytes <= 2 << 20);
    l.ratio_free_bytes = 8 << 20;
    assert_int_equal(run(&in, &l, &log), DYE_OK);
    assert_string_equal(log.text, ":4194304:partly:format: unknown\n");
    free(in.p);
}

static void what_is_of_no_known_format_is_searched_and_says_so(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i * 37 + i / 7);
    struct input in = {.p = bytes, .n = sizeof bytes};
    struct log log = {.n = 0};
    assert_int_equal(run(&in, NULL, &log), DYE_OK);
    assert_string_equal(log.text, ":4096:partly:format: unknown\n");
    memset(bytes, '1', sizeof bytes); /* a control character or two are nothing */
    bytes[100] = bytes[200] = 2;
    assert_int_equal(run(&in, NULL, &log), DYE_OK);
    assert_string_equal(log.text, ":4096:read:\n");
}

static void an_event_that_stops_is_returned_at_once(void **state)
{
    (void)state;
    static const char *const events[] = {"begin", "data", "end"};
    for (size_t i = 0; i < 3; i++) {
        struct input in = load("nested.zip");
        struct log l = {.stop_at = events[i]};
        assert_int_equal(run(&in, NULL, &l), DYE_STOPPED);
        assert_int_equal(l.parts, 1);
        free(in.p);
    }
}

static void a_read_that_fails_is_no_verdict_but_an_error(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.csv", "two.zip", "in.tar.gz", "a.csv.xz", "nested.zip"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct input in = load(names[i]);
        for (in.fails_at = 1; in.fails_at < in.n; in.fails_at += 97) {
            struct log l = {.n = 0};
            in.step = 1;
            assert_int_equal(run(&in, NULL, &l), DYE_E_IO);
            assert_null(strstr(l.text, "truncated"));
        }
        free(in.p);
    }
}

/* ---- what has to be sought, and what is locked ---- */

static uint8_t spill[1 << 16];

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct input *in = arg;
    assert_true(at <= in->n && n <= in->n - at);
    memcpy(p, in->p + at, n);
    return true;
}

static bool read_spill(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    (void)arg;
    memcpy(p, spill + at, n);
    return true;
}

static bool write_spill(void *arg, uint64_t at, const uint8_t *p, size_t n)
{
    (void)arg;
    memcpy(spill + at, p, n);
    return true;
}

/* By read_at, and then through the scratch space. */
static void check_sought(const char *name, const char *password, uint64_t spill_bytes, const char *want)
{
    struct input in = load(name);
    for (int pass = 0; pass < 2; pass++) {
        struct log l = {.n = 0};
        struct dye_decode_limits usual;
        struct dye_decode_events events = {on_begin, on_data, on_end, &l};
        struct dye_decode_input input = {.read = read_input,
                                         .read_at = pass == 0 ? read_at : NULL,
                                         .bytes = in.n,
                                         .spill_write = write_spill,
                                         .spill_read = read_spill,
                                         .spill_bytes = pass == 0 ? 0 : spill_bytes,
                                         .passwords = &password,
                                         .n_passwords = password != NULL,
                                         .arg = &in};
        dye_decode_limits_default(&usual);
        in.at = 0;
        assert_int_equal(dye_decode(&input, &usual, &events, NULL), DYE_OK);
        if (pass == 0 || spill_bytes > 0)
            assert_string_equal(l.text, want);
        else
            assert_string_equal(l.text, ":0:unread:limit: spill\n");
    }
    free(in.p);
}

static void an_archive_is_known_by_its_content(void **state)
{
    (void)state;
    static const char *const names[] = {"two.cpio", "two.ar", "two.lzh", "two.cab", "two-5.rar", "two-4.rar"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check(names[i], NULL,
              strcmp(names[i], "two.ar") == 0 ? "a.csv:42:read:\nd_b.csv:14:read:\n"
                                              : "a.csv:42:read:\nd/b.csv:14:read:\n");
    check("three.warc", NULL,
          "http://a.test/x.csv:42:read:\nhttp://a.test/x.csv:42:read:\nhttp://a.test/x.csv:2:read:\n");
}

static void what_has_its_directory_at_the_end_is_sought_or_spilled(void **state)
{
    (void)state;
    check_sought("two.7z", NULL, sizeof spill, "a.csv:42:read:\nd/b.csv:14:read:\n");
    check_sought("two.7z", NULL, 0, "a.csv:42:read:\nd/b.csv:14:read:\n");
}

static void a_zip_opens_by_the_right_password_only(void **state)
{
    (void)state;
    check_sought("aes.zip", "secret", sizeof spill, "a.csv:42:read:\nd/b.csv:14:read:\n");
    check_sought("aes.zip", "Secret", sizeof spill, "a.csv:0:unread:encrypted\nd/b.csv:0:unread:encrypted\n");
    check_sought("aes.zip", NULL, sizeof spill, "a.csv:0:unread:encrypted\nd/b.csv:0:unread:encrypted\n");
    /* Without a helper. */
    check_sought("locked.7z", "secret", sizeof spill, "a.csv:0:unread:encrypted\nd/b.csv:0:unread:encrypted\n");
}

static enum dye_status add_word(void *arg, const char *word)
{
    char *all = arg;
    strcat(strcat(all, word), "|");
    return DYE_OK;
}

static void a_post_tells_its_password(void **state)
{
    (void)state;
    static const struct {
        const char *post, *word;
    } table[] = {{"料 一手 解压密码：Kuai-99，不退", "Kuai-99|"},
                 {"pw:Kuai-99", "|Kuai-99|"},
                 {"密码Kuai-99谢谢", "|Kuai-99|"},
                 {"the password is \"Kuai-99\".", "|Kuai-99|"},
                 {"password=Kuai-99!", "|Kuai-99!|"},
                 {"密码 快递数据", "快递数据|"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char all[1024] = "|";
        assert_int_equal(dye_password_words(dye_span_str(table[i].post), add_word, all), DYE_OK);
        assert_non_null(strstr(all, table[i].word));
    }
}

static void text_is_never_taken_for_a_container(void **state)
{
    (void)state;
    static const char *const texts[] = {"#mtree\n/set type=file\n", "070707000000\n17400000001\n", "BZh1,17400000001\n",
                                        "ustar,17400000001\n",      "!<arch>\nname,17400000001\n", "PK,17400000001\n",
                                        "-lh5-,17400000001\n",      "WARC/1.0\r\n17400000001\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct input in = {.p = (uint8_t *)(uintptr_t)texts[i], .n = strlen(texts[i])};
        struct log l = {.n = 0};
        assert_int_equal(run(&in, NULL, &l), DYE_OK);
        char want[64];
        snprintf(want, sizeof want, ":%zu:read:\n", in.n);
        assert_string_equal(l.text, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_is_known_by_its_content),
        cmocka_unit_test(what_has_its_directory_at_the_end_is_sought_or_spilled),
        cmocka_unit_test(a_zip_opens_by_the_right_password_only),
        cmocka_unit_test(a_post_tells_its_password),
        cmocka_unit_test(plain_and_compressed_files_are_one_part_without_a_path),
        cmocka_unit_test(an_empty_thing_is_one_part_that_was_read),
        cmocka_unit_test(entries_of_archives_are_parts_and_folders_are_none),
        cmocka_unit_test(containers_in_containers_join_their_names),
        cmocka_unit_test(names_are_utf8_whatever_the_archive_wrote),
        cmocka_unit_test(names_hold_nothing_that_a_terminal_obeys),
        cmocka_unit_test(links_and_devices_are_parts_that_were_not_read),
        cmocka_unit_test(holes_count_as_the_zeros_they_stand_for),
        cmocka_unit_test(what_cannot_be_read_says_why),
        cmocka_unit_test(zstandard_frames_that_follow_each_other_are_one_part),
        cmocka_unit_test(damage_is_seen_by_checksum_and_leaves_the_rest),
        cmocka_unit_test(what_came_before_the_cut_counts),
        cmocka_unit_test(nothing_hides_behind_the_end_of_a_zip),
        cmocka_unit_test(no_cut_passes_for_a_whole),
        cmocka_unit_test(each_limit_stops_and_says_so),
        cmocka_unit_test(a_bomb_is_cut_off),
        cmocka_unit_test(what_is_of_no_known_format_is_searched_and_says_so),
        cmocka_unit_test(an_event_that_stops_is_returned_at_once),
        cmocka_unit_test(a_read_that_fails_is_no_verdict_but_an_error),
        cmocka_unit_test(text_is_never_taken_for_a_container),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
