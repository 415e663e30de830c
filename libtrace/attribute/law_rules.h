#ifndef ATTRIBUTE_LAW_RULES_H
#define ATTRIBUTE_LAW_RULES_H
/* law_rules: what the count asks of a rule. Private to the layer. */
#include "dye/law.h"

/* A filled column whose name says that it holds what the rule is about. */
bool law_is_named(const struct dye_law_rule *r, const struct dye_law_column *c);

/* Some of its cells are of the rule's kinds, and enough of them. */
bool law_has_cells(const struct dye_law_rule *r, const struct dye_law_column *c);
/* n of so many are enough for the rule. */
bool law_is_enough(const struct dye_law_rule *r, uint64_t n, uint64_t of);

#endif
