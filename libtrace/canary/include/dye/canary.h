#ifndef DYE_CANARY_H
#define DYE_CANARY_H
/*
 * canary: fictitious persons. A persona is a function of (persona key, serial) and nothing else.
 *
 * Values that must be unique (mobile, resident_id, email, waybill, policy, mrn) are keyed permutations of the serial
 * over the kind's default space, and so is the canary's id over [0, 2^62): nothing repeats and no character encodes a
 * source or a date. The rest (name, address) is drawn from a PRF. Birth date, sex and region are read off the resident
 * ID, so that a person agrees with itself. The same key and serial give the same person on every machine.
 *
 * Personas are secrets: a leaked list of them burns every canary on it. Wipe after use.
 */
#include "dye/buf.h"
#include "dye/ident.h"
#include "dye/key.h"
#include "dye/prf.h"

#define DYE_CANARY_ID_BYTES 18 /* "c" and 16 hex digits, NUL-terminated */

struct dye_persona {
    char canary[DYE_CANARY_ID_BYTES];
    struct dye_value value[DYE_KIND_COUNT]; /* by kind; n = 0 where the persona has none */
    char sex;                               /* 'M' or 'F' */
    char birth[11];                         /* YYYY-MM-DD */
};

/* Holds the permutations of one persona key; immutable once made, any number of threads. */
struct dye_persona_maker;
/* NULL only when memory is gone. The key is not kept. */
DYE_API struct dye_persona_maker *dye_persona_maker_new(const struct dye_key *persona_key);
DYE_API void dye_persona_maker_free(struct dye_persona_maker *m); /* takes NULL; wipes */

/* serial in [0, 2^27): the smallest default space (mobile, 1.7e8) must not run out; DYE_E_LIMIT beyond it. About
 * 5 us. */
DYE_MUST_CHECK DYE_API enum dye_status dye_persona_make(const struct dye_persona_maker *m, uint64_t serial,
                                                        struct dye_persona *ret, struct dye_error *err);
DYE_API void dye_persona_wipe(struct dye_persona *p);

/*
 * Variant B of a shared canary whose variant A is p: the same person (canary id, name, sex, birth, address, and
 * whatever is no identifier) with other identifiers, so that neither variant can be told for the first. They are those
 * of `other`, a persona of a serial that is used for nothing else; the resident ID, which must agree with birth, sex
 * and region, is p's own with another sequence number. That one alone could repeat a value of a third persona (about
 * one in 10^10 a pair): whoever registers variants checks. ret may be neither p nor other.
 */
DYE_API void dye_persona_variant(const struct dye_persona *p, const struct dye_persona *other, struct dye_persona *ret);

/*
 * A sector's record: which columns its systems have and what stands in each. Read from config/sectors by the
 * services; the library only fills it.
 */
enum dye_column_what { DYE_COLUMN_KIND, DYE_COLUMN_SEX, DYE_COLUMN_BIRTH, DYE_COLUMN_CONST };
struct dye_column {
    char name[64];
    enum dye_column_what what;
    enum dye_kind kind; /* DYE_COLUMN_KIND */
    char male[16];      /* DYE_COLUMN_SEX: how the sector writes it */
    char female[16];
    char constant[64]; /* DYE_COLUMN_CONST */
};
#define DYE_SECTOR_COLUMNS_MAX 32
struct dye_sector {
    char name[48];
    char table[64];
    struct dye_column column[DYE_SECTOR_COLUMNS_MAX];
    size_t columns;
};
/* The text of one cell; n = 0 where the persona has none. DYE_E_BUG for a column that is none of the above. */
DYE_MUST_CHECK DYE_API enum dye_status dye_sector_cell(const struct dye_column *c, const struct dye_persona *p,
                                                       struct dye_value *ret);
/* Whether records of this sector carry `kind`: only such values are ever fingerprinted. */
DYE_API bool dye_sector_has(const struct dye_sector *s, enum dye_kind kind);

/* One record, with its line end, appended to ret. The header line is for CSV; the others have none.
 * CSV by RFC 4180 with LF; JSON by RFC 8259, one object a line, UTF-8; SQL one INSERT a line into the sector's table,
 * every name quoted. What a persona does not have is an empty cell in CSV, null in JSON and SQL. Status from the
 * buffer, which may then hold a part of the record. For FHIR and HL7 see dye/message.h. */
enum dye_record_format { DYE_FORMAT_CSV, DYE_FORMAT_JSONL, DYE_FORMAT_SQL };
DYE_MUST_CHECK DYE_API enum dye_status dye_record_header(const struct dye_sector *s, enum dye_record_format f,
                                                         struct dye_buf *ret);
DYE_MUST_CHECK DYE_API enum dye_status dye_record_write(const struct dye_sector *s, const struct dye_persona *p,
                                                        enum dye_record_format f, struct dye_buf *ret);

#endif
