#include "touch_import.h"

#include "dye/digest.h"
#include "zone.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ENTRIES_MAX = 50000000,
    ACCOUNTS_MAX = 1000000,
    TOUCHES_MAX = 5000000,
    BATCH = 1000,
    PLACES_MAX = 16,
    HOUR = 3600
};

struct account {
    uint64_t hash; /* of the pseudonym; never 0 */
    char name[TOUCH_ACCOUNT_MAX + 1];
    bool shared, bulk; /* as the mapping lists it */
};
struct access {
    uint32_t account;
    uint32_t terminal; /* a hash; 0: not named */
    int64_t at;
};
struct touched {
    uint32_t account;
    int64_t at;
    char canary[32];
    char how[25];
};
struct import {
    struct store *store;
    const struct recogniser *r;
    const char *source;
    const struct access_mapping *m;
    int64_t source_id, owner_id, log_id;
    struct account *account;
    size_t n_accounts, cap_accounts;
    uint32_t *slot; /* open addressing by hash: the account's number + 1 */
    size_t slots;
    struct access *access;
    size_t n, cap;
    struct touched *touch;
    size_t n_touches, cap_touches;
    struct touch_import_result result;
};

static enum dye_status grow(void *array, size_t *cap, size_t n, size_t size, size_t max, struct dye_error *err)
{
    void **at = array;
    if (n < *cap)
        return DYE_OK;
    if (n >= max)
        DYE_FAIL(err, DYE_E_LIMIT, "touch import: more than %zu at once; import the log in pieces", max);
    size_t more = *cap != 0 ? 2 * *cap : 256;
    void *grown = realloc(*at, more * size);
    if (grown == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "touch import: out of memory");
    *at = grown;
    *cap = more;
    return DYE_OK;
}

/* ---- accounts ---- */

enum dye_status touch_account(const struct recogniser *r, const char *source, bool pseudonyms, const char *account,
                              char ret[TOUCH_ACCOUNT_MAX + 1], struct dye_error *err)
{
    uint8_t hash[PSEUDONYM_BYTES];
    size_t n = strlen(account);
    if (!pseudonyms) {
        recogniser_account(r, source, account, hash);
        ret[0] = 'a';
        dye_hex(hash, sizeof hash, ret + 1);
        return DYE_OK;
    }
    bool good = n > 0 && n <= TOUCH_ACCOUNT_MAX && dye_is_alnum((uint8_t)account[0]) && !recogniser_is_plain(account);
    for (size_t i = 0; i < n && good; i++)
        good = dye_is_alnum((uint8_t)account[i]) || strchr("_.-", account[i]) != NULL;
    if (!good)
        DYE_FAIL(err, DYE_E_USAGE,
                 "touch import: an account is no pseudonym: at most %d of A-Z a-z 0-9 _ . - are wanted, and no "
                 "person's number",
                 TOUCH_ACCOUNT_MAX);
    memcpy(ret, account, n + 1);
    return DYE_OK;
}

static bool is_listed(const char names[][ACCESS_NAME_MAX], size_t n, const char *account)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], account) == 0)
            return true;
    return false;
}

static enum dye_status widen(struct import *x, struct dye_error *err)
{
    size_t slots = x->slots != 0 ? 2 * x->slots : 1024;
    uint32_t *slot = calloc(slots, sizeof *slot);
    if (slot == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "touch import: out of memory");
    for (uint32_t i = 0; i < x->n_accounts; i++) {
        size_t at = x->account[i].hash & (slots - 1);
        while (slot[at] != 0)
            at = (at + 1) & (slots - 1);
        slot[at] = i + 1;
    }
    free(x->slot);
    x->slot = slot;
    x->slots = slots;
    return DYE_OK;
}

