#include "container.h"

#include "name.h"
#include "whole.h"
#include "zip_tail.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { KEPT = 4096 }; /* more than libarchive looks ahead in a zip */

struct container {
    struct feed entry; /* first: entry_next gets back to the container from it */
    struct archive *a;
    struct archive_entry *e;
    struct feed *in;
    struct whole *whole; /* or NULL; then `in` is its feed */
    struct container_budget *budget;
    enum sniff_format format;
    bool has_password, locked;
    struct dye_span locks; /* a byte an entry, as container_lock was told */
    uint64_t entries;      /* met so far */
    unsigned bad;          /* entries, one after the other */
    const char *fault;
    struct dye_span given;    /* the last piece that libarchive got */
    uint64_t given_bytes;     /* of all of them */
    uint8_t before[2 * KEPT]; /* what it got before that: at least KEPT bytes once there were as many */
    size_t before_n;
    uint64_t offset;         /* of what came out of the entry */
    struct dye_span pending; /* a block that waits behind a hole */
    uint64_t hole;
    char name[CONTAINER_NAME_MAX_BYTES + 1];
};

static const uint8_t zeros[1 << 14];

static int enable_rar(struct archive *a)
{
    int r = archive_read_support_format_rar(a);
    return r == ARCHIVE_OK ? archive_read_support_format_rar5(a) : r;
}

/* And what stands behind its end mark is read or found to be damaged. */
static int enable_tar(struct archive *a)
{
    int r = archive_read_support_format_tar(a);
    return r == ARCHIVE_OK ? archive_read_set_option(a, "tar", "read_concatenated_archives", "1") : r;
}

/* Archives: entries with names. */
static int (*const archive_of[SNIFF_FORMATS])(struct archive *) = {
    [SNIFF_ZIP] = archive_read_support_format_zip_streamable,
    [SNIFF_TAR] = enable_tar,
    [SNIFF_7Z] = archive_read_support_format_7zip,
    [SNIFF_RAR] = enable_rar,
    [SNIFF_CAB] = archive_read_support_format_cab,
    [SNIFF_ISO] = archive_read_support_format_iso9660,
    [SNIFF_CPIO] = archive_read_support_format_cpio,
    [SNIFF_AR] = archive_read_support_format_ar,
    [SNIFF_LHA] = archive_read_support_format_lha,
};

/* Streams without a name inside; gzip is read by gunzip.c, Zstandard by unzstd.c. */
static const int filter_of[SNIFF_FORMATS] = {
    [SNIFF_BZIP2] = ARCHIVE_FILTER_BZIP2,       [SNIFF_XZ] = ARCHIVE_FILTER_XZ,
    [SNIFF_LZ4] = ARCHIVE_FILTER_LZ4,           [SNIFF_LZIP] = ARCHIVE_FILTER_LZIP,
    [SNIFF_COMPRESS] = ARCHIVE_FILTER_COMPRESS, [SNIFF_LZMA] = ARCHIVE_FILTER_LZMA,
};

static const char *fault_of(const struct container *c)
{
    const char *message = archive_error_string(c->a);
    if (c->in->broken != NULL)
        return c->in->broken;
    if (archive_errno(c->a) == ENOMEM)
        return "limit: memory";
    if (message != NULL && (strstr(message, "ncrypt") != NULL || strstr(message, "assphrase") != NULL))
        return "encrypted";
    if (message != NULL && (strstr(message, "nsupported") != NULL || strstr(message, "not supported") != NULL))
        return "unsupported";
    /* Whoever ran out of bytes was cut off; who stumbled over them was damaged. */
    return c->in->ended || (message != NULL && strstr(message, "runcated") != NULL) ? "truncated" : "damaged";
}

/* Keeps the end of a piece that is about to go; returns how much. */
static size_t keep(struct container *c, struct dye_span piece)
{
    size_t n = piece.n < KEPT ? piece.n : KEPT;
    if (n == 0)
        return 0;
    if (c->before_n + n > sizeof c->before) {
        size_t still = KEPT - n;
        memmove(c->before, c->before + c->before_n - still, still);
        c->before_n = still;
    }
    memcpy(c->before + c->before_n, piece.p + (piece.n - n), n);
    c->before_n += n;
    return n;
}

static la_ssize_t on_read(struct archive *a, void *arg, const void **ret)
{
    struct container *c = arg;
    struct dye_span piece;
    size_t kept = keep(c, c->given);
    if (feed_pull(c->in, &piece)) {
        *ret = piece.p;
        c->given = piece;
        c->given_bytes += piece.n;
        return (la_ssize_t)piece.n;
    }
    c->before_n -= kept; /* it is still the last piece */
    if (c->in->broken == NULL)
        return 0;
    archive_set_error(a, EIO, "the stream below is broken");
    return ARCHIVE_FATAL;
}

