/* A law's file: whatever is read can be counted by, and says where a notice's persons come from. */
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
    struct dye_error err = {0};
    if (size > 1 << 16)
        return 0;
    if (law_parse("fuzz", (const char *)data, size, &law, &err) != DYE_OK) {
        must(err.message[0] != '\0');
        return 0;
    }
    const struct dye_law_column column = {"诊断 diagnosis", 50, {[DYE_MOBILE] = 50}};
    const struct dye_law_kinds kinds = {1U << DYE_NAME | 1U << DYE_MOBILE, 90};
    const struct dye_law_part part = {100, 100, 3, &column, 1, &kinds, 1};
    const struct dye_law_dump dump = {&part, 1, {[DYE_LAW_BY_MOBILE] = {true, true, 40, 1}}};
    struct dye_law_count count;
    struct dye_law_due due[DYE_LAW_NOTICES_MAX];
    must(law.levels > 0 && law.levels <= DYE_LAW_LEVELS_MAX && law.insider.divisor > 0);
    if (dye_law_count(&law, &dump, DYE_LAW_KEYS, &count, NULL) == DYE_OK) {
        must(count.by[count.key].records <= 90);
        must(dye_law_notices(&law, count.by[count.key].records, count.rule_records, 1767312000, due) <= law.notices);
    }
    return 0;
}