static enum dye_status number_account(struct import *x, const char *text, uint32_t *ret, struct dye_error *err)
{
    struct account a = {0};
    uint8_t hash[PSEUDONYM_BYTES];
    DYE_TRY(touch_account(x->r, x->source, x->m->pseudonyms, text, a.name, err));
    recogniser_account(x->r, x->source, a.name, hash);
    memcpy(&a.hash, hash, sizeof a.hash);
    if (2 * (x->n_accounts + 1) > x->slots)
        DYE_TRY(widen(x, err));
    size_t at = a.hash & (x->slots - 1);
    while (x->slot[at] != 0 && strcmp(x->account[x->slot[at] - 1].name, a.name) != 0)
        at = (at + 1) & (x->slots - 1);
    if (x->slot[at] == 0) {
        a.shared = is_listed(x->m->shared, x->m->n_shared, text);
        a.bulk = is_listed(x->m->bulk, x->m->n_bulk, text);
        DYE_TRY(grow(&x->account, &x->cap_accounts, x->n_accounts, sizeof a, ACCOUNTS_MAX, err));
        x->account[x->n_accounts++] = a;
        x->slot[at] = (uint32_t)x->n_accounts;
    }
    *ret = x->slot[at] - 1;
    return DYE_OK;
}

/* ---- entries ---- */

/* A word for the way: small letters only, so that nothing that names a person stays by mistake. */
static void way_of(const char *text, char ret[25])
{
    size_t n = strlen(text);
    bool word = n <= 24;
    for (size_t i = 0; i < n && word; i++) {
        ret[i] = (char)dye_to_lower((uint8_t)text[i]);
        word = (ret[i] >= 'a' && ret[i] <= 'z') || ret[i] == '_' || ret[i] == '-';
    }
    ret[word ? n : 0] = '\0';
}

static const char *canary_of(const struct import *x, const char *record)
{
    size_t n = strlen(record);
    if (n == 0)
        return NULL;
    if (!x->m->by_canary_id)
        return recogniser_find(x->r, x->m->kind, dye_span_str(record));
    return n < sizeof((struct touched *)0)->canary && record[0] == 'c' &&
                   strspn(record + 1, "0123456789abcdef") == n - 1
               ? record
               : NULL;
}

static enum dye_status take_entry(struct import *x, const struct access_entry *e, struct dye_error *err)
{
    struct access a = {.at = e->at};
    uint8_t place[PSEUDONYM_BYTES];
    DYE_TRY(number_account(x, e->text[ACCESS_ACCOUNT], &a.account, err));
    if (e->text[ACCESS_TERMINAL][0] != '\0') {
        recogniser_caller(x->r, e->text[ACCESS_TERMINAL], place);
        memcpy(&a.terminal, place, sizeof a.terminal);
        a.terminal |= 1;
    }
    DYE_TRY(grow(&x->access, &x->cap, x->n, sizeof a, ENTRIES_MAX, err));
    x->access[x->n++] = a;
    const char *canary = canary_of(x, e->text[ACCESS_RECORD]);
    if (canary == NULL)
        return DYE_OK;
    DYE_TRY(grow(&x->touch, &x->cap_touches, x->n_touches, sizeof *x->touch, TOUCHES_MAX, err));
    struct touched *t = &x->touch[x->n_touches++];
    *t = (struct touched){.account = a.account, .at = a.at};
    snprintf(t->canary, sizeof t->canary, "%s", canary);
    way_of(e->text[ACCESS_HOW], t->how);
    return DYE_OK;
}

static enum dye_status read_log(struct import *x, struct dye_buf *text, struct dye_error *err)
{
    struct access_log log;
    struct access_entry e;
    enum dye_status status = access_log_init(&log, x->m, text, err);
    while (status == DYE_OK) {
        status = access_log_next(&log, &e, err);
        if (status == DYE_E_RECORD) {
            if (x->result.unread++ == 0)
                x->result.first_unread = e.line;
            status = DYE_OK;
        } else if (status == DYE_OK) {
            status = take_entry(x, &e, err);
        }
    }
    dye_wipe(&e, sizeof e);
    x->result.entries = x->n;
    x->result.accounts = x->n_accounts;
    return status == DYE_END ? DYE_OK : status;
}

/* ---- days ---- */

