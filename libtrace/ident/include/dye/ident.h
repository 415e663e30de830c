#ifndef DYE_IDENT_H
#define DYE_IDENT_H
/*
 * ident: the kinds of identifier, one file each (ident/mobile.c, ident/resident_id.c ...), behind one table.
 *
 * Every kind has a canonical form: the one spelling that counts. Parsing is strict about what a value is (check
 * digits, real dates) and lenient about how it is written (prefixes, grouping, case). A kind may also name values that
 * can never be a real person's (DOMAIN 2): its default space, numbered [0, size). Of the kinds without one, values come
 * from pools alone: qq, wechat, plate, passport, permit, uscc, bank_card and account, where every valid number may be
 * somebody's.
 *
 * All functions are pure and safe on any thread. Values are personal data: wipe what you keep.
 */
#include "dye/span.h"
#include "dye/status.h"

#include <stdint.h>

enum dye_kind {
    DYE_KIND_NONE = 0,
    DYE_MOBILE,
    DYE_RESIDENT_ID,
    DYE_EMAIL,
    DYE_NAME,
    DYE_ADDRESS,
    DYE_WAYBILL,
    DYE_POLICY,
    DYE_MRN,
    DYE_BANK_CARD,
    DYE_USCC,     /* unified social credit code, of an organisation */
    DYE_PLATE,    /* of a vehicle */
    DYE_PASSPORT, /* of the mainland */
    DYE_PERMIT,   /* to travel to Hong Kong and Macao, or from there to the mainland */
    DYE_QQ,
    DYE_WECHAT,
    DYE_ACCOUNT,   /* any issuer's number of a customer, member, household or contract */
    DYE_KIND_COUNT /* numbers are stored in index files: append only */
};

/* How an identifier stands in the bytes. Numbers are stored in index files: append only. */
enum dye_form {
    DYE_FORM_NONE = 0,
    DYE_PLAIN,
    DYE_FORM_MD5,
    DYE_FORM_SHA1,
    DYE_FORM_SHA256,
    DYE_FORM_SM3,
    DYE_FORM_MD5_16,     /* the middle half of an MD5: its hex digits 9 to 24 */
    DYE_FORM_MD5_BASE64, /* of the raw digest; as are the next three */
    DYE_FORM_SHA1_BASE64,
    DYE_FORM_SHA256_BASE64,
    DYE_FORM_SM3_BASE64,
    DYE_FORM_MASKED,     /* a part is hidden by '*' */
    DYE_FORM_SHORT,      /* an ID of 15 digits, of before 1999 */
    DYE_FORM_DAMAGED,    /* an ID whose last three digits a spreadsheet made 0, or that lost them; an issuer's number
                          * that lost the zeros it begins with */
    DYE_FORM_SCIENTIFIC, /* a mobile as Java and JavaScript write a number: 1.7420013841E10; an ID as a spreadsheet
                          * does, of 15 digits: 1.10146199003070E+17 */
    /* Those below are never looked up: they corroborate. */
    DYE_FORM_GLIMPSE, /* masked so that too little is seen to look for it: the last four digits */
    DYE_FORM_BIRTH,   /* of an ID: the date in it */
    DYE_FORM_PINYIN,  /* a name in Latin letters */
    DYE_FORM_PART,    /* of an address: road and number, or a community */
    DYE_FORM_OTHER,   /* none: the record shows another value of this kind */
    DYE_FORM_COUNT
};

#define DYE_VALUE_MAX_BYTES 320

struct dye_value { /* a canonical value: UTF-8, NUL-terminated */
    char text[DYE_VALUE_MAX_BYTES + 1];
    size_t n;
};

static inline struct dye_span dye_value_span(const struct dye_value *v)
{
    return (struct dye_span){(const uint8_t *)v->text, v->n};
}

/* "mobile", "resident_id", ... and back; DYE_KIND_NONE / DYE_FORM_NONE for what is not one. Never NULL. */
DYE_API const char *dye_kind_name(enum dye_kind kind);
DYE_API enum dye_kind dye_kind_from_name(struct dye_span name);
DYE_API const char *dye_form_name(enum dye_form form);
DYE_API enum dye_form dye_form_from_name(struct dye_span name);

