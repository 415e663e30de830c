#ifndef DYE_YAML_DOC_H
#define DYE_YAML_DOC_H
/*
 * yaml_doc: a small YAML file as a tree of mappings, sequences and scalars (libyaml), with errors that name the place.
 */
#include "dye/status.h"

#include <yaml.h>

struct yaml_doc {
    yaml_document_t document;
    char path[512]; /* for messages */
    bool loaded;
};

/* At most 1 MiB. DYE_E_IO, DYE_E_CONFIG with line and column. An empty file has a NULL root. */
DYE_MUST_CHECK enum dye_status yaml_doc_read(const char *path, struct yaml_doc *ret, struct dye_error *err);
/* The same from memory; `name` is for messages. */
DYE_MUST_CHECK enum dye_status yaml_doc_parse(const char *name, const char *text, size_t n, struct yaml_doc *ret,
                                              struct dye_error *err);
void yaml_doc_done(struct yaml_doc *d); /* takes a zeroed struct */

yaml_node_t *yaml_doc_root(struct yaml_doc *d);
/* "path:line:column: what" as DYE_E_CONFIG. */
enum dye_status yaml_doc_fail(const struct yaml_doc *d, const yaml_node_t *at, struct dye_error *err, const char *fmt,
                              ...) DYE_PRINTF(4, 5);
/* The value of a key in a mapping, or NULL. */
yaml_node_t *yaml_doc_get(struct yaml_doc *d, const yaml_node_t *map, const char *key);
/* The text of a scalar; NULL when it is none. Valid until _done. */
const char *yaml_doc_text(const yaml_node_t *n);
/* The text of a key; dflt when it is absent; DYE_E_CONFIG when it is no scalar, or absent and dflt is NULL. */
DYE_MUST_CHECK enum dye_status yaml_doc_get_text(struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                                 const char *dflt, const char **ret, struct dye_error *err);
/* Refuses keys that are not in `known` (NULL-terminated). */
DYE_MUST_CHECK enum dye_status yaml_doc_only_keys(struct yaml_doc *d, const yaml_node_t *map, const char *const *known,
                                                  struct dye_error *err);

#endif
