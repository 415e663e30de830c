#include "verb.h"

#include "log.h"

int verb_run(const struct verb_spec *spec, int argc, char **argv, struct common_options *common, verb_fn fn)
{
    struct dye_error err = {0};
    struct verb_call call = {.argv = argv};
    enum dye_status status = options_parse(spec, argc, argv, common, &call.args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = fn(&call, &err);
    return status == DYE_OK ? call.code : complain(&err);
}
