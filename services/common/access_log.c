#include "access_log.h"

#include "dye/key.h"

#include <jansson.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 1 << 20 };

enum dye_status access_log_init(struct access_log *l, const struct access_mapping *m, struct dye_buf *text,
                                struct dye_error *err)
{
    *l = (struct access_log){.m = m};
    csv_reader_init(&l->csv, text); /* it passes over a byte order mark */
    l->at = l->csv.at;
    l->end = l->csv.end;
    if (m->format != ACCESS_CSV)
        return DYE_OK;
    enum dye_status status = csv_reader_next(&l->csv, err);
    if (status == DYE_END)
        DYE_FAIL(err, DYE_E_USAGE, "access log: it is empty; a header is wanted");
    DYE_TRY(status);
    l->columns = l->csv.fields;
    for (size_t f = 0; f < ACCESS_FIELDS; f++)
        for (size_t i = 0; i < l->columns && l->column[f] == 0; i++)
            if (strcmp(l->csv.field[i], m->name[f]) == 0)
                l->column[f] = i + 1;
    for (size_t f = 0; f <= ACCESS_RECORD; f++)
        if (l->column[f] == 0)
            DYE_FAIL(err, DYE_E_USAGE, "access log: no column is called %s; --mapping names them", m->name[f]);
    return DYE_OK;
}

static bool set_text(struct access_entry *e, enum access_field f, const char *text, size_t n)
{
    while (n > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        n--;
    }
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r'))
        n--;
    if (n > ACCESS_TEXT_MAX)
        return false;
    memcpy(e->text[f], text, n);
    e->text[f][n] = '\0';
    return true;
}

static enum dye_status finish(const struct access_log *l, struct access_entry *e, bool whole)
{
    if (!whole || e->text[ACCESS_ACCOUNT][0] == '\0' || !access_time(l->m, e->text[ACCESS_TIME], &e->at))
        return DYE_E_RECORD;
    return DYE_OK;
}

static enum dye_status next_csv(struct access_log *l, struct access_entry *e, struct dye_error *err)
{
    DYE_TRY(csv_reader_next(&l->csv, err));
    bool whole = l->csv.fields == l->columns;
    e->line = l->csv.line;
    for (size_t f = 0; f < ACCESS_FIELDS && whole; f++) {
        const char *text = l->column[f] != 0 ? l->csv.field[l->column[f] - 1] : "";
        whole = set_text(e, (enum access_field)f, text, strlen(text));
    }
    return finish(l, e, whole);
}

/* The next line that is not empty, NUL-terminated; NULL at the end. */
static char *next_line(struct access_log *l, size_t *ret_bytes)
{
    while (l->at < l->end) {
        char *start = l->at;
        char *stop = memchr(start, '\n', (size_t)(l->end - start));
        char *end = stop != NULL ? stop : l->end;
        l->at = stop != NULL ? stop + 1 : l->end;
        l->line++;
        if (end > start && end[-1] == '\r')
            end--;
        *end = '\0'; /* at the very end: the buffer's own terminator */
        *ret_bytes = (size_t)(end - start);
        if (end > start)
            return start;
    }
    return NULL;
}

/* a.b is b in the object a. Numbers are taken as they are written when they are whole. */
static bool set_member(struct access_entry *e, enum access_field f, const json_t *o, const char *path)
{
    char key[ACCESS_NAME_MAX];
    char number[32];
    for (; *path != '\0' && o != NULL; path += *path == '.') {
        size_t n = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        o = json_object_get(o, key);
        path += n;
    }
    if (json_is_string(o))
        return set_text(e, f, json_string_value(o), json_string_length(o));
    if (json_is_integer(o)) {
        int n = snprintf(number, sizeof number, "%lld", (long long)json_integer_value(o));
        return set_text(e, f, number, (size_t)n);
    }
    return true;
}

static enum dye_status next_json(struct access_log *l, struct access_entry *e)
{
    size_t n;
    char *line = next_line(l, &n);
    if (line == NULL)
        return DYE_END;
    e->line = l->line;
    json_t *o = n <= LINE_MAX_BYTES ? json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    bool whole = json_is_object(o);
    for (size_t f = 0; f < ACCESS_FIELDS && whole; f++)
        whole = set_member(e, (enum access_field)f, o, l->m->name[f]);
    json_decref(o);
    return finish(l, e, whole);
}

static enum dye_status next_match(struct access_log *l, struct access_entry *e)
{
    regmatch_t group[ACCESS_GROUPS];
    size_t n;
    char *line = next_line(l, &n);
    if (line == NULL)
        return DYE_END;
    e->line = l->line;
    bool whole = n <= 8192 && regexec(&l->m->pattern, line, ACCESS_GROUPS, group, 0) == 0;
    for (size_t f = 0; f < ACCESS_FIELDS && whole; f++) {
        const regmatch_t *g = &group[l->m->group[f]];
        if (l->m->group[f] != 0 && g->rm_so >= 0)
            whole = set_text(e, (enum access_field)f, line + g->rm_so, (size_t)(g->rm_eo - g->rm_so));
    }
    return finish(l, e, whole);
}

enum dye_status access_log_next(struct access_log *l, struct access_entry *ret, struct dye_error *err)
{
    dye_wipe(ret, sizeof *ret);
    switch (l->m->format) {
    case ACCESS_CSV:
        return next_csv(l, ret, err);
    case ACCESS_JSONL:
        return next_json(l, ret);
    case ACCESS_SYSLOG:
        return next_match(l, ret);
    }
    return DYE_E_BUG;
}
