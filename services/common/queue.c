#include "queue.h"

#include <stdio.h>
#include <stdlib.h>

enum dye_status queue_push(struct store *s, const char *topic, const char *reference, struct dye_error *err)
{
    return store_run(s, err, NULL,
                     "INSERT INTO dyetrace.work (topic, reference) VALUES ($1, $2) ON CONFLICT DO NOTHING", "ss", topic,
                     reference);
}

enum dye_status queue_claim(struct store *s, const char *topic, char ret[QUEUE_REFERENCE_MAX], struct dye_error *err)
{
    /* The lock is tried for one row at a time, oldest first: a plain WHERE could lock rows that LIMIT then drops. */
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT reference FROM dyetrace.work WHERE topic = $1 ORDER BY work_id LIMIT 64", "s",
                      topic));
    for (int i = 0; i < PQntuples(r); i++) {
        const char *reference = store_text(r, i, 0);
        STORE_RESULT lock = NULL;
        DYE_TRY(store_run(s, err, &lock,
                          "SELECT pg_try_advisory_lock(hashtextextended('dyetrace.' || $1 || '.' || $2, 0))", "ss",
                          topic, reference));
        if (!store_bool(lock, 0, 0))
            continue;
        /* It may have been done between the two statements. */
        STORE_RESULT still = NULL;
        DYE_TRY(store_run(s, err, &still, "SELECT FROM dyetrace.work WHERE topic = $1 AND reference = $2", "ss", topic,
                          reference));
        if (PQntuples(still) == 1) {
            snprintf(ret, QUEUE_REFERENCE_MAX, "%s", reference);
            return DYE_OK;
        }
        DYE_TRY(queue_release(s, topic, reference, err));
    }
    return DYE_END;
}

enum dye_status queue_done(struct store *s, const char *topic, const char *reference, struct dye_error *err)
{
    return store_run(s, err, NULL, "DELETE FROM dyetrace.work WHERE topic = $1 AND reference = $2", "ss", topic,
                     reference);
}

enum dye_status queue_lease(struct store *s, const char *topic, const char *reference, struct dye_error *err)
{
    return store_run(s, err, NULL, "SELECT pg_advisory_lock(hashtextextended('dyetrace.' || $1 || '.' || $2, 0))", "ss",
                     topic, reference);
}

enum dye_status queue_release(struct store *s, const char *topic, const char *reference, struct dye_error *err)
{
    return store_run(s, err, NULL, "SELECT pg_advisory_unlock(hashtextextended('dyetrace.' || $1 || '.' || $2, 0))",
                     "ss", topic, reference);
}

enum dye_status queue_chunk_done(struct store *s, const char *dump, const struct queue_chunk *c, const char *census,
                                 struct dye_error *err)
{
    return store_run(s, err, NULL,
                     "INSERT INTO dyetrace.chunk (dump_id, part, number, start, bytes, records, lines, census)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb) ON CONFLICT (dump_id, part, number) DO UPDATE"
                     " SET start = excluded.start, bytes = excluded.bytes, records = excluded.records,"
                     " lines = excluded.lines,"
                     " census = excluded.census, done_at = now()",
                     "siiiiiis", dump, (int64_t)c->part, (int64_t)c->number, (int64_t)c->start, (int64_t)c->bytes,
                     (int64_t)c->records, (int64_t)c->lines, census);
}

enum dye_status queue_chunks(struct store *s, const char *dump, struct queue_chunk **ret, size_t *ret_n,
                             struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT part, number, start, bytes, records, lines FROM dyetrace.chunk WHERE dump_id = $1"
                      " ORDER BY part, number",
                      "s", dump));
    size_t n = (size_t)PQntuples(r);
    struct queue_chunk *chunks = calloc(n != 0 ? n : 1, sizeof *chunks);
    if (chunks == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "chunks: out of memory");
    for (size_t i = 0; i < n; i++)
        chunks[i] = (struct queue_chunk){(uint32_t)store_int(r, (int)i, 0), (uint32_t)store_int(r, (int)i, 1),
                                         (uint64_t)store_int(r, (int)i, 2), (uint64_t)store_int(r, (int)i, 3),
                                         (uint64_t)store_int(r, (int)i, 4), (uint64_t)store_int(r, (int)i, 5)};
    *ret = chunks;
    *ret_n = n;
    return DYE_OK;
}
