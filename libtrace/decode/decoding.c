#include "decoding.h"

#include "name.h"

#include <string.h>

enum dye_status part_begin(struct decoding *d, const char *path, enum dye_unit unit, const char *format)
{
    char shown[DYE_PATH_MAX_BYTES + 1];
    if (name_has_control(dye_span_str(path))) {
        name_shown(path, shown, sizeof shown);
        path = shown;
    }
    struct dye_part part = {.ordinal = d->parts++, .path = path, .unit = unit, .format = format};
    d->part_bytes = 0;
    return d->events->begin(d->events->arg, &part);
}

enum dye_status part_data(struct decoding *d, struct dye_span bytes)
{
    uint64_t left = d->limits->output_bytes - d->output;
    if (bytes.n > left) {
        bytes.n = (size_t)left;
        d->over = true;
    }
    d->output += bytes.n;
    d->part_bytes += bytes.n;
    if (bytes.n > 0)
        DYE_TRY(d->events->data(d->events->arg, bytes));
    return d->over ? DYE_E_LIMIT : DYE_OK;
}

enum dye_status part_end(struct decoding *d, const char *fault)
{
    if (d->over && fault == NULL)
        fault = "limit: output";
    enum dye_verdict v = fault == NULL ? DYE_READ : d->part_bytes > 0 ? DYE_PARTLY : DYE_UNREAD;
    struct dye_part_end end = {.bytes = d->part_bytes, .verdict = v, .reason = fault != NULL ? fault : ""};
    return d->events->end(d->events->arg, &end);
}

enum dye_status part_bare(struct decoding *d, const char *path, const char *fault)
{
    DYE_TRY(part_begin(d, path, DYE_UNIT_BYTE, ""));
    return part_end(d, fault);
}

bool decoding_count_entry(struct decoding *d)
{
    d->over = d->over || ++d->entries > d->limits->entries;
    return !d->over;
}