/*
 * Whether a token of this kind is looked up by the scanner. What is not only corroborates, inside a record that was
 * found by something else: names and addresses, which are never evidence alone; qq, because five to eleven digits are
 * also amounts, dates and halves of other numbers; wechat, because a word of six letters is one; plate, because its
 * province stands in whatever charset the dump has, and the six or seven bytes behind it are fewer than the scanner
 * looks up.
 */
DYE_API bool dye_kind_is_scanned(enum dye_kind kind);

/* Whether this form of a kind is looked up: not a mask of an address, nor what only corroborates. */
DYE_API bool dye_form_is_scanned(enum dye_kind kind, enum dye_form form);

/* What the scanner takes for one token: so many letters and digits, one of them a digit. Addresses are another. */
#define DYE_TOKEN_MIN_BYTES 8
#define DYE_TOKEN_MAX_BYTES 64
/*
 * Whether the scanner can find this canonical value: its kind is looked up, and it is one token, or an address without
 * "--" and of [a-z0-9._%+-] before its '@'. Issuers' numbers with hyphens and short ones are not found: whoever
 * takes values from people (a pool, an import, a list) tells them so. O(n).
 */
DYE_API bool dye_ident_is_found(enum dye_kind kind, const struct dye_value *v);

/*
 * The canonical form of `text` (UTF-8) as `kind`, or DYE_E_RECORD when it is not one. Accepts the spellings of
 * DOMAIN 2 that need no context. Idempotent: parsing a canonical form gives it back. O(n).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_ident_parse(enum dye_kind kind, struct dye_span text, struct dye_value *ret);

/* The size of the default space of values that are never a real person's; 0 where a kind has none. At most 2^62. */
DYE_API uint64_t dye_ident_space(enum dye_kind kind);
/* The value with number i in [0, space): one to one, canonical, valid by the kind's own check. */
DYE_API void dye_ident_at(enum dye_kind kind, uint64_t i, struct dye_value *ret);
/* Whether a canonical value lies in the default space. */
DYE_API bool dye_ident_is_safe(enum dye_kind kind, const struct dye_value *v);

/*
 * The ways that a canonical value is written where people and systems write it: first itself, then grouped, prefixed,
 * in the other case, an ID of 15 digits. Each is read back as the same value by dye_ident_parse. At most
 * DYE_DISPLAYS_MAX, at least one; returns how many. A permit of ten digits is also written without the two that count
 * its renewals: that alone is read back shorter.
 */
#define DYE_DISPLAYS_MAX 12
DYE_API size_t dye_ident_displays(enum dye_kind kind, const struct dye_value *v,
                                  struct dye_value ret[DYE_DISPLAYS_MAX]);

/*
 * The ways that sellers hide a part of it (DOMAIN 1): what is hidden stands as '*', which a matcher takes for x, ×, ＊,
 * ●, ○ and • too. The value begins with the first `head` bytes of `text`, and ends with its last `tail` ones; words
 * around them (of a title, of "ends in") count in neither. None for addresses, which are cut rather than masked.
 * Returns how many, at most DYE_MASKS_MAX.
 */
struct dye_mask {
    struct dye_value text;
    size_t head, tail; /* bytes of the value that are seen at its start and end; whole characters */
};
#define DYE_MASKS_MAX 12
DYE_API size_t dye_ident_masks(enum dye_kind kind, const struct dye_value *v, struct dye_mask ret[DYE_MASKS_MAX]);

/* What a resident ID says of its holder. `v` is canonical. */
struct dye_resident {
    int year, month, day;
    char sex;     /* 'M' or 'F' */
    char area[7]; /* six digits, NUL */
};
DYE_API void dye_resident_read(const struct dye_value *v, struct dye_resident *ret);
/* The default space of resident IDs, part by part: number i is of sequence i % sequences + 1, of day i / sequences %
 * days counted from 1 January of first_year, and so on through the county codes and the prefectures. Odd sequences are
 * men's. */
