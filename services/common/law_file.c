#include "law_file.h"

#include "builtin.h"
#include "decimal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_MOST 1000000000000000000ULL

enum dye_status law_basis_read(struct yaml_doc *d, const yaml_node_t *map, struct dye_law_basis *ret,
                               struct dye_error *err)
{
    const char *certainty;
    DYE_TRY(yaml_doc_copy_text(ret->article, sizeof ret->article, d, map, "article", NULL, err));
    DYE_TRY(yaml_doc_get_text(d, map, "certainty", NULL, &certainty, err));
    if (strlen(certainty) != 1 || strchr("HML", certainty[0]) == NULL)
        return yaml_doc_fail(d, yaml_doc_get(d, map, "certainty"), err, "`certainty` wants H, M or L");
    ret->certainty = certainty[0];
    return DYE_OK;
}

/* The mapping `key` of `map`, with no keys but those known. */
static enum dye_status section(struct yaml_doc *d, const yaml_node_t *map, const char *key, const char *const *known,
                               yaml_node_t **ret, struct dye_error *err)
{
    yaml_node_t *n = yaml_doc_get(d, map, key);
    if (n == NULL)
        return yaml_doc_fail(d, map, err, "`%s` is missing", key);
    DYE_TRY(yaml_doc_only_keys(d, n, known, err));
    *ret = n;
    return DYE_OK;
}

/* {article, certainty} under `key`. */
static enum dye_status read_basis(struct yaml_doc *d, const yaml_node_t *map, const char *key,
                                  struct dye_law_basis *ret, struct dye_error *err)
{
    static const char *const known[] = {"article", "certainty", NULL};
    yaml_node_t *n = NULL;
    DYE_TRY(section(d, map, key, known, &n, err));
    return law_basis_read(d, n, ret, err);
}

/* ---- kinds ---- */

static enum dye_status add_kind(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    uint32_t *kinds = arg;
    const char *name = yaml_doc_text(item);
    enum dye_kind kind = name != NULL ? dye_kind_from_name(dye_span_str(name)) : DYE_KIND_NONE;
    if (kind == DYE_KIND_NONE)
        return yaml_doc_fail(d, item, err, "unknown kind `%.40s`", name != NULL ? name : "?");
    *kinds |= 1U << kind;
    return DYE_OK;
}

static enum dye_status add_set(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct dye_law *law = arg;
    uint32_t kinds = 0;
    if (item->type != YAML_SEQUENCE_NODE || item->data.sequence.items.start == item->data.sequence.items.top)
        return yaml_doc_fail(d, item, err, "a set of kinds is a list, such as [name, mobile]");
    for (yaml_node_item_t *i = item->data.sequence.items.start; i < item->data.sequence.items.top; i++)
        DYE_TRY(add_kind(d, yaml_document_get_node(&d->document, *i), &kinds, err));
    law->identify[law->n_identify++] = kinds;
    return DYE_OK;
}

static enum dye_status read_identifies(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                       struct dye_error *err)
{
    static const char *const known[] = {"article", "certainty", "sets", NULL};
    yaml_node_t *n = NULL;
    DYE_TRY(section(d, root, "identifies", known, &n, err));
    DYE_TRY(law_basis_read(d, n, &law->identifies, err));
    return yaml_doc_each(d, n, "sets", DYE_LAW_SETS_MAX, add_set, law, err);
}

/* ---- classes and information ---- */

static enum dye_status class_of(struct yaml_doc *d, const yaml_node_t *n, enum dye_law_class *ret,
                                struct dye_error *err)
{
    const char *text = yaml_doc_text(n);
    for (unsigned c = DYE_LAW_C; text != NULL && c < DYE_LAW_CLASSES; c++)
        if (strcmp(text, dye_law_class_name((enum dye_law_class)c)) == 0) {
            *ret = (enum dye_law_class)c;
            return DYE_OK;
        }
    return yaml_doc_fail(d, n, err, "a class is A, B or C");
}

static enum dye_status read_classes(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                    struct dye_error *err)
{
    static const char *const names[] = {"A", "B", "C", NULL};
    static const char *const known[] = {"title", "weight", "article", "certainty", NULL};
    yaml_node_t *classes = NULL, *n = NULL;
    DYE_TRY(section(d, root, "classes", names, &classes, err));
    for (unsigned c = DYE_LAW_C; c < DYE_LAW_CLASSES; c++) {
        DYE_TRY(section(d, classes, dye_law_class_name((enum dye_law_class)c), known, &n, err));
        DYE_TRY(law_basis_read(d, n, &law->class[c].basis, err));
        DYE_TRY(yaml_doc_copy_text(law->class[c].title, sizeof law->class[c].title, d, n, "title", "", err));
        DYE_TRY(yaml_doc_get_number(d, n, "weight", 0, 1000000, true, 0, &law->class[c].weight, err));
    }
    return DYE_OK;
}

