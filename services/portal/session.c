#include "session.h"

#include "dye/digest.h"
#include "dye/key.h"

#include <stdlib.h>

struct session {
    uint8_t id_sha256[SESSION_HASH_BYTES];
    uint8_t presented[SESSION_HASH_BYTES];
    int64_t ends_ms; /* 0: free */
};

struct session_table {
    size_t n;
    int64_t lifetime_ms;
    struct session rows[];
};

struct session_table *session_table_new(size_t sessions_max, int64_t lifetime_ms)
{
    struct session_table *t = calloc(1, sizeof *t + sessions_max * sizeof t->rows[0]);
    if (t == NULL)
        return NULL;
    t->n = sessions_max;
    t->lifetime_ms = lifetime_ms;
    return t;
}

void session_table_free(struct session_table *t)
{
    if (t != NULL)
        dye_wipe(t->rows, t->n * sizeof t->rows[0]);
    free(t);
}

enum dye_status session_add(struct session_table *t, const uint8_t presented[SESSION_HASH_BYTES], int64_t now_ms,
                            char ret_id[SESSION_ID_CHARS + 1], struct dye_error *err)
{
    uint8_t id[SESSION_ID_CHARS / 2];
    DYE_TRY(dye_random(id, sizeof id, err));
    struct session *row = &t->rows[0];
    for (size_t i = 1; i < t->n; i++)
        if (t->rows[i].ends_ms < row->ends_ms)
            row = &t->rows[i];
    dye_digest_of(DYE_SHA256, dye_span_of(id, sizeof id), row->id_sha256);
    memcpy(row->presented, presented, sizeof row->presented);
    row->ends_ms = now_ms + t->lifetime_ms;
    dye_hex(id, sizeof id, ret_id);
    dye_wipe(id, sizeof id);
    return DYE_OK;
}

static struct session *find(const struct session_table *t, const char *id)
{
    uint8_t bytes[SESSION_ID_CHARS / 2];
    uint8_t hash[SESSION_HASH_BYTES];
    const struct session *found = NULL;
    if (!dye_unhex(dye_span_str(id), bytes, sizeof bytes))
        return NULL;
    dye_digest_of(DYE_SHA256, dye_span_of(bytes, sizeof bytes), hash);
    for (size_t i = 0; i < t->n; i++)
        if (dye_equal_secret(t->rows[i].id_sha256, hash, sizeof hash) && t->rows[i].ends_ms != 0)
            found = &t->rows[i];
    return (struct session *)found;
}

bool session_find(const struct session_table *t, const char *id, int64_t now_ms,
                  uint8_t ret_presented[SESSION_HASH_BYTES])
{
    const struct session *s = find(t, id);
    if (s == NULL || s->ends_ms <= now_ms)
        return false;
    memcpy(ret_presented, s->presented, sizeof s->presented);
    return true;
}

void session_drop(struct session_table *t, const char *id)
{
    struct session *s = find(t, id);
    if (s != NULL)
        dye_wipe(s, sizeof *s);
}
