#include "sector_file.h"

#include "builtin.h"
#include "sector_population.h"
#include "yaml_doc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- columns ---- */

static enum dye_status add_choice(void *arg, struct yaml_doc *d, const yaml_node_t *at, const char *key,
                                  uint32_t weight, struct dye_error *err)
{
    struct dye_column *c = arg;
    if (strlen(key) >= sizeof c->choice[0].text)
        return yaml_doc_fail(d, at, err, "a choice has at most %zu bytes", sizeof c->choice[0].text - 1);
    memcpy(c->choice[c->choices].text, key, strlen(key) + 1);
    c->choice[c->choices++].weight = weight;
    return DYE_OK;
}

static enum dye_status read_range(struct yaml_doc *d, const yaml_node_t *map, long long most, const long long dflt[2],
                                  long long ret[2], struct dye_error *err)
{
    DYE_TRY(sector_whole_read(d, map, "from", 0, most, dflt[0], &ret[0], err));
    DYE_TRY(sector_whole_read(d, map, "to", 0, most, dflt[1] < ret[0] ? ret[0] : dflt[1], &ret[1], err));
    return ret[0] <= ret[1] ? DYE_OK : yaml_doc_fail(d, map, err, "`from` is above `to`");
}

static enum dye_status read_number(struct yaml_doc *d, const yaml_node_t *map, struct dye_column *c,
                                   struct dye_error *err)
{
    static const long long dflt[2] = {1, 100};
    long long range[2];
    long long decimals;
    const char *more;
    DYE_TRY(read_range(d, map, 1000000000000000, dflt, range, err));
    DYE_TRY(sector_whole_read(d, map, "decimals", 0, 6, 0, &decimals, err));
    DYE_TRY(yaml_doc_get_text(d, map, "more", "any", &more, err));
    if (strcmp(more, "any") != 0 && strcmp(more, "low") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "more"), err, "`more` wants any or low");
    c->low = range[0];
    c->high = range[1];
    c->decimals = (unsigned)decimals;
    c->skew = strcmp(more, "low") == 0;
    return DYE_OK;
}

/* What a date follows is a date that was read before: so no circle can be written. */
static enum dye_status read_after(struct yaml_doc *d, const yaml_node_t *map, const struct dye_sector *s,
                                  struct dye_column *c, struct dye_error *err)
{
    const char *after;
    DYE_TRY(yaml_doc_get_text(d, map, "after", "", &after, err));
    if (after[0] == '\0')
        return DYE_OK;
    if (strcmp(after, "birth") == 0) {
        c->after = DYE_AFTER_BIRTH;
        return DYE_OK;
    }
    for (size_t i = 0; i < s->columns; i++)
        if (strcmp(s->column[i].name, after) == 0 && s->column[i].what == DYE_COLUMN_DATE) {
            c->after = DYE_AFTER_COLUMN;
            c->back = (unsigned)(s->columns - i);
            return DYE_OK;
        }
    return yaml_doc_fail(d, yaml_doc_get(d, map, "after"), err,
                         "`after` wants birth or a date column above, not `%.40s`", after);
}

static enum dye_status read_date(struct yaml_doc *d, const yaml_node_t *map, const struct dye_sector *s,
                                 struct dye_column *c, struct dye_error *err)
{
    enum { CENTURY = 36525 };
    static const long long dflts[][2] = {
        [DYE_AFTER_TODAY] = {1, 365}, [DYE_AFTER_BIRTH] = {0, CENTURY}, [DYE_AFTER_COLUMN] = {0, 3}};
    long long range[2];
    DYE_TRY(read_after(d, map, s, c, err));
    DYE_TRY(read_range(d, map, CENTURY, dflts[c->after], range, err));
    c->from = (int32_t)range[0];
    c->to = (int32_t)range[1];
    return yaml_doc_copy_text(c->pattern, sizeof c->pattern, d, map, "format", "YYYY-MM-DD", err);
}