static enum dye_status add_word(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct dye_law_rule *r = arg;
    const char *word = yaml_doc_text(item);
    size_t used = strlen(r->words), n = word != NULL ? strlen(word) : 0;
    if (n == 0 || strchr(word, '\n') != NULL)
        return yaml_doc_fail(d, item, err, "a word is wanted");
    for (const char *c = word; dye_is_alpha((uint8_t)word[0]) && *c != '\0'; c++)
        if (!dye_is_alpha((uint8_t)*c))
            return yaml_doc_fail(d, item, err, "`%.40s`: a word that begins with a letter is letters alone", word);
    if (used + n + 1 > DYE_LAW_WORDS_MAX_BYTES)
        return yaml_doc_fail(d, item, err, "more than %d bytes of words", DYE_LAW_WORDS_MAX_BYTES);
    memcpy(r->words + used, word, n);
    r->words[used + n] = '\n';
    return DYE_OK;
}

static enum dye_status add_rule(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"name",  "title", "class", "article", "certainty",
                                        "proof", "kinds", "share", "words",   NULL};
    struct dye_law *law = arg;
    struct dye_law_rule *r = &law->rule[law->rules];
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_copy_text(r->name, sizeof r->name, d, item, "name", NULL, err));
    for (size_t i = 0; i < law->rules; i++)
        if (strcmp(law->rule[i].name, r->name) == 0)
            return yaml_doc_fail(d, item, err, "a second `%s`", r->name);
    DYE_TRY(yaml_doc_copy_text(r->title, sizeof r->title, d, item, "title", "", err));
    DYE_TRY(law_basis_read(d, item, &r->basis, err));
    if (yaml_doc_get(d, item, "class") == NULL)
        return yaml_doc_fail(d, item, err, "`class` is missing");
    DYE_TRY(class_of(d, yaml_doc_get(d, item, "class"), &r->class, err));
    DYE_TRY(yaml_doc_get_flag(d, item, "proof", false, &r->proof, err));
    DYE_TRY(yaml_doc_each(d, item, "kinds", DYE_KIND_COUNT, add_kind, &r->kinds, err));
    DYE_TRY(yaml_doc_get_number(d, item, "share", 0, 100, false, 0, &r->share_percent, err));
    DYE_TRY(yaml_doc_each(d, item, "words", DYE_LAW_WORDS_MAX_BYTES, add_word, r, err));
    if (r->kinds == 0 && r->words[0] == '\0')
        return yaml_doc_fail(d, item, err, "`%s` has neither kinds nor words", r->name);
    law->rules++;
    return DYE_OK;
}

/* ---- what is reached ---- */

static enum dye_status add_level(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"name", "title", "score", "income", "article", NULL};
    struct dye_law *law = arg;
    struct dye_law_level *l = &law->level[law->levels];
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_copy_text(l->name, sizeof l->name, d, item, "name", NULL, err));
    DYE_TRY(yaml_doc_copy_text(l->title, sizeof l->title, d, item, "title", "", err));
    DYE_TRY(yaml_doc_copy_text(l->article, sizeof l->article, d, item, "article", "", err));
    DYE_TRY(yaml_doc_get_number(d, item, "score", 0, COUNT_MOST, true, 0, &l->score, err));
    DYE_TRY(yaml_doc_get_number(d, item, "income", 2, COUNT_MOST, true, 0, &l->income, err));
    if (l->score == 0 || l->income == 0)
        return yaml_doc_fail(d, item, err, "a threshold of 0 is none");
    if (law->levels > 0 && (l->score < l[-1].score || l->income < l[-1].income))
        return yaml_doc_fail(d, item, err, "levels rise: `%s` is below `%s`", l->name, l[-1].name);
    law->levels++;
    return DYE_OK;
}

static enum dye_status read_insider(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                    struct dye_error *err)
{
    static const char *const known[] = {"divisor", "article", "certainty", NULL};
    yaml_node_t *n = NULL;
    law->insider.divisor = 1;
    if (yaml_doc_get(d, root, "insider") == NULL)
        return DYE_OK;
    DYE_TRY(section(d, root, "insider", known, &n, err));
    DYE_TRY(yaml_doc_get_number(d, n, "divisor", 0, 1000, true, 0, &law->insider.divisor, err));
    if (law->insider.divisor == 0)
        return yaml_doc_fail(d, n, err, "`divisor` of 0");
    return law_basis_read(d, n, &law->insider.basis, err);
}

