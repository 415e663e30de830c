#ifndef DYE_LAW_CHOICE_H
#define DYE_LAW_CHOICE_H
/* law_choice: the law and the key that `count` and `case` were asked to count by. */
#include "law_file.h"

struct law_choice {
    FILE *file; /* --law names a file: open, to be read with the home's rights alone */
    const char *name;
};

/* Before zone_enter: `law` is a file's path (with a slash or a dot), a law's name, or NULL: the home's choice, or "cn"
 * without a home. DYE_E_IO. */
DYE_MUST_CHECK enum dye_status law_choice_open(const char *law, const struct home *h, struct law_choice *ret,
                                               struct dye_error *err);
/* After it. On the heap: it is large; free it. `h` may be NULL. */
DYE_MUST_CHECK enum dye_status law_choice_read(struct law_choice *c, const struct home *h, struct dye_law **ret,
                                               struct dye_error *err);
void law_choice_done(struct law_choice *c); /* takes a zeroed struct */

/* Of --key; NULL is DYE_LAW_KEYS, the law's own choice. DYE_E_USAGE. */
DYE_MUST_CHECK enum dye_status law_choice_key(const char *text, enum dye_law_key *ret, struct dye_error *err);

#endif
