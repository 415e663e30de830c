#include "counts.h"

#include "dye/key.h"

#include <stdlib.h>

static uint64_t hash(const char *key, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a: a table's owner has nothing to gain from collisions */
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)key[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

enum dye_status counts_init(struct counts *c, size_t max)
{
    memset(c, 0, sizeof *c);
    c->max = max;
    for (c->slots = 64; c->slots < 2 * max; c->slots *= 2)
        ;
    c->entry = calloc(c->slots, sizeof *c->entry);
    return c->entry != NULL ? DYE_OK : DYE_E_NOMEM;
}

static void forget(struct count_entry *e)
{
    dye_wipe(e->key, strlen(e->key));
    free(e->key);
    e->key = NULL;
}

void counts_done(struct counts *c)
{
    for (size_t i = 0; c->entry != NULL && i < c->slots; i++)
        if (c->entry[i].key != NULL)
            forget(&c->entry[i]);
    free(c->entry);
    memset(c, 0, sizeof *c);
}

static struct count_entry *find(const struct counts *c, const char *key, size_t n)
{
    size_t i = (size_t)hash(key, n) & (c->slots - 1);
    while (c->entry[i].key != NULL && strcmp(c->entry[i].key, key) != 0)
        i = (i + 1) & (c->slots - 1);
    return &c->entry[i];
}

/* Drops the rarest until a quarter is free. Rehashing in place would break the probing, so the rest moves. */
static bool make_room(struct counts *c)
{
    struct counts old = *c;
    struct count_entry *fresh = calloc(c->slots, sizeof *fresh);
    if (fresh == NULL)
        return false;
    uint64_t least = 1;
    for (size_t kept = c->used; kept > c->max - c->max / 4; least++) {
        kept = 0;
        for (size_t i = 0; i < c->slots; i++)
            kept += c->entry[i].key != NULL && c->entry[i].n > least;
    }
    c->entry = fresh;
    c->used = 0;
    for (size_t i = 0; i < old.slots; i++) {
        struct count_entry *e = &old.entry[i];
        if (e->key == NULL)
            continue;
        if (e->n < least) {
            forget(e);
            continue;
        }
        *find(c, e->key, strlen(e->key)) = *e;
        c->used++;
    }
    free(old.entry);
    return true;
}

static size_t put(char *to, size_t at, struct dye_span part)
{
    for (size_t i = 0; i < part.n && at < COUNT_KEY_MAX_BYTES; i++)
        if (part.p[i] > COUNT_SEPARATOR) /* so that sorted keys are sorted by their parts */
            to[at++] = (char)part.p[i];
    return at;
}

void counts_add(struct counts *c, const char *column, const char *facet, const char *context, struct dye_span value,
                uint64_t n)
{
    const struct dye_span part[] = {dye_span_str(column), dye_span_str(facet), dye_span_str(context), value};
    char key[COUNT_KEY_MAX_BYTES + 1];
    size_t used = 0;
    for (size_t i = 0; i < 4; i++) {
        if (used + part[i].n + 1 >= COUNT_KEY_MAX_BYTES)
            return;
        if (i != 0)
            key[used++] = COUNT_SEPARATOR;
        used = put(key, used, part[i]);
    }
    key[used] = '\0';
    struct count_entry *e = find(c, key, used);
    if (e->key == NULL) {
        if (c->used >= c->max) {
            if (!make_room(c)) {
                c->nomem = true;
                return;
            }
            e = find(c, key, used);
        }
        e->key = strdup(key);
        if (e->key == NULL) {
            c->nomem = true;
            return;
        }
        e->n = 0;
        c->used++;
    }
    e->n += n;
}
