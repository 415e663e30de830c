#ifndef DYE_TEXT_H
#define DYE_TEXT_H
/*
 * text: what charset bytes are in, turning them into UTF-8, and folding text so that equal things compare equal.
 */
#include "dye/buf.h"

enum dye_charset {
    DYE_CHARSET_ASCII,
    DYE_CHARSET_UTF8,
    DYE_CHARSET_GB18030, /* GBK and GB2312 too: all are decoded as GB18030 */
    DYE_CHARSET_UNKNOWN
};
DYE_API const char *dye_charset_name(enum dye_charset c);

/* From a sample, any length; a character cut at the sample's end does not count against a charset, and neither does one
 * bad byte in fifty characters. UTF-8 goes before GB18030. UTF-16 (many NULs) is unknown. O(n). */
DYE_API enum dye_charset dye_charset_detect(struct dye_span sample);

/*
 * Append `in` as UTF-8 to ret. Bytes that are not `from` become U+FFFD each. Unknown is taken as GB18030. DYE_E_LIMIT
 * or DYE_E_NOMEM from the buffer (ret may then hold a part).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_to_utf8(enum dye_charset from, struct dye_span in, struct dye_buf *ret);

/* Append UTF-8 `in` as GB18030, for systems that speak nothing else. An ill-formed sequence becomes U+FFFD. DYE_E_LIMIT
 * beyond 16 MiB or from the buffer, DYE_E_NOMEM; ret unchanged then. O(n). */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_to_gb18030(struct dye_span in, struct dye_buf *ret);

/*
 * Append the folded form of UTF-8 `in`, for comparing names and addresses: zero-width and control characters out,
 * NFKC, case fold, white space and ASCII/CJK punctuation out. Folding twice equals folding once. Invalid UTF-8 is
 * treated as U+FFFD. DYE_E_LIMIT or DYE_E_NOMEM from the buffer, and DYE_E_LIMIT beyond 64 MiB; ret may then hold a
 * part. ICU 72; O(n).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_fold(struct dye_span in, struct dye_buf *ret);

#endif
