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
    DYE_CHARSET_BIG5,
    DYE_CHARSET_UTF16LE, /* the wide ones, with or without a byte order mark */
    DYE_CHARSET_UTF16BE,
    DYE_CHARSET_UTF32LE,
    DYE_CHARSET_UTF32BE,
    DYE_CHARSET_MIXED, /* rows of UTF-8 and rows of GB18030 */
    DYE_CHARSET_UNKNOWN
};
DYE_API const char *dye_charset_name(enum dye_charset c); /* "utf-8", "gb18030" ... */

/* UTF-16 and UTF-32: in all others a byte below 0x80 that starts a character is ASCII. */
static inline bool dye_charset_is_wide(enum dye_charset c)
{
    return c >= DYE_CHARSET_UTF16LE && c <= DYE_CHARSET_UTF32BE;
}

/*
 * From a sample, any length; a character cut at the sample's end does not count against a charset, and neither does one
 * bad byte in fifty characters. UTF-8 goes before GB18030, and GB18030 before Big5 unless the characters are common in
 * Big5 alone. Without a byte order mark UTF-16 and UTF-32 are known by their NULs; other text with many is unknown.
 * O(n).
 */
DYE_API enum dye_charset dye_charset_detect(struct dye_span sample);

/*
 * Of one record of a part: sellers merge files, so a part's charset holds for most of its rows. A record that is
 * well-formed in the part's charset keeps it, but three ideographs of UTF-8 and nothing else are no GB18030. Wide
 * charsets stay. O(n).
 */
DYE_API enum dye_charset dye_charset_of_record(enum dye_charset part, struct dye_span record);

/* The length of the character at p[0, n), n > 0, at least 1: second bytes of GB18030 and Big5 look like `|`, a
 * backslash, braces and letters. Of mixed and unknown text, UTF-8 where that is well-formed, else GB18030. Not for wide
 * charsets. */
DYE_API size_t dye_charset_step(enum dye_charset c, const uint8_t *p, size_t n);

/*
 * Append `in` as UTF-8 to ret. Bytes that are not `from` become U+FFFD each (units, in UTF-16 and UTF-32; a byte order
 * mark stays). Unknown is taken as GB18030; ASCII with other bytes in it and mixed as dye_charset_of_record says.
 * DYE_E_LIMIT or DYE_E_NOMEM from the buffer (ret may then hold a part).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_to_utf8(enum dye_charset from, struct dye_span in, struct dye_buf *ret);

/* How many bytes of wide text dye_text_to_utf8 made this UTF-8 of. O(n), some GB/s. */
DYE_API size_t dye_text_wide_bytes(enum dye_charset wide, struct dye_span utf8);

/*
 * Mojibake: text that was decoded wrongly once and encoded again.
 *
 * replaced       U+FFFD in a row: characters are lost
 * utf8_as_gbk    read as GBK, of which each odd last byte is lost
 * utf8_as_latin1, gbk_as_latin1   nothing is lost
 * replaced_as_gbk   U+FFFD of UTF-8, read as GBK: the known "kun jin kao" (锟斤拷); characters are lost
 */
enum dye_mojibake {
    DYE_MOJIBAKE_NONE,
    DYE_MOJIBAKE_REPLACED,
    DYE_MOJIBAKE_REPLACED_AS_GBK,
    DYE_MOJIBAKE_UTF8_AS_GBK,
    DYE_MOJIBAKE_UTF8_AS_LATIN1,
    DYE_MOJIBAKE_GBK_AS_LATIN1
};
DYE_API const char *dye_mojibake_name(enum dye_mojibake m); /* "", "replaced", "utf-8 as gbk" ... */

/*
 * What is wrong with UTF-8 `value`, and where nothing of it was lost, what it was: that is appended to ret as UTF-8
 * (ret may be NULL). Only a value that is wrong throughout is mended: each byte beyond ASCII of what it was read from
 * has to make sense in the charset that it was written in. DYE_MOJIBAKE_NONE, and nothing appended, for a value of more
 * than DYE_MENDED_MAX_BYTES, or when the buffer is full. O(n).
 */
#define DYE_MENDED_MAX_BYTES 4096
DYE_API enum dye_mojibake dye_text_mend(struct dye_span value, struct dye_buf *ret);
/* The kind that at least a tenth of the values with text beyond ASCII show. The first 64 KiB are looked at. */
DYE_API enum dye_mojibake dye_text_mojibake(struct dye_span utf8);

/* Append UTF-8 `in` as GB18030, for systems that speak nothing else. An ill-formed sequence becomes U+FFFD. DYE_E_LIMIT
 * beyond 16 MiB or from the buffer, DYE_E_NOMEM; ret unchanged then. O(n). */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_to_gb18030(struct dye_span in, struct dye_buf *ret);

/*
 * Append the folded form of UTF-8 `in`, for comparing names and addresses: zero-width and control characters out,
 * NFKC, case fold, white space and ASCII/CJK punctuation out, traditional characters to simplified. Folding twice
 * equals folding once. Invalid UTF-8 is treated as U+FFFD. DYE_E_LIMIT or DYE_E_NOMEM from the buffer, and DYE_E_LIMIT
 * beyond 64 MiB; ret may then hold a part. ICU 72; O(n).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_fold(struct dye_span in, struct dye_buf *ret);

/*
 * Append the pinyin of UTF-8 `han`, one or a few ideographs, in small ASCII letters without tones; the u with two dots
 * as `v`. `surname`: as it is read in surnames (shan rather than dan). What has no reading is left out. DYE_E_LIMIT
 * beyond 64 bytes or from the buffer, DYE_E_NOMEM. Safe on any thread; the first call loads ICU's tables, some 50 ms.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_text_pinyin(struct dye_span han, bool surname, struct dye_buf *ret);

#endif
