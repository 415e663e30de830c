#ifndef DYE_CANARY_H
#define DYE_CANARY_H
/*
 * canary: fictitious persons. A persona is a function of (persona key, serial, sector, day it was made) and nothing
 * else: the same four give the same person on every machine.
 *
 * Nothing repeats, and no character encodes a source or a date. Values that must be unique are keyed permutations of
 * the serial over the kind's default space, and so is the canary's id over [0, 2^62). Of resident IDs each serial owns
 * DYE_PERSONA_IDS in every prefecture, no two serials the same, whatever the sector; the sector's population chooses
 * among them, so that age, sex and region follow it. Birth date and sex are read off the ID that was chosen. The rest
 * (name, address, occupation, the words of an e-mail address) is drawn from a PRF and suits age, sex and region.
 *
 * Personas are secrets: a leaked list of them burns every canary on it. Wipe after use.
 */
#include "dye/buf.h"
#include "dye/ident.h"
#include "dye/key.h"
#include "dye/prf.h"

struct dye_profile;

#define DYE_CANARY_ID_BYTES 18 /* "c" and 16 hex digits, NUL-terminated */

/*
 * Days since 1970-01-01, Gregorian. The library has no clock: the caller says what day it is, and keeps the day on
 * which a canary was made, because its age is counted from there.
 */
DYE_API int32_t dye_day(int year, int month, int day);
DYE_API void dye_day_text(int32_t day, char ret[11]); /* YYYY-MM-DD; years 0 to 9999 */

struct dye_persona {
    char canary[DYE_CANARY_ID_BYTES];
    struct dye_value value[DYE_KIND_COUNT]; /* by kind; n = 0 where the persona has none */
    char written_name[96];                  /* as records write it, with an interpunct where it has one; "" as value */
    char sex;                               /* 'M' or 'F' */
    char birth[11];                         /* YYYY-MM-DD */
    const struct dye_profile *profile;      /* of the table that it follows (dye/profile.h), or NULL; borrowed */
    uint64_t draw;                          /* from which that is drawn how its cells are written; a secret */
    uint32_t empty, words;                  /* bits of the profile's columns: empty, a word instead of a value */
    char table_sex, table_decade[5];        /* what a row of the table would tell of its person */
    bool follows;                           /* the profile's columns are the sector's, in their order */
    char home[5];                           /* prefecture of residence: that of the address, first four digits */
    int32_t born, made_on;                  /* days */
    const char *occupation;                 /* UTF-8, static */
    struct dye_key draws, house_draws;      /* of the columns that are drawn: its own, its household's */
};

/*
 * A population: of whom a sector's records speak. All zeros is the general public: any age, either sex, everywhere,
 * single. Weights are relative; a sum of 0 is the general public's.
 */
#define DYE_AGE_BANDS_MAX 16
#define DYE_REGIONS_MAX 32
#define DYE_HOUSEHOLD_MAX 6
struct dye_population {
    struct {
        uint8_t from, to; /* years, both included; every age in it alike */
        uint32_t weight;
    } age[DYE_AGE_BANDS_MAX];
    size_t ages;
    uint32_t men, women;
    struct {
        char prefix[5]; /* two or four digits of an area code: where they live */
        uint32_t weight;
    } region[DYE_REGIONS_MAX];
    size_t regions;
    uint32_t moved; /* per 10,000: of those who live in a region given, how many have an ID from anywhere */
    /* Weights of households of 1, 2 ... persons. Neighbouring serials form a household: a couple, then children (or, of
     * a young head, parents), with one address and the surnames of a family. Ages are the head's. */
    uint32_t household[DYE_HOUSEHOLD_MAX];
};

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
enum dye_column_what {
    DYE_COLUMN_KIND,
    DYE_COLUMN_SEX,
    DYE_COLUMN_BIRTH,
    DYE_COLUMN_CONST,
    DYE_COLUMN_OCCUPATION,
    DYE_COLUMN_AGE,      /* in full years on the day it was made */
    DYE_COLUMN_PARENT,   /* the name of one parent */
    DYE_COLUMN_RELATION, /* what that parent is: `male` or `female` */
    DYE_COLUMN_CHOICE,
    DYE_COLUMN_NUMBER,
    DYE_COLUMN_TEXT,
    DYE_COLUMN_DATE
};
#define DYE_CHOICES_MAX 16
#define DYE_AFTER_TODAY 0  /* counted back from the day it was made */
#define DYE_AFTER_BIRTH 1  /* on from birth */
#define DYE_AFTER_COLUMN 2 /* on from an earlier DATE column */
struct dye_column {
    char name[64];
    enum dye_column_what what;
    enum dye_kind kind; /* DYE_COLUMN_KIND */
    bool required;      /* no canary without a value of the kind; for whoever makes them to see to */
    char male[16];      /* DYE_COLUMN_SEX, _RELATION: how the sector writes it */
    char female[16];
    char constant[64]; /* DYE_COLUMN_CONST */
    uint32_t empty;    /* per 10,000: how often the cell is empty */
    bool same;         /* of one persona's several records: the same in all */
    bool household;    /* the same for all of a household */
    struct {           /* DYE_COLUMN_CHOICE */
        char text[48];
        uint32_t weight;
    } choice[DYE_CHOICES_MAX];
    size_t choices;
    int64_t low, high; /* DYE_COLUMN_NUMBER: both included, low ones more often when `skew` */
    unsigned decimals; /* 0 to 6: 1999 with 2 of them is 19.99 */
    bool skew;
    char pattern[64]; /* TEXT: 9 a digit, 1 one of 1-9, A a letter A-Z, a a letter a-z, \\ quotes;
                         BIRTH, DATE: YYYY MM DD hh mm ss are replaced; "" is YYYY-MM-DD */
    int after;        /* DATE: DYE_AFTER_ */
    unsigned back;    /* DYE_AFTER_COLUMN: that many columns before this one */
    int32_t from, to; /* DATE: days, 0 <= from <= to. A day after made_on has not come: an empty cell */
};
#define DYE_SECTOR_COLUMNS_MAX 32
#define DYE_SECTOR_ROWS_MAX 16
struct dye_sector {
    char name[48];
    char table[64];
    struct dye_population population;
    uint32_t rows[DYE_SECTOR_ROWS_MAX]; /* weights of 1, 2 ... records of one persona; all 0: always one */
    struct dye_column column[DYE_SECTOR_COLUMNS_MAX];
    size_t columns;
};

