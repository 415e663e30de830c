#include "decoder.h"

#include "frame.h"

#include "dye/text.h"

#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IN_FD = 3, OUT_FD = 4 };

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
    while (n > 0) {
        ssize_t got = pread(IN_FD, p, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

static enum dye_status write_all(const uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(OUT_FD, p, n);
        if (w < 0 && errno != EINTR)
            return DYE_STOPPED; /* nobody listens any more */
        p += w > 0 ? w : 0;
        n -= w > 0 ? (size_t)w : 0;
    }
    return DYE_OK;
}

/* A frame of `a` and then `b`; either may be empty. */
static enum dye_status tell(enum frame_type type, struct dye_span a, struct dye_span b)
{
    uint8_t head[FRAME_HEADER_BYTES] = {(uint8_t)type};
    frame_put32(head + 4, (uint32_t)(a.n + b.n));
    DYE_TRY(write_all(head, sizeof head));
    DYE_TRY(write_all(a.p, a.n));
    return write_all(b.p, b.n);
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

/* What the C library and ICU load on first use, from files that will be out of reach. */
static void warm_up(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    iconv_t cd = iconv_open("UTF-8", "UTF-8");
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    struct dye_buf utf8;
    dye_buf_init(&utf8, 64, false);
    (void)!dye_text_to_utf8(DYE_CHARSET_GB18030, dye_span_str("\xd5\xc5"), &utf8);
    dye_buf_done(&utf8);
}

/* Honest input is decoded at many MB/s: ten minutes, and a second for each MB. */
static unsigned long cpu_seconds(void)
{
    struct stat st;
    unsigned long mb = fstat(IN_FD, &st) == 0 && S_ISREG(st.st_mode) ? (unsigned long)(st.st_size >> 20) : 1ul << 20;
    return 600 + mb;
}

int decoder_child_main(int argc, char **argv)
{
    uint64_t number[5];
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
    warm_up();
    enum sandbox_level level = sandbox_enter_decoder(cpu_seconds());

    struct dye_decode_events events = {.begin = tell_begin, .data = tell_data, .end = tell_end};
    struct stat st;
    bool sought = fstat(IN_FD, &st) == 0 && S_ISREG(st.st_mode);
    struct dye_decode_input input = {
        .read = read_input, .read_at = sought ? read_input_at : NULL, .bytes = sought ? (uint64_t)st.st_size : 0};
    enum dye_status status = dye_decode(&input, &limits, &events, NULL);
    uint8_t last[8];
    frame_put32(last, (uint32_t)status);
    frame_put32(last + 4, (uint32_t)level);
    status = tell(FRAME_DONE, dye_span_of(last, sizeof last), dye_span_of(NULL, 0));
    _exit(status == DYE_OK ? 0 : 1); /* no destructors: a leak checker could not run in here */
}