#define COMMON_KEYS "name", "empty", "same"
static const struct what {
    const char *name;
    enum dye_column_what what;
    const char *known[10];
} whats[] = {
    {"sex", DYE_COLUMN_SEX, {COMMON_KEYS, "what", "male", "female"}},
    {"birth", DYE_COLUMN_BIRTH, {COMMON_KEYS, "what", "format"}},
    {"const", DYE_COLUMN_CONST, {COMMON_KEYS, "what", "value"}},
    {"occupation", DYE_COLUMN_OCCUPATION, {COMMON_KEYS, "what"}},
    {"age", DYE_COLUMN_AGE, {COMMON_KEYS, "what"}},
    {"parent", DYE_COLUMN_PARENT, {COMMON_KEYS, "what"}},
    {"relation", DYE_COLUMN_RELATION, {COMMON_KEYS, "what", "male", "female"}},
    {"choice", DYE_COLUMN_CHOICE, {COMMON_KEYS, "what", "of"}},
    {"number", DYE_COLUMN_NUMBER, {COMMON_KEYS, "what", "from", "to", "decimals", "more"}},
    {"text", DYE_COLUMN_TEXT, {COMMON_KEYS, "what", "pattern"}},
    {"date", DYE_COLUMN_DATE, {COMMON_KEYS, "what", "after", "from", "to", "format"}},
};
enum { WHATS = sizeof whats / sizeof *whats };

static enum dye_status read_what(struct yaml_doc *d, const yaml_node_t *map, const struct dye_sector *s,
                                 struct dye_column *c, struct dye_error *err)
{
    const char *what;
    size_t i = 0;
    DYE_TRY(yaml_doc_get_text(d, map, "what", NULL, &what, err));
    while (i < WHATS && strcmp(whats[i].name, what) != 0)
        i++;
    if (i == WHATS)
        return yaml_doc_fail(
            d, yaml_doc_get(d, map, "what"), err,
            "unknown `what: %.20s`; sex, birth, age, occupation, parent, relation, choice, number, text, date or "
            "const is wanted",
            what);
    DYE_TRY(yaml_doc_only_keys(d, map, whats[i].known, err));
    c->what = whats[i].what;
    switch (c->what) {
    case DYE_COLUMN_SEX:
    case DYE_COLUMN_RELATION:
        DYE_TRY(yaml_doc_copy_text(c->male, sizeof c->male, d, map, "male", "M", err));
        return yaml_doc_copy_text(c->female, sizeof c->female, d, map, "female", "F", err);
    case DYE_COLUMN_BIRTH:
        return yaml_doc_copy_text(c->pattern, sizeof c->pattern, d, map, "format", "YYYY-MM-DD", err);
    case DYE_COLUMN_CONST:
        return yaml_doc_copy_text(c->constant, sizeof c->constant, d, map, "value", "", err);
    case DYE_COLUMN_CHOICE:
        return sector_weights_read(d, yaml_doc_get(d, map, "of"), "of", DYE_CHOICES_MAX, add_choice, c, err);
    case DYE_COLUMN_NUMBER:
        return read_number(d, map, c, err);
    case DYE_COLUMN_TEXT:
        return yaml_doc_copy_text(c->pattern, sizeof c->pattern, d, map, "pattern", NULL, err);
    case DYE_COLUMN_DATE:
        return read_date(d, map, s, c, err);
    default:
        return DYE_OK;
    }
}

static enum dye_status read_kind(struct yaml_doc *d, const yaml_node_t *map, struct dye_column *c,
                                 struct dye_error *err)
{
    static const char *const known[] = {"name", "empty", "same", "kind", "required", NULL};
    const char *kind;
    const char *required;
    DYE_TRY(yaml_doc_only_keys(d, map, known, err));
    DYE_TRY(yaml_doc_get_text(d, map, "kind", NULL, &kind, err));
    c->what = DYE_COLUMN_KIND;
    c->kind = dye_kind_from_name(dye_span_str(kind));
    if (c->kind == DYE_KIND_NONE)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "kind"), err, "unknown kind `%.40s`", kind);
    DYE_TRY(yaml_doc_get_text(d, map, "required", "false", &required, err));
    c->required = strcmp(required, "true") == 0;
    if (!c->required && strcmp(required, "false") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "required"), err, "`required` wants true or false");
    return DYE_OK;
}

