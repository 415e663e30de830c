#include "package.h"

#include "little.h"
#include "name.h"

#include <stdlib.h>
#include <strings.h>

enum {
    LOCAL_BYTES = 30,
    CENTRAL_BYTES = 46,
    END_BYTES = 22,
    LOCATOR_BYTES = 20,
    END64_BYTES = 56,
    MEMBER_NAME_MAX = 4096,
    MEMBERS_MAX = 1 << 18,
    NAMES_MAX_BYTES = 32 << 20,
    METHOD_STORED = 0,
    METHOD_DEFLATE = 8,
    FLAG_ENCRYPTED = 1,
    FLAG_SIZES_BEHIND = 8,
};

static bool is_magic(const uint8_t *p, const char *magic)
{
    return memcmp(p, magic, 4) == 0;
}

/* The sizes and the place that did not fit into 32 bits, in this order (4.5.3). */
static void widen(const uint8_t *extra, size_t n, struct member *m)
{
    while (n >= 4) {
        size_t size = (size_t)little16(extra + 2);
        if (size > n - 4)
            return;
        if (little16(extra) == 1) {
            const uint8_t *p = extra + 4;
            uint64_t *const fields[] = {&m->bytes, &m->packed, &m->at};
            for (size_t i = 0; i < 3; i++) {
                if (*fields[i] != UINT32_MAX || p + 8 > extra + 4 + size)
                    continue;
                *fields[i] = little64(p);
                p += 8;
            }
            return;
        }
        extra += 4 + size;
        n -= 4 + size;
    }
}

static enum dye_status add(struct package *p, struct member m, struct dye_span raw_name)
{
    char name[MEMBER_NAME_MAX + 1];
    name_to_utf8(raw_name, name, sizeof name);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '\\')
            *c = '/';
    if (p->n == MEMBERS_MAX || p->names.n > UINT32_MAX - sizeof name)
        return DYE_E_LIMIT;
    if (p->n == p->cap) {
        size_t cap = p->cap != 0 ? 2 * p->cap : 64;
        struct member *wider = realloc(p->members, cap * sizeof *wider);
        if (wider == NULL)
            return DYE_E_NOMEM;
        p->members = wider;
        p->cap = cap;
    }
    m.name = (uint32_t)p->names.n;
    DYE_TRY(dye_buf_append(&p->names, name, strlen(name) + 1));
    p->members[p->n++] = m;
    return DYE_OK;
}

/* Where the end record stands; w->bytes when there is none. */
static uint64_t find_end(const struct whole *w)
{
    enum { TAIL = END_BYTES + UINT16_MAX };
    size_t n = w->bytes < TAIL ? (size_t)w->bytes : TAIL;
    uint64_t found = w->bytes;
    uint8_t *tail = malloc(n + 1);
    if (tail != NULL && n >= END_BYTES && whole_read(w, w->bytes - n, tail, n))
        for (size_t i = n - END_BYTES + 1; i-- > 0 && found == w->bytes;)
            if (is_magic(tail + i, "PK\5\6"))
                found = w->bytes - n + i;
    free(tail);
    return found;
}

struct directory {
    uint64_t at, bytes, shift; /* shift: what stands before the zip */
};

static bool find_directory(const struct whole *w, struct directory *ret, const char **ret_fault)
{
    uint8_t end[END_BYTES], locator[LOCATOR_BYTES], end64[END64_BYTES];
    uint64_t at = find_end(w);
    if (at == w->bytes || !whole_read(w, at, end, sizeof end))
        return false;
    *ret_fault = at + END_BYTES + little16(end + 20) != w->bytes ? "trailing data" : NULL;
    struct directory d = {.at = little32(end + 16), .bytes = little32(end + 12)};
    if (at >= LOCATOR_BYTES && whole_read(w, at - LOCATOR_BYTES, locator, sizeof locator) &&
        is_magic(locator, "PK\6\7")) {
        uint64_t at64 = little64(locator + 8);
        if (!whole_read(w, at64, end64, sizeof end64) || !is_magic(end64, "PK\6\6"))
            return false;
        d = (struct directory){.at = little64(end64 + 48), .bytes = little64(end64 + 40)};
        at = at64;
    }
    if (d.bytes > at || d.at > at - d.bytes)
        return false;
    d.shift = at - d.bytes - d.at;
    d.at += d.shift;
    *ret = d;
    return true;
}

static enum dye_status walk_directory(struct package *p, const struct directory *d)
{
    uint8_t head[CENTRAL_BYTES], rest[MEMBER_NAME_MAX + UINT16_MAX];
    for (uint64_t at = d->at, end = d->at + d->bytes; at < end;) {
        if (!whole_read(p->w, at, head, sizeof head) || !is_magic(head, "PK\1\2"))
            return DYE_E_STREAM;
        size_t name = (size_t)little16(head + 28), extra = (size_t)little16(head + 30);
        if (name > MEMBER_NAME_MAX || !whole_read(p->w, at + CENTRAL_BYTES, rest, name + extra))
            return DYE_E_STREAM;
        struct member m = {.flags = (uint16_t)little16(head + 8),
                           .method = (uint16_t)little16(head + 10),
                           .crc = (uint32_t)little32(head + 16),
                           .packed = little32(head + 20),
                           .bytes = little32(head + 24),
                           .at = little32(head + 42)};
        widen(rest + name, extra, &m);
        if (m.at > UINT64_MAX - d->shift)
            return DYE_E_STREAM;
        m.at += d->shift;
        DYE_TRY(add(p, m, dye_span_of(rest, name)));
        at += CENTRAL_BYTES + name + extra + little16(head + 32);
    }
    return DYE_OK;
}

