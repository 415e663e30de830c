#include "part_map.h"

#include <stdlib.h>
#include <string.h>

struct known_part {
    char *path;
    uint32_t ordinal;
    bool taken;
};

static int compare(const void *a, const void *b)
{
    const struct known_part *x = a;
    const struct known_part *y = b;
    int paths = strcmp(x->path, y->path);
    return paths != 0 ? paths : x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

enum dye_status part_map_load(struct store *s, const char *dump, struct part_map *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT ordinal, path FROM dyetrace.part WHERE dump_id = $1", "s", dump));
    size_t n = (size_t)PQntuples(r);
    struct part_map m = {.at = calloc(n != 0 ? n : 1, sizeof *m.at)};
    bool ok = m.at != NULL;
    for (; ok && m.n < n; m.n++) {
        struct known_part *p = &m.at[m.n];
        *p = (struct known_part){strdup(store_text(r, (int)m.n, 1)), (uint32_t)store_int(r, (int)m.n, 0), false};
        ok = p->path != NULL;
        m.next = p->ordinal >= m.next ? p->ordinal + 1 : m.next;
    }
    if (!ok) {
        part_map_done(&m);
        DYE_FAIL(err, DYE_E_NOMEM, "parts: out of memory");
    }
    qsort(m.at, m.n, sizeof *m.at, compare);
    *ret = m;
    return DYE_OK;
}

void part_map_done(struct part_map *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->at[i].path);
    free(m->at);
    *m = (struct part_map){.at = NULL};
}

uint32_t part_map_take(struct part_map *m, const char *path)
{
    size_t low = 0, high = m->n;
    while (low < high) { /* the first of them that is left: those before it were taken in this order */
        size_t mid = low + (high - low) / 2;
        int c = strcmp(m->at[mid].path, path);
        if (c < 0 || (c == 0 && m->at[mid].taken))
            low = mid + 1;
        else
            high = mid;
    }
    if (low == m->n || strcmp(m->at[low].path, path) != 0)
        return m->next++;
    m->at[low].taken = true;
    return m->at[low].ordinal;
}

enum dye_status part_map_forget(struct part_map *m, struct store *s, const char *dump, struct dye_error *err)
{
    for (size_t i = 0; i < m->n; i++)
        if (!m->at[i].taken)
            DYE_TRY(store_run(s, err, NULL,
                              "DELETE FROM dyetrace.part p WHERE p.dump_id = $1 AND p.ordinal = $2 AND NOT EXISTS"
                              " (SELECT FROM dyetrace.chunk c WHERE c.dump_id = $1 AND c.part = $2)",
                              "si", dump, (int64_t)m->at[i].ordinal));
    return DYE_OK;
}
