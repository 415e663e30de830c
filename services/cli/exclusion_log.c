#include "exclusion_log.h"

#include "csv_reader.h"
#include "dye/digest.h"
#include "dye/exclusion.h"
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#define MAC_START ",\"mac\":\""
#define MAC_END "\"}"
enum { MAC = 32, TAIL = sizeof MAC_START - 1 + 2 * MAC + sizeof MAC_END - 1, LINE_MAX_BYTES = 1024 };

struct chain {
    struct dye_key key;
    uint8_t before[MAC]; /* zeros for the first line */
    uint64_t runs;
};

/* `body`: a line up to its code. */
static void code_of(const struct chain *c, struct dye_span body, uint8_t ret[MAC])
{
    uint8_t data[MAC + LINE_MAX_BYTES];
    memcpy(data, c->before, MAC);
    memcpy(data + MAC, body.p, body.n);
    dye_hmac(&c->key, dye_span_of(data, MAC + body.n), ret);
}

static bool line_holds(struct chain *c, const char *line, size_t n)
{
    char start[40];
    uint8_t mac[MAC];
    uint8_t own[MAC];
    int start_n = snprintf(start, sizeof start, "{\"run\":%" PRIu64 ",", c->runs + 1);
    if (n < TAIL + (size_t)start_n || n > LINE_MAX_BYTES || memcmp(line, start, (size_t)start_n) != 0)
        return false;
    const char *tail = line + n - TAIL;
    if (memcmp(tail, MAC_START, sizeof MAC_START - 1) != 0 || memcmp(line + n - 2, MAC_END, 2) != 0 ||
        !dye_unhex(dye_span_of(tail + sizeof MAC_START - 1, (size_t)2 * MAC), mac, MAC))
        return false;
    code_of(c, dye_span_of(line, n - TAIL), own);
    if (!dye_equal_secret(mac, own, MAC))
        return false;
    memcpy(c->before, mac, MAC);
    c->runs++;
    return true;
}

static enum dye_status follow(struct chain *c, struct dye_span text, exclusion_log_fn fn, void *arg,
                              struct dye_error *err)
{
    if (text.n == 0)
        return DYE_OK;
    const char *at = (const char *)text.p;
    const char *end = at + text.n;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL || !line_holds(c, at, (size_t)(stop - at)))
            DYE_FAIL(err, DYE_E_STREAM,
                     "line %" PRIu64 ": changed, or not written with this key, or another before it is gone",
                     c->runs + 1);
        if (fn != NULL)
            fn(arg, at, (size_t)(stop - at));
        at = stop + 1;
    }
    return DYE_OK;
}

enum dye_status exclusion_log_check(struct dye_span text, const struct dye_key *system_key, exclusion_log_fn fn,
                                    void *arg, uint64_t *ret_runs, struct dye_error *err)
{
    struct chain c = {0};
    dye_exclusion_record_key(system_key, &c.key);
    enum dye_status status = follow(&c, text, fn, arg, err);
    *ret_runs = c.runs;
    dye_key_wipe(&c.key);
    return status;
}

static enum dye_status write_line(int fd, struct chain *c, const struct exclusion_run *run, off_t size,
                                  struct dye_error *err)
{
    char line[LINE_MAX_BYTES + TAIL + 2];
    uint8_t mac[MAC];
    char hex[2 * MAC + 1];
    int n = snprintf(line, LINE_MAX_BYTES - TAIL,
                     "{\"run\":%" PRIu64 ",\"at\":\"%s\",\"system\":\"%s\",\"list\":\"%s\",\"batch\":\"%s\","
                     "\"result\":\"%s\",\"rows\":%zu,\"removed\":%zu,\"disputed\":%zu,\"unreadable\":%zu",
                     c->runs + 1, run->at, run->system, run->list_sha256, run->batch_sha256, run->result, run->rows,
                     run->canaries, run->disputed, run->unreadable);
    if (n < 0 || n >= LINE_MAX_BYTES - TAIL)
        DYE_FAIL(err, DYE_E_BUG, "a line that is too long");
    code_of(c, dye_span_of(line, (size_t)n), mac);
    dye_hex(mac, MAC, hex);
    n += snprintf(line + n, sizeof line - (size_t)n, MAC_START "%s" MAC_END "\n", hex);
    enum dye_status status = output_write(fd, line, (size_t)n, err);
    if (status == DYE_OK && fsync(fd) != 0)
        status = dye_fail(err, DYE_E_IO, "%s", strerror(errno));
    if (status != DYE_OK && ftruncate(fd, size) != 0) /* half a line would end the log for good */
        dye_fail(err, DYE_E_IO, "can't be written; its last line is broken");
    return status;
}

static enum dye_status append(int fd, const char *path, struct chain *c, const struct exclusion_run *run,
                              struct dye_error *err)
{
    struct dye_buf text;
    if (flock(fd, LOCK_EX) != 0)
        DYE_FAIL(err, DYE_E_IO, "%s", strerror(errno));
    int own = dup(fd); /* the reader closes what it reads */
    if (own < 0)
        DYE_FAIL(err, DYE_E_IO, "%s", strerror(errno));
    dye_buf_init(&text, EXCLUSION_LOG_MAX_BYTES, false);
    enum dye_status status = csv_read_bytes(own, path, &text, err);
    if (status == DYE_OK)
        status = follow(c, dye_buf_span(&text), NULL, NULL, err);
    if (status == DYE_OK)
        status = write_line(fd, c, run, (off_t)text.n, err);
    dye_buf_done(&text);
    return status;
}

enum dye_status exclusion_log_append(const char *path, const struct dye_key *system_key,
                                     const struct exclusion_run *run, uint64_t *ret_run, struct dye_error *err)
{
    struct chain c = {0};
    struct dye_error why = {0};
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    dye_exclusion_record_key(system_key, &c.key);
    enum dye_status status = append(fd, path, &c, run, &why);
    dye_key_wipe(&c.key);
    close(fd);
    if (status != DYE_OK)
        DYE_FAIL(err, status, "%s: %s", path, why.message);
    *ret_run = c.runs + 1;
    return DYE_OK;
}
