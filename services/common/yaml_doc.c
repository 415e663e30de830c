#include "yaml_doc.h"

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

enum dye_status yaml_doc_read(const char *path, struct yaml_doc *ret, struct dye_error *err)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
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
