/*
 * This program is its own decoder child. Under another name it is a hostile one: the name says what it does to its
 * parent.
 */
#include "decoder.h"
#include "frame.h"
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_decoder.XXXXXX";
static char self[4096];

/* ---- hostile children ---- */

static void frame(uint8_t type, uint32_t claimed, const void *p, size_t n)
{
    uint8_t head[FRAME_HEADER_BYTES] = {type};
    frame_put32(head + 4, claimed);
    (void)!write(4, head, sizeof head);
    (void)!write(4, p, n);
}

static void begin_frame(uint32_t ordinal, const char *path, size_t n)
{
    uint8_t p[FRAME_BEGIN_BYTES + 8192] = {0};
    frame_put32(p, ordinal);
    memcpy(p + FRAME_BEGIN_BYTES, path, n);
    frame(FRAME_BEGIN, (uint32_t)(FRAME_BEGIN_BYTES + n), p, FRAME_BEGIN_BYTES + n);
}

static void end_frame(uint64_t bytes, uint8_t verdict, const char *reason)
{
    uint8_t p[256];
    frame_put64(p, bytes);
    p[8] = verdict;
    memcpy(p + 9, reason, strlen(reason));
    frame(FRAME_END, (uint32_t)(9 + strlen(reason)), p, 9 + strlen(reason));
}

static void done_frame(uint32_t status, uint32_t level)
{
    uint8_t p[8];
    frame_put32(p, status);
    frame_put32(p + 4, level);
    frame(FRAME_DONE, sizeof p, p, sizeof p);
}

static void rest_frame(uint64_t at, const char *reason)
{
    uint8_t p[FRAME_REST_BYTES + 64];
    frame_put64(p, at);
    memcpy(p + FRAME_REST_BYTES, reason, strlen(reason));
    frame(FRAME_REST, (uint32_t)(FRAME_REST_BYTES + strlen(reason)), p, FRAME_REST_BYTES + strlen(reason));
}

static void help_frame(uint8_t helper, uint8_t spilled, uint64_t at, uint64_t bytes)
{
    uint8_t p[FRAME_HELP_BYTES] = {helper, spilled};
    frame_put64(p + 2, at);
    frame_put64(p + 10, bytes);
    frame(FRAME_HELP, sizeof p, p, sizeof p);
}

