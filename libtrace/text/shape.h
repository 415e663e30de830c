#ifndef DYE_TEXT_SHAPE_H
#define DYE_TEXT_SHAPE_H
/* shape: how long a character of GB18030 or Big5 is. Results as those of utf8_next. Private to the layer. */
#include <stddef.h>
#include <stdint.h>

int gb18030_next(const uint8_t *p, size_t n); /* two bytes (GBK) or four */
int big5_next(const uint8_t *p, size_t n);

#endif