/* The column that comes after those that `s` has. */
static enum dye_status read_column(struct yaml_doc *d, const yaml_node_t *map, const struct dye_sector *s,
                                   struct dye_column *c, struct dye_error *err)
{
    const char *same;
    if (map->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, map, err, "a column is {name: ..., kind: ...} or {name: ..., what: ...}");
    DYE_TRY(yaml_doc_copy_text(c->name, sizeof c->name, d, map, "name", NULL, err));
    for (size_t i = 0; i < s->columns; i++)
        if (strcmp(s->column[i].name, c->name) == 0)
            return yaml_doc_fail(d, yaml_doc_get(d, map, "name"), err, "a second column `%s`", c->name);
    DYE_TRY(sector_share_read(d, map, "empty", 0, &c->empty, err));
    DYE_TRY(yaml_doc_get_text(d, map, "same", "false", &same, err));
    c->same = strcmp(same, "true") == 0;
    c->household = strcmp(same, "household") == 0;
    if (!c->same && !c->household && strcmp(same, "false") != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "same"), err, "`same` wants true, household or false");
    return yaml_doc_get(d, map, "kind") != NULL ? read_kind(d, map, c, err) : read_what(d, map, s, c, err);
}

/* ---- the file ---- */

/* A record without one can't be found again. */
static bool can_be_found(const struct dye_sector *s)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND && dye_kind_is_scanned(s->column[i].kind) && s->column[i].empty == 0)
            return true;
    return false;
}

static enum dye_status read_sector(struct yaml_doc *d, const char *name, struct dye_sector *s, struct dye_error *err)
{
    static const char *const known[] = {"sector", "table", "population", "rows", "columns", NULL};
    const yaml_node_t *root = yaml_doc_root(d);
    DYE_TRY(yaml_doc_only_keys(d, root, known, err));
    DYE_TRY(yaml_doc_copy_text(s->name, sizeof s->name, d, root, "sector", NULL, err));
    DYE_TRY(yaml_doc_copy_text(s->table, sizeof s->table, d, root, "table", NULL, err));
    if (strcmp(s->name, name) != 0)
        return yaml_doc_fail(d, root, err, "the file is named %s, its sector %s", name, s->name);
    DYE_TRY(sector_population_read(d, yaml_doc_get(d, root, "population"), &s->population, err));
    DYE_TRY(sector_counts_read(d, yaml_doc_get(d, root, "rows"), "rows", s->rows, DYE_SECTOR_ROWS_MAX, err));
    yaml_node_t *columns = yaml_doc_get(d, root, "columns");
    if (columns == NULL || columns->type != YAML_SEQUENCE_NODE)
        return yaml_doc_fail(d, root, err, "`columns` wants a list");
    for (yaml_node_item_t *i = columns->data.sequence.items.start; i < columns->data.sequence.items.top; i++) {
        yaml_node_t *map = yaml_document_get_node(&d->document, *i);
        if (s->columns == DYE_SECTOR_COLUMNS_MAX)
            return yaml_doc_fail(d, map, err, "more than %d columns", DYE_SECTOR_COLUMNS_MAX);
        DYE_TRY(read_column(d, map, s, &s->column[s->columns], err));
        s->columns++;
    }
    if (!can_be_found(s))
        return yaml_doc_fail(d, columns, err,
                             "no identifier (mobile, resident_id ...) that is never empty is among them");
    return DYE_OK;
}

static enum dye_status read_document(struct yaml_doc *d, const char *name, struct dye_sector *ret,
                                     struct dye_error *err)
{
    struct dye_sector s = {0};
    DYE_TRY(read_sector(d, name, &s, err));
    *ret = s;
    return DYE_OK;
}

enum dye_status sector_parse(const char *name, const char *text, size_t n, struct dye_sector *ret,
                             struct dye_error *err)
{
    struct yaml_doc d = {0};
    DYE_TRY(yaml_doc_parse(name, text, n, &d, err));
    enum dye_status status = read_document(&d, name, ret, err);
    yaml_doc_done(&d);
    return status;
}

enum dye_status sector_load(const struct home *h, const char *name, struct dye_sector *ret, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    struct yaml_doc d = {0};
    if (name[0] == '\0' || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(name))
        DYE_FAIL(err, DYE_E_USAGE, "sector: %s: a name of small letters, digits, - and _ is wanted", name);
    DYE_TRY(home_path(h, path, err, "sectors/%s.yaml", name));
    if (access(path, F_OK) != 0) {
        const struct builtin *b = builtin_sectors;
        while (b->name != NULL && strcmp(b->name, name) != 0)
            b++;
        if (b->name == NULL)
            DYE_FAIL(err, DYE_E_USAGE, "sector: %s: unknown; write %s", name, path);
        return sector_parse(b->name, b->text, strlen(b->text), ret, err);
    }
    DYE_TRY(yaml_doc_read(path, &d, err));
    enum dye_status status = read_document(&d, name, ret, err);
    yaml_doc_done(&d);
    return status;
}