static int hostile(const char *deed)
{
    static char big[8000];
    memset(big, 'x', sizeof big);
    if (strcmp(deed, "dies-at-once") == 0)
        raise(SIGSEGV);
    if (strcmp(deed, "unknown-type") == 0)
        frame(77, 0, "", 0);
    if (strcmp(deed, "huge-length") == 0)
        frame(FRAME_BEGIN, UINT32_MAX, "", 0);
    if (strcmp(deed, "wrong-ordinal") == 0)
        begin_frame(1, "a", 1);
    if (strcmp(deed, "long-path") == 0)
        begin_frame(0, big, 4097);
    if (strcmp(deed, "bad-path") == 0)
        begin_frame(0, "\xff\xfe", 2);
    if (strcmp(deed, "nul-path") == 0)
        begin_frame(0, "a\0b", 3);
    if (strcmp(deed, "data-first") == 0)
        frame(FRAME_DATA, 1, "x", 1);
    if (strcmp(deed, "nothing-read") == 0)
        done_frame(DYE_OK, 0);
    if (strcmp(deed, "odd-status") == 0)
        done_frame(DYE_E_KEY, 0);
    if (strcmp(deed, "odd-level") == 0)
        done_frame(DYE_E_IO, 9);
    if (strcmp(deed, "no-memory") == 0)
        done_frame(DYE_E_NOMEM, 0);
    if (strcmp(deed, "rest-first") == 0)
        rest_frame(0, "");
    if (strncmp(deed, "rest-of-", 8) == 0) {
        begin_frame(0, "p", 1);
        rest_frame(strcmp(deed, "rest-of-nothing") == 0 ? 2 : 0, strcmp(deed, "rest-of-noise") == 0 ? "\x1b" : "");
        begin_frame(1, "q", 1);
        rest_frame(0, "");
    }

    begin_frame(0, "p", 1);
    frame(FRAME_DATA, 3, "abc", 3);
    if (strcmp(deed, "dies-in-a-part") == 0)
        raise(SIGSEGV);
    if (strcmp(deed, "leaves-in-a-part") == 0)
        _exit(0);
    if (strcmp(deed, "out-of-time") == 0)
        raise(SIGXCPU);
    if (strcmp(deed, "closes-and-sleeps") == 0) {
        close(4);
        sleep(60);
    }
    if (strcmp(deed, "wrong-count") == 0)
        end_frame(4, DYE_READ, "");
    if (strcmp(deed, "read-with-a-reason") == 0)
        end_frame(3, DYE_READ, "damaged");
    if (strcmp(deed, "loud-reason") == 0)
        end_frame(3, DYE_PARTLY, "\x1b[2J");
    if (strcmp(deed, "odd-verdict") == 0)
        end_frame(3, 9, "");
    if (strcmp(deed, "two-parts-at-once") == 0)
        begin_frame(1, "q", 1);
    if (strcmp(deed, "done-in-a-part") == 0)
        done_frame(DYE_OK, 0);
    if (strcmp(deed, "too-much") == 0)
        frame(FRAME_DATA, 8000, big, 8000); /* the limit of the test is 1,000 */
    if (strcmp(deed, "rest-behind-data") == 0)
        rest_frame(0, "");
    if (strcmp(deed, "odd-helper") == 0)
        help_frame(99, 0, 0, 1);
    if (strcmp(deed, "help-of-nowhere") == 0)
        help_frame(DYE_HELPER_7Z_LIST, 2, 0, 1);
    if (strcmp(deed, "help-beyond-the-end") == 0) {
        help_frame(DYE_HELPER_7Z_LIST, 0, UINT64_MAX, 2);
        help_frame(DYE_HELPER_7Z_LIST, 1, 0, UINT64_MAX);
    }
    if (strcmp(deed, "helped-by-nobody") == 0)
        frame(FRAME_HELP_END, 1, "", 1);
    if (strcmp(deed, "sleeps-on") == 0)
        sleep(60);
    sleep(1);
    return 0;
}

/* ---- the parent ---- */

struct log { /* what the events said, one line each */
    char text[4096];
    size_t n;
    uint64_t bytes;
    const char *stop_at; /* the event that answers DYE_STOPPED */
};

DYE_PRINTF(3, 4) static enum dye_status note(struct log *l, const char *event, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    l->n += (size_t)vsnprintf(l->text + l->n, sizeof l->text - l->n, fmt, ap);
    va_end(ap);
    assert_true(l->n < sizeof l->text);
    return l->stop_at != NULL && strcmp(l->stop_at, event) == 0 ? DYE_STOPPED : DYE_OK;
}

static enum dye_status log_begin(void *arg, const struct dye_part *p)
{
    return note(arg, "begin", "%u '%s' ", p->ordinal, p->path);
}

static enum dye_status log_data(void *arg, struct dye_span bytes)
{
    ((struct log *)arg)->bytes += bytes.n;
    return note(arg, "data", "%s", "");
}

static enum dye_status log_end(void *arg, const struct dye_part_end *e)
{
    return note(arg, "end", "%llu %s '%s'\n", (unsigned long long)e->bytes, dye_verdict_name(e->verdict), e->reason);
}

static enum dye_status run(const char *exe, int fd, const struct dye_decode_limits *limits, struct log *l)
{
    struct dye_decode_events events = {log_begin, log_data, log_end, l};
    struct dye_error err = {0};
    const struct decoder decoder = {.self_exe = exe, .tmp_folder = "/tmp", .spill_bytes = 1 << 20, .seconds = 20};
    const struct decoder impatient = {.self_exe = exe, .seconds = 5}; /* it has begun by then, on a busy machine too */
    if (strstr(exe, "sleeps-on") != NULL)
        return decoder_run(&impatient, fd, limits, &events, NULL, &err);
    return decoder_run(&decoder, fd, limits, &events, NULL, &err);
}

