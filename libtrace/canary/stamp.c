/*
 * stamp: the numbers of a placement's messages, from a keyed hash of (canary, variant, source).
 */
#include "dye/message.h"

#include <stdio.h>

/* 62 bits: at most 19 digits, as MSH-10 has room for 20. */
static uint64_t number(const uint8_t *p)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | p[i];
    return n >> 2;
}

static void uuid(const uint8_t *p, char ret[37])
{
    char *to = ret;
    for (int i = 0; i < 16; i++) {
        unsigned byte = i == 6 ? 0x40u | (p[i] & 0x0fu) : i == 8 ? 0x80u | (p[i] & 0x3fu) : p[i];
        to += snprintf(to, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", byte);
    }
}

enum { HASH_BYTES = 32, INTERVAL_DAYS = 90 };

static void hash(const struct dye_key *key, unsigned part, const char *canary, char variant, const char *source,
                 uint8_t ret[HASH_BYTES])
{
    char text[1024];
    int n = snprintf(text, sizeof text, "%u/%s/%c/%s", part, canary, variant, source);
    dye_hmac(key, dye_span_of(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1), ret);
}

void dye_stamp_make(const struct dye_key *key, const char *canary, char variant, const char *source, const char *when,
                    struct dye_stamp *ret)
{
    uint8_t h[HASH_BYTES];
    int32_t days = 0;
    memset(ret, 0, sizeof *ret);
    hash(key, 0, canary, variant, source, h);
    snprintf(ret->control, sizeof ret->control, "%llu", (unsigned long long)number(h));
    snprintf(ret->control_delete, sizeof ret->control_delete, "%llu", (unsigned long long)number(h + 8));
    uuid(h + 16, ret->patient_uuid);
    for (unsigned i = 0; i < DYE_SECTOR_ROWS_MAX; i++) {
        hash(key, 1 + i, canary, variant, source, h);
        snprintf(ret->visit[i].number, sizeof ret->visit[i].number, "%012llu",
                 (unsigned long long)number(h) % 1000000000000ULL);
        days += i != 0 ? 1 + (int32_t)(number(h + 8) % INTERVAL_DAYS) : 0;
        ret->visit[i].days_ago = days;
        uuid(h + 16, ret->visit[i].uuid);
    }
    snprintf(ret->when, sizeof ret->when, "%.14s", when);
    dye_wipe(h, sizeof h);
}
