#include "grid.h"

enum dye_status grid_begin(struct grid *g, struct decoding *d, const char *path, const char *format)
{
    *g = (struct grid){.full = false};
    rows_init(&g->rows, d);
    return part_begin(d, path, DYE_UNIT_CELL, format);
}

static enum dye_status judge(struct grid *g, enum dye_status status)
{
    if (status != DYE_E_LIMIT)
        return status;
    g->full = true;
    return DYE_END;
}

static enum dye_status spend(struct grid *g, uint64_t n)
{
    struct decoding *d = g->rows.d;
    if (container_budget_spend(&d->budget, (size_t)n))
        return DYE_OK;
    g->fault = "limit: ratio";
    d->over = true;
    return DYE_END;
}

static enum dye_status turn_to(struct grid *g, uint64_t row)
{
    if (g->open)
        DYE_TRY(judge(g, rows_end(&g->rows)));
    g->open = false;
    g->source = row;
    if (row <= g->row) {
        g->fault = "damaged";
        row = g->row + 1;
    }
    DYE_TRY(spend(g, row - 1 - g->rows.row));
    DYE_TRY(judge(g, rows_skip_to(&g->rows, row - 1)));
    g->row = row;
    g->column = 0;
    g->open = true;
    return DYE_OK;
}

enum dye_status grid_put(struct grid *g, uint64_t row, uint64_t column, struct dye_span text)
{
    if (text.n == 0)
        return DYE_OK;
    if (row == 0 || row > 2 * GRID_ROWS_MAX || column == 0 || column > GRID_COLUMNS_MAX) {
        g->fault = "damaged";
        return DYE_OK;
    }
    if (row != g->source || !g->open)
        DYE_TRY(turn_to(g, row));
    if (column <= g->column) {
        g->fault = "damaged";
        column = g->column + 1;
    }
    uint32_t gap = (uint32_t)column - g->column - 1;
    if (gap > 0)
        DYE_TRY(spend(g, gap));
    g->rows.waiting += gap;
    g->column = (uint32_t)column;
    return judge(g, rows_field(&g->rows, text));
}

enum dye_status grid_end(struct grid *g, enum dye_status status, const char *fault)
{
    struct decoding *d = g->rows.d;
    bool over = d->over && !g->full; /* another limit than that of the output */
    if (status == DYE_END)
        status = DYE_OK;
    if (status == DYE_OK && !g->full && g->open)
        status = judge(g, rows_end(&g->rows));
    if (status == DYE_OK && !g->full)
        status = judge(g, rows_flush(&g->rows));
    if (status == DYE_END)
        status = DYE_OK;
    rows_done(&g->rows);
    if (status == DYE_OK)
        status = part_end(d, g->full && !over ? NULL : fault != NULL ? fault : g->fault);
    return status;
}