static int file_of(const void *p, size_t n)
{
    char path[] = "/tmp/test_decoder_in.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, p, n), n);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void a_plain_file_comes_through_byte_for_byte(void **state)
{
    (void)state;
    size_t n = 3000001;
    uint8_t *p = malloc(n);
    memset(p, 'a', n);
    int fd = file_of(p, n);
    free(p);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    assert_int_equal(run(self, fd, &limits, &l), DYE_OK);
    assert_string_equal(l.text, "0 '' 3000001 read ''\n");
    assert_int_equal(l.bytes, n);
    close(fd);
}

struct moving { /* a file that is cut, or grows, when its first bytes have come */
    int fd;
    off_t to;
    uint64_t bytes;
    struct log log;
};

static enum dye_status move_end(void *arg, struct dye_span bytes)
{
    struct moving *m = arg;
    if (m->bytes == 0)
        assert_int_equal(ftruncate(m->fd, m->to), 0);
    m->bytes += bytes.n;
    return DYE_OK;
}

static enum dye_status move_begin(void *arg, const struct dye_part *p)
{
    return log_begin(&((struct moving *)arg)->log, p);
}

static enum dye_status moved(void *arg, const struct dye_part_end *e)
{
    assert_int_equal(e->bytes, ((struct moving *)arg)->bytes);
    return log_end(&((struct moving *)arg)->log, e);
}

/* As a reader that follows the file to its end would: what is gone is not there, what came is. */
static void a_file_that_moves_its_end_is_read_to_where_that_is(void **state)
{
    (void)state;
    static const struct {
        off_t to;
        const char *want;
    } table[] = {{1000000, "0 '' 1000000 read ''\n"}, {0, NULL}, {3000000, "0 '' 3000000 read ''\n"}};
    uint8_t *p = malloc(2000000);
    memset(p, 'a', 2000000);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct moving m = {.fd = file_of(p, 2000000), .to = table[i].to};
        struct dye_decode_events events = {move_begin, move_end, moved, &m};
        const struct decoder decoder = {.self_exe = self};
        struct dye_decode_limits limits;
        dye_decode_limits_default(&limits);
        assert_int_equal(decoder_run(&decoder, m.fd, &limits, &events, NULL, NULL), DYE_OK);
        assert_true(table[i].want != NULL ? strcmp(m.log.text, table[i].want) == 0 : m.bytes < 2000000);
        close(m.fd);
    }
    free(p);
}

static uint64_t known_bytes(void *arg, int fd, uint64_t at, uint64_t most)
{
    char first = 0;
    assert_int_equal(pread(fd, &first, 1, (off_t)at), 1);
    assert_int_equal(first, '4');
    assert_int_equal(((struct log *)arg)->bytes, 0);
    return most < 3 ? most : 3;
}

static void bytes_that_are_known_count_and_are_not_read(void **state)
{
    (void)state;
    for (uint64_t most = 2; most < 6; most++) {
        int fd = file_of("0123456789", 10);
        struct log l = {.n = 0};
        struct dye_decode_events events = {log_begin, log_data, log_end, &l};
        const struct decoder decoder = {.self_exe = self, .skip = known_bytes};
        struct dye_decode_limits limits;
        dye_decode_limits_default(&limits);
        limits.output_bytes = most;
        assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
        assert_int_equal(decoder_run(&decoder, fd, &limits, &events, NULL, NULL), DYE_OK);
        char want[64];
        snprintf(want, sizeof want, "0 '' %d partly 'limit: output'\n", (int)most);
        assert_string_equal(l.text, want);
        assert_int_equal(l.bytes, most < 3 ? 0 : most - 3);
        close(fd);
    }
}

