#ifndef DYE_LAW_H
#define DYE_LAW_H
/*
 * law: the legal count (reference): it assists a finding, it is none. How many items of which class a dump holds, and
 * what a person's acts add up to, by rules that are data (config/law: another country is another file), with the
 * article of each step and what was left out of the count and why.
 *
 * What can't be known is counted in favour of whoever is counted against: a record that could be of two classes by
 * different columns is proven for the columns' fullest, not their sum; a part of a dump is its mildest records. So
 * every count reads "at least". All arithmetic is in whole numbers and checked: a score beyond 63 bits is DYE_E_LIMIT,
 * never a wrapped one. Money is in hundredths.
 *
 * Not for: what no count shows (use in another crime, earlier punishment, harm done). Pure; any thread.
 */
#include "dye/ident.h"

/* By gravity. */
enum dye_law_class { DYE_LAW_UNCOUNTED, DYE_LAW_C, DYE_LAW_B, DYE_LAW_A, DYE_LAW_CLASSES };

enum {
    DYE_LAW_SETS_MAX = 48,
    DYE_LAW_RULES_MAX = 48,
    DYE_LAW_LEVELS_MAX = 4,
    DYE_LAW_BELOW_MAX = 4,
    DYE_LAW_NOTICES_MAX = 16,
    DYE_LAW_DAYS_MAX = 128,
    DYE_LAW_WORDS_MAX_BYTES = 767
};

/* Where a rule stands, and how certain it is: H primary text, M secondary source, L weak. */
struct dye_law_basis {
    char article[112];
    char certainty;
};

/* What a piece of information is. A record is of this when it holds one of `kinds`, where enough
 * of them are (a number may pass for a card's by chance), or when its column's name has one of `words`: whole words of
 * letters (any case), anything else as it stands in the name. */
struct dye_law_rule {
    char name[32], title[64];
    enum dye_law_class class;
    struct dye_law_basis basis;
    bool proof;                              /* its items are to be proven one by one */
    uint32_t kinds;                          /* bit 1 << enum dye_kind */
    uint64_t share_percent;                  /* of a column's cells, or of a part's records, that must be of `kinds` */
    char words[DYE_LAW_WORDS_MAX_BYTES + 1]; /* each with a newline behind it */
};

struct dye_law_level { /* from the mildest */
    char name[32], title[64];
    uint64_t score;    /* of 100a + 10b + c, in this law's weights */
    uint64_t income;   /* hundredths */
    char article[112]; /* beside that of what reached it; "" for the first */
};

/* De-duplication: a record is the same as another that shows the same. */
enum dye_law_key { DYE_LAW_ROWS, DYE_LAW_BY_RESIDENT_ID, DYE_LAW_BY_MOBILE, DYE_LAW_BY_NAME_MOBILE, DYE_LAW_KEYS };

enum dye_law_clock { DYE_LAW_AT_ONCE, DYE_LAW_HOURS, DYE_LAW_WORKING_DAYS };
struct dye_law_notice {
    char name[32], title[96], to[160], content[256];
    struct dye_law_basis basis;
    uint64_t persons; /* due from so many on */
    int rule;         /* who are counted: those with information by this rule; -1: all */
    enum dye_law_clock clock;
    uint32_t amount; /* of hours or days */
};

struct dye_law {
    char name[32], title[160], currency[8];
    struct dye_law_basis identifies;     /* what makes a record a person's: */
    uint32_t identify[DYE_LAW_SETS_MAX]; /* one of these sets of kinds */
    size_t n_identify;
    struct {
        char title[64];
        uint64_t weight;
        struct dye_law_basis basis;
    } class[DYE_LAW_CLASSES];
    struct dye_law_rule rule[DYE_LAW_RULES_MAX];
    size_t rules;
    struct dye_law_level level[DYE_LAW_LEVELS_MAX];
    size_t levels;
    struct dye_law_basis mixed, income;
    struct { /* who got it in performing duties or providing services, and handed it on: thresholds divided */
        uint64_t divisor; /* 1: no such rule */
        struct dye_law_basis basis;
    } insider;
    struct { /* who buys for lawful business */
        bool there;
        uint32_t classes; /* of these alone, bit 1 << enum dye_law_class; */
        uint64_t profit;  /* from this on the first level */
        struct dye_law_basis basis, resale;
    } lawful;
    bool once;   /* obtained and handed on counts once */
    bool add_up; /* the same to different buyers adds up */
    struct dye_law_basis once_basis, add_up_basis, untrue, duplicate, bulk;
    enum dye_law_key key[DYE_LAW_KEYS]; /* preferred in this order */
    size_t keys;
    uint64_t coverage_percent; /* of the records that have what a key is made of, from which it is preferred */
    struct {                   /* what applies below all levels, to acts from `since` on (seconds since 1970) */
        int64_t since;
        char title[64];
        struct dye_law_basis basis;
    } below[DYE_LAW_BELOW_MAX];
    size_t n_below;
    char not_computed[640]; /* what no count shows, for the reader */
    struct dye_law_notice notice[DYE_LAW_NOTICES_MAX];
    size_t notices;
    struct { /* for working days: Saturday and Sunday are none */
        int32_t offset_seconds;
        int32_t first_year, last_year;                                 /* known; 0: no calendar */
        uint32_t holiday[DYE_LAW_DAYS_MAX], working[DYE_LAW_DAYS_MAX]; /* 20260131; working: though a week's end */
        size_t holidays, workings;
    } calendar;
};

