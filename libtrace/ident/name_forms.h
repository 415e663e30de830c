#ifndef DYE_IDENT_NAME_FORMS_H
#define DYE_IDENT_NAME_FORMS_H
/*
 * name_forms: a Chinese name in Latin letters. Private to the layer.
 */
#include "dye/ident.h"

#define NAME_PINYIN_MAX 32
/* Of a folded name of two to four ideographs, how many, none of other names: surname and given name in either order,
 * without blanks, as folding leaves LI MING, Ming Li and LiMing; the surname with the initials of the given name, and
 * initials alone. Twice for a surname that is read otherwise elsewhere (DOMAIN 3), four times for a u with two dots. */
size_t name_pinyin(const struct dye_value *v, struct dye_value ret[NAME_PINYIN_MAX]);

#endif