static int by_account_time(const void *a, const void *b)
{
    const struct access *x = a;
    const struct access *y = b;
    if (x->account != y->account)
        return x->account < y->account ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* So many within an hour, and from so many places: of access[from .. to), a day of one account. */
static void mark_day(const struct import *x, size_t from, size_t to, bool *ret_shared, bool *ret_bulk)
{
    for (size_t first = from, i = from; i < to; i++) {
        uint32_t place[PLACES_MAX];
        long long places = 0;
        while (x->access[i].at - x->access[first].at >= HOUR)
            first++;
        *ret_bulk = *ret_bulk || (long long)(i - first) >= x->m->bulk_per_hour;
        if (*ret_bulk || x->access[i].terminal == 0)
            continue;
        for (size_t k = first; k <= i && places < x->m->shared_terminals; k++) {
            long long p = 0;
            while (p < places && place[p] != x->access[k].terminal)
                p++;
            if (p == places && x->access[k].terminal != 0)
                place[places++] = x->access[k].terminal;
        }
        *ret_shared = *ret_shared || places >= x->m->shared_terminals;
    }
}

static enum dye_status flush_rows(struct import *x, json_t *rows, const char *sql, int64_t *ret_rows,
                                  struct dye_error *err)
{
    char *text = json_dumps(rows, JSON_COMPACT);
    STORE_RESULT r = NULL;
    if (text == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "touch import: out of memory");
    enum dye_status status = store_run(x->store, err, &r, sql, "iiis", x->log_id, x->source_id, x->owner_id, text);
    if (status == DYE_OK && ret_rows != NULL)
        *ret_rows += strtoll(PQcmdTuples(r), NULL, 10);
    free(text);
    json_array_clear(rows);
    return status;
}

static enum dye_status store_days(struct import *x, json_t *rows, struct dye_error *err)
{
    static const char sql[] =
        "INSERT INTO dyetrace.touch_day (log_id, source_id, owner_id, account, day, accesses, shared, bulk)"
        " SELECT $1, $2, $3, d.a, (timestamptz 'epoch' + d.d * interval '1 day')::timestamp::date, d.n, d.s, d.b"
        " FROM jsonb_to_recordset($4::jsonb) AS d (a text, d integer, n bigint, s boolean, b boolean)";
    if (x->n != 0)
        qsort(x->access, x->n, sizeof *x->access, by_account_time);
    for (size_t i = 0, next; i < x->n; i = next) {
        const struct account *a = &x->account[x->access[i].account];
        int64_t day = x->access[i].at / 86400;
        bool shared = a->shared;
        bool bulk = a->bulk;
        for (next = i;
             next < x->n && x->access[next].account == x->access[i].account && x->access[next].at / 86400 == day;)
            next++;
        mark_day(x, i, next, &shared, &bulk);
        json_array_append_new(rows, json_pack("{s:s, s:I, s:I, s:b, s:b}", "a", a->name, "d", (json_int_t)day, "n",
                                              (json_int_t)(next - i), "s", (int)shared, "b", (int)bulk));
        if (json_array_size(rows) == BATCH || next == x->n)
            DYE_TRY(flush_rows(x, rows, sql, NULL, err));
    }
    return DYE_OK;
}

/* A number that is a canary's elsewhere may be a person's here: it counts where the canary stands in this system, also
 * when it flowed here. */
static enum dye_status store_touches(struct import *x, json_t *rows, struct dye_error *err)
{
    static const char sql[] =
        "WITH here AS MATERIALIZED (SELECT x.place, x.until FROM dyetrace.source_places($2) x)"
        " INSERT INTO dyetrace.touch (log_id, source_id, owner_id, account, canary_id, touched_at, how)"
        " SELECT $1, $2, $3, t.a, t.c, to_timestamp(t.t), t.h"
        " FROM jsonb_to_recordset($4::jsonb) AS t (a text, c text, t double precision, h text)"
        " WHERE EXISTS (SELECT FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id), dyetrace.source l"
        " WHERE l.source_id = $2 AND p.canary_id = t.c AND (s.path = l.path OR starts_with(s.path, l.path || '/')"
        " OR starts_with(l.path, s.path || '/')))"
        " OR EXISTS (SELECT FROM here x JOIN dyetrace.placement p ON p.source_id = x.place AND p.planted_at < x.until"
        " WHERE p.canary_id = t.c)"
        " ON CONFLICT DO NOTHING";
    int64_t stored = 0;
    for (size_t i = 0; i < x->n_touches; i++) {
        const struct touched *t = &x->touch[i];
        json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:s}", "a", x->account[t->account].name, "c", t->canary,
                                              "t", (json_int_t)t->at, "h", t->how));
        if (json_array_size(rows) == BATCH || i + 1 == x->n_touches)
            DYE_TRY(flush_rows(x, rows, sql, &stored, err));
    }
    x->result.touches = (uint64_t)stored;
    x->result.others = x->result.entries - x->result.touches;
    return DYE_OK;
}