/* How long the deflated stream at `at` is, by inflating it; 0 when it does not end. */
static uint64_t packed_bytes(struct package *p, uint64_t at)
{
    struct member m = {.method = METHOD_DEFLATE, .packed = p->w->bytes - at, .bytes = UINT64_MAX};
    struct member_feed *f = package_read(p, &m);
    struct dye_span piece;
    if (f == NULL)
        return 0;
    f->at = at; /* package_read looked for a local header */
    f->left = m.packed;
    f->feed.broken = NULL;
    while (f->inflating && !f->ended && feed_pull(&f->feed, &piece))
        ;
    uint64_t n = f->ended ? f->at - f->z.avail_in - at : 0;
    member_feed_free(f);
    return n;
}

static enum dye_status walk_locals(struct package *p)
{
    uint8_t head[LOCAL_BYTES], rest[MEMBER_NAME_MAX + UINT16_MAX], behind[4];
    uint64_t at = 0;
    while (whole_read(p->w, at, head, sizeof head) && is_magic(head, "PK\3\4")) {
        size_t name = (size_t)little16(head + 26), extra = (size_t)little16(head + 28);
        if (name > MEMBER_NAME_MAX || !whole_read(p->w, at + LOCAL_BYTES, rest, name + extra))
            return DYE_OK;
        struct member m = {.flags = (uint16_t)little16(head + 6),
                           .method = (uint16_t)little16(head + 8),
                           .crc = (uint32_t)little32(head + 14),
                           .packed = little32(head + 18),
                           .bytes = little32(head + 22),
                           .at = at};
        widen(rest + name, extra, &m);
        m.at = at;
        at += LOCAL_BYTES + name + extra;
        bool behind_it = (m.flags & FLAG_SIZES_BEHIND) != 0;
        if (behind_it) {
            m.packed = m.method == METHOD_DEFLATE ? packed_bytes(p, at) : 0;
            m.bytes = UINT64_MAX;
        }
        if (behind_it && m.packed == 0) /* it is cut, or where it ends can't be known */
            m.packed = p->w->bytes - at;
        DYE_TRY(add(p, m, dye_span_of(rest, name)));
        if (m.packed > p->w->bytes - at)
            return DYE_OK;
        at += m.packed;
        if (behind_it && whole_read(p->w, at, behind, 4))
            at += is_magic(behind, "PK\7\10") ? 16 : 12;
    }
    return DYE_OK;
}

static int compare(const void *a, const void *b, void *arg)
{
    const struct package *p = arg;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    int order = strcasecmp(package_name(p, &p->members[i]), package_name(p, &p->members[k]));
    return order != 0 ? order : (i > k) - (i < k);
}

static enum dye_status list(struct package *p)
{
    p->by_name = malloc((p->n + 1) * sizeof *p->by_name);
    if (p->by_name == NULL)
        return DYE_E_NOMEM;
    for (uint32_t i = 0; i < p->n; i++)
        p->by_name[i] = i;
    return DYE_OK;
}

static int compare_places(const void *a, const void *b, void *arg)
{
    const struct package *p = arg;
    uint64_t i = p->members[*(const uint32_t *)a].at, k = p->members[*(const uint32_t *)b].at;
    return (i > k) - (i < k);
}

/* Bytes that the directory does not account for are data that no reader of the package would show. */
static bool has_gaps(struct package *p, uint64_t directory_at)
{
    enum { DESCRIPTOR_MAX = 24 };
    uint64_t covered = 0;
    uint8_t head[LOCAL_BYTES];
    qsort_r(p->by_name, p->n, sizeof *p->by_name, compare_places, p);
    for (size_t i = 0; i <= p->n; i++) {
        const struct member *m = i < p->n ? &p->members[p->by_name[i]] : NULL;
        uint64_t at = m != NULL ? m->at : directory_at;
        if (at > covered && at - covered > (i > 0 ? DESCRIPTOR_MAX : 0))
            return true;
        if (m == NULL || !whole_read(p->w, at, head, sizeof head))
            continue;
        uint64_t end = at + LOCAL_BYTES + little16(head + 26) + little16(head + 28) + m->packed;
        covered = end > covered ? end : covered;
    }
    return false;
}

