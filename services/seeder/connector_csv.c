/* The CSV drop: one file, complete when its name appears. The name comes from the records, so that a repeated drop
 * finds its own file and leaves it. */
#include "connector.h"
#include "dye/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum dye_status write_file(const char *tmp, const char *path, const struct dye_buf *text, struct dye_error *err)
{
    unlink(tmp); /* what a crash left; it never had a name that the importer takes */
    int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", tmp, strerror(errno));
    bool ok = true;
    for (size_t at = 0; ok && at < text->n;) {
        ssize_t n = write(fd, text->p + at, text->n - at);
        ok = n > 0;
        at += ok ? (size_t)n : 0;
    }
    ok = ok && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && rename(tmp, path) == 0;
    if (!ok) {
        int why = errno;
        unlink(tmp);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(why));
    }
    return DYE_OK;
}

static enum dye_status records(const struct connector_batch *b, struct dye_buf *ret)
{
    DYE_TRY(dye_record_header(b->sector, DYE_FORMAT_CSV, ret));
    for (size_t i = 0; i < b->n; i++)
        DYE_TRY(dye_record_write(b->sector, &b->personas[i], DYE_FORMAT_CSV, ret));
    return DYE_OK;
}

enum dye_status connector_csv_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err)
{
    struct dye_buf text;
    dye_buf_init(&text, (size_t)1 << 30, true);
    enum dye_status status = records(b, &text);
    if (status == DYE_OK) {
        uint8_t digest[DYE_DIGEST_MAX_BYTES];
        char hex[17];
        char path[640];
        char tmp[660];
        struct stat st;
        dye_digest_of(DYE_SHA256, dye_buf_span(&text), digest);
        dye_hex(digest, 8, hex);
        snprintf(path, sizeof path, "%s/%s-%s.csv", c->directory, b->sector->table, hex);
        snprintf(tmp, sizeof tmp, "%s/.%s-%s.tmp", c->directory, b->sector->table, hex);
        if (stat(path, &st) != 0)
            status = write_file(tmp, path, &text, err);
    }
    dye_buf_done(&text);
    for (size_t i = 0; status == DYE_OK && i < b->n; i++)
        ret_outcome[i] = CONNECTOR_DONE;
    return status;
}

enum dye_status connector_csv_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err)
{
    struct dye_buf text;
    dye_buf_init(&text, (size_t)1 << 30, true);
    enum dye_status status = records(b, &text);
    if (status == DYE_OK) {
        printf("-- a new file in %s:\n", c->directory);
        fwrite(text.p, 1, text.n, stdout);
    } else {
        dye_fail(err, status, "connector: the records do not fit in memory");
    }
    dye_buf_done(&text);
    return status;
}
