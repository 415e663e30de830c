#include "zip_tail.h"

#include <stdint.h>

static bool take(struct feed *in, uint8_t *p, uint64_t n)
{
    return feed_take(in, p, n) == n;
}

static uint64_t little(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* Records of the directory: a fixed part, and fields in it that say how much follows. */
static const struct record {
    uint8_t magic[2]; /* behind "PK" */
    uint8_t fixed;    /* bytes behind the magic */
    uint8_t length_bytes;
    uint8_t lengths[3]; /* where the lengths stand in the fixed part; 0 for none, but a first may stand at 0 */
    uint8_t n;
} records[] = {
    {{1, 2}, 42, 2, {24, 26, 28}, 3}, /* an entry: its name, extra field and comment */
    {{6, 8}, 4, 4, {0}, 1},           /* archive extra data */
    {{6, 6}, 8, 8, {0}, 1},           /* zip64 end */
    {{6, 7}, 16, 0, {0}, 0},          /* zip64 locator */
    {{5, 5}, 2, 2, {0}, 1},           /* signature */
    {{5, 6}, 18, 2, {16}, 1},         /* end: the comment */
};

static const char *ended(const struct feed *in)
{
    return in->broken != NULL ? in->broken : "truncated";
}

static const struct record *record_of(const uint8_t magic[4])
{
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        if (magic[0] == 'P' && magic[1] == 'K' && memcmp(magic + 2, records[i].magic, 2) == 0)
            return &records[i];
    return NULL;
}

const char *zip_tail_fault(struct feed *in)
{
    for (bool first = true;; first = false) {
        uint8_t magic[4], fixed[42];
        if (!take(in, magic, sizeof magic))
            return ended(in);
        const struct record *r;
        /* The sizes of an entry that was skipped may stand before the directory, or a signing block. */
        while ((r = record_of(magic)) == NULL) {
            if (!first)
                return "damaged";
            memmove(magic, magic + 1, 3);
            if (!take(in, magic + 3, 1))
                return ended(in);
        }
        if (!take(in, fixed, r->fixed))
            return ended(in);
        for (size_t i = 0; i < r->n; i++)
            if (!take(in, NULL, little(fixed + r->lengths[i], r->length_bytes)))
                return ended(in);
        if (r->magic[0] == 5 && r->magic[1] == 6)
            return feed_trailing_fault(in);
    }
}
