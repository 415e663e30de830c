#ifndef SCAN_IDEOGRAPH_H
#define SCAN_IDEOGRAPH_H
/* ideograph: the few characters that tell names, addresses and plates apart, in UTF-8 and in GB18030. Private to the
 * scan layer. */
#include "dye/text.h"

enum {
    IDEOGRAPH = 1,
    IDEOGRAPH_SURNAME = 2,  /* which names begin with */
    IDEOGRAPH_PLACE = 4,    /* which words for places end in */
    IDEOGRAPH_NO_NAME = 8,  /* which names hardly end in */
    IDEOGRAPH_PROVINCE = 16 /* which plates begin with */
};

/* Before the first ideograph_at of the process; again costs nothing. */
void ideograph_load(void);
enum { IDEOGRAPH_FIRST = 0x4e00, IDEOGRAPH_LAST = 0x9fff, IDEOGRAPH_GB_LEADS = 126, IDEOGRAPH_GB_TRAILS = 192 };
extern uint8_t ideograph_by_code[], ideograph_by_gb[];

static inline uint32_t ideograph_code(const uint8_t *p)
{
    return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

static inline size_t ideograph_gb(const uint8_t *p)
{
    return (size_t)(p[0] - 0x81) * IDEOGRAPH_GB_TRAILS + (size_t)(p[1] - 0x40);
}

/* What the character at p[0, n), n > 0 and p[0] >= 0x80, is: bits; 0 for one beyond U+4E00-9FFF. *ret_step: its length.
 * charset: UTF-8, or anything else for GB18030. */
static inline unsigned ideograph_at(enum dye_charset charset, const uint8_t *p, size_t n, size_t *ret_step)
{
    if (charset == DYE_CHARSET_UTF8) {
        if (n >= 3 && p[0] >= 0xe4 && p[0] <= 0xe9 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
            uint32_t code = ideograph_code(p);
            *ret_step = 3;
            return code >= IDEOGRAPH_FIRST && code <= IDEOGRAPH_LAST ? ideograph_by_code[code - IDEOGRAPH_FIRST] : 0;
        }
    } else if (n >= 2 && p[0] >= 0x81 && p[0] <= 0xfe && p[1] >= 0x40 && p[1] <= 0xfe) {
        *ret_step = 2;
        return ideograph_by_gb[ideograph_gb(p)];
    }
    *ret_step = dye_charset_step(charset, p, n);
    return 0;
}

/* dye_text_fold of s where it is ideographs of U+4E00-9FFF alone, as nearly all names are, and of GB18030 as well:
 * UTF-8, three bytes each. Returns how many bytes; 0 where it is not, or ret_max is less. O(n). */
size_t ideograph_fold(enum dye_charset charset, struct dye_span s, uint8_t *ret, size_t ret_max);

#endif
