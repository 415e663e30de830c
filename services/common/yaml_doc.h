#ifndef DYE_YAML_DOC_H
#define DYE_YAML_DOC_H
/*
 * yaml_doc: a small YAML file as a tree of mappings, sequences and scalars (libyaml), with errors that name the place.
 */
#include "dye/status.h"

#include <stdint.h>
#include <stdio.h>
#include <yaml.h>

struct yaml_doc {
    yaml_document_t document;
    char path[512]; /* for messages */
    bool loaded;
};

/* At most 1 MiB. DYE_E_IO, DYE_E_CONFIG with line and column. An empty file has a NULL root. */
DYE_MUST_CHECK enum dye_status yaml_doc_read(const char *path, struct yaml_doc *ret, struct dye_error *err);
/* The same of a file that is open; `path` is for messages. */
DYE_MUST_CHECK enum dye_status yaml_doc_read_open(const char *path, FILE *f, struct yaml_doc *ret,
                                                  struct dye_error *err);
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
/* The same into the caller's n bytes, its end included. */
DYE_MUST_CHECK enum dye_status yaml_doc_copy_text(char *ret, size_t n, struct yaml_doc *d, const yaml_node_t *map,
                                                  const char *key, const char *dflt, struct dye_error *err);
/* A number with at most `decimals` behind a point, as a whole number of the last of them; dflt when it is absent and
 * `wanted` is false. At most `most`, which is at most 10^18. */
DYE_MUST_CHECK enum dye_status yaml_doc_get_number(struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                                   unsigned decimals, uint64_t most, bool wanted, uint64_t dflt,
                                                   uint64_t *ret, struct dye_error *err);
/* true or false; dflt when it is absent. */
DYE_MUST_CHECK enum dye_status yaml_doc_get_flag(struct yaml_doc *d, const yaml_node_t *map, const char *key, bool dflt,
                                                 bool *ret, struct dye_error *err);
/* Calls fn for each item of the list `key`, at most `most`; nothing when it is absent. */
typedef enum dye_status (*yaml_doc_item_fn)(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err);
DYE_MUST_CHECK enum dye_status yaml_doc_each(struct yaml_doc *d, const yaml_node_t *map, const char *key, size_t most,
                                             yaml_doc_item_fn fn, void *arg, struct dye_error *err);
/* Refuses keys that are not in `known` (NULL-terminated). */
DYE_MUST_CHECK enum dye_status yaml_doc_only_keys(struct yaml_doc *d, const yaml_node_t *map, const char *const *known,
                                                  struct dye_error *err);

#endif