/* From where its descriptor stands. */
static void a_file_is_read_from_its_offset(void **state)
{
    (void)state;
    int fd = file_of("0123456789", 10);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
    assert_int_equal(run(self, fd, &limits, &l), DYE_OK);
    assert_string_equal(l.text, "0 '' 6 read ''\n");
    close(fd);
}

/* A data base has to be sought in, and there is no scratch space. */
static void the_child_seeks_in_its_input_inside_the_sandbox(void **state)
{
    (void)state;
    static uint8_t base[100] = "SQLite format 3";
    int fd = file_of(base, sizeof base);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    struct dye_decode_events events = {log_begin, log_data, log_end, &l};
    const struct decoder decoder = {.self_exe = self};
    assert_int_equal(decoder_run(&decoder, fd, &limits, &events, NULL, NULL), DYE_OK);
    assert_null(strstr(l.text, "limit: spill"));
    close(fd);
}

/* A zip by hand: one stored entry whose name is CP936 (the character U+7B2C), so that the child needs its
 * converters inside the sandbox. */
static const uint8_t zip[] = "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\xc2\x41\x24\x35\x03\0\0\0\x03\0\0\0\x02\0\0\0\xb5\xda"
                             "abc";

static void names_are_converted_inside_the_sandbox(void **state)
{
    (void)state;
    int fd = file_of(zip, sizeof zip - 1);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    assert_int_equal(run(self, fd, &limits, &l), DYE_OK);
    assert_non_null(strstr(l.text, "0 '\xe7\xac\xac' 3 read ''\n"));
    close(fd);
}

static void the_child_says_which_sandbox_holds(void **state)
{
    (void)state;
    int fd = file_of("x", 1);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    struct dye_decode_events events = {log_begin, log_data, log_end, &l};
    enum sandbox_level level = SANDBOX_NONE;
    const struct decoder decoder = {.self_exe = self};
    assert_int_equal(decoder_run(&decoder, fd, &limits, &events, &level, NULL), DYE_OK);
    assert_int_equal(level, sandbox_probe_decoder());
    close(fd);
}

static void limits_reach_the_child(void **state)
{
    (void)state;
    struct dye_decode_limits limits = {.output_bytes = 4, .entries = 10, .depth = 2, .ratio = 9};
    for (int by_pipe = 0; by_pipe < 2; by_pipe++) { /* of a file the parent reads what is plain, and keeps the limit */
        int in[2] = {file_of("0123456789", 10), -1};
        if (by_pipe) {
            close(in[0]);
            assert_int_equal(pipe(in), 0);
            assert_int_equal(write(in[1], "0123456789", 10), 10);
            close(in[1]);
        }
        struct log l = {.n = 0};
        assert_int_equal(run(self, in[0], &limits, &l), DYE_OK);
        assert_string_equal(l.text, "0 '' 4 partly 'limit: output'\n");
        close(in[0]);
    }
}

static void an_event_that_stops_kills_the_child(void **state)
{
    (void)state;
    static const char *const events[] = {"begin", "data", "end"};
    for (size_t i = 0; i < 3; i++) {
        int fd = file_of("x", 1);
        struct dye_decode_limits limits;
        dye_decode_limits_default(&limits);
        struct log l = {.stop_at = events[i]};
        assert_int_equal(run(self, fd, &limits, &l), DYE_STOPPED);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
        assert_int_equal(errno, ECHILD);
        close(fd);
    }
}

