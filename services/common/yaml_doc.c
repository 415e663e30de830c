#include "yaml_doc.h"

#include "decimal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

enum dye_status yaml_doc_parse(const char *name, const char *text, size_t n, struct yaml_doc *ret,
                               struct dye_error *err)
{
    struct yaml_doc d = {0};
    snprintf(d.path, sizeof d.path, "%s", name);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        DYE_FAIL(err, DYE_E_NOMEM, "%s: out of memory", name);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    bool ok = yaml_parser_load(&parser, &d.document) != 0;
    if (!ok)
        dye_fail(err, DYE_E_CONFIG, "%s:%zu:%zu: %s", name, parser.problem_mark.line + 1,
                 parser.problem_mark.column + 1, parser.problem != NULL ? parser.problem : "not YAML");
    yaml_parser_delete(&parser);
    if (!ok)
        return DYE_E_CONFIG;
    d.loaded = true;
    *ret = d;
    return DYE_OK;
}

enum dye_status yaml_doc_read_open(const char *path, FILE *f, struct yaml_doc *ret, struct dye_error *err)
{
    enum dye_status status = DYE_E_NOMEM;
    char *text = malloc(MAX_BYTES + 1);
    if (text != NULL) {
        size_t n = fread(text, 1, MAX_BYTES + 1, f);
        if (ferror(f))
            status = dye_fail(err, DYE_E_IO, "%s: can't be read", path);
        else if (n > MAX_BYTES)
            status = dye_fail(err, DYE_E_CONFIG, "%s: larger than 1 MiB", path);
        else
            status = yaml_doc_parse(path, text, n, ret, err);
    }
    free(text);
    return status;
}

enum dye_status yaml_doc_read(const char *path, struct yaml_doc *ret, struct dye_error *err)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        DYE_FAIL(err, DYE_E_IO, "%s: %s%s", path, strerror(errno),
                 errno == EACCES ? "; it is read as the home's user, whose it has to be" : "");
    enum dye_status status = yaml_doc_read_open(path, f, ret, err);
    fclose(f);
    return status;
}

void yaml_doc_done(struct yaml_doc *d)
{
    if (d->loaded)
        yaml_document_delete(&d->document);
    d->loaded = false;
}

yaml_node_t *yaml_doc_root(struct yaml_doc *d)
{
    return yaml_document_get_root_node(&d->document);
}

enum dye_status yaml_doc_fail(const struct yaml_doc *d, const yaml_node_t *at, struct dye_error *err, const char *fmt,
                              ...)
{
    char what[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    if (at == NULL)
        return dye_fail(err, DYE_E_CONFIG, "%s: %s", d->path, what);
    return dye_fail(err, DYE_E_CONFIG, "%s:%zu:%zu: %s", d->path, at->start_mark.line + 1, at->start_mark.column + 1,
                    what);
}

const char *yaml_doc_text(const yaml_node_t *n)
{
    return n != NULL && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

yaml_node_t *yaml_doc_get(struct yaml_doc *d, const yaml_node_t *map, const char *key)
{
    if (map == NULL || map->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const char *name = yaml_doc_text(yaml_document_get_node(&d->document, p->key));
        if (name != NULL && strcmp(name, key) == 0)
            return yaml_document_get_node(&d->document, p->value);
    }
    return NULL;
}

enum dye_status yaml_doc_get_text(struct yaml_doc *d, const yaml_node_t *map, const char *key, const char *dflt,
                                  const char **ret, struct dye_error *err)
{
    yaml_node_t *n = yaml_doc_get(d, map, key);
    if (n == NULL) {
        if (dflt == NULL)
            return yaml_doc_fail(d, map, err, "`%s` is missing", key);
        *ret = dflt;
        return DYE_OK;
    }
    const char *text = yaml_doc_text(n);
    if (text == NULL)
        return yaml_doc_fail(d, n, err, "`%s` wants one value", key);
    *ret = text;
    return DYE_OK;
}

enum dye_status yaml_doc_copy_text(char *ret, size_t n, struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                   const char *dflt, struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, map, key, dflt, &text, err));
    if (strlen(text) >= n)
        return yaml_doc_fail(d, map, err, "`%s` is longer than %zu bytes", key, n - 1);
    memcpy(ret, text, strlen(text) + 1);
    return DYE_OK;
}

enum dye_status yaml_doc_get_number(struct yaml_doc *d, const yaml_node_t *map, const char *key, unsigned decimals,
                                    uint64_t most, bool wanted, uint64_t dflt, uint64_t *ret, struct dye_error *err)
{
    const char *text;
    uint64_t v = dflt;
    DYE_TRY(yaml_doc_get_text(d, map, key, wanted ? NULL : "", &text, err));
    if ((wanted || yaml_doc_get(d, map, key) != NULL) && !decimal_read(text, decimals, most, &v))
        return yaml_doc_fail(d, yaml_doc_get(d, map, key), err, "`%s` wants a number%s of at most %llu", key,
                             decimals > 0 ? " with few decimals" : "",
                             (unsigned long long)(decimals == 2 ? most / 100 : most));
    *ret = v;
    return DYE_OK;
}

enum dye_status yaml_doc_get_flag(struct yaml_doc *d, const yaml_node_t *map, const char *key, bool dflt, bool *ret,
                                  struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, map, key, dflt ? "true" : "false", &text, err));
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, key), err, "`%s` wants true or false", key);
    *ret = strcmp(text, "true") == 0;
    return DYE_OK;
}

enum dye_status yaml_doc_each(struct yaml_doc *d, const yaml_node_t *map, const char *key, size_t most,
                              yaml_doc_item_fn fn, void *arg, struct dye_error *err)
{
    yaml_node_t *list = yaml_doc_get(d, map, key);
    if (list == NULL)
        return DYE_OK;
    if (list->type != YAML_SEQUENCE_NODE)
        return yaml_doc_fail(d, list, err, "`%s` wants a list", key);
    if ((size_t)(list->data.sequence.items.top - list->data.sequence.items.start) > most)
        return yaml_doc_fail(d, list, err, "`%s` wants at most %zu", key, most);
    for (yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++)
        DYE_TRY(fn(d, yaml_document_get_node(&d->document, *i), arg, err));
    return DYE_OK;
}

enum dye_status yaml_doc_only_keys(struct yaml_doc *d, const yaml_node_t *map, const char *const *known,
                                   struct dye_error *err)
{
    if (map == NULL || map->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, map, err, "a mapping (`key: value` lines) is wanted here");
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        yaml_node_t *key = yaml_document_get_node(&d->document, p->key);
        const char *name = yaml_doc_text(key);
        const char *const *k = known;
        while (*k != NULL && (name == NULL || strcmp(*k, name) != 0))
            k++;
        if (*k == NULL)
            return yaml_doc_fail(d, key, err, "unknown key `%s`", name != NULL ? name : "?");
    }
    return DYE_OK;
}
