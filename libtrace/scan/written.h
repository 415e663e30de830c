#ifndef SCAN_WRITTEN_H
#define SCAN_WRITTEN_H
/*
 * written: tokens that are no run of letters and digits: numbers in groups, masks, digests in base64, addresses whose
 * sign is spelled. Each function reads what stands around a byte of the text; false where it is no such token. O(1).
 * Private to the scan layer.
 */
#include "dye/span.h"

#include <stdint.h>

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, EMAIL_MAX = LOCAL_MAX + 1 + DOMAIN_MAX };

struct written {
    size_t start, n; /* in the text */
    size_t n_form;
    uint8_t form[EMAIL_MAX]; /* what is looked up */
};

/* A mobile in groups of 3-4-4, 3-3-5 or 4-4-3 by one separator throughout, at its first digit: three digits and a
 * separator stand there, or four. */
bool written_grouped_mobile(struct dye_span text, size_t start, struct written *ret);
/* An ID in groups of 6-8-4, at the eight digits. */
bool written_grouped_id(struct dye_span text, size_t eight, struct written *ret);
/* The bytes of what stands at p for a hidden character: '*', or one of the signs × ＊ ● ○ • in UTF-8, GB18030 or Big5;
 * 0 for anything else. */
size_t written_hiding(const uint8_t *p, size_t n);
/* A mask of 11 or 18 characters, at a sign that hides and follows no such sign: one sign throughout. Read as of '*'. */
bool written_mask(struct dye_span text, size_t i, struct written *ret);
/* The same of signs that are not all one, an x among them: 138**xx5678. False of one sign alone. */
bool written_mixed_mask(struct dye_span text, size_t i, struct written *ret);
/* At the first '=': of 22, 27 or 43 characters of base64 it is the end. */
bool written_digest(struct dye_span text, size_t i, struct written *ret);
/* An address at its "(at)" or full-width sign; its dots may be spelled too. `late`: without the first byte, where that
 * may be the second half of a character. */
bool written_address(struct dye_span text, size_t i, bool late, struct written *ret);

static inline bool is_local(uint8_t c)
{
    return dye_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '%' || c == '+';
}

static inline bool is_domain(uint8_t c)
{
    return dye_is_alnum(c) || c == '.' || c == '-';
}

static inline bool is_base64(uint8_t c)
{
    return dye_is_alnum(c) || c == '+' || c == '/';
}

#endif