struct dye_resident_parts {
    uint32_t prefectures, counties, days, sequences;
    int first_year;
};
DYE_API void dye_resident_parts(struct dye_resident_parts *ret);
/* The code (four digits) of prefecture number i < prefectures; ascending. */
DYE_API void dye_region_at(size_t i, char ret[5]);
/* The number of 15 digits that the holder had before 1999, which dye_ident_parse turns into this one; false, and *ret
 * untouched, for who was not born from 1900 to 1999. `v` is canonical. */
DYE_API bool dye_resident_short(const struct dye_value *v, struct dye_value *ret);
/* Province and prefecture (UTF-8) of an area code, by its first four digits; NULL where unknown. */
DYE_API const char *dye_region_province(const char *area);
DYE_API const char *dye_region_prefecture(const char *area);

/*
 * The bytes that a form puts into a dump, as the index and the scanner compare them: case-folded (ASCII lower), and
 * normalised by dye_text_fold for the kinds that only corroborate. What is fingerprinted (dye_fp, dye_probe) is exactly
 * `bytes`.
 */
struct dye_form_bytes {
    enum dye_form form;
    struct dye_value bytes;
};
#define DYE_FORMS_MAX 64
/*
 * The forms of a canonical value, at most DYE_FORMS_MAX, plain first; returns how many.
 *
 *   digests       of mobile, resident_id and email, in nine forms each, of what sellers hash: the value, the value with
 *                 a line end, a mobile behind +86, 86 and 0086, an ID with x and with X
 *   masked        of mobile and resident_id, where at least six characters are seen, as they stand; of names and
 *                 e-mails as dye_trait_mask reads them, and of a name its surname with a title
 *   glimpse       of mobile and resident_id where fewer are seen, as dye_trait_mask reads them
 *   birth         of resident_id, as dye_trait_date reads it
 *   pinyin        of names of two to four ideographs: limingguo mingguoli limg, with the surname as it is read in
 *                 names and elsewhere, and the u with two dots as v, u and yu
 *   part          of addresses, as dye_trait_address reads them
 *   damaged       of resident_id the 15 digits that a spreadsheet keeps, bare and with zeros; of an issuer's number of
 *                 digits that begins with zeros, eight and more behind those
 *   the others    of the kind that they name; a permit of ten digits is plain twice, without its last two besides
 *
 * Keyed and salted hashes have no form: nobody can match them.
 */
DYE_API size_t dye_ident_forms(enum dye_kind kind, const struct dye_value *v, struct dye_form_bytes ret[DYE_FORMS_MAX]);

/* The plain ones among them, which cost no digest: the same, in the same order. */
#define DYE_PLAIN_FORMS_MAX 2
DYE_API size_t dye_ident_plain_forms(enum dye_kind kind, const struct dye_value *v,
                                     struct dye_form_bytes ret[DYE_PLAIN_FORMS_MAX]);

/* What a field of a record says of a part of a value: the bytes of such a form, and how many characters of the value
 * are seen before and behind what is hidden. */
struct dye_trait {
    struct dye_value bytes;
    uint8_t head, tail;
};
/* A masked value (UTF-8): '*' for each run of what hides, the rest folded, in an e-mail lower case. False where nothing
 * is hidden or nothing is seen. The domain of an e-mail is in no count. */
DYE_API bool dye_trait_mask(struct dye_span field, struct dye_trait *ret);
/* A date with the year first, parted by - / . or 年月, or not at all, a time behind it: as YYYYMMDD. */
DYE_API bool dye_trait_date(struct dye_span field, struct dye_trait *ret);
/* The road with its number and the community of a folded address; how many. */
#define DYE_TRAIT_PARTS_MAX 4
DYE_API size_t dye_trait_address(struct dye_span folded, struct dye_trait ret[DYE_TRAIT_PARTS_MAX]);
/* Whether a folded field looks like a full name: two or three ideographs, the first of them one of the hundred
 * commonest surnames, which six in seven people bear. */
DYE_API bool dye_trait_is_name(struct dye_span folded);

#endif
