#ifndef MATCHER_HEARING_H
#define MATCHER_HEARING_H
/*
 * hearing: what a decoder's child says, frame by frame (decoder.h), checked and made into events. Private to decoder.c.
 *
 * What the child may not say makes a fault, which ends the hearing and becomes the verdict of the part at hand.
 */
#include "decoder.h"
#include "frame.h"
#include "helper.h"

struct hearing {
    const struct decoder *decoder;
    int fd, in_fd, spill_fd, control_fd;
    int64_t deadline_ms;
    off_t from;                         /* of the input: where reading began */
    struct helper helpers[HELPERS_MAX]; /* that it has asked for, the last one on top */
    size_t n_helpers;
    pid_t pid;
    const struct dye_decode_limits *limits;
    const struct dye_decode_events *events;
    uint32_t parts;    /* begun */
    bool open;         /* a part is */
    bool rested;       /* the rest of the input was given, and is nobody else's */
    uint64_t bytes;    /* of the open part */
    uint64_t output;   /* of all */
    const char *fault; /* why the child is no longer listened to */
    bool done;
    enum dye_status child_status;
    uint32_t level;
    uint8_t frame[FRAME_MAX_BYTES + 1]; /* and a NUL */
};

/* To the child's last frame, or a fault. What an event returns but DYE_OK is returned. */
DYE_MUST_CHECK enum dye_status hearing_listen(struct hearing *h);
/* The part at hand is what the input still holds from `at` on, and `why` becomes its reason. */
DYE_MUST_CHECK enum dye_status hearing_take_rest(struct hearing *h, uint64_t at, const char *why);

#endif
