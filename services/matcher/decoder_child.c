#include "decoder.h"

#include "frame.h"
#include "read_at.h"

#include "dye/text.h"

#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IN_FD = 3, OUT_FD = 4, SPILL_FD = 5, CONTROL_FD = 6 };

static enum dye_status read_input(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    (void)arg;
    ssize_t n;
    do
        n = read(IN_FD, p, cap);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return DYE_E_IO;
    *ret_n = (size_t)n;
    return DYE_OK;
}

static bool read_input_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    (void)arg;
    return read_at(IN_FD, at, p, n) == n;
}

static bool read_spill(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    (void)arg;
    return read_at(SPILL_FD, at, p, n) == n;
}

/* A disk that is full, or a file too large, is a limit like others. */
static bool write_spill(void *arg, uint64_t at, const uint8_t *p, size_t n)
{
    (void)arg;
    while (n > 0) {
        ssize_t w = pwrite(SPILL_FD, p, n, (off_t)at);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return false;
        p += w;
        at += (uint64_t)w;
        n -= (size_t)w;
    }
    return true;
}

/* A frame of `a` and then `b`, either may be empty, by one call when the pipe takes it. */
static enum dye_status tell(enum frame_type type, struct dye_span a, struct dye_span b)
{
    uint8_t head[FRAME_HEADER_BYTES] = {(uint8_t)type};
    frame_put32(head + 4, (uint32_t)(a.n + b.n));
    struct iovec all[3] = {
        {head, sizeof head}, {(void *)(uintptr_t)a.p, a.n}, {(void *)(uintptr_t)b.p, b.n}}; /* they are only read */
    for (struct iovec *v = all; v < all + 3;) {
        ssize_t w = writev(OUT_FD, v, (int)(all + 3 - v));
        if (w < 0 && errno != EINTR)
            return DYE_STOPPED; /* nobody listens any more */
        size_t n = w > 0 ? (size_t)w : 0;
        for (; v < all + 3 && n >= v->iov_len; v++)
            n -= v->iov_len;
        if (v < all + 3) {
            v->iov_base = (uint8_t *)v->iov_base + n;
            v->iov_len -= n;
        }
    }
    return DYE_OK;
}

static enum dye_status tell_begin(void *arg, const struct dye_part *part)
{
    (void)arg;
    uint8_t fixed[FRAME_BEGIN_BYTES] = {0};
    frame_put32(fixed, part->ordinal);
    fixed[4] = (uint8_t)part->unit;
    memcpy(fixed + 5, part->format, strlen(part->format));
    return tell(FRAME_BEGIN, dye_span_of(fixed, sizeof fixed), dye_span_str(part->path));
}

static enum dye_status tell_data(void *arg, struct dye_span bytes)
{
    (void)arg;
    while (bytes.n > 0) {
        size_t n = bytes.n < FRAME_MAX_BYTES ? bytes.n : FRAME_MAX_BYTES;
        DYE_TRY(tell(FRAME_DATA, dye_span_of(bytes.p, n), dye_span_of(NULL, 0)));
        bytes = dye_span_of(bytes.p + n, bytes.n - n);
    }
    return DYE_OK;
}

static enum dye_status tell_end(void *arg, const struct dye_part_end *end)
{
    (void)arg;
    uint8_t fixed[FRAME_END_BYTES];
    frame_put64(fixed, end->bytes);
    fixed[8] = (uint8_t)end->verdict;
    return tell(FRAME_END, dye_span_of(fixed, sizeof fixed), dye_span_str(end->reason));
}

/* The parent has the same file open. */
static enum dye_status tell_rest(void *arg, uint64_t at, const char *fault)
{
    (void)arg;
    uint8_t fixed[FRAME_REST_BYTES];
    frame_put64(fixed, at);
    return tell(FRAME_REST, dye_span_of(fixed, sizeof fixed), dye_span_str(fault));
}

/* ---- helpers ---- */

enum { HELPER_SILENCE_MS = 9 * 60 * 1000 };
static struct {
    int fd;
    bool drained;
} helpers[HELPERS_MAX];
static size_t n_helpers; /* the last one is read */