/* "A", "B", "C", "uncounted"; "rows", "resident_id", "mobile", "name+mobile"; never NULL. */
DYE_API const char *dye_law_class_name(enum dye_law_class c);
DYE_API const char *dye_law_key_name(enum dye_law_key k);
/* DYE_LAW_KEYS for what is none. */
DYE_API enum dye_law_key dye_law_key_from_name(const char *name);
/* Bits of the kinds that a key is made of; 0 for rows. */
DYE_API uint32_t dye_law_key_kinds(enum dye_law_key k);

/* ---- items and what they reach ---- */

struct dye_law_items {
    uint64_t n[DYE_LAW_CLASSES]; /* [DYE_LAW_UNCOUNTED] is not used */
};
/* By the weights of `law`. DYE_E_LIMIT. */
DYE_MUST_CHECK DYE_API enum dye_status dye_law_score(const struct dye_law *law, const struct dye_law_items *items,
                                                     uint64_t *ret, struct dye_error *err);
/* How many levels `value` reaches of thresholds divided by `divisor` ("half or more" is divisor 2); 0 for none. */
DYE_API size_t dye_law_level_of_score(const struct dye_law *law, uint64_t value, uint64_t divisor);
DYE_API size_t dye_law_level_of_income(const struct dye_law *law, uint64_t value, uint64_t divisor);

/* ---- what a dump holds ---- */

struct dye_law_column {
    const char *name; /* as the census tells it */
    uint64_t filled;
    uint64_t cells[DYE_KIND_COUNT]; /* of these, by kind */
};
struct dye_law_kinds {
    uint32_t mask; /* bit 1 << enum dye_kind of each that a record holds; others are ignored */
    uint64_t records;
};
struct dye_law_part {
    uint64_t records, parseable;
    uint64_t canary_rows; /* of the records */
    const struct dye_law_column *columns;
    size_t n_columns;
    const struct dye_law_kinds *kinds; /* records that are of none of these are not known to identify anybody */
    size_t n_kinds;
};
struct dye_law_distinct {
    bool known, exact;
    uint64_t n, canaries; /* different ones; of these, canaries' */
};
struct dye_law_dump {
    const struct dye_law_part *parts;
    size_t n_parts;
    struct dye_law_distinct distinct[DYE_LAW_KEYS]; /* [DYE_LAW_ROWS] is not used */
};

/* The rule that gives a column its class, the gravest; NULL: it adds nothing to what the record is. */
DYE_API const struct dye_law_rule *dye_law_column_rule(const struct dye_law *law, const struct dye_law_column *c);

struct dye_law_scored {
    bool known;
    bool exact; /* else an estimate: the distinct count is one, or records that identify nobody have the key, too */
    uint64_t records;   /* that count under this key */
    uint64_t duplicate; /* that this key leaves out */
    struct dye_law_items items;
    uint64_t score;
    size_t level, insider_level; /* levels reached, were one person to have obtained, or in duty handed on, all of it */
};
struct dye_law_count {
    uint64_t raw, parseable, bare_phone; /* as found */
    uint64_t canary_rows, unidentified;  /* left out: provably untrue; not known to identify anybody */
    uint64_t with_key[DYE_LAW_KEYS];     /* identifying records that have what the key is made of */
    struct dye_law_scored by[DYE_LAW_KEYS];
    struct dye_law_scored certain; /* under the key chosen, by rules of certainty H alone: the rest is class C */
    enum dye_law_key key;
    uint64_t rule_records[DYE_LAW_RULES_MAX]; /* at least so many by each rule, under the key chosen */
};
/*
 * key: DYE_LAW_KEYS for the law's own choice: the first of its keys whose count is exact and which enough of the
 * records have; else rows. Duplicates and what was left out are taken from the classes in proportion, what does not
 * divide from the gravest; canaries' rows from the gravest of their part. DYE_E_USAGE: that key's count is not known;
 * DYE_E_LIMIT. O(columns * rules).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_law_count(const struct dye_law *law, const struct dye_law_dump *d,
                                                     enum dye_law_key key, struct dye_law_count *ret,
                                                     struct dye_error *err);

/* ---- what persons did ---- */

#define DYE_LAW_NOBODY UINT32_MAX
#define DYE_LAW_ALL_RECORDS UINT64_MAX
#define DYE_LAW_NO_TIME INT64_MIN

enum dye_law_what { DYE_LAW_OBTAINED, DYE_LAW_SOLD, DYE_LAW_PROVIDED };