static enum dye_status add_lawful_class(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct dye_law *law = arg;
    enum dye_law_class c;
    DYE_TRY(class_of(d, item, &c, err));
    law->lawful.classes |= 1U << c;
    return DYE_OK;
}

static enum dye_status read_lawful(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                   struct dye_error *err)
{
    static const char *const known[] = {"classes", "profit", "article", "certainty", "resale", NULL};
    yaml_node_t *n = NULL;
    if (yaml_doc_get(d, root, "lawful_business") == NULL)
        return DYE_OK;
    DYE_TRY(section(d, root, "lawful_business", known, &n, err));
    DYE_TRY(yaml_doc_each(d, n, "classes", DYE_LAW_CLASSES, add_lawful_class, law, err));
    DYE_TRY(yaml_doc_get_number(d, n, "profit", 2, COUNT_MOST, true, 0, &law->lawful.profit, err));
    DYE_TRY(law_basis_read(d, n, &law->lawful.basis, err));
    law->lawful.resale = law->lawful.basis;
    DYE_TRY(yaml_doc_copy_text(law->lawful.resale.article, sizeof law->lawful.resale.article, d, n, "resale",
                               law->lawful.basis.article, err));
    law->lawful.there = true;
    return DYE_OK;
}

/* ---- how it is counted ---- */

/* {count: yes|no, article, certainty} */
static enum dye_status read_way(struct yaml_doc *d, const yaml_node_t *map, const char *key, const char *yes,
                                const char *no, bool *ret, struct dye_law_basis *basis, struct dye_error *err)
{
    static const char *const known[] = {"count", "article", "certainty", NULL};
    yaml_node_t *n = NULL;
    const char *count;
    DYE_TRY(section(d, map, key, known, &n, err));
    DYE_TRY(yaml_doc_get_text(d, n, "count", NULL, &count, err));
    if (strcmp(count, yes) != 0 && strcmp(count, no) != 0)
        return yaml_doc_fail(d, yaml_doc_get(d, n, "count"), err, "`count` wants %s or %s", yes, no);
    *ret = strcmp(count, yes) == 0;
    return law_basis_read(d, n, basis, err);
}

static enum dye_status add_key(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct dye_law *law = arg;
    const char *name = yaml_doc_text(item);
    enum dye_law_key key = name != NULL ? dye_law_key_from_name(name) : DYE_LAW_KEYS;
    if (key == DYE_LAW_KEYS)
        return yaml_doc_fail(d, item, err, "a key is resident_id, mobile, name+mobile or rows");
    law->key[law->keys++] = key;
    return DYE_OK;
}

static enum dye_status read_counting(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                     struct dye_error *err)
{
    static const char *const known[] = {
        "obtained_then_handed_on", "different_buyers", "bulk", "untrue", "duplicate", NULL};
    static const char *const known_keys[] = {"order", "coverage", NULL};
    yaml_node_t *n = NULL, *keys = NULL;
    DYE_TRY(section(d, root, "counting", known, &n, err));
    DYE_TRY(read_way(d, n, "obtained_then_handed_on", "once", "add", &law->once, &law->once_basis, err));
    DYE_TRY(read_way(d, n, "different_buyers", "add", "once", &law->add_up, &law->add_up_basis, err));
    DYE_TRY(read_basis(d, n, "bulk", &law->bulk, err));
    DYE_TRY(read_basis(d, n, "untrue", &law->untrue, err));
    DYE_TRY(read_basis(d, n, "duplicate", &law->duplicate, err));
    DYE_TRY(section(d, root, "keys", known_keys, &keys, err));
    DYE_TRY(yaml_doc_each(d, keys, "order", DYE_LAW_KEYS, add_key, law, err));
    return yaml_doc_get_number(d, keys, "coverage", 0, 100, true, 0, &law->coverage_percent, err);
}

static enum dye_status add_below(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"since", "title", "article", "certainty", NULL};
    struct dye_law *law = arg;
    const char *since;
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_get_text(d, item, "since", NULL, &since, err));
    if (!moment_read(since, &law->below[law->n_below].since))
        return yaml_doc_fail(d, item, err, "`since` wants a day such as 2026-01-31");
    DYE_TRY(yaml_doc_copy_text(law->below[law->n_below].title, sizeof law->below->title, d, item, "title", "", err));
    DYE_TRY(law_basis_read(d, item, &law->below[law->n_below].basis, err));
    law->n_below++;
    return DYE_OK;
}

