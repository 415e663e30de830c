#ifndef DYE_LAW_FILE_H
#define DYE_LAW_FILE_H
/*
 * law_file: the rules of a legal count, as config/law/cn.yaml has them with their comments; another country is another
 * file. A file of home/law takes the place of a built-in one of its name.
 */
#include "dye/law.h"
#include "home.h"
#include "yaml_doc.h"

/* From home/law/NAME.yaml, else built in. `h` NULL: built in alone. DYE_E_USAGE for an unknown name; DYE_E_CONFIG with
 * line and column. */
DYE_MUST_CHECK enum dye_status law_load(const struct home *h, const char *name, struct dye_law *ret,
                                        struct dye_error *err);
/* From a file that is open. */
DYE_MUST_CHECK enum dye_status law_read(const char *path, FILE *f, struct dye_law *ret, struct dye_error *err);
/* From memory; `name` is for messages. */
DYE_MUST_CHECK enum dye_status law_parse(const char *name, const char *text, size_t n, struct dye_law *ret,
                                         struct dye_error *err);

/* Parts of a file, for law_file.c: {article, certainty} of a mapping; `notices` and `calendar` of the root. */
DYE_MUST_CHECK enum dye_status law_basis_read(struct yaml_doc *d, const yaml_node_t *map, struct dye_law_basis *ret,
                                              struct dye_error *err);
DYE_MUST_CHECK enum dye_status law_notices_read(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                                struct dye_error *err);

#endif
