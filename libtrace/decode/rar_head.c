#include "rar_head.h"

enum {
    SIGNATURE_BYTES = 8,
    FIXED_MAX = 4 + 4 * 10, /* a checksum and four numbers */
    EXTRA_MAX = 1 << 12,    /* of all records; that of the encryption has less than a hundred */
    TYPE_FILE = 2,
    TYPE_ENCRYPTION = 4, /* all headers behind it are */
    HAS_EXTRA = 1,
    HAS_DATA = 2,
    RECORD_ENCRYPTION = 1,
    ROUNDS_LOG2_MAX = 18, /* WinRAR writes 15, the format goes to 24: a minute a password */
};

/* Seven bits a byte, least first. False when it does not end, or in 64 bits. */
static bool take(struct dye_span *s, uint64_t *ret)
{
    *ret = 0;
    for (unsigned i = 0; i < 9 && i < s->n; i++) {
        *ret |= (uint64_t)(s->p[i] & 0x7f) << (7 * i);
        if (s->p[i] < 0x80) {
            *s = dye_span_of(s->p + i + 1, s->n - i - 1);
            return true;
        }
    }
    return false;
}

/* What an encryption begins with: a version, flags, how often the password is hashed. */
static bool is_costly(struct dye_span s)
{
    uint64_t version, flags;
    return take(&s, &version) && take(&s, &flags) && s.n > 0 && s.p[0] > ROUNDS_LOG2_MAX;
}

static bool says_encrypted(struct dye_span extra, bool *costly)
{
    uint64_t size, type;
    while (take(&extra, &size) && size <= extra.n && size > 0) {
        struct dye_span record = dye_span_of(extra.p, (size_t)size);
        if (take(&record, &type) && type == RECORD_ENCRYPTION) {
            *costly = *costly || is_costly(record);
            return true;
        }
        extra = dye_span_of(extra.p + size, extra.n - (size_t)size);
    }
    return false;
}

struct block {
    uint64_t end, type, extra_at, extra; /* its extra records stand at the end of the header */
    bool costly;
};

static bool read_block(const struct whole *w, uint64_t at, struct block *ret)
{
    uint8_t head[FIXED_MAX];
    uint64_t left = at < w->bytes ? w->bytes - at : 0, size, flags, data = 0;
    size_t n = left < sizeof head ? (size_t)left : sizeof head;
    *ret = (struct block){.extra = 0};
    if (n < 7 || !whole_read(w, at, head, n))
        return false;
    struct dye_span s = dye_span_of(head + 4, n - 4);
    if (!take(&s, &size) || size == 0 || size > left)
        return false;
    uint64_t header_end = at + (uint64_t)(s.p - head) + size;
    if (!take(&s, &ret->type) || !take(&s, &flags) || ((flags & HAS_EXTRA) != 0 && !take(&s, &ret->extra)) ||
        ((flags & HAS_DATA) != 0 && !take(&s, &data)))
        return false;
    if (header_end > w->bytes || ret->extra > size || data > w->bytes)
        return false;
    ret->costly = ret->type == TYPE_ENCRYPTION && is_costly(s);
    ret->extra_at = header_end - ret->extra;
    ret->end = header_end + data;
    return true;
}

enum dye_status rar_head_read(const struct whole *w, struct dye_buf *ret, bool *ret_costly)
{
    uint8_t extra[EXTRA_MAX];
    struct block b;
    *ret_costly = false;
    uint64_t at = SIGNATURE_BYTES;
    for (size_t n = 0; n < ret->max && read_block(w, at, &b); n++, at = b.end) {
        *ret_costly = *ret_costly || b.costly;
        if (b.type != TYPE_FILE)
            continue;
        size_t has = b.extra < sizeof extra ? (size_t)b.extra : sizeof extra;
        bool locked =
            has > 0 && whole_read(w, b.extra_at, extra, has) && says_encrypted(dye_span_of(extra, has), ret_costly);
        DYE_TRY(dye_buf_append_u8(ret, locked));
    }
    return DYE_OK;
}
