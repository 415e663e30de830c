#ifndef DECODE_HELPED_H
#define DECODE_HELPED_H
/*
 * helped: what another program makes of a stream, as a feed. Private to the decode layer.
 */
#include "whole.h"

struct helped {
    struct feed feed; /* first: what the helper writes */
    struct decoding *d;
    uint8_t *piece;
    const char *fault; /* of the helper, once it has ended */
    bool ended;
};

bool helped_is_offered(const struct decoding *d);
/*
 * Starts `helper` on all of `w`. *ret_fault is NULL, or a constant and there is nothing to _close: "unsupported" when
 * the helper is not installed. Returns DYE_OK or DYE_E_NOMEM. One at a time.
 */
enum dye_status helped_open(struct whole *w, enum dye_helper helper, const char *password, struct helped *ret,
                            const char **ret_fault);
/* Ends the helper if it still runs. NULL when it ended well by itself, else why not. */
const char *helped_close(struct helped *h);

#endif