/* ---- the file ---- */

static enum dye_status read_law(struct yaml_doc *d, struct dye_law *law, struct dye_error *err)
{
    static const char *const known[] = {
        "law",    "title", "currency",     "identifies", "classes",         "information",
        "levels", "mixed", "income",       "insider",    "lawful_business", "counting",
        "keys",   "below", "not_computed", "notices",    "calendar",        NULL};
    const yaml_node_t *root = yaml_doc_root(d);
    DYE_TRY(yaml_doc_only_keys(d, root, known, err));
    DYE_TRY(yaml_doc_copy_text(law->name, sizeof law->name, d, root, "law", NULL, err));
    DYE_TRY(yaml_doc_copy_text(law->title, sizeof law->title, d, root, "title", NULL, err));
    DYE_TRY(yaml_doc_copy_text(law->currency, sizeof law->currency, d, root, "currency", NULL, err));
    DYE_TRY(read_identifies(d, root, law, err));
    DYE_TRY(read_classes(d, root, law, err));
    DYE_TRY(yaml_doc_each(d, root, "information", DYE_LAW_RULES_MAX, add_rule, law, err));
    DYE_TRY(yaml_doc_each(d, root, "levels", DYE_LAW_LEVELS_MAX, add_level, law, err));
    if (law->levels == 0)
        return yaml_doc_fail(d, root, err, "`levels` is missing");
    DYE_TRY(read_basis(d, root, "mixed", &law->mixed, err));
    DYE_TRY(read_basis(d, root, "income", &law->income, err));
    DYE_TRY(read_insider(d, root, law, err));
    DYE_TRY(read_lawful(d, root, law, err));
    DYE_TRY(read_counting(d, root, law, err));
    DYE_TRY(yaml_doc_each(d, root, "below", DYE_LAW_BELOW_MAX, add_below, law, err));
    DYE_TRY(yaml_doc_copy_text(law->not_computed, sizeof law->not_computed, d, root, "not_computed", "", err));
    return law_notices_read(d, root, law, err);
}

static enum dye_status read_document(struct yaml_doc *d, struct dye_law *ret, struct dye_error *err)
{
    struct dye_law *law = calloc(1, sizeof *law); /* it is large */
    if (law == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "law: out of memory");
    enum dye_status status = read_law(d, law, err);
    if (status == DYE_OK)
        *ret = *law;
    free(law);
    return status;
}

enum dye_status law_parse(const char *name, const char *text, size_t n, struct dye_law *ret, struct dye_error *err)
{
    struct yaml_doc d = {0};
    DYE_TRY(yaml_doc_parse(name, text, n, &d, err));
    enum dye_status status = read_document(&d, ret, err);
    yaml_doc_done(&d);
    return status;
}

enum dye_status law_read(const char *path, FILE *f, struct dye_law *ret, struct dye_error *err)
{
    struct yaml_doc d = {0};
    DYE_TRY(yaml_doc_read_open(path, f, &d, err));
    enum dye_status status = read_document(&d, ret, err);
    yaml_doc_done(&d);
    return status;
}

enum dye_status law_load(const struct home *h, const char *name, struct dye_law *ret, struct dye_error *err)
{
    char path[HOME_PATH_MAX] = "";
    if (name[0] == '\0' || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(name))
        DYE_FAIL(err, DYE_E_USAGE, "law: %.40s: a name of small letters, digits, - and _ is wanted", name);
    if (h != NULL)
        DYE_TRY(home_path(h, path, err, "law/%s.yaml", name));
    FILE *f = h != NULL ? fopen(path, "rbe") : NULL;
    if (f != NULL) {
        enum dye_status status = law_read(path, f, ret, err);
        fclose(f);
        return status;
    }
    if (h != NULL && access(path, F_OK) == 0)
        DYE_FAIL(err, DYE_E_IO, "%s: can't be read", path);
    for (const struct builtin *b = builtin_laws; b->name != NULL; b++)
        if (strcmp(b->name, name) == 0)
            return law_parse(b->name, b->text, strlen(b->text), ret, err);
    DYE_FAIL(err, DYE_E_USAGE, "law: %s: unknown%s%s", name, h != NULL ? "; write " : "", path);
}
