#include "sector_file.h"

#include "sectors.h"
#include "yaml_doc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum dye_status copy_text(char *to, size_t n, struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                 const char *dflt, struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, map, key, dflt, &text, err));
    if (strlen(text) >= n)
        return yaml_doc_fail(d, map, err, "`%s` is longer than %zu bytes", key, n - 1);
    memcpy(to, text, strlen(text) + 1);
    return DYE_OK;
}

static enum dye_status read_column(struct yaml_doc *d, const yaml_node_t *map, struct dye_column *c,
                                   struct dye_error *err)
{
    static const char *const known[] = {"name", "kind", "required", "what", "male", "female", "value", NULL};
    static const struct {
        const char *name;
        enum dye_column_what what;
    } whats[] = {{"sex", DYE_COLUMN_SEX}, {"birth", DYE_COLUMN_BIRTH}, {"const", DYE_COLUMN_CONST}};
    DYE_TRY(yaml_doc_only_keys(d, map, known, err));
    DYE_TRY(copy_text(c->name, sizeof c->name, d, map, "name", NULL, err));
    const char *kind;
    const char *what;
    DYE_TRY(yaml_doc_get_text(d, map, "kind", "", &kind, err));
    if (kind[0] != '\0') {
        c->what = DYE_COLUMN_KIND;
        c->kind = dye_kind_from_name(dye_span_str(kind));
        if (c->kind == DYE_KIND_NONE)
            return yaml_doc_fail(d, map, err, "unknown kind `%s`", kind);
        const char *required;
        DYE_TRY(yaml_doc_get_text(d, map, "required", "false", &required, err));
        c->required = strcmp(required, "true") == 0;
        if (!c->required && strcmp(required, "false") != 0)
            return yaml_doc_fail(d, map, err, "required: true or false is wanted");
        return DYE_OK;
    }
    DYE_TRY(yaml_doc_get_text(d, map, "what", NULL, &what, err));
    size_t i = 0;
    while (i < sizeof whats / sizeof *whats && strcmp(whats[i].name, what) != 0)
        i++;
    if (i == sizeof whats / sizeof *whats)
        return yaml_doc_fail(d, map, err, "unknown `what: %s`; sex, birth or const is wanted", what);
    c->what = whats[i].what;
    DYE_TRY(copy_text(c->male, sizeof c->male, d, map, "male", "M", err));
    DYE_TRY(copy_text(c->female, sizeof c->female, d, map, "female", "F", err));
    return copy_text(c->constant, sizeof c->constant, d, map, "value", "", err);
}

static enum dye_status read_sector(struct yaml_doc *d, const char *name, struct dye_sector *s, struct dye_error *err)
{
    static const char *const known[] = {"sector", "table", "columns", NULL};
    const yaml_node_t *root = yaml_doc_root(d);
    DYE_TRY(yaml_doc_only_keys(d, root, known, err));
    DYE_TRY(copy_text(s->name, sizeof s->name, d, root, "sector", NULL, err));
    DYE_TRY(copy_text(s->table, sizeof s->table, d, root, "table", NULL, err));
    if (strcmp(s->name, name) != 0)
        return yaml_doc_fail(d, root, err, "the file is named %s, its sector %s", name, s->name);
    yaml_node_t *columns = yaml_doc_get(d, root, "columns");
    if (columns == NULL || columns->type != YAML_SEQUENCE_NODE)
        return yaml_doc_fail(d, root, err, "`columns` wants a list");
    for (yaml_node_item_t *i = columns->data.sequence.items.start; i < columns->data.sequence.items.top; i++) {
        yaml_node_t *map = yaml_document_get_node(&d->document, *i);
        if (s->columns == DYE_SECTOR_COLUMNS_MAX)
            return yaml_doc_fail(d, map, err, "more than %d columns", DYE_SECTOR_COLUMNS_MAX);
        DYE_TRY(read_column(d, map, &s->column[s->columns], err));
        s->columns++;
    }
    if (s->columns == 0)
        return yaml_doc_fail(d, columns, err, "a sector has columns");
    return DYE_OK;
}

enum dye_status sector_load(const struct home *h, const char *name, struct dye_sector *ret, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    struct yaml_doc d = {0};
    struct dye_sector s = {0};
    if (name[0] == '\0' || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(name))
        DYE_FAIL(err, DYE_E_USAGE, "sector: %s: a name of small letters, digits, - and _ is wanted", name);
    DYE_TRY(home_path(h, path, err, "sectors/%s.yaml", name));
    if (access(path, F_OK) == 0) {
        DYE_TRY(yaml_doc_read(path, &d, err));
    } else {
        const struct builtin_sector *b = builtin_sectors;
        while (b->name != NULL && strcmp(b->name, name) != 0)
            b++;
        if (b->name == NULL)
            DYE_FAIL(err, DYE_E_USAGE, "sector: %s: unknown; write %s", name, path);
        DYE_TRY(yaml_doc_parse(b->name, b->text, strlen(b->text), &d, err));
    }
    enum dye_status status = read_sector(&d, name, &s, err);
    yaml_doc_done(&d);
    if (status == DYE_OK)
        *ret = s;
    return status;
}
