/* The CSV drop: one file, complete when its name appears. Its name is drawn at random; that a repeated run finds its
 * own file again, also when the importer has taken it, is the journal's work (drop.h). */
#include "connector.h"
#include "dye/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = 128 };

static void hidden(const char *name, char ret[NAME_BYTES])
{
    snprintf(ret, NAME_BYTES, ".%.*s.tmp", NAME_BYTES - 6, name);
}

static enum dye_status open_directory(const char *directory, int *ret, struct dye_error *err)
{
    *ret = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", directory, strerror(errno));
    return DYE_OK;
}

static enum dye_status close_directory(int dir, bool ok, const char *directory, struct dye_error *err)
{
    int why = errno;
    close(dir);
    if (!ok)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", directory, strerror(why));
    return DYE_OK;
}

/* A name without its file, or a file without its bytes, must not come back from a power cut. */
static bool write_file(int dir, const char *name, const struct dye_buf *text)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    bool ok = fd >= 0;
    for (size_t at = 0; ok && at < text->n;) {
        ssize_t n = write(fd, text->p + at, text->n - at);
        ok = n > 0;
        at += ok ? (size_t)n : 0;
    }
    ok = ok && fsync(fd) == 0;
    ok = (fd < 0 || close(fd) == 0) && ok && fsync(dir) == 0;
    if (!ok && fd >= 0) {
        int why = errno;
        unlinkat(dir, name, 0);
        errno = why;
    }
    return ok;
}

enum dye_status connector_csv_release(const char *directory, const char *name, struct dye_error *err)
{
    int dir;
    char tmp[NAME_BYTES];
    hidden(name, tmp);
    DYE_TRY(open_directory(directory, &dir, err));
    bool ok = renameat(dir, tmp, dir, name) == 0 || errno == ENOENT; /* renamed before, and perhaps imported since */
    ok = ok && fsync(dir) == 0;
    return close_directory(dir, ok, directory, err);
}

enum dye_status connector_csv_discard(const char *directory, const char *name, struct dye_error *err)
{
    int dir;
    char tmp[NAME_BYTES];
    hidden(name, tmp);
    DYE_TRY(open_directory(directory, &dir, err));
    bool ok = unlinkat(dir, tmp, 0) == 0 ? fsync(dir) == 0 : errno == ENOENT;
    return close_directory(dir, ok, directory, err);
}

enum dye_status connector_csv_waits(const char *directory, const char *name, bool *ret, struct dye_error *err)
{
    int dir;
    char tmp[NAME_BYTES];
    hidden(name, tmp);
    DYE_TRY(open_directory(directory, &dir, err));
    bool there = faccessat(dir, tmp, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    DYE_TRY(close_directory(dir, there || errno == ENOENT, directory, err));
    *ret = there;
    return DYE_OK;
}

static enum dye_status records(const struct connector_batch *b, struct dye_buf *ret)
{
    DYE_TRY(dye_record_header(b->sector, DYE_FORMAT_CSV, ret));
    for (size_t i = 0; i < b->n; i++)
        DYE_TRY(dye_record_write(b->sector, &b->personas[i], DYE_FORMAT_CSV, ret));
    return DYE_OK;
}

static enum dye_status drop(const struct connector *c, const struct connector_batch *b, const struct dye_buf *text,
                            struct dye_error *err)
{
    uint8_t random[8];
    char hex[17];
    char name[NAME_BYTES];
    char tmp[NAME_BYTES];
    int dir;
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, hex);
    snprintf(name, sizeof name, "%.64s-%s.csv", b->sector->table, hex);
    hidden(name, tmp);
    DYE_TRY(b->note(b->note_arg, c->directory, name, false, err));
    DYE_TRY(open_directory(c->directory, &dir, err));
    DYE_TRY(close_directory(dir, write_file(dir, tmp, text), c->directory, err));
    DYE_TRY(b->note(b->note_arg, c->directory, name, true, err));
    return connector_csv_release(c->directory, name, err);
}

enum dye_status connector_csv_plant(const struct connector *c, const struct connector_batch *b,
                                    enum connector_outcome *ret_outcome, struct dye_error *err)
{
    struct dye_buf text;
    dye_buf_init(&text, (size_t)1 << 30, true);
    enum dye_status status = records(b, &text);
    if (status != DYE_OK)
        dye_fail(err, status, "connector: the records do not fit in memory");
    else
        status = drop(c, b, &text, err);
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
