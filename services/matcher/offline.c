#include "offline.h"

#include "program.h"

#include <stdlib.h>

#define SPILL_BYTES (UINT64_C(64) << 30)

enum dye_status offline_decode(const char *name, int fd, const struct password_list *passwords,
                               const struct dye_decode_events *events, decoder_room_fn room, decoder_skip_fn skip,
                               struct dye_error *err)
{
    struct dye_decode_limits limits;
    char program[PROGRAM_PATH_MAX], sniffer[PROGRAM_PATH_MAX];
    DYE_TRY(program_sister("dyetrace-decoder", program, err));
    DYE_TRY(program_sister("dyetrace-sniffer", sniffer, err));
    const char *tmp = getenv("TMPDIR");
    const struct decoder decoder = {.self_exe = program,
                                    .sniffer = sniffer,
                                    .tmp_folder = tmp != NULL && tmp[0] == '/' ? tmp : "/tmp",
                                    .spill_bytes = SPILL_BYTES,
                                    .room = room,
                                    .skip = skip,
                                    .passwords = passwords->at,
                                    .n_passwords = passwords->n};
    dye_decode_limits_default(&limits);
    struct dye_error why = {0};
    enum dye_status status = decoder_run(&decoder, fd, &limits, events, NULL, &why);
    if (status != DYE_OK)
        DYE_FAIL(err, status, "%s: %s", name, why.message[0] != '\0' ? why.message : dye_status_name(status));
    return DYE_OK;
}
