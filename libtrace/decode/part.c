/* What those know of decoding who leave it to another process: apart from the decoders and all that they load. */
#include "dye/decode.h"

#include "name.h"

const char *dye_verdict_name(enum dye_verdict v)
{
    static const char *const names[] = {[DYE_READ] = "read", [DYE_PARTLY] = "partly", [DYE_UNREAD] = "unread"};
    return (size_t)v < sizeof names / sizeof *names ? names[v] : "unread";
}

const char *dye_unit_name(enum dye_unit u)
{
    static const char *const names[] = {
        [DYE_UNIT_BYTE] = "byte", [DYE_UNIT_CELL] = "cell", [DYE_UNIT_ROW] = "row", [DYE_UNIT_PAGE] = "page"};
    return (size_t)u < sizeof names / sizeof *names ? names[u] : "byte";
}

void dye_decode_limits_default(struct dye_decode_limits *ret)
{
    *ret = (struct dye_decode_limits){
        .output_bytes = UINT64_C(4) << 40, /* the largest collection known of was 1.5 TB */
        .entries = 1000000,
        .depth = 16,
        .ratio = 250, /* tables of text shrink 5 to 50 times; a bomb 1,000 times a layer */
        .ratio_free_bytes = UINT64_C(64) << 20,
    };
}

bool dye_path_is_valid(struct dye_span path)
{
    return path.n <= DYE_PATH_MAX_BYTES && name_is_utf8(path) && !name_has_control(path);
}