/* The parent's answer, and the descriptor that came with it or -1. False when it is gone. */
static bool hear_answer(uint8_t *ret, int *ret_fd)
{
    struct iovec part = {ret, 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    ssize_t n;
    do
        n = recvmsg(CONTROL_FD, &m, 0);
    while (n < 0 && errno == EINTR);
    *ret_fd = -1;
    struct cmsghdr *c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c != NULL && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
    return n == 1;
}

static enum dye_status help_start(void *arg, const struct dye_help *help)
{
    (void)arg;
    uint8_t fixed[FRAME_HELP_BYTES] = {(uint8_t)help->helper, help->spilled};
    uint8_t status;
    int fd;
    if (n_helpers == HELPERS_MAX)
        return DYE_E_NOTFOUND;
    frame_put64(fixed + 2, help->at);
    frame_put64(fixed + 10, help->bytes);
    DYE_TRY(
        tell(FRAME_HELP, dye_span_of(fixed, sizeof fixed), dye_span_str(help->password != NULL ? help->password : "")));
    if (!hear_answer(&status, &fd) || (status == DYE_OK && fd < 0))
        return DYE_E_IO;
    if (status == DYE_OK)
        helpers[n_helpers++].fd = fd;
    return (enum dye_status)status;
}

static enum dye_status help_read(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    (void)arg;
    for (;;) {
        int fd = helpers[n_helpers - 1].fd;
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int r = poll(&ready, 1, HELPER_SILENCE_MS);
        if (r < 0 && errno == EINTR)
            continue;
        ssize_t n = r > 0 ? read(fd, p, cap) : -1;
        if (n < 0)
            return DYE_E_LIMIT;
        helpers[n_helpers - 1].drained = n == 0;
        *ret_n = (size_t)n;
        return DYE_OK;
    }
}

static const char *help_end(void *arg)
{
    (void)arg;
    uint8_t drained = helpers[--n_helpers].drained, how = HELPER_CRASHED;
    int none;
    close(helpers[n_helpers].fd);
    helpers[n_helpers].drained = false;
    if (tell(FRAME_HELP_END, dye_span_of(&drained, 1), dye_span_of(NULL, 0)) != DYE_OK || !hear_answer(&how, &none))
        return "helper: crashed";
    return how < HELPER_ENDS ? helper_faults[how] : "helper: crashed";
}

static const struct dye_helper_calls helper_calls = {help_start, help_read, help_end};

/* ---- the process ---- */

static bool read_all(int fd, uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* What the parent sends first. */
static bool read_passwords(const char *ret[DECODER_PASSWORDS], size_t *ret_n)
{
    uint8_t head[4];
    if (!read_all(CONTROL_FD, head, sizeof head))
        return false;
    size_t n = frame_get32(head);
    char *all = malloc(n + 1); /* for as long as the process lives */
    if (all == NULL || !read_all(CONTROL_FD, (uint8_t *)all, n))
        return false;
    all[n] = '\0';
    *ret_n = 0;
    for (size_t i = 0; i < n && *ret_n < DECODER_PASSWORDS; i += strlen(all + i) + 1)
        ret[(*ret_n)++] = all + i;
    return true;
}

/* What the C library and ICU load on first use, from files that will be out of reach. */
static void warm_up(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    iconv_t cd = iconv_open("UTF-8", "UTF-8");
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    /* Of data bases of Access; those that stay open stay loaded. */
    static const char *const charsets[] = {"UCS-2LE", "UTF-16LE", "CP1252", "CP936", "CP950"};
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        (void)!iconv_open("UTF-8", charsets[i]);
    struct dye_buf utf8;
    dye_buf_init(&utf8, 64, false);
    (void)!dye_text_to_utf8(DYE_CHARSET_GB18030, dye_span_str("\xd5\xc5"), &utf8);
    dye_buf_done(&utf8);
}

/* Honest input is decoded at many MB/s: ten minutes, and a second for each MB. */
static unsigned long cpu_seconds(bool sought, off_t bytes)
{
    return 600 + (sought ? (unsigned long)(bytes >> 20) : 1ul << 20);
}

int decoder_child_main(int argc, char **argv)
{
    uint64_t number[DECODER_NUMBERS];
    const char *passwords[DECODER_PASSWORDS];
    size_t n_passwords = 0;
    if (argc != 2 + (int)(sizeof number / sizeof *number))
        return 2;
    for (int i = 0; i < argc - 2; i++)
        number[i] = strtoull(argv[i + 2], NULL, 10);
    struct dye_decode_limits limits = {.output_bytes = number[0],
                                       .entries = number[1],
                                       .depth = (uint32_t)number[2],
                                       .ratio = (uint32_t)number[3],
                                       .ratio_free_bytes = number[4]};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    uint64_t spill_bytes = number[5];
    (void)signal(SIGXFSZ, SIG_IGN); /* the write fails, and that is said */
    if (!read_passwords(passwords, &n_passwords))
        return 2;
    warm_up();
    struct stat st; /* asked for now: fstat() may be a system call that takes paths too, and those are out of reach */
    bool sought = fstat(IN_FD, &st) == 0 && S_ISREG(st.st_mode);
    enum sandbox_level level = sandbox_enter_decoder(cpu_seconds(sought, st.st_size), spill_bytes);

    struct dye_decode_events events = {.begin = tell_begin, .data = tell_data, .end = tell_end};
    struct dye_decode_input input = {.read = read_input,
                                     .read_at = sought ? read_input_at : NULL,
                                     .bytes = sought ? (uint64_t)st.st_size : 0,
                                     .spill_write = spill_bytes > 0 ? write_spill : NULL,
                                     .spill_read = spill_bytes > 0 ? read_spill : NULL,
                                     .spill_bytes = spill_bytes,
                                     .helpers = &helper_calls,
                                     .rest = sought ? tell_rest : NULL,
                                     .passwords = passwords,
                                     .n_passwords = n_passwords};
    enum dye_status status = dye_decode(&input, &limits, &events, NULL);
    uint8_t last[8];
    frame_put32(last, (uint32_t)status);
    frame_put32(last + 4, (uint32_t)level);
    status = tell(FRAME_DONE, dye_span_of(last, sizeof last), dye_span_of(NULL, 0));
    _exit(status == DYE_OK ? 0 : 1); /* no destructors: a leak checker could not run in here */
}
