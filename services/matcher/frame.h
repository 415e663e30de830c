#ifndef MATCHER_FRAME_H
#define MATCHER_FRAME_H
/* frame: the little that both ends of the decoder's pipe share. */
#include "dye/decode.h"

enum frame_type { FRAME_BEGIN = 1, FRAME_DATA, FRAME_END, FRAME_DONE, FRAME_HELP, FRAME_HELP_END, FRAME_REST };
enum { FRAME_HELP_BYTES = 2 + 8 + 8, FRAME_REST_BYTES = 8 };
enum { HELPERS_MAX = 4 };     /* at a time, one reading what another one writes */
enum { DECODER_NUMBERS = 6 }; /* of the child's command line: limits, scratch space */

/* How a helper ended, in one byte; HELPER_NOT_STARTED is its exit status when the other program could not be had. */
enum { HELPER_FINE, HELPER_COMPLAINED, HELPER_CPU, HELPER_CRASHED, HELPER_ENDS };
enum { HELPER_NOT_STARTED = 127 };
static const char *const helper_faults[HELPER_ENDS] = {
    [HELPER_COMPLAINED] = "damaged", [HELPER_CPU] = "limit: cpu", [HELPER_CRASHED] = "helper: crashed"};
enum { FRAME_HEADER_BYTES = 8, FRAME_MAX_BYTES = 256 << 10, FRAME_REASON_MAX_BYTES = 64, FRAME_END_BYTES = 9 };
enum { FRAME_BEGIN_BYTES = 4 + 1 + DYE_FORMAT_MAX_BYTES + 1 }; /* ordinal, unit, format and a NUL */

static inline void frame_put32(uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static inline void frame_put64(uint8_t *p, uint64_t v)
{
    frame_put32(p, (uint32_t)v);
    frame_put32(p + 4, (uint32_t)(v >> 32));
}

static inline uint32_t frame_get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t frame_get64(const uint8_t *p)
{
    return (uint64_t)frame_get32(p) | (uint64_t)frame_get32(p + 4) << 32;
}

#endif
