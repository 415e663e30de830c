#ifndef DYE_TEXT_WIDE_H
#define DYE_TEXT_WIDE_H
/* wide: UTF-16 and UTF-32, either byte order. Private to the layer. */
#include "dye/text.h"

/* Whichever the sample is in, by its byte order mark or by its NULs; DYE_CHARSET_UNKNOWN for none. */
enum dye_charset wide_detect(struct dye_span sample);
/* As dye_text_to_utf8. */
DYE_MUST_CHECK enum dye_status wide_to_utf8(enum dye_charset from, struct dye_span in, struct dye_buf *ret);

#endif