bool container_budget_spend(struct container_budget *b, size_t n)
{
    b->produced += n;
    return b->produced <= b->ratio_free_bytes || b->produced / b->ratio <= b->input;
}

/* Sparse entries have holes, which count: places are offsets in the file as it was. */
static bool fill(struct container *c, struct dye_span *ret)
{
    if (c->hole > 0) {
        *ret = dye_span_of(zeros, c->hole < sizeof zeros ? (size_t)c->hole : sizeof zeros);
        c->hole -= ret->n;
    } else {
        *ret = c->pending;
        c->pending.n = 0;
    }
    /* A tar adds nothing, unless it is sparse. */
    if ((c->format != SNIFF_TAR || ret->p == zeros) && !container_budget_spend(c->budget, ret->n)) {
        c->entry.broken = "limit: ratio";
        return false;
    }
    c->offset += ret->n;
    return true;
}

static bool entry_next(struct feed *f, struct dye_span *ret)
{
    struct container *c = (struct container *)f;
    while (c->hole == 0 && c->pending.n == 0) {
        const void *p = NULL;
        size_t n = 0;
        la_int64_t offset = 0;
        int r = archive_read_data_block(c->a, &p, &n, &offset);
        if (r == ARCHIVE_EOF)
            return false;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
            const char *fault = fault_of(c);
            bool told = strcmp(fault, "encrypted") == 0 || r == ARCHIVE_FATAL || f->blemish != NULL;
            f->broken = told ? fault : "unsupported";
            return false;
        }
        if (r == ARCHIVE_WARN) {
            if (f->blemish != NULL && n == 0) { /* it would warn for ever */
                f->broken = f->blemish;
                return false;
            }
            f->blemish = "damaged"; /* a checksum, a length */
        }
        c->pending = dye_span_of(p, n);
        if (n > 0 && offset >= 0 && (uint64_t)offset > c->offset)
            c->hole = (uint64_t)offset - c->offset;
    }
    return fill(c, ret);
}

static bool enable(struct container *c)
{
    if (archive_of[c->format] != NULL)
        return archive_of[c->format](c->a) == ARCHIVE_OK;
    /* Just this one: by itself libarchive would enter what is compressed again, and not count. That of compress(1)
     * reads its header at once, where nothing is open yet. */
    int r = c->format == SNIFF_COMPRESS ? archive_read_support_filter_compress(c->a)
                                        : archive_read_append_filter(c->a, filter_of[c->format]);
    return r == ARCHIVE_OK && archive_read_support_format_raw(c->a) == ARCHIVE_OK &&
           archive_read_support_format_empty(c->a) == ARCHIVE_OK;
}

static la_int64_t on_seek(struct archive *a, void *arg, la_int64_t offset, int whence)
{
    (void)a;
    struct container *c = arg;
    la_int64_t base = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? (la_int64_t)c->whole->at
                                           : (la_int64_t)c->whole->bytes;
    if (offset < -base || offset > (la_int64_t)c->whole->bytes - base)
        return ARCHIVE_FATAL;
    c->in = whole_feed(c->whole, (uint64_t)(base + offset));
    return base + offset;
}

static la_int64_t on_skip(struct archive *a, void *arg, la_int64_t n)
{
    (void)a;
    struct container *c = arg;
    la_int64_t left = (la_int64_t)(c->whole->bytes - c->whole->at);
    if (n < 0)
        return 0;
    n = n < left ? n : left;
    c->in = whole_feed(c->whole, c->whole->at + (uint64_t)n);
    return n;
}

static struct container *container_new(struct feed *in, struct whole *w, enum sniff_format format,
                                       struct container_budget *budget)
{
    struct container *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->whole = w;
    c->in = in;
    c->format = format;
    c->budget = budget;
    c->a = archive_read_new();
    if (c->a == NULL) {
        free(c);
        return NULL;
    }
    if (!enable(c))
        c->fault = "unsupported";
    return c;
}

static struct container *begin(struct container *c)
{
    if (c == NULL || c->fault != NULL)
        return c;
    archive_read_set_callback_data(c->a, c);
    archive_read_set_read_callback(c->a, on_read);
    if (archive_read_open1(c->a) != ARCHIVE_OK || archive_errno(c->a) != 0) {
        c->fault = fault_of(c);
    } else if (archive_of[c->format] == NULL && archive_filter_count(c->a) < 2) {
        /* The header is not one after all, and the raw reader would give the compressed bytes as they stand. */
        c->fault = c->in->ended ? "truncated" : "damaged";
    }
    return c;
}

struct container *container_open(struct feed *in, enum sniff_format format, struct container_budget *budget)
{
    return begin(container_new(in, NULL, format, budget));
}