enum dye_status package_open(struct decoding *d, struct whole *w, struct package *ret)
{
    *ret = (struct package){.d = d, .w = w};
    dye_buf_init(&ret->names, NAMES_MAX_BYTES, false);
    struct directory directory = {.at = 0};
    enum dye_status status = DYE_E_STREAM;
    if (find_directory(w, &directory, &ret->fault))
        status = walk_directory(ret, &directory);
    if (status == DYE_E_STREAM) {
        ret->n = 0;
        dye_buf_clear(&ret->names);
        ret->fault = w->fault != NULL ? w->fault : "truncated";
        status = walk_locals(ret);
    }
    if (status == DYE_E_LIMIT) {
        ret->fault = "limit: memory";
        status = DYE_OK;
    }
    if (status == DYE_OK)
        status = list(ret);
    if (status == DYE_OK && ret->fault == NULL && has_gaps(ret, directory.at))
        ret->fault = "trailing data";
    if (status == DYE_OK)
        qsort_r(ret->by_name, ret->n, sizeof *ret->by_name, compare, ret);
    if (status != DYE_OK)
        package_done(ret);
    return status;
}

void package_done(struct package *p)
{
    dye_buf_done(&p->names);
    free(p->members);
    free(p->by_name);
    p->members = NULL;
    p->by_name = NULL;
}

const char *package_name(const struct package *p, const struct member *m)
{
    return (const char *)p->names.p + m->name;
}

struct member *package_find(struct package *p, const char *name)
{
    while (*name == '/')
        name++;
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcasecmp(package_name(p, &p->members[p->by_name[middle]]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->n || strcasecmp(package_name(p, &p->members[p->by_name[low]]), name) != 0)
        return NULL;
    return &p->members[p->by_name[low]];
}

static bool refill(struct member_feed *f)
{
    size_t n = f->left < sizeof f->in ? (size_t)f->left : sizeof f->in;
    if (n > f->p->w->bytes - f->at)
        n = (size_t)(f->p->w->bytes - f->at);
    if (n == 0 || !whole_read(f->p->w, f->at, f->in, n)) {
        f->feed.broken = n > 0 ? "not read" : f->p->w->fault != NULL ? f->p->w->fault : "truncated";
        return false;
    }
    f->at += n;
    f->left -= n;
    f->z.next_in = f->in;
    f->z.avail_in = (uInt)n;
    return true;
}

static void inflate_more(struct member_feed *f)
{
    f->z.next_out = f->out;
    f->z.avail_out = sizeof f->out;
    while (f->z.avail_out > 0 && !f->ended && f->feed.broken == NULL) {
        if (f->z.avail_in == 0 && !refill(f))
            break;
        int r = inflate(&f->z, Z_NO_FLUSH);
        f->ended = r == Z_STREAM_END;
        if (r != Z_OK && r != Z_BUF_ERROR && !f->ended)
            f->feed.broken = r == Z_MEM_ERROR ? "limit: memory" : "damaged";
    }
}

static bool member_next(struct feed *feed, struct dye_span *ret)
{
    struct member_feed *f = (struct member_feed *)feed;
    if (f->feed.broken != NULL)
        return false;
    if (f->inflating) {
        inflate_more(f);
        *ret = dye_span_of(f->out, sizeof f->out - f->z.avail_out);
    } else {
        f->ended = f->left == 0;
        *ret = dye_span_of(f->in, !f->ended && refill(f) ? f->z.avail_in : 0);
    }
    f->given += ret->n;
    f->crc = (uint32_t)crc32(f->crc, ret->p, (uInt)ret->n);
    /* Stored ones too: members may lie over each other. */
    if (!container_budget_spend(&f->p->d->budget, ret->n)) {
        feed->broken = "limit: ratio";
        f->p->d->over = true;
        return false;
    }
    if (f->ended && f->m->bytes != UINT64_MAX && (f->given != f->m->bytes || f->crc != f->m->crc))
        feed->blemish = "damaged";
    return ret->n > 0;
}

struct member_feed *package_read(struct package *p, const struct member *m)
{
    struct member_feed *f = malloc(sizeof *f);
    if (f == NULL)
        return NULL;
    memset(f, 0, offsetof(struct member_feed, in));
    f->feed.next = member_next;
    f->p = p;
    f->m = m;
    f->left = m->packed;
    uint8_t head[LOCAL_BYTES];
    if (!whole_read(p->w, m->at, head, sizeof head) || !is_magic(head, "PK\3\4")) {
        f->feed.broken = m->at >= p->w->bytes ? "truncated" : "damaged";
    } else {
        f->at = m->at + LOCAL_BYTES + little16(head + 26) + little16(head + 28);
        if (f->at > p->w->bytes) {
            f->at = p->w->bytes;
            f->feed.broken = "truncated";
        }
    }
    if ((m->flags & FLAG_ENCRYPTED) != 0)
        f->feed.broken = "encrypted";
    else if (m->method != METHOD_STORED && m->method != METHOD_DEFLATE)
        f->feed.broken = "unsupported";
    f->inflating = m->method == METHOD_DEFLATE;
    if (f->inflating && inflateInit2(&f->z, -MAX_WBITS) != Z_OK) {
        free(f);
        return NULL;
    }
    return f;
}

void member_feed_free(struct member_feed *f)
{
    if (f == NULL)
        return;
    if (f->inflating)
        inflateEnd(&f->z);
    free(f);
}
