#ifndef MATCHER_OUTCOME_H
#define MATCHER_OUTCOME_H
/* outcome: what `ingest` and `retry` print of a dump. */
#include "ingest.h"
#include "store.h"

struct outcome_form {
    bool json;
    bool complain; /* of parts that were not fully read, on standard error, where a cron job's mail shows it */
};

/* One line on standard output. label: for people. */
DYE_MUST_CHECK enum dye_status outcome_print(struct store *s, const char *label, const struct ingest_result *result,
                                             const struct outcome_form *form, bool *ret_read, struct dye_error *err);

#endif