/* Holds the permutations of one persona key; immutable once made, any number of threads. About 1 ms, 40 KiB. */
struct dye_persona_maker;
/* NULL only when memory is gone. The key is not kept. */
DYE_API struct dye_persona_maker *dye_persona_maker_new(const struct dye_key *persona_key);
DYE_API void dye_persona_maker_free(struct dye_persona_maker *m); /* takes NULL; wipes */

#define DYE_PERSONA_SERIALS (UINT64_C(1) << 24) /* persons of one key */
#define DYE_PERSONA_IDS 13                      /* resident IDs that a serial owns in each prefecture */
/*
 * serial   in [0, DYE_PERSONA_SERIALS); DYE_E_LIMIT beyond it
 * sector   whose population and columns it follows; NULL: the general public, with every kind. A kind that the sector
 *          has no column of, or leaves empty for this persona, has no value (n = 0), but for the mobile number
 * made_on  1970-01-01 to 2029-12-31, or DYE_E_LIMIT
 *
 * DYE_E_CONFIG when no ID of the serial fits the population: bands of a year or two in which nobody is born. About 7
 * us; of narrow populations 20.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_persona_make(const struct dye_persona_maker *m, uint64_t serial,
                                                        const struct dye_sector *sector, int32_t made_on,
                                                        struct dye_persona *ret, struct dye_error *err);
DYE_API void dye_persona_wipe(struct dye_persona *p);

/* How many records the sector has of this persona, 1 to DYE_SECTOR_ROWS_MAX. */
DYE_API size_t dye_sector_rows(const struct dye_sector *s, const struct dye_persona *p);
/* The text of one cell of record number `row`; n = 0 where it is empty. `c` stands in its sector's array of columns
 * (a date may look back at another). DYE_E_BUG for a column that is none of the above. */
DYE_MUST_CHECK DYE_API enum dye_status dye_sector_cell_of(const struct dye_column *c, const struct dye_persona *p,
                                                          size_t row, struct dye_value *ret);
/* The same of the first record. */
DYE_MUST_CHECK DYE_API enum dye_status dye_sector_cell(const struct dye_column *c, const struct dye_persona *p,
                                                       struct dye_value *ret);
/* Whether a record of this persona, whoever its value comes from, has a filled cell of `kind`; before a profile is
 * followed, which says itself what is empty. */
DYE_API bool dye_sector_shows(const struct dye_sector *s, const struct dye_persona *p, enum dye_kind kind);
/* Whether records of this sector carry `kind`: only such values are ever fingerprinted. */
DYE_API bool dye_sector_has(const struct dye_sector *s, enum dye_kind kind);

/* All records of one persona, each with its line end, appended to ret. The header line is for CSV; the others have
 * none. CSV by RFC 4180 with LF; JSON by RFC 8259, one object a line, UTF-8; SQL one INSERT a line into the sector's
 * table, every name quoted. What a persona does not have is an empty cell in CSV, null in JSON and SQL. Status from the
 * buffer, which may then hold a part of the record. For FHIR and HL7 see dye/message.h. */
enum dye_record_format { DYE_FORMAT_CSV, DYE_FORMAT_JSONL, DYE_FORMAT_SQL };
DYE_MUST_CHECK DYE_API enum dye_status dye_record_header(const struct dye_sector *s, enum dye_record_format f,
                                                         struct dye_buf *ret);
DYE_MUST_CHECK DYE_API enum dye_status dye_record_write(const struct dye_sector *s, const struct dye_persona *p,
                                                        enum dye_record_format f, struct dye_buf *ret);

#endif
