#ifndef DYE_LAW_JSON_H
#define DYE_LAW_JSON_H
/* law_json: legal counts (reference) as JSON objects, and as text for people (law_print.c), which is made from them. */
#include "case_model.h"
#include "law_dump.h"

/* NULL without memory. */
json_t *law_count_json(const struct dye_law *law, const char *dump, const struct law_dump *d,
                       const struct dye_law_count *c, int64_t known_at);
/* Of person number `person`. */
json_t *law_person_json(const struct dye_law *law, const struct case_model *m, const struct dye_law_verdict *v,
                        uint32_t person);

void law_count_print(const json_t *count);
void law_person_print(const json_t *person);

#endif
