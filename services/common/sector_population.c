#include "sector_population.h"

#include "decimal.h"

#include <stdlib.h>

enum dye_status sector_weights_read(struct yaml_doc *d, const yaml_node_t *map, const char *what, size_t most,
                                    sector_weight_fn fn, void *arg, struct dye_error *err)
{
    enum { WEIGHT_MOST = 1000000000, THOUSANDTHS = 3, EQUAL = 1000 };
    uint64_t sum = 0;
    size_t n = 0;
    if (map != NULL && map->type == YAML_SEQUENCE_NODE) {
        for (yaml_node_item_t *i = map->data.sequence.items.start; i < map->data.sequence.items.top; i++) {
            const yaml_node_t *item = yaml_document_get_node(&d->document, *i);
            const char *key = yaml_doc_text(item);
            if (key == NULL || n++ == most)
                return yaml_doc_fail(d, item, err, "`%s` wants at most %zu texts", what, most);
            DYE_TRY(fn(arg, d, item, key, EQUAL, err));
        }
        return n != 0 ? DYE_OK : yaml_doc_fail(d, map, err, "`%s` is empty", what);
    }
    if (map == NULL || map->type != YAML_MAPPING_NODE)
        return yaml_doc_fail(d, map, err, "`%s` wants `value: weight` pairs or a list", what);
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *at = yaml_document_get_node(&d->document, p->key);
        const yaml_node_t *value = yaml_document_get_node(&d->document, p->value);
        const char *key = yaml_doc_text(at);
        const char *text = yaml_doc_text(value);
        uint64_t weight;
        if (key == NULL || n++ == most)
            return yaml_doc_fail(d, at, err, "`%s` wants at most %zu `value: weight` pairs", what, most);
        if (text == NULL || !decimal_read(text, THOUSANDTHS, WEIGHT_MOST, &weight))
            return yaml_doc_fail(d, value, err, "a weight is a number of 0 to a million, with at most 3 decimals");
        sum += weight;
        DYE_TRY(fn(arg, d, at, key, (uint32_t)weight, err));
    }
    return sum != 0 ? DYE_OK : yaml_doc_fail(d, map, err, "the weights of `%s` are all 0", what);
}

enum dye_status sector_share_read(struct yaml_doc *d, const yaml_node_t *map, const char *key, uint32_t dflt,
                                  uint32_t *ret, struct dye_error *err)
{
    enum { DECIMALS = 4, WHOLE = 10000 };
    const yaml_node_t *n = yaml_doc_get(d, map, key);
    const char *text = yaml_doc_text(n);
    uint64_t v = dflt;
    if (n != NULL && (text == NULL || !decimal_read(text, DECIMALS, WHOLE, &v)))
        return yaml_doc_fail(d, n, err, "`%s` wants a share of 0 to 1, with at most %d decimals", key, DECIMALS);
    *ret = (uint32_t)v;
    return DYE_OK;
}

enum dye_status sector_whole_read(struct yaml_doc *d, const yaml_node_t *map, const char *key, long long low,
                                  long long high, long long dflt, long long *ret, struct dye_error *err)
{
    const yaml_node_t *n = yaml_doc_get(d, map, key);
    const char *text = yaml_doc_text(n);
    uint64_t v = 0;
    *ret = dflt;
    if (n == NULL)
        return DYE_OK;
    if (text == NULL || !decimal_read(text, 0, (uint64_t)high, &v) || (long long)v < low)
        return yaml_doc_fail(d, n, err, "`%s` wants a whole number of %lld to %lld", key, low, high);
    *ret = (long long)v;
    return DYE_OK;
}

struct counts {
    const char *what;
    uint32_t *weight;
    size_t n;
};

static enum dye_status add_count(void *arg, struct yaml_doc *d, const yaml_node_t *at, const char *key, uint32_t weight,
                                 struct dye_error *err)
{
    struct counts *c = arg;
    uint64_t number;
    if (!decimal_read(key, 0, c->n, &number) || number == 0)
        return yaml_doc_fail(d, at, err, "`%s`: a number of 1 to %zu is wanted, not `%.20s`", c->what, c->n, key);
    c->weight[number - 1] = weight;
    return DYE_OK;
}