struct container *container_open_whole(struct whole *w, enum sniff_format format, struct container_budget *budget)
{
    struct container *c = container_new(whole_feed(w, 0), w, format, budget);
    if (c != NULL && (archive_read_set_seek_callback(c->a, on_seek) != ARCHIVE_OK ||
                      archive_read_set_skip_callback(c->a, on_skip) != ARCHIVE_OK))
        c->fault = "unsupported";
    return begin(c);
}

struct container *container_open_zip(struct feed *in, const char *const *passwords, size_t n,
                                     struct container_budget *budget)
{
    struct container *c = container_new(in, NULL, SNIFF_ZIP, budget);
    for (size_t i = 0; c != NULL && i < n; i++)
        c->has_password = archive_read_add_passphrase(c->a, passwords[i]) == ARCHIVE_OK || c->has_password;
    return begin(c);
}

void container_close(struct container *c)
{
    archive_read_free(c->a);
    free(c);
}

static void take_name(struct container *c)
{
    if (archive_of[c->format] == NULL)
        return;
    const char *raw = archive_entry_pathname(c->e);
    name_to_utf8(dye_span_str(raw != NULL ? raw : "\xff"), c->name, sizeof c->name);
}

/* Gives what libarchive was given but did not use back to the stream below, and looks at what follows the entries. */
static const char *tail_fault(struct container *c)
{
    uint64_t left = c->given_bytes - (uint64_t)archive_filter_bytes(c->a, -1);
    uint64_t old = left > c->given.n ? left - c->given.n : 0;
    if (old > c->before_n)
        return "damaged";
    left -= old;
    feed_push(c->in, dye_span_of(c->given.p + (c->given.n - left), (size_t)left));
    feed_push(c->in, dye_span_of(c->before + (c->before_n - old), (size_t)old));
    if (c->format == SNIFF_ZIP)
        return zip_tail_fault(c->in);
    /* A stream whose header is cut looks like none at all. */
    if (archive_of[c->format] == NULL && archive_filter_bytes(c->a, -1) == 0)
        return "truncated";
    return feed_trailing_fault(c->in);
}

/* Formats whose reader stops behind an end mark, whatever follows; that of rar stops before it. */
static bool has_end(enum sniff_format format)
{
    return archive_of[format] == NULL || format == SNIFF_ZIP || format == SNIFF_CAB || format == SNIFF_CPIO ||
           format == SNIFF_LHA;
}

void container_lock(struct container *c, struct dye_span locks)
{
    c->locks = locks;
}

/* The one at hand. */
static bool entry_is_locked(const struct container *c)
{
    return archive_entry_is_encrypted(c->e) || (c->entries <= c->locks.n && c->locks.p[c->entries - 1] != 0);
}

enum container_next container_next(struct container *c)
{
    enum { BAD_MAX = 1000 };
    if (c->fault != NULL)
        return CONTAINER_BROKEN;
    feed_init(&c->entry, entry_next);
    c->offset = c->hole = 0;
    c->pending = (struct dye_span){NULL, 0};
    c->name[0] = '\0';
    switch (archive_read_next_header(c->a, &c->e)) {
    case ARCHIVE_EOF:
        if (c->in->broken != NULL)
            break;
        if (has_end(c->format) && c->whole == NULL && (c->fault = tail_fault(c)) != NULL)
            return CONTAINER_BROKEN;
        return CONTAINER_END;
    case ARCHIVE_OK:
    case ARCHIVE_WARN:
        take_name(c);
        c->entries++;
        c->locked = c->locked || entry_is_locked(c);
        c->bad = 0;
        return CONTAINER_ENTRY;
    case ARCHIVE_RETRY:
    case ARCHIVE_FAILED:
        if (c->bad++ < BAD_MAX) /* it may be the same one for ever */
            return CONTAINER_BAD_ENTRY;
        break;
    default:
        break;
    }
    c->fault = fault_of(c);
    return CONTAINER_BROKEN;
}

const char *container_fault(const struct container *c)
{
    return c->fault;
}

bool container_is_locked(const struct container *c)
{
    return c->locked || (c->fault != NULL && strcmp(c->fault, "encrypted") == 0);
}

enum container_entry container_entry_is(const struct container *c)
{
    if (entry_is_locked(c) && !c->has_password)
        return ENTRY_ENCRYPTED;
    /* An old tar may give a hard link the file's data again; without, it is only another name. */
    if (archive_entry_hardlink(c->e) != NULL && archive_entry_size(c->e) <= 0)
        return ENTRY_OTHER;
    switch (archive_entry_filetype(c->e)) {
    case AE_IFREG:
    case 0: /* ar keeps none */
        return ENTRY_FILE;
    case AE_IFDIR:
        return ENTRY_DIRECTORY;
    default:
        return ENTRY_OTHER;
    }
}

const char *container_entry_name(const struct container *c)
{
    return c->name;
}

struct feed *container_entry_feed(struct container *c)
{
    return &c->entry;
}
