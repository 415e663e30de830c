#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char registry_prefixes[PREFIXES][4] = {"130", "131", "132", "133", "135", "136", "137", "138", "139", "142",
                                             "143", "150", "151", "152", "153", "155", "156", "157", "158", "159",
                                             "160", "161", "163", "166", "168", "170", "171", "173", "174", "175",
                                             "176", "177", "178", "180", "181", "182", "183", "185", "186", "187",
                                             "188", "189", "190", "191", "193", "195", "196", "197", "198", "199"};

/* Where it stands, or where it would. */
static size_t slot_of(const struct registry *g, uint64_t number)
{
    size_t mask = sizeof g->taken / sizeof *g->taken - 1;
    size_t i = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 40) & mask;
    while (g->taken[i] != 0 && g->taken[i] != number)
        i = (i + 1) & mask;
    return i;
}

static uint64_t number_of(const char *text, size_t digits)
{
    char head[20];
    snprintf(head, sizeof head, "%.*s", (int)digits, text);
    return strtoull(head, NULL, 10);
}

bool registry_has(const struct registry *g, uint64_t number)
{
    return g->taken[slot_of(g, number)] != 0;
}

static void somebody(const struct registry *g, struct rng *r, struct person *p)
{
    person_make(&g->place, r, p);
    snprintf(p->mobile, sizeof p->mobile, "%s%08u", registry_prefixes[rng_below(r, PREFIXES)],
             (unsigned)rng_below(r, 100000000));
}

void registry_stranger(const struct registry *g, struct rng *r, struct person *ret)
{
    do
        somebody(g, r, ret);
    while (registry_has(g, number_of(ret->mobile, 11)) || registry_has(g, number_of(ret->id, 17)));
}

static void add(struct dye_index_builder *b, const struct dye_index_keys *keys, const char *id, enum dye_kind kind,
                const char *text)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    struct dye_value v;
    if (dye_ident_parse(kind, dye_span_str(text), &v) != DYE_OK)
        return;
    size_t n = dye_ident_forms(kind, &v, forms);
    for (size_t i = 0; i < n; i++) {
        struct dye_index_entry e = {.kind = (uint8_t)kind, .form = (uint8_t)forms[i].form, .variant = 'A'};
        dye_index_entry_set(&e, keys, dye_value_span(&forms[i].bytes));
        if (dye_index_builder_add(b, dye_span_str(id), &e) != DYE_OK)
            abort();
    }
}

bool registry_make(struct registry *g, struct rng *r)
{
    struct dye_key key = {{5}};
    uint8_t *image = NULL;
    size_t bytes = 0;
    memset(g, 0, sizeof *g);
    place_make(&g->place, 18, 80, 0.5, r);
    dye_index_keys_init(&key, &g->keys);
    struct dye_index_builder *b = dye_index_builder_new(&g->keys, false);
    if (b == NULL)
        return false;
    for (unsigned i = 0; i < CANARIES; i++) {
        char id[16];
        struct person *p = &g->canary[i];
        do /* names with a dot in them are masked and spelled in ways of their own */
            somebody(g, r, p);
        while (strstr(p->name, "·") != NULL);
        snprintf(p->email, sizeof p->email, "canary%u@example.com", 100000 + i * 7919);
        for (int k = 0; k < 5; k++)
            p->email[k] = (char)('a' + rng_below(r, 26));
        snprintf(id, sizeof id, "%u", i);
        uint64_t numbers[] = {number_of(p->mobile, 11), number_of(p->id, 17)};
        for (size_t k = 0; k < 2; k++)
            g->taken[slot_of(g, numbers[k])] = numbers[k];
        add(b, &g->keys, id, DYE_MOBILE, p->mobile);
        add(b, &g->keys, id, DYE_RESIDENT_ID, p->id);
        add(b, &g->keys, id, DYE_EMAIL, p->email);
        add(b, &g->keys, id, DYE_NAME, p->name);
        add(b, &g->keys, id, DYE_ADDRESS, p->address);
    }
    bool good = dye_index_builder_image(b, &image, &bytes, NULL) == DYE_OK &&
                dye_index_take(image, bytes, &g->keys, &g->set.part[0], NULL) == DYE_OK;
    dye_index_builder_free(b);
    return good;
}

void registry_done(struct registry *g)
{
    dye_index_unref(g->set.part[0]);
}
