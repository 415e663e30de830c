#include "dye/buf.h"
#include "dye/merkle.h"

enum { TEXT_MAX = 1024, LEAF_MAX = 8192 };

/* One line of text, so that no two placements have the same leaf data: not empty, no control bytes. */
static bool is_line(const char *s)
{
    if (s == NULL || *s == '\0')
        return false;
    size_t n = 0;
    for (; s[n] != '\0'; n++)
        if ((unsigned char)s[n] < 0x20 || s[n] == 0x7f || n == TEXT_MAX)
            return false;
    return true;
}

static enum dye_status put_line(struct dye_buf *b, const char *s)
{
    DYE_TRY(dye_buf_append_str(b, s));
    return dye_buf_append_u8(b, '\n');
}

static enum dye_status put(struct dye_buf *b, const struct dye_placement_leaf *p)
{
    const char variant[2] = {p->variant, '\0'};
    DYE_TRY(dye_buf_append(b, p->nonce, sizeof p->nonce));
    DYE_TRY(put_line(b, "dyetrace/1/placement"));
    DYE_TRY(put_line(b, p->canary));
    DYE_TRY(put_line(b, variant));
    DYE_TRY(put_line(b, p->source));
    DYE_TRY(put_line(b, p->planted_at));
    return dye_buf_append(b, p->values_hash, sizeof p->values_hash);
}

enum dye_status dye_placement_leaf_hash(const struct dye_placement_leaf *p, struct dye_hash *ret_leaf)
{
    if (!is_line(p->canary) || !is_line(p->source) || !is_line(p->planted_at) || p->variant < 'A' || p->variant > 'Z')
        return DYE_E_USAGE;
    struct dye_buf d;
    dye_buf_init(&d, LEAF_MAX, true); /* the nonce opens the leaf */
    enum dye_status s = put(&d, p);
    if (s == DYE_OK)
        dye_merkle_leaf(dye_buf_span(&d), ret_leaf);
    dye_buf_done(&d);
    return s;
}
