#include "law_rules.h"

#include "dye/span.h"

#include <string.h>
#include <strings.h>

const char *dye_law_class_name(enum dye_law_class c)
{
    static const char *const names[] = {"uncounted", "C", "B", "A"};
    return (unsigned)c < DYE_LAW_CLASSES ? names[c] : "?";
}

static const struct {
    const char *name;
    uint32_t kinds;
} keys[DYE_LAW_KEYS] = {[DYE_LAW_ROWS] = {"rows", 0},
                        [DYE_LAW_BY_RESIDENT_ID] = {"resident_id", 1U << DYE_RESIDENT_ID},
                        [DYE_LAW_BY_MOBILE] = {"mobile", 1U << DYE_MOBILE},
                        [DYE_LAW_BY_NAME_MOBILE] = {"name+mobile", 1U << DYE_NAME | 1U << DYE_MOBILE}};

const char *dye_law_key_name(enum dye_law_key k)
{
    return (unsigned)k < DYE_LAW_KEYS ? keys[k].name : "?";
}

uint32_t dye_law_key_kinds(enum dye_law_key k)
{
    return (unsigned)k < DYE_LAW_KEYS ? keys[k].kinds : 0;
}

enum dye_law_key dye_law_key_from_name(const char *name)
{
    unsigned k = 0;
    while (k < DYE_LAW_KEYS && strcmp(keys[k].name, name) != 0)
        k++;
    return (enum dye_law_key)k;
}

const char *dye_law_why_name(enum dye_law_why w)
{
    static const char *const names[] = {"counted", "canary",  "duplicate", "identifies-nobody",
                                        "again",   "overlap", "resold",    "lawful-business"};
    return (unsigned)w < DYE_LAW_WHYS ? names[w] : "?";
}

const char *dye_law_test_name(enum dye_law_test t)
{
    static const char *const names[] = {"?",       "class C", "class B",        "class A", "mixed",
                                        "insider", "income",  "insider income", "profit"};
    return (unsigned)t < DYE_LAW_TESTS ? names[t] : "?";
}

const struct dye_law_basis *dye_law_test_basis(const struct dye_law *law, enum dye_law_test t)
{
    switch (t) {
    case DYE_LAW_BY_MIXED:
        return &law->mixed;
    case DYE_LAW_BY_INSIDER:
    case DYE_LAW_BY_INSIDER_INCOME:
        return &law->insider.basis;
    case DYE_LAW_BY_INCOME:
        return &law->income;
    case DYE_LAW_BY_PROFIT:
        return &law->lawful.basis;
    default:
        return &law->class[t].basis;
    }
}

/* ---- what is reached ---- */

enum dye_status dye_law_score(const struct dye_law *law, const struct dye_law_items *items, uint64_t *ret,
                              struct dye_error *err)
{
    uint64_t sum = 0;
    for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++) {
        uint64_t part;
        if (__builtin_mul_overflow(items->n[c], law->class[c].weight, &part) ||
            __builtin_add_overflow(sum, part, &sum) || sum > INT64_MAX)
            DYE_FAIL(err, DYE_E_LIMIT, "law: a score beyond 63 bits");
    }
    *ret = sum;
    return DYE_OK;
}

static bool reaches(uint64_t value, uint64_t divisor, uint64_t threshold)
{
    uint64_t times;
    return __builtin_mul_overflow(value, divisor, &times) || times >= threshold;
}

size_t dye_law_level_of_score(const struct dye_law *law, uint64_t value, uint64_t divisor)
{
    size_t n = 0;
    while (n < law->levels && reaches(value, divisor, law->level[n].score))
        n++;
    return n;
}

size_t dye_law_level_of_income(const struct dye_law *law, uint64_t value, uint64_t divisor)
{
    size_t n = 0;
    while (n < law->levels && reaches(value, divisor, law->level[n].income))
        n++;
    return n;
}

/* ---- what a column is ---- */

/* Where the word of letters that begins at p ends: at another character, or where a capital follows a small letter. */
static const char *word_end(const char *p)
{
    while (dye_is_alpha((uint8_t)*p)) {
        bool small = *p >= 'a' && *p <= 'z';
        p++;
        if (small && *p >= 'A' && *p <= 'Z')
            break;
    }
    return p;
}

static bool has_letters_word(const char *name, const char *word, size_t n)
{
    while (*name != '\0') {
        const char *end = word_end(name);
        if ((size_t)(end - name) == n && n > 0 && strncasecmp(name, word, n) == 0)
            return true;
        name = end > name ? end : name + 1;
    }
    return false;
}

static bool is_called(const struct dye_law_rule *r, const char *name)
{
    for (const char *word = r->words; *word != '\0';) {
        size_t n = strcspn(word, "\n");
        if (dye_is_alpha((uint8_t)*word) ? has_letters_word(name, word, n)
                                         : n > 0 && memmem(name, strlen(name), word, n) != NULL)
            return true;
        word += n + (word[n] == '\n');
    }
    return false;
}

bool law_is_enough(const struct dye_law_rule *r, uint64_t n, uint64_t of)
{
    return n > 0 && (unsigned __int128)n * 100 >= (unsigned __int128)of * r->share_percent;
}

bool law_has_cells(const struct dye_law_rule *r, const struct dye_law_column *c)
{
    for (unsigned k = 1; k < DYE_KIND_COUNT; k++)
        if ((r->kinds >> k & 1) != 0 && law_is_enough(r, c->cells[k], c->filled))
            return true;
    return false;
}

/* Most of what is in it. */
static bool is_of(const struct dye_law_rule *r, const struct dye_law_column *c)
{
    for (unsigned k = 1; k < DYE_KIND_COUNT; k++)
        if ((r->kinds >> k & 1) != 0 && c->cells[k] > c->filled / 2)
            return law_has_cells(r, c);
    return false;
}

bool law_is_named(const struct dye_law_rule *r, const struct dye_law_column *c)
{
    return c->filled > 0 && is_called(r, c->name);
}

const struct dye_law_rule *dye_law_column_rule(const struct dye_law *law, const struct dye_law_column *c)
{
    const struct dye_law_rule *best = NULL;
    for (size_t i = 0; c->filled > 0 && i < law->rules; i++) {
        const struct dye_law_rule *r = &law->rule[i];
        if ((best == NULL || r->class > best->class) && (is_called(r, c->name) || is_of(r, c)))
            best = r;
    }
    return best;
}
