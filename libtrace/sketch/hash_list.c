#include "hash_list.h"

#include "dye/identifier_set.h"

#include <stdlib.h>

enum { BUCKET_BITS = 13, BUCKETS = 1 << BUCKET_BITS, FEW = 32 };
#define MARK UINT64_C(1)

static void wipe_and_free(uint64_t *p, size_t n)
{
    if (p != NULL)
        dye_wipe(p, n * sizeof *p);
    free(p);
}

void hash_list_done(struct hash_list *l)
{
    wipe_and_free(l->kept, l->n);
    wipe_and_free(l->fresh, l->n_fresh);
    dye_wipe(l, sizeof *l);
}

static bool is_kept(const struct hash_list *l, uint64_t element)
{
    return l->scale_bits == 0 || element >> (64 - l->scale_bits) == 0;
}

void hash_list_narrow(struct hash_list *l, unsigned scale_bits)
{
    size_t fresh = 0;
    if (scale_bits <= l->scale_bits)
        return;
    l->scale_bits = scale_bits;
    while (l->n > 0 && !is_kept(l, l->kept[l->n - 1]))
        l->n--;
    for (size_t i = 0; i < l->n_fresh; i++)
        if (is_kept(l, l->fresh[i]))
            l->fresh[fresh++] = l->fresh[i];
    l->n_fresh = fresh;
}

enum dye_status hash_list_add(struct hash_list *l, uint64_t element)
{
    uint64_t *recent = &l->recent[element >> 1 & (HASH_LIST_RECENT - 1)];
    if (*recent == element || !is_kept(l, element))
        return DYE_OK;
    *recent = element;
    if (l->fresh == NULL && (l->fresh = malloc(HASH_LIST_FRESH * sizeof *l->fresh)) == NULL)
        return DYE_E_NOMEM;
    l->fresh[l->n_fresh++] = element;
    return l->n_fresh == HASH_LIST_FRESH ? hash_list_settle(l) : DYE_OK;
}

/* ---- sorting ---- */

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void sort_few(uint64_t *at, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t x = at[i];
        size_t k = i;
        for (; k > 0 && at[k - 1] > x; k--)
            at[k] = at[k - 1];
        at[k] = x;
    }
}

static size_t bucket_of(const struct hash_list *l, uint64_t element)
{
    return (size_t)(element << l->scale_bits >> (64 - BUCKET_BITS));
}

/* Those that are fresh, into ret. Equal ones come together, however many there are. */
static void sort(const struct hash_list *l, uint64_t *ret)
{
    uint32_t end[BUCKETS] = {0}, at = 0;
    for (size_t i = 0; i < l->n_fresh; i++)
        end[bucket_of(l, l->fresh[i])]++;
    for (size_t b = 0; b < BUCKETS; b++) { /* where it starts; filling makes that its end */
        uint32_t n = end[b];
        end[b] = at;
        at += n;
    }
    for (size_t i = 0; i < l->n_fresh; i++)
        ret[end[bucket_of(l, l->fresh[i])]++] = l->fresh[i];
    for (size_t b = 0, first = 0; b < BUCKETS; first = end[b++])
        if (end[b] - first <= FEW)
            sort_few(ret + first, end[b] - first);
        else
            qsort(ret + first, end[b] - first, sizeof *ret, compare);
}

/* ---- merging ---- */

/* Behind ret[n], which may be the same but for the mark; returns how many there are. */
static size_t put(uint64_t *ret, size_t n, uint64_t element)
{
    if (n > 0 && ret[n - 1] >> 1 == element >> 1) {
        ret[n - 1] |= element;
        return n;
    }
    ret[n] = element;
    return n + 1;
}

enum dye_status hash_list_settle(struct hash_list *l)
{
    if (l->n_fresh == 0)
        return DYE_OK;
    uint64_t *sorted = malloc(l->n_fresh * sizeof *sorted), *all = malloc((l->n + l->n_fresh) * sizeof *all);
    if (sorted == NULL || all == NULL) {
        free(sorted);
        free(all);
        return DYE_E_NOMEM;
    }
    size_t n = 0, i = 0, k = 0;
    sort(l, sorted);
    while (i < l->n && k < l->n_fresh)
        n = put(all, n, l->kept[i] < sorted[k] ? l->kept[i++] : sorted[k++]);
    while (i < l->n)
        n = put(all, n, l->kept[i++]);
    while (k < l->n_fresh)
        n = put(all, n, sorted[k++]);
    wipe_and_free(l->kept, l->n);
    wipe_and_free(sorted, l->n_fresh);
    dye_wipe(l->fresh, l->n_fresh * sizeof *l->fresh);
    l->kept = all;
    l->n = n;
    l->n_fresh = 0;
    while (l->n > DYE_IDENTIFIER_SET_MAX)
        hash_list_narrow(l, l->scale_bits + 1);
    return DYE_OK;
}
