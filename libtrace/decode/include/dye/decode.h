#ifndef DYE_DECODE_H
#define DYE_DECODE_H
/*
 * decode: bytes as received -> the parts inside them, however nested, each ending in a verdict.
 *
 * Containers are recognised by content, never by name. Nothing is skipped in silence: every entry met becomes a part,
 * and every part ends in read, partly or unread with a reason. The input is hostile; the caller runs this in a
 * sandboxed child (services/matcher/decoder.c).
 */
#include "dye/span.h"
#include "dye/status.h"

#include <stdint.h>

/*
 * What a part's bytes are, and so what a place in it counts.
 *
 * byte   the file's own bytes, after decompression and before charset decoding; a place is an offset
 * cell   a table that was rendered: UTF-8, a line (LF) a row and empty rows too, fields parted by 0x1F; a place is a
 *        row and a field, both from 1. In a field LF, CR, NUL and 0x1F stand as spaces
 * row    text that was rendered, a line a paragraph; a place is its number from 1
 * page   text that was rendered, a form feed (0x0C) behind each page; a place is the page from 1
 */
enum dye_unit { DYE_UNIT_BYTE, DYE_UNIT_CELL, DYE_UNIT_ROW, DYE_UNIT_PAGE };
#define DYE_FIELD_END 0x1f
#define DYE_PAGE_END 0x0c
DYE_API const char *dye_unit_name(enum dye_unit u); /* "byte", "cell", "row", "page" */

enum dye_verdict { DYE_READ, DYE_PARTLY, DYE_UNREAD };
DYE_API const char *dye_verdict_name(enum dye_verdict v); /* "read", "partly", "unread" */

struct dye_decode_limits {
    uint64_t output_bytes; /* of all parts together */
    uint64_t entries;
    uint32_t depth; /* containers inside containers */
    uint32_t ratio; /* output : input, enforced only beyond ratio_free_bytes of output */
    uint64_t ratio_free_bytes;
};
DYE_API void dye_decode_limits_default(struct dye_decode_limits *ret);

/* Whether `path` may be that of a part: valid UTF-8 without control characters, at most DYE_PATH_MAX_BYTES. Longer ones
 * are cut. */
#define DYE_PATH_MAX_BYTES 4096
DYE_API bool dye_path_is_valid(struct dye_span path);

struct dye_part {
    uint32_t ordinal; /* 0, 1, ... in order of appearance: content alone decides it */
    const char *path; /* inner names joined by '/', UTF-8 (invalid bytes and control characters as U+FFFD); "" for a
                         plain file */
    enum dye_unit unit;
    const char *format; /* what it was rendered from: "xlsx", "sqlite" ...; "" for bytes as they stand */
};
#define DYE_FORMAT_MAX_BYTES 15 /* [a-z0-9]* */

struct dye_part_end {
    uint64_t bytes; /* decompressed bytes delivered */
    enum dye_verdict verdict;
    const char *reason; /* "" when read; else a short constant such as "truncated", "encrypted", "limit: depth" */
};

/*
 * Called in order: begin, data*, end for each part; parts never interleave. A container is no part of its own unless
 * it can't be entered, or breaks between its entries (then it is one, unread), or is empty (then it is one, read, of 0
 * bytes). An entry that is no file (a link, a device) is a part, unread; a directory is none. Once a limit on output,
 * ratio or entries is reached the part at hand says so and is the last. What is valid is valid inside the call only.
 * Return DYE_STOPPED to end early.
 *
 * Reasons: "truncated", "damaged", "trailing data" (behind the end of an archive, or between the entries of a zip),
 * "encrypted", "unsupported", "not a file", "format: F" for a known format that is not read here (image, video;
 * pdf without its helper) or is unknown (searched as it stands), "limit: L" (output, entries, depth, ratio, memory,
 * spill, record).
 *
 * A table or a text of a document is a part of its own: "book.xlsx/Sheet1", "base.db/people". A part of one of these
 * formats is rendered:
 *
 * sqlite, access, dbf   a row of the columns' names, then the rows; of dbf with a last column "deleted";
 *                       deleted rows of sqlite, where they still stand, are a part "deleted" without names
 * html                  a row a row of a table, or a block of other text; a chat of Telegram's: from, date, text
 * xml                   a row of the fields' names, then a row a record, which is the repeated element
 * mail                  the names of a mail's header fields, and their values; its bodies are parts below it, as they
 *                       stand behind their transfer encoding, or, from charsets that text.h does not know, unit row
 * pdf                   unit page
 * office formats        a sheet, or a text as rows; each file inside is a part too. "properties" (rows "key: text")
 * says who wrote them and what they link to, and what is neither rendered nor known to hold nothing is a part as it
 * stands: "book.xlsx/xl/pivotCache/..."
 *
 * A picture inside of one of these makes it partly read, "format: image". Text that only stands for other text is an
 * inner part: "list.txt/base64", "list.txt/quoted", "list.txt/percent".
 */