static void whatever_a_hostile_child_does_costs_one_part(void **state)
{
    (void)state;
    static const struct {
        const char *deed, *want;
    } table[] = {
        {"dies-at-once", "0 '' 0 unread 'decoder: crashed'\n"},
        {"dies-in-a-part", "0 'p' 3 partly 'decoder: crashed'\n"},
        {"leaves-in-a-part", "0 'p' 3 partly 'decoder: crashed'\n"},
        {"closes-and-sleeps", "0 'p' 3 partly 'decoder: crashed'\n"},
        {"out-of-time", "0 'p' 3 partly 'limit: cpu'\n"},
        {"no-memory", "0 '' 0 unread 'limit: memory'\n"},
        {"unknown-type", "0 '' 0 unread 'decoder: protocol'\n"},
        {"huge-length", "0 '' 0 unread 'decoder: protocol'\n"},
        {"wrong-ordinal", "0 '' 0 unread 'decoder: protocol'\n"},
        {"long-path", "0 '' 0 unread 'decoder: protocol'\n"},
        {"bad-path", "0 '' 0 unread 'decoder: protocol'\n"},
        {"nul-path", "0 '' 0 unread 'decoder: protocol'\n"},
        {"data-first", "0 '' 0 unread 'decoder: protocol'\n"},
        {"nothing-read", "0 '' 0 unread 'decoder: protocol'\n"},
        {"odd-status", "0 '' 0 unread 'decoder: protocol'\n"},
        {"odd-level", "0 '' 0 unread 'decoder: protocol'\n"},
        {"wrong-count", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"read-with-a-reason", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"loud-reason", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"odd-verdict", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"two-parts-at-once", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"done-in-a-part", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"too-much", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"rest-first", "0 '' 0 unread 'decoder: protocol'\n"},
        {"rest-of-nothing", "0 'p' 0 unread 'decoder: protocol'\n"},
        {"rest-of-noise", "0 'p' 0 unread 'decoder: protocol'\n"},
        {"rest-of-all-again", "0 'p' 1 read ''\n1 'q' 0 unread 'decoder: protocol'\n"},
        {"rest-behind-data", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"odd-helper", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"help-of-nowhere", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"help-beyond-the-end", "0 'p' 3 partly 'decoder: crashed'\n"}, /* it is told no, and leaves */
        {"helped-by-nobody", "0 'p' 3 partly 'decoder: protocol'\n"},
        {"sleeps-on", "0 'p' 3 partly 'limit: time'\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char exe[4200];
        snprintf(exe, sizeof exe, "%s/%s", folder, table[i].deed);
        assert_int_equal(symlink(self, exe), 0);
        int fd = file_of("x", 1);
        struct dye_decode_limits limits = {.output_bytes = 1000, .entries = 10, .depth = 2, .ratio = 9};
        struct log l = {.n = 0};
        assert_int_equal(run(exe, fd, &limits, &l), DYE_OK);
        if (strcmp(l.text, table[i].want) != 0)
            print_error("%s\n", table[i].deed);
        assert_string_equal(l.text, table[i].want);
        close(fd);
        unlink(exe);
    }
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    assert_int_equal(run("/nowhere/at-all", 0, &limits, &l), DYE_E_IO);
    assert_string_equal(l.text, "");
}

static void an_input_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    int fd = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct log l = {.n = 0};
    assert_int_equal(run(self, fd, &limits, &l), DYE_E_IO);
    close(fd);
}

/* ---- scratch space ---- */

/* A 7z inside a zip has to be sought, and so to be copied. */
static void scratch_space_that_is_too_small_is_a_verdict(void **state)
{
    (void)state;
    static const uint8_t head[] = "7z\xbc\xaf\x27\x1c and what else a 7z has to say";
    uint8_t archive[200] = "PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0";
    size_t n = 30;
    archive[18] = archive[22] = sizeof head;
    archive[26] = 1;
    archive[n++] = 'a';
    memcpy(archive + n, head, sizeof head);
    n += sizeof head;
    int fd = file_of(archive, n);
    struct dye_decode_limits limits;
    struct log l = {.n = 0};
    struct dye_decode_events events = {log_begin, log_data, log_end, &l};
    dye_decode_limits_default(&limits);
    const struct decoder small = {.self_exe = self, .tmp_folder = "/tmp", .spill_bytes = 8};
    assert_int_equal(decoder_run(&small, fd, &limits, &events, NULL, NULL), DYE_OK);
    assert_non_null(strstr(l.text, "0 'a' 0 unread 'limit: spill'\n"));
    close(fd);
}

