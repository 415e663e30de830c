/* Whatever the bytes are: what is counted adds up, within the limits, and is told in the few characters it may be. */
#include "dye/census.h"

#include <stdlib.h>

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
    size_t digits = 0;
    for (const char *c = name; *c != '\0'; c++) {
        digits = dye_is_digit((uint8_t)*c) ? digits + 1 : 0;
        REQUIRE(digits <= 3);
        REQUIRE((uint8_t)*c >= 0x80 || dye_is_alnum((uint8_t)*c) || strchr("_-./ ()*", *c) != NULL);
    }
    REQUIRE(dye_path_is_valid(dye_span_str(name)));
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    return dye_census_chunk(arg, chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dye_census_kinds kinds[DYE_CENSUS_KINDS_MAX];
    static struct dye_census_prefix prefixes[DYE_CENSUS_PREFIXES_MAX];
    static struct dye_census *census;
    if (size == 0)
        return 0;
    if (census == NULL)
        census = dye_census_new();
    REQUIRE(census != NULL);
    dye_census_clear(census);
    struct dye_chunker *c = dye_chunker_new(64 + data[0], 1 << 16, on_chunk, census);
    dye_chunker_begin(c, (enum dye_unit)(data[0] % 4));
    REQUIRE(dye_chunker_feed(c, dye_span_of(data + 1, size - 1)) == DYE_OK && dye_chunker_finish(c) == DYE_OK);
    dye_chunker_free(c);

    struct dye_census_totals t;
    struct dye_census_column column;
    uint64_t records = 0;
    dye_census_totals(census, &t);
    for (size_t i = 0; dye_census_column_at(census, i, &column); i++) {
        check_name(column.name);
        REQUIRE(column.newest == 0 || (column.newest >= 19000101 && column.newest < 20800000));
    }
    for (size_t i = 0, n = dye_census_kinds(census, kinds); i < n; i++)
        records += kinds[i].records;
    REQUIRE(records + t.uncounted[1] == t.records && t.parseable <= t.records);
    for (size_t i = 0, n = dye_census_prefixes(census, prefixes); i < n; i++) {
        REQUIRE(prefixes[i].prefix[0] != '\0' && prefixes[i].n > 0);
        for (const char *p = prefixes[i].prefix; *p != '\0'; p++)
            REQUIRE(dye_is_alnum((uint8_t)*p));
    }
    return 0;
}
