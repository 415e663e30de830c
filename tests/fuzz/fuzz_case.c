/* A case's file: whatever is read is judged, twice the same, or refused for its size. */
#include "case_file.h"
#include "law_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dye_law law;
    struct case_model m = {0};
    struct dye_error err = {0};
    if (law.levels == 0)
        must(law_load(NULL, "cn", &law, NULL) == DYE_OK);
    if (size > 1 << 14)
        return 0;
    if (case_parse("fuzz", (const char *)data, size, &law, &m, &err) != DYE_OK) {
        must(err.message[0] != '\0');
        return 0;
    }
    struct dye_law_case c = case_model_view(&m);
    struct dye_law_verdict a = {0}, b = {0};
    enum dye_status first = dye_law_judge(&law, &c, &a, &err);
    must(first == dye_law_judge(&law, &c, &b, NULL));
    must(first == DYE_OK || first == DYE_E_LIMIT || first == DYE_E_USAGE);
    must(a.n_steps == b.n_steps);
    for (size_t i = 0; i < a.n_persons; i++)
        must(a.persons[i].score == b.persons[i].score && a.persons[i].level <= law.levels);
    dye_law_verdict_done(&a);
    dye_law_verdict_done(&b);
    case_model_done(&m);
    return 0;
}