/* ---- the log ---- */

static enum dye_status find_source(struct import *x, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(x->store, err, &r, "SELECT source_id, owner_id FROM dyetrace.source WHERE path = $1", "s",
                      x->source));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_NOTFOUND, "source: %.200s: unknown", x->source);
    x->source_id = store_int(r, 0, 0);
    x->owner_id = store_int(r, 0, 1);
    return DYE_OK;
}

static enum dye_status open_log(struct import *x, const uint8_t sha256[32], struct dye_error *err)
{
    STORE_RESULT r = NULL;
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    char first_text[32];
    char last_text[32];
    for (size_t i = 0; i < x->n; i++) {
        first = x->access[i].at < first ? x->access[i].at : first;
        last = x->access[i].at > last ? x->access[i].at : last;
    }
    snprintf(first_text, sizeof first_text, "%" PRId64, first);
    snprintf(last_text, sizeof last_text, "%" PRId64, last);
    DYE_TRY(store_run(x->store, err, &r,
                      "INSERT INTO dyetrace.touch_log (source_id, owner_id, sha256, entries, unread, first_at, last_at)"
                      " VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8), to_timestamp($7::float8))"
                      " ON CONFLICT DO NOTHING RETURNING log_id",
                      "iibiiss", x->source_id, x->owner_id, dye_span_of(sha256, 32), (int64_t)x->n,
                      (int64_t)x->result.unread, x->n != 0 ? first_text : NULL, x->n != 0 ? last_text : NULL));
    x->result.duplicate = PQntuples(r) == 0;
    x->log_id = x->result.duplicate ? 0 : store_int(r, 0, 0);
    return DYE_OK;
}

static enum dye_status store_log(struct import *x, const uint8_t sha256[32], struct dye_error *err)
{
    char detail[160];
    json_t *rows = json_array();
    if (rows == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "touch import: out of memory");
    enum dye_status status = store_begin(x->store, err);
    if (status == DYE_OK)
        status = open_log(x, sha256, err);
    if (status == DYE_OK && !x->result.duplicate)
        status = store_touches(x, rows, err);
    if (status == DYE_OK && !x->result.duplicate)
        status = store_days(x, rows, err);
    json_decref(rows);
    snprintf(detail, sizeof detail, "{\"entries\":%" PRIu64 ",\"unread\":%" PRIu64 ",\"touches\":%" PRIu64 "}",
             x->result.entries, x->result.unread, x->result.touches);
    if (status == DYE_OK)
        status =
            zone_audit(x->store, "touch import", x->source, x->result.duplicate ? "duplicate" : "done", detail, err);
    if (status == DYE_OK)
        return store_commit(x->store, err);
    store_rollback(x->store);
    return status;
}

enum dye_status touch_import(struct store *s, const struct recogniser *r, const char *source,
                             const struct access_mapping *m, struct dye_buf *log, struct touch_import_result *ret,
                             struct dye_error *err)
{
    struct import x = {.store = s, .r = r, .source = source, .m = m};
    uint8_t sha256[32];
    dye_digest_of(DYE_SHA256, dye_buf_span(log), sha256);
    enum dye_status status = find_source(&x, err);
    if (status == DYE_OK)
        status = read_log(&x, log, err);
    if (status == DYE_OK)
        status = store_log(&x, sha256, err);
    if (status == DYE_OK)
        *ret = x.result;
    free(x.account);
    free(x.slot);
    free(x.access);
    free(x.touch);
    return status;
}
