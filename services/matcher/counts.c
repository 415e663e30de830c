/* Nothing here needs escaping: names are told in the few characters that census.h lists, the rest is our own. */
#include "counts.h"

#include <inttypes.h>

static const char *comma(size_t i)
{
    return i > 0 ? "," : "";
}

static enum dye_status append_column(const struct dye_census_column *c, size_t i, struct dye_buf *ret)
{
    DYE_TRY(dye_buf_printf(ret, "%s{\"column\":%" PRIu32 ",\"name\":\"%s\"", comma(i), c->number, c->name));
    if (c->says != DYE_KIND_NONE)
        DYE_TRY(dye_buf_printf(ret, ",\"says\":\"%s\"", dye_cell_name(c->says)));
    if (c->newest > 0)
        DYE_TRY(dye_buf_printf(ret, ",\"newest\":%" PRIu32, c->newest));
    DYE_TRY(dye_buf_append_str(ret, ",\"cells\":{"));
    size_t n = 0;
    for (unsigned cell = 1; cell < DYE_CELLS; cell++)
        if (c->cells[cell] > 0)
            DYE_TRY(dye_buf_printf(ret, "%s\"%s\":%" PRIu64, comma(n++), dye_cell_name(cell), c->cells[cell]));
    return dye_buf_append_str(ret, "}}");
}

static enum dye_status append_kinds(const struct dye_census_kinds *k, size_t i, struct dye_buf *ret)
{
    size_t n = 0;
    DYE_TRY(dye_buf_printf(ret, "%s{\"kinds\":[", comma(i)));
    for (unsigned cell = 1; cell < DYE_CELLS; cell++)
        if ((k->mask >> cell & 1) != 0)
            DYE_TRY(dye_buf_printf(ret, "%s\"%s\"", comma(n++), dye_cell_name(cell)));
    return dye_buf_printf(ret, "],\"records\":%" PRIu64 "}", k->records);
}

enum dye_status counts_append(const struct dye_census *c, struct dye_buf *ret)
{
    struct dye_census_totals totals;
    struct dye_census_column column;
    struct dye_census_kinds kinds[DYE_CENSUS_KINDS_MAX];
    struct dye_census_prefix prefixes[DYE_CENSUS_PREFIXES_MAX];
    dye_census_totals(c, &totals);
    DYE_TRY(dye_buf_printf(ret, "{\"parseable\":%" PRIu64 ",\"uncounted\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]",
                           totals.parseable, totals.uncounted[0], totals.uncounted[1], totals.uncounted[2]));
    DYE_TRY(dye_buf_append_str(ret, ",\"columns\":["));
    for (size_t i = 0; dye_census_column_at(c, i, &column); i++)
        DYE_TRY(append_column(&column, i, ret));
    DYE_TRY(dye_buf_append_str(ret, "],\"kinds\":["));
    size_t n = dye_census_kinds(c, kinds);
    for (size_t i = 0; i < n; i++)
        DYE_TRY(append_kinds(&kinds[i], i, ret));
    DYE_TRY(dye_buf_append_str(ret, "],\"prefixes\":["));
    n = dye_census_prefixes(c, prefixes);
    for (size_t i = 0; i < n; i++)
        DYE_TRY(dye_buf_printf(ret, "%s{\"kind\":\"%s\",\"prefix\":\"%s\",\"n\":%" PRIu64 "}", comma(i),
                               dye_kind_name(prefixes[i].kind), prefixes[i].prefix, prefixes[i].n));
    return dye_buf_append_str(ret, "]}");
}