enum dye_status sector_counts_read(struct yaml_doc *d, const yaml_node_t *map, const char *what, uint32_t *ret,
                                   size_t n, struct dye_error *err)
{
    struct counts c = {what, ret, n};
    return map == NULL ? DYE_OK : sector_weights_read(d, map, what, n, add_count, &c, err);
}

static enum dye_status add_band(void *arg, struct yaml_doc *d, const yaml_node_t *at, const char *key, uint32_t weight,
                                struct dye_error *err)
{
    enum { OLDEST = 95 }; /* births begin in 1930 */
    struct dye_population *p = arg;
    char from[8] = "";
    const char *dash = strchr(key, '-');
    uint64_t a;
    uint64_t b;
    size_t n = dash != NULL ? (size_t)(dash - key) : strlen(key);
    if (n < sizeof from)
        memcpy(from, key, n);
    if (!decimal_read(from, 0, OLDEST, &a) || !decimal_read(dash != NULL ? dash + 1 : from, 0, OLDEST, &b) || b < a)
        return yaml_doc_fail(d, at, err, "`age`: full years of 0 to %d are wanted, such as 20-24, not `%.20s`", OLDEST,
                             key);
    p->age[p->ages].from = (uint8_t)a;
    p->age[p->ages].to = (uint8_t)b;
    p->age[p->ages++].weight = weight;
    return DYE_OK;
}

static enum dye_status add_sex(void *arg, struct yaml_doc *d, const yaml_node_t *at, const char *key, uint32_t weight,
                               struct dye_error *err)
{
    struct dye_population *p = arg;
    if (strcmp(key, "male") == 0)
        p->men = weight;
    else if (strcmp(key, "female") == 0)
        p->women = weight;
    else
        return yaml_doc_fail(d, at, err, "`sex`: male or female is wanted, not `%.20s`", key);
    return DYE_OK;
}

static enum dye_status add_region(void *arg, struct yaml_doc *d, const yaml_node_t *at, const char *key,
                                  uint32_t weight, struct dye_error *err)
{
    struct dye_population *p = arg;
    struct dye_resident_parts parts;
    size_t n = strlen(key);
    bool known = false;
    dye_resident_parts(&parts);
    for (size_t i = 0; i < parts.prefectures && (n == 2 || n == 4); i++) {
        char code[5];
        dye_region_at(i, code);
        known = known || memcmp(code, key, n) == 0;
    }
    if (!known)
        return yaml_doc_fail(d, at, err, "`region`: `%.20s` is no province (37) or prefecture (3701) with counties",
                             key);
    memcpy(p->region[p->regions].prefix, key, n + 1);
    p->region[p->regions++].weight = weight;
    return DYE_OK;
}

enum dye_status sector_population_read(struct yaml_doc *d, const yaml_node_t *map, struct dye_population *ret,
                                       struct dye_error *err)
{
    static const char *const known[] = {"age", "sex", "region", "moved", "household", NULL};
    enum { MOVED = 2500 }; /* roughly the share of people who live elsewhere than where they are registered */
    struct dye_population p = {.moved = MOVED};
    const struct {
        const char *key;
        size_t most;
        sector_weight_fn fn;
    } weights[] = {{"age", DYE_AGE_BANDS_MAX, add_band}, {"sex", 2, add_sex}, {"region", DYE_REGIONS_MAX, add_region}};
    if (map == NULL)
        return DYE_OK;
    DYE_TRY(yaml_doc_only_keys(d, map, known, err));
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        const yaml_node_t *n = yaml_doc_get(d, map, weights[i].key);
        if (n != NULL)
            DYE_TRY(sector_weights_read(d, n, weights[i].key, weights[i].most, weights[i].fn, &p, err));
    }
    DYE_TRY(sector_share_read(d, map, "moved", MOVED, &p.moved, err));
    DYE_TRY(sector_counts_read(d, yaml_doc_get(d, map, "household"), "household", p.household, DYE_HOUSEHOLD_MAX, err));
    *ret = p;
    return DYE_OK;
}
