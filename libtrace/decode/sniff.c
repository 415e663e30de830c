#include "sniff.h"

#include "little.h"
#include "sniff_text.h"

#include "dye/decode.h"
#include "dye/text.h"

#include <strings.h>

/* Magic numbers: file(1)'s data base and the formats' own specifications. */
static const struct {
    uint16_t at;
    uint8_t n;
    const char *magic;
    struct sniff is;
} table[] = {
    {0, 3, "\x1f\x8b\x08", {SNIFF_COMPRESSED, SNIFF_GZIP, NULL}},
    {0,
     6,
     "\xfd"
     "7zXZ\0",
     {SNIFF_COMPRESSED, SNIFF_XZ, NULL}},
    {0, 4, "\x28\xb5\x2f\xfd", {SNIFF_COMPRESSED, SNIFF_ZSTD, NULL}},
    {0, 4, "\x04\x22\x4d\x18", {SNIFF_COMPRESSED, SNIFF_LZ4, NULL}},
    {0, 5, "LZIP\x01", {SNIFF_COMPRESSED, SNIFF_LZIP, NULL}},
    {0, 2, "\x1f\x9d", {SNIFF_COMPRESSED, SNIFF_COMPRESS, NULL}},
    {0, 4, "PK\x03\x04", {SNIFF_ARCHIVE, SNIFF_ZIP, NULL}},
    {0, 4, "PK\x05\x06", {SNIFF_ARCHIVE, SNIFF_ZIP, NULL}},           /* without entries */
    {0, 8, "PK\x07\x08PK\x03\x04", {SNIFF_ARCHIVE, SNIFF_ZIP, NULL}}, /* first of several volumes */
    {0, 7, "Rar!\x1a\x07\0", {SNIFF_ARCHIVE, SNIFF_RAR, NULL}},
    {0, 8, "Rar!\x1a\x07\x01\0", {SNIFF_ARCHIVE, SNIFF_RAR, NULL}}, /* version 5 */
    {0, 6, "7z\xbc\xaf\x27\x1c", {SNIFF_ARCHIVE, SNIFF_7Z, NULL}},
    {0, 8, "MSCF\0\0\0\0", {SNIFF_ARCHIVE, SNIFF_CAB, NULL}},
    {32769, 5, "CD001", {SNIFF_ARCHIVE, SNIFF_ISO, NULL}},
    {0, 5, "%PDF-", {SNIFF_DOCUMENT, SNIFF_PDF, NULL}},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {SNIFF_ARCHIVE, SNIFF_OLE, NULL}},
    {0, 16, "SQLite format 3", {SNIFF_DOCUMENT, SNIFF_SQLITE, NULL}},
    {0, 19, "\0\x01\0\0Standard Jet DB", {SNIFF_DOCUMENT, SNIFF_ACCESS, NULL}},
    {0, 19, "\0\x01\0\0Standard ACE DB", {SNIFF_DOCUMENT, SNIFF_ACCESS, NULL}},
    {0, 3, "\xff\xd8\xff", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {0, 8, "\x89PNG\r\n\x1a\n", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {0, 6, "GIF87a", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {0, 6, "GIF89a", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {0, 4, "II*\0", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {0, 4, "MM\0*", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {8, 4, "WEBP", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {4, 8, "ftypheic", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {4, 8, "ftypmif1", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {4, 8, "ftypavif", {SNIFF_OPAQUE, SNIFF_NONE, "format: image"}},
    {4, 8, "ftypisom", {SNIFF_OPAQUE, SNIFF_NONE, "format: video"}},
    {4, 8, "ftypmp42", {SNIFF_OPAQUE, SNIFF_NONE, "format: video"}},
};

static bool has(struct dye_span head, size_t at, const char *magic, size_t n)
{
    return head.n >= at + n && memcmp(head.p + at, magic, n) == 0;
}

/* "BZh1" could begin a line of text; what follows in a bzip2 stream could not. */
static bool is_bzip2(struct dye_span head)
{
    return has(head, 0, "BZh", 3) && head.n >= 10 && head.p[3] >= '1' && head.p[3] <= '9' &&
           (has(head, 4, "\x31\x41\x59\x26\x53\x59", 6) || has(head, 4, "\x17\x72\x45\x38\x50\x90", 6));
}

/* .lzma has no magic: its usual properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, and a length that is unknown or
 * below 256 GiB (what liblzma asks for). */
static bool is_lzma(struct dye_span head)
{
    if (head.n < 13 || head.p[0] != 0x5d)
        return false;
    uint32_t dictionary = little32(head.p + 1);
    uint32_t low = dictionary & (0u - dictionary), rest = dictionary ^ low;
    bool usual = dictionary >= 4096 && (rest == 0 || rest == low << 1);
    bool unknown = true, small = true;
    for (size_t i = 5; i < 13; i++) {
        unknown = unknown && head.p[i] == 0xff;
        small = small && (i < 10 || head.p[i] == 0);
    }
    return usual && (unknown || small);
}

/* Two letters aren't enough of a magic: its file size and its reserved zeros are looked at too. */
static bool is_bmp(struct dye_span head)
{
    return has(head, 0, "BM", 2) && has(head, 6, "\0\0\0\0", 4) && has(head, 15, "\0\0", 2);
}

/* By the header's checksum (POSIX.1 ustar): old tars have no magic, and a name alone could be any text. */
static bool is_tar(struct dye_span head)
{
    enum { HEADER_BYTES = 512, CHECKSUM_AT = 148, CHECKSUM_BYTES = 8 };
    if (head.n < HEADER_BYTES || head.p[0] == 0)
        return false;
    unsigned sum = 0, want = 0;
    for (size_t i = 0; i < HEADER_BYTES; i++)
        sum += i - CHECKSUM_AT < CHECKSUM_BYTES ? ' ' : head.p[i];
    size_t i = CHECKSUM_AT;
    while (i < CHECKSUM_AT + CHECKSUM_BYTES && head.p[i] == ' ')
        i++;
    size_t first = i;
    for (; i < CHECKSUM_AT + CHECKSUM_BYTES && head.p[i] >= '0' && head.p[i] <= '7'; i++)
        want = want * 8 + (unsigned)(head.p[i] - '0');
    return i > first && sum == want;
}

static bool all_of(struct dye_span s, bool (*is)(uint8_t))
{
    for (size_t i = 0; i < s.n; i++)
        if (!is(s.p[i]))
            return false;
    return true;
}

static bool is_octal(uint8_t b)
{
    return b >= '0' && b <= '7';
}

static bool is_hex(uint8_t b)
{
    return dye_is_digit(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
}

/* Its magic is a number in ASCII, or two bytes: the header's other fields are looked at too (cpio(5)). */
static bool is_cpio(struct dye_span head)
{
    enum { NEW_BYTES = 110, OLD_BYTES = 76, BINARY_BYTES = 26, NAME_BYTES_AT = 20 };
    if (has(head, 0, "07070", 5) && head.n > NEW_BYTES && (head.p[5] == '1' || head.p[5] == '2'))
        return all_of(dye_span_of(head.p, NEW_BYTES), is_hex);
    if (has(head, 0, "070707", 6) && head.n > OLD_BYTES)
        return all_of(dye_span_of(head.p, OLD_BYTES), is_octal) && !is_octal(head.p[OLD_BYTES]);
    if (!has(head, 0, "\xc7\x71", 2) || head.n < BINARY_BYTES)
        return false;
    size_t name = little16(head.p + NAME_BYTES_AT);
    return name > 1 && head.n >= BINARY_BYTES + name && head.p[BINARY_BYTES + name - 1] == 0;
}

/* "-lh5-" behind two bytes; the header's level stands at 20. */
static bool is_lha(struct dye_span head)
{
    return has(head, 2, "-l", 2) && head.n > 21 && (head.p[4] == 'h' || head.p[4] == 'z') && head.p[6] == '-' &&
           head.p[20] <= 3;
}

/* "!<arch>" alone could be text; its first header ends with these two. */
static bool is_ar(struct dye_span head)
{
    return has(head, 0, "!<arch>\n", 8) && has(head, 66, "`\n", 2);
}

/* The version, and a field that every record has. */
static bool is_warc(struct dye_span head)
{
    if (!has(head, 0, "WARC/0.", 7) && !has(head, 0, "WARC/1.", 7))
        return false;
    for (size_t i = 7; i + 10 <= head.n && i < 4096; i++)
        if (head.p[i] == '\n' && strncasecmp((const char *)head.p + i + 1, "WARC-Type", 9) == 0)
            return true;
    return false;
}

/* By the name of its first member: nothing else tells a document from an archive before the directory at its end. */
static bool is_package(struct dye_span head)
{
    enum { NAME_AT = 30 };
    static const char *const names[] = {
        "[Content_Types].xml", "mimetype", "_rels/", "docProps/", "xl/", "word/", "ppt/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has(head, 0, "PK\3\4", 4) && has(head, NAME_AT, names[i], strlen(names[i])))
            return true;
    return false;
}

struct sniff sniff(struct dye_span head)
{
    if (is_package(head))
        return (struct sniff){SNIFF_ARCHIVE, SNIFF_PACKAGE, NULL};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (has(head, table[i].at, table[i].magic, table[i].n))
            return table[i].is;
    if (is_bzip2(head))
        return (struct sniff){SNIFF_COMPRESSED, SNIFF_BZIP2, NULL};
    if (is_lzma(head))
        return (struct sniff){SNIFF_COMPRESSED, SNIFF_LZMA, NULL};
    if (is_bmp(head))
        return (struct sniff){SNIFF_OPAQUE, SNIFF_NONE, "format: image"};
    if (is_tar(head))
        return (struct sniff){SNIFF_ARCHIVE, SNIFF_TAR, NULL};
    if (is_cpio(head))
        return (struct sniff){SNIFF_ARCHIVE, SNIFF_CPIO, NULL};
    if (is_ar(head))
        return (struct sniff){SNIFF_ARCHIVE, SNIFF_AR, NULL};
    if (is_warc(head))
        return (struct sniff){SNIFF_ARCHIVE, SNIFF_WARC, NULL};
    if (is_lha(head))
        return (struct sniff){SNIFF_ARCHIVE, SNIFF_LHA, NULL};
    enum sniff_format text = sniff_text(dye_span_of(head.p, head.n < SNIFF_TEXT_BYTES ? head.n : SNIFF_TEXT_BYTES));
    return (struct sniff){text != SNIFF_NONE ? SNIFF_DOCUMENT : SNIFF_PLAIN, text, NULL};
}

bool sniff_is_unknown(struct dye_span head)
{
    size_t controls = 0;
    for (size_t i = 0; i < head.n; i++)
        controls +=
            (head.p[i] < 0x20 && strchr("\x01\t\n\f\r\x1f", head.p[i]) == NULL) || head.p[i] == 0x7f || head.p[i] == 0;
    return controls > head.n / 20 && dye_charset_detect(head) == DYE_CHARSET_UNKNOWN;
}

_Static_assert(DYE_HEAD_BYTES == SNIFF_BYTES, "both are the same beginning");

bool dye_decode_is_plain(struct dye_span head, bool *ret_unknown)
{
    bool plain = sniff(head).class == SNIFF_PLAIN;
    *ret_unknown = plain && sniff_is_unknown(head);
    return plain;
}