/* ---- helpers ---- */

/* A PDF of one page that shows `text`, by hand: no cross-reference table, which readers mend. */
static int pdf_of(const char *text)
{
    char pdf[2048], stream[256];
    int n = snprintf(stream, sizeof stream, "BT /F1 12 Tf 20 100 Td (%s) Tj ET", text);
    int all =
        snprintf(pdf, sizeof pdf,
                 "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>"
                 "endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources"
                 "<</Font<</F1 5 0 R>>>>>>endobj\n4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
                 "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n",
                 n, stream);
    char path[] = "/tmp/test_decoder.pdf.XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, pdf, (size_t)all), all);
    unlink(path);
    return fd;
}

static void a_helper_reads_a_file_without_a_name(void **state)
{
    (void)state;
    if (!helper_is_here(DYE_HELPER_PDF_TEXT))
        skip();
    int fd = pdf_of("waybill 4711"), out = -1;
    struct helper h;
    assert_int_equal(helper_start(self, DYE_HELPER_PDF_TEXT, fd, NULL, &h, &out), DYE_OK);
    char text[256] = {0};
    size_t n = 0;
    for (ssize_t got; (got = read(out, text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    assert_int_equal(helper_end(&h, true), HELPER_FINE);
    assert_non_null(strstr(text, "waybill 4711"));
    assert_int_equal(text[n - 1], '\f');
    close(out);
    close(fd);
}

static void a_helper_that_complains_or_is_killed_says_so(void **state)
{
    (void)state;
    if (!helper_is_here(DYE_HELPER_7Z_LIST))
        skip();
    int fd = pdf_of("no archive"), out = -1;
    char rest[4096];
    struct helper h;
    assert_int_equal(helper_start(self, DYE_HELPER_7Z_LIST, fd, NULL, &h, &out), DYE_OK);
    while (read(out, rest, sizeof rest) > 0)
        ;
    assert_int_equal(helper_end(&h, true), HELPER_COMPLAINED);
    close(out);
    assert_int_equal(helper_start(self, DYE_HELPER_7Z_LIST, fd, NULL, &h, &out), DYE_OK);
    kill(h.pid, SIGSEGV);
    assert_int_equal(helper_end(&h, true), HELPER_CRASHED);
    close(out);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], HELPER_CHILD_ARG) == 0)
        return helper_child_main(argc, argv);
    if (argc > 1 && strcmp(argv[1], DECODER_CHILD_ARG) == 0) {
        const char *name = strrchr(argv[0], '/') + 1;
        return strncmp(name, "test_", 5) == 0 ? decoder_child_main(argc, argv) : hostile(name);
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0 || mkdtemp(folder) == NULL)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_file_comes_through_byte_for_byte),
        cmocka_unit_test(a_file_that_moves_its_end_is_read_to_where_that_is),
        cmocka_unit_test(bytes_that_are_known_count_and_are_not_read),
        cmocka_unit_test(a_file_is_read_from_its_offset),
        cmocka_unit_test(the_child_seeks_in_its_input_inside_the_sandbox),
        cmocka_unit_test(names_are_converted_inside_the_sandbox),
        cmocka_unit_test(the_child_says_which_sandbox_holds),
        cmocka_unit_test(limits_reach_the_child),
        cmocka_unit_test(an_event_that_stops_kills_the_child),
        cmocka_unit_test(whatever_a_hostile_child_does_costs_one_part),
        cmocka_unit_test(scratch_space_that_is_too_small_is_a_verdict),
        cmocka_unit_test(a_helper_reads_a_file_without_a_name),
        cmocka_unit_test(a_helper_that_complains_or_is_killed_says_so),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
        cmocka_unit_test(an_input_that_cannot_be_read_is_an_error),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
