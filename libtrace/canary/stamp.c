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

void dye_stamp_make(const struct dye_key *key, const char *canary, char variant, const char *source, const char *when,
                    struct dye_stamp *ret)
{
    enum { TEXT_MAX = 1024, HASH = 32, VISITS = 12 };
    char text[TEXT_MAX];
    uint8_t h[2 * HASH];
    for (int part = 0; part < 2; part++) {
        int n = snprintf(text, sizeof text, "%d/%s/%c/%s", part, canary, variant, source);
        dye_hmac(key, dye_span_of(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1), h + HASH * part);
    }
    memset(ret, 0, sizeof *ret);
    snprintf(ret->control, sizeof ret->control, "%llu", (unsigned long long)number(h));
    snprintf(ret->control_delete, sizeof ret->control_delete, "%llu", (unsigned long long)number(h + 8));
    snprintf(ret->visit, sizeof ret->visit, "%012llu", (unsigned long long)number(h + 16) % 1000000000000ULL);
    uuid(h + HASH, ret->patient_uuid);
    uuid(h + HASH + 16, ret->visit_uuid);
    snprintf(ret->when, sizeof ret->when, "%.14s", when);
    dye_wipe(h, sizeof h);
}