struct dye_decode_events {
    enum dye_status (*begin)(void *arg, const struct dye_part *part);
    enum dye_status (*data)(void *arg, struct dye_span bytes);
    enum dye_status (*end)(void *arg, const struct dye_part_end *end);
    void *arg;
};

/* Up to cap bytes into p; *ret_n = 0 at the end of input. */
typedef enum dye_status (*dye_read_fn)(void *arg, uint8_t *p, size_t cap, size_t *ret_n);
/* Exactly n bytes at `at`, which lie inside; false when they can't be had. */
typedef bool (*dye_read_at_fn)(void *arg, uint64_t at, uint8_t *p, size_t n);
typedef bool (*dye_write_at_fn)(void *arg, uint64_t at, const uint8_t *p, size_t n);

/* Other programs that read what no library here does, each in a sandbox of its own. */
enum dye_helper {
    DYE_HELPER_7Z_LIST,  /* what is in a 7z, as `7zz l -slt` writes it */
    DYE_HELPER_7Z_TEST,  /* nothing: only whether the password is right */
    DYE_HELPER_7Z,       /* all files one after the other, in that order */
    DYE_HELPER_RAR_LIST, /* as `lsar -json` writes it */
    DYE_HELPER_RAR_TEST, /* lines of no meaning; whether the password is right is how it ends */
    DYE_HELPER_RAR,
    DYE_HELPER_PDF_TEXT, /* of a PDF, UTF-8 in layout, a form feed behind each page */
    DYE_HELPERS          /* how many */
};

#define DYE_PASSWORD_MAX_BYTES 512 /* longer ones are not tried */

struct dye_help {
    enum dye_helper helper;
    bool spilled; /* what it shall read stands in the scratch space, else in the input */
    uint64_t at, bytes;
    const char *password; /* or NULL */
};

/*
 * How a helper is had; the calls are about the one that was started last, of a few. _start returns DYE_OK, and then
 * what it writes comes by _read like the input does, until *ret_n is 0, and _end ends it, also before that;
 * DYE_E_NOTFOUND when it is not there; else why not. _end returns NULL when it ended well, else a constant: "damaged"
 * (it complained), "limit: cpu", "helper: crashed".
 */
struct dye_helper_calls {
    enum dye_status (*start)(void *arg, const struct dye_help *help);
    enum dye_status (*read)(void *arg, uint8_t *p, size_t cap, size_t *ret_n);
    const char *(*end)(void *arg);
};

/*
 * One input. `read` gives it forwards; the rest may be NULL.
 *
 * read_at, bytes             the same input in any order, for formats that have their directory at the end
 * spill_write, spill_read    scratch space of spill_bytes, for what has to be sought and stands inside something else;
 *                            without it such parts are unread, "limit: spill"
 * passwords                  tried in turn on what is encrypted: the bytes that the cipher gets
 * helpers                    other programs; without them what needs them is unread as "encrypted" or "unsupported"
 * rest                       takes, instead of data and end, the bytes of a part that is what is left of an input with
 *                            read_at, as it stands: from `at`, counted from where `read` began, to wherever the input
 *                            then ends. Whoever takes them reads them itself, keeps the limit on output and ends the
 *                            part; `fault` ("" for none) is why it is partly read even so
 */
struct dye_decode_input {
    dye_read_fn read;
    dye_read_at_fn read_at;
    uint64_t bytes;
    dye_write_at_fn spill_write;
    dye_read_at_fn spill_read;
    uint64_t spill_bytes;
    const struct dye_helper_calls *helpers;
    enum dye_status (*rest)(void *arg, uint64_t at, const char *fault);
    void *arg; /* of all of these */
    const char *const *passwords;
    size_t n_passwords;
};

/*
 * Whether an input that begins so is one part with path "" and the input's own bytes: what `rest` takes from 0 on.
 *
 * head          its first DYE_HEAD_BYTES, or all of a shorter one
 * *ret_unknown  that part is only partly read, "format: unknown"
 *
 * The bytes are hostile here too, and are not trusted with a table or a length. It loads no decoder: who asks this
 * first need not start one for most of what people have. O(head).
 */
#define DYE_HEAD_BYTES 32774
DYE_MUST_CHECK DYE_API bool dye_decode_is_plain(struct dye_span head, bool *ret_unknown);

/*
 * Decode one input from start to end.
 *
 * Returns DYE_OK when every part has its verdict, damaged ones too; DYE_STOPPED; what `read` returned when it failed
 * (the part at hand then has no end); DYE_E_NOMEM; DYE_E_USAGE for a ratio of 0. Memory is constant in the size of the
 * input, and grows with the depth. Gzip members that follow each other are one part. A
 * compressed file without an inner name (`x.gz`) is one part, path "".
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_decode(const struct dye_decode_input *input,
                                                  const struct dye_decode_limits *limits,
                                                  const struct dye_decode_events *events, struct dye_error *err);

#endif
