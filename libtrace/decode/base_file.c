#include "base_file.h"

#include <stdio.h>

struct opened {
    sqlite3_file file; /* first */
    const struct base_file *base;
};

enum { VERSIONS_AT = 18 }; /* of writing and reading: 2 for a log beside the file, which is not here */

/* What of the zeros and the file's bytes falls into [at, at + n). */
static int on_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
    const struct whole *w = ((struct opened *)file)->base->whole;
    uint8_t *out = p;
    uint64_t start = (uint64_t)at, size = (uint64_t)n;
    uint64_t here = start >= w->bytes ? 0 : w->bytes - start < size ? w->bytes - start : size;
    memset(out + here, 0, (size_t)(size - here));
    if (here > 0 && !whole_read(w, start, out, (size_t)here))
        return SQLITE_IOERR_READ;
    for (uint64_t i = VERSIONS_AT; i < VERSIONS_AT + 2; i++)
        if (i >= start && i - start < here)
            out[i - start] = 1;
    return here == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int on_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    const struct base_file *b = ((struct opened *)file)->base;
    *ret = (sqlite3_int64)(b->claimed > b->whole->bytes ? b->claimed : b->whole->bytes);
    return SQLITE_OK;
}

static int on_close(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int no_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    (void)file, (void)p, (void)n, (void)at;
    return SQLITE_READONLY;
}

static int no_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file, (void)size;
    return SQLITE_READONLY;
}

static int on_lock(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK;
}

static int is_locked(sqlite3_file *file, int *ret)
{
    (void)file;
    *ret = 0;
    return SQLITE_OK;
}

static int no_control(sqlite3_file *file, int op, void *arg)
{
    (void)file, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int sector_bytes(sqlite3_file *file)
{
    (void)file;
    return 512;
}

static int traits(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_IMMUTABLE;
}

/* Version 1: without shared memory and without mapping. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = no_write,
    .xTruncate = no_truncate,
    .xSync = on_lock,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_lock,
    .xCheckReservedLock = is_locked,
    .xFileControl = no_control,
    .xSectorSize = sector_bytes,
    .xDeviceCharacteristics = traits,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct opened *o = (struct opened *)file;
    o->file.pMethods = NULL;
    (void)name;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return SQLITE_CANTOPEN;
    *o = (struct opened){.file = {&methods}, .base = (const struct base_file *)vfs};
    if (ret_flags != NULL)
        *ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

static int no_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs, (void)name, (void)sync;
    return SQLITE_READONLY;
}

/* No journal and no log is there. */
static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    (void)vfs, (void)name, (void)flags;
    *ret = 0;
    return SQLITE_OK;
}

static int on_name(sqlite3_vfs *vfs, const char *name, int cap, char *ret)
{
    (void)vfs;
    return snprintf(ret, (size_t)cap, "%s", name) < cap ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int on_random(sqlite3_vfs *vfs, int n, char *ret)
{
    (void)vfs;
    memset(ret, 0, (size_t)n);
    return n;
}

static int on_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int on_time(sqlite3_vfs *vfs, double *ret)
{
    (void)vfs;
    *ret = 0;
    return SQLITE_OK;
}

static int on_error(sqlite3_vfs *vfs, int cap, char *ret)
{
    (void)vfs, (void)cap, (void)ret;
    return 0;
}

static uint32_t big(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* https://www.sqlite.org/fileformat2.html, 1.3: page size, and pages unless an old library wrote the file last. */
static uint64_t claimed_bytes(const struct whole *w)
{
    uint8_t head[100];
    if (!whole_read(w, 0, head, sizeof head))
        return 0;
    uint64_t page = (uint64_t)head[16] << 8 | head[17];
    return big(head + 24) == big(head + 92) ? (page == 1 ? 65536 : page) * big(head + 28) : 0;
}

bool base_file_init(struct base_file *f, const struct whole *whole)
{
    *f = (struct base_file){
        .vfs = {.iVersion = 1,
                .szOsFile = (int)sizeof(struct opened),
                .mxPathname = 64,
                .zName = f->name,
                .xOpen = on_open,
                .xDelete = no_delete,
                .xAccess = on_access,
                .xFullPathname = on_name,
                .xRandomness = on_random,
                .xSleep = on_sleep,
                .xCurrentTime = on_time,
                .xGetLastError = on_error},
        .whole = whole,
        .claimed = claimed_bytes(whole),
    };
    snprintf(f->name, sizeof f->name, "dye-%p", (void *)f);
    return sqlite3_vfs_register(&f->vfs, 0) == SQLITE_OK;
}

void base_file_done(struct base_file *f)
{
    sqlite3_vfs_unregister(&f->vfs);
}

bool base_file_is_short(const struct base_file *f)
{
    return f->claimed > f->whole->bytes;
}