struct dye_law_person {
    bool insider; /* what they hand on they got in performing duties or providing services, unless bought */
    bool lawful;  /* buys for lawful business */
};
struct dye_law_act {
    uint32_t person, dump; /* indices */
    enum dye_law_what what;
    uint32_t other;   /* handed on to, or obtained from; DYE_LAW_NOBODY: not known, taken for one and the same */
    uint64_t records; /* of the dump, or DYE_LAW_ALL_RECORDS */
    uint64_t income;  /* hundredths: the price, or what was made by use */
    int64_t at;       /* seconds since 1970, or DYE_LAW_NO_TIME */
};
struct dye_law_case_dump {
    struct dye_law_items items;               /* net */
    uint64_t untrue, duplicate, unidentified; /* left out before */
};
/* A dump as it was counted, under the key chosen. */
DYE_API struct dye_law_case_dump dye_law_counted_dump(const struct dye_law_count *count);
struct dye_law_overlap { /* so many items of one dump are in the other, too */
    uint32_t dump, other;
    uint64_t common;
};
struct dye_law_case {
    const struct dye_law_person *persons;
    size_t n_persons;
    const struct dye_law_case_dump *dumps;
    size_t n_dumps;
    const struct dye_law_act *acts;
    size_t n_acts;
    const struct dye_law_overlap *overlaps;
    size_t n_overlaps;
};

enum dye_law_why {
    DYE_LAW_COUNTED,
    DYE_LAW_UNTRUE,       /* canaries */
    DYE_LAW_DUPLICATE,    /* inside the dump */
    DYE_LAW_UNIDENTIFIED, /* identifies nobody */
    DYE_LAW_AGAIN,        /* the same to the same person once more */
    DYE_LAW_OVERLAP,      /* also in another dump of the same person's */
    DYE_LAW_RESOLD,       /* obtained, and counted where it was handed on */
    DYE_LAW_LAWFUL,       /* bought for lawful business */
    DYE_LAW_WHYS
};
/* "counted", "canary" ...; never NULL. */
DYE_API const char *dye_law_why_name(enum dye_law_why w);

/* Acts of one person, one dump, one other person and one direction are one step. */
struct dye_law_step {
    uint32_t person, dump, other;
    enum dye_law_what what; /* SOLD when any of its acts is */
    enum dye_law_why why;
    bool in_duty; /* of what is counted: by the insider's thresholds, too */
    uint64_t records;
    struct dye_law_items items;        /* zero for UNTRUE, DUPLICATE and UNIDENTIFIED */
    const struct dye_law_basis *basis; /* of the law; borrowed */
};

enum dye_law_test {
    DYE_LAW_BY_CLASS_C = DYE_LAW_C,
    DYE_LAW_BY_CLASS_B = DYE_LAW_B,
    DYE_LAW_BY_CLASS_A = DYE_LAW_A,
    DYE_LAW_BY_MIXED,
    DYE_LAW_BY_INSIDER,
    DYE_LAW_BY_INCOME,
    DYE_LAW_BY_INSIDER_INCOME,
    DYE_LAW_BY_PROFIT,
    DYE_LAW_TESTS
};
struct dye_law_person_count {
    bool acted;
    struct dye_law_items items, in_duty; /* the second are part of the first */
    uint64_t score, duty_score;
    uint64_t income, duty_income, profit; /* profit: of purchases for lawful business */
    size_t level;                         /* the highest that a test reaches; 0 for none */
    size_t reached[DYE_LAW_TESTS];        /* by each test; a class of which there is enough alone takes MIXED's place */
    int below;                            /* which of law->below applies instead; -1: none */
};
/* The article that a test stands on; of the law, borrowed. */
DYE_API const struct dye_law_basis *dye_law_test_basis(const struct dye_law *law, enum dye_law_test t);
/* "class A" ... "mixed", "insider" ...; never NULL. */
DYE_API const char *dye_law_test_name(enum dye_law_test t);

struct dye_law_verdict {
    struct dye_law_person_count *persons; /* as in the case */
    size_t n_persons;
    struct dye_law_step *steps; /* by person and dump, handed on before obtained, by other */
    size_t n_steps;
};
/*
 * Nothing depends on the order of acts. DYE_E_USAGE for an index out of range or a person who deals with themselves,
 * DYE_E_LIMIT, DYE_E_NOMEM; *ret is untouched then. Free with _done. O(acts^2 * log overlaps) at worst.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_law_judge(const struct dye_law *law, const struct dye_law_case *c,
                                                     struct dye_law_verdict *ret, struct dye_error *err);
DYE_API void dye_law_verdict_done(struct dye_law_verdict *v); /* takes a zeroed struct */

/* ---- what has to be told to whom ---- */

struct dye_law_due {
    const struct dye_law_notice *notice; /* borrowed */
    uint64_t persons;
    int64_t deadline; /* seconds since 1970, the last that is in time; equals known_at for AT_ONCE */
    bool by_calendar; /* false: beyond the years of which the holidays are known */
};
/*
 * The notices that a leak of so many persons sets off, known at known_at; `by_rule` as rule_records of a count. Hours
 * run from known_at; working days from the day after it, to the end of the last, in the calendar's zone. How many.
 */
DYE_API size_t dye_law_notices(const struct dye_law *law, uint64_t persons, const uint64_t by_rule[DYE_LAW_RULES_MAX],
                               int64_t known_at, struct dye_law_due ret[DYE_LAW_NOTICES_MAX]);

#endif
