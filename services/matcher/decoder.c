#include "decoder.h"

#include "hearing.h"
#include "monotonic.h"
#include "process.h"
#include "scratch.h"
#include "sniffer.h"

#include "dye/buf.h"
#include "dye/key.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20 };

static int spawn(const struct decoder *d, const struct dye_decode_limits *l, const int fds[7], pid_t *ret_pid)
{
    char number[DECODER_NUMBERS][24];
    const uint64_t numbers[DECODER_NUMBERS] = {l->output_bytes, l->entries,          l->depth,
                                               l->ratio,        l->ratio_free_bytes, fds[5] >= 0 ? d->spill_bytes : 0};
    const char *argv[DECODER_NUMBERS + 3] = {d->self_exe, DECODER_CHILD_ARG};
    for (size_t i = 0; i < DECODER_NUMBERS; i++) {
        snprintf(number[i], sizeof number[i], "%llu", (unsigned long long)numbers[i]);
        argv[2 + i] = number[i];
    }
    return process_start(d->self_exe, argv, fds, 7, ret_pid);
}

/* Their length and then all of them with their NULs: less than a socket takes without anybody reading. */
static bool send_passwords(int fd, const struct decoder *d)
{
    uint8_t head[4];
    struct dye_buf all;
    dye_buf_init(&all, DECODER_PASSWORDS * (DYE_PASSWORD_MAX_BYTES + 1), true);
    enum dye_status status = DYE_OK;
    for (size_t i = 0; i < d->n_passwords && i < DECODER_PASSWORDS && status == DYE_OK; i++)
        if (d->passwords[i][0] != '\0' && strlen(d->passwords[i]) <= DYE_PASSWORD_MAX_BYTES)
            status = dye_buf_append(&all, d->passwords[i], strlen(d->passwords[i]) + 1);
    frame_put32(head, (uint32_t)all.n);
    bool sent = status == DYE_OK && send(fd, head, sizeof head, MSG_NOSIGNAL) == (ssize_t)sizeof head &&
                (all.n == 0 || send(fd, all.p, all.n, MSG_NOSIGNAL) == (ssize_t)all.n);
    dye_buf_done(&all);
    return sent;
}

/* The verdict that the child did not live to give. */
static enum dye_status conclude(struct hearing *h, int wait_status)
{
    if (h->fault == NULL)
        return DYE_OK;
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGXCPU)
        h->fault = "limit: cpu";
    if (!h->open)
        DYE_TRY(h->events->begin(h->events->arg, &(struct dye_part){.ordinal = h->parts, .path = "", .format = ""}));
    struct dye_part_end end = {
        .bytes = h->open ? h->bytes : 0,
        .verdict = h->open && h->bytes > 0 ? DYE_PARTLY : DYE_UNREAD,
        .reason = h->fault,
    };
    return h->events->end(h->events->arg, &end);
}

static void close_all(const int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* The child and this end of what connects it. 0 or an errno. */
static int start(struct hearing *h)
{
    int output[2] = {-1, -1}, control[2] = {-1, -1}, error = 0;
    const struct decoder *d = h->decoder;
    if (pipe2(output, O_CLOEXEC) != 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0)
        error = errno;
    /* Without scratch space what needs it says so. */
    h->spill_fd = d->tmp_folder != NULL && d->spill_bytes > 0 ? scratch_open(d->tmp_folder) : -1;
    if (error == 0 && !send_passwords(control[0], d))
        error = ENOBUFS;
    if (error == 0) {
        (void)fcntl(output[0], F_SETPIPE_SZ, PIPE_BYTES); /* fewer wake-ups; it works without */
        error = spawn(d, h->limits, (int[7]){-1, -1, -1, h->in_fd, output[1], h->spill_fd, control[1]}, &h->pid);
    }
    close_all((int[]){output[1], control[1]}, 2);
    if (error != 0)
        close_all((int[]){output[0], control[0], h->spill_fd}, 3);
    h->fd = output[0];
    h->control_fd = control[0];
    return error;
}

/* All that the child says and does, to its end. */
static enum dye_status decode(struct hearing *h, struct dye_error *err)
{
    int error = start(h);
    if (error != 0) {
        errno = error;
        DYE_FAIL(err, DYE_E_IO, "the decoder can't be started: %m");
    }
    enum dye_status status = hearing_listen(h);
    close_all((int[]){h->fd, h->control_fd}, 2);
    /* One that closed its pipe ends by itself, and its signal tells why. */
    int wait_status = process_reap(h->pid, h->fault != NULL && strcmp(h->fault, "decoder: crashed") == 0);
    while (h->n_helpers > 0)
        (void)helper_end(&h->helpers[--h->n_helpers], false);
    close_all(&h->spill_fd, 1);
    return status == DYE_OK ? conclude(h, wait_status) : status;
}

/* The input is one part as it stands. */
static enum dye_status read_plain(struct hearing *h, const char *fault)
{
    DYE_TRY(h->events->begin(h->events->arg, &(struct dye_part){.ordinal = 0, .path = "", .format = ""}));
    h->parts = 1;
    h->open = true;
    DYE_TRY(hearing_take_rest(h, 0, fault));
    h->done = true;
    return conclude(h, 0);
}

enum dye_status decoder_run(const struct decoder *decoder, int in_fd, const struct dye_decode_limits *limits,
                            const struct dye_decode_events *events, enum sandbox_level *ret_level,
                            struct dye_error *err)
{
    struct hearing *h = calloc(1, sizeof *h);
    if (h == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for a decoder");
    off_t from = lseek(in_fd, 0, SEEK_CUR); /* the child shares the offset, and moves it */
    *h = (struct hearing){
        .decoder = decoder, .in_fd = in_fd, .from = from > 0 ? from : 0, .limits = limits, .events = events};
    h->deadline_ms = monotonic_ms() + (int64_t)decoder->seconds * 1000;
    enum sandbox_level level = SANDBOX_NONE;
    enum sniffed is = decoder->sniffer != NULL ? sniffer_ask(decoder->sniffer, in_fd, &level) : SNIFFED_OTHER;
    h->level = level;
    enum dye_status status =
        is == SNIFFED_OTHER ? decode(h, err) : read_plain(h, is == SNIFFED_UNKNOWN ? "format: unknown" : "");
    if (status == DYE_OK && h->done && ret_level != NULL)
        *ret_level = (enum sandbox_level)h->level;
    bool unread = status == DYE_OK && h->child_status == DYE_E_IO;
    dye_wipe(h, sizeof *h);
    free(h);
    if (unread)
        DYE_FAIL(err, DYE_E_IO, "the input can't be read");
    return status;
}
