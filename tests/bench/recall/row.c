#include "row.h"

#include "writing.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const layouts[LAYOUTS] = {"csv", "----", "tab", "sql", "jsonl", "glued"};
const char *const charsets[CHARSETS] = {"UTF-8", "GBK", "UTF-16LE", "BIG5"};

void row_put(const char *layout, const struct recall_cells *c, char *to, size_t cap)
{
    static const char *const names[] = {"id", "xm", "sjh", "sfz", "csrq", "yx", "dz"};
    if (c->whole[0] != '\0') {
        snprintf(to, cap, "%s\n", c->whole);
        return;
    }
    size_t n = 0;
    const char *between = strcmp(layout, "csv") == 0 ? "," : strcmp(layout, "tab") == 0 ? "\t" : layout;
    bool sql = strcmp(layout, "sql") == 0, json = strcmp(layout, "jsonl") == 0, glued = strcmp(layout, "glued") == 0;
    n += (size_t)snprintf(to + n, cap - n, "%s", sql ? "INSERT INTO t VALUES (" : json ? "{" : "");
    for (size_t i = glued; i < RECALL_CELLS; i++) {
        if (glued && ((i == 3 && c->cell[2][0] != '\0') || i == 4 || (i == 5 && c->cell[2][0] != '\0')))
            continue; /* nobody could tell numbers apart that stand in one */
        if (sql)
            n += (size_t)snprintf(to + n, cap - n, "%s'%s'", i > 0 ? "," : "", c->cell[i]);
        else if (json)
            n += (size_t)snprintf(to + n, cap - n, "%s\"%s\":\"%s\"", i > 0 ? "," : "", names[i], c->cell[i]);
        else
            n += (size_t)snprintf(to + n, cap - n, "%s%s", i > 0 && !glued ? between : "", c->cell[i]);
    }
    snprintf(to + n, cap - n, "%s\n", sql ? ");" : json ? "}" : "");
}

bool row_append(struct row_text *t, const char *charset, const char *row)
{
    if (t->n + RECORD_CAP * 4 > t->cap) {
        t->cap = 2 * t->cap + RECORD_CAP * 8;
        t->p = realloc(t->p, t->cap);
        if (t->p == NULL)
            abort();
    }
    static iconv_t to[CHARSETS];
    size_t which = 0;
    while (strcmp(charsets[which], charset) != 0)
        which++;
    if (to[which] == NULL)
        to[which] = iconv_open(charset, "UTF-8");
    char big[RECORD_CAP];
    if (which == 3) {
        writing_traditional(row, big, sizeof big);
        row = big;
    }
    char *in = (char *)(uintptr_t)row, *out = t->p + t->n;
    size_t in_n = strlen(row), out_n = t->cap - t->n;
    iconv(to[which], NULL, NULL, NULL, NULL);
    if (iconv(to[which], &in, &in_n, &out, &out_n) == (size_t)-1)
        return false;
    t->n = (size_t)(out - t->p);
    return true;
}
