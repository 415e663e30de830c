#include "dye/scan.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static enum dye_status note(void *arg, const struct dye_hit *hit)
{
    *(bool *)arg |= hit->start == 2; /* behind "x," */
    return DYE_OK;
}

/* Whether a dump with this value in a column shows it, by an index of it alone. */
static bool is_hit(const struct dye_index_keys *keys, enum dye_kind kind, const struct dye_value *v)
{
    struct dye_index_builder *b = dye_index_builder_new(keys, true);
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    size_t n = dye_ident_forms(kind, v, forms), bytes = 0;
    for (size_t i = 0; i < n; i++) {
        struct dye_index_entry e = {.kind = (uint8_t)kind, .form = (uint8_t)forms[i].form, .variant = 'A'};
        dye_index_entry_set(&e, keys, dye_value_span(&forms[i].bytes));
        assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_OK);
    }
    uint8_t *image = NULL;
    struct dye_index_set set = {{NULL, NULL}};
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, bytes, keys, &set.part[0], NULL), DYE_OK);
    dye_index_builder_free(b);
    char text[DYE_VALUE_MAX_BYTES + 8] = "x,";
    memcpy(text + 2, v->text, v->n);
    memcpy(text + 2 + v->n, ",y\n", 3);
    bool hit = false;
    assert_int_equal(dye_scan(&set, UINT64_MAX, dye_span_of(text, v->n + 5), note, &hit, NULL), DYE_OK);
    dye_index_unref(set.part[0]);
    return hit;
}

static void a_value_is_found_when_it_is_said_to_be(void **state)
{
    (void)state;
    static const enum dye_kind kinds[] = {DYE_EMAIL, DYE_EMAIL,    DYE_MRN,    DYE_ACCOUNT, DYE_WAYBILL,
                                          DYE_QQ,    DYE_PASSPORT, DYE_PERMIT, DYE_WECHAT,  DYE_NAME};
    static const char letters[] = "abCZ", signs[] = "-_/.+%!", digits[] = "0123456789";
    static const char *const domains[] = {"@example.com", "@a-b.example", "@xn--0.example"};
    struct rng r;
    rng_init(&r, rng_seed(9));
    struct dye_key key;
    for (size_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = (uint8_t)rng_u64(&r);
    struct dye_index_keys keys;
    dye_index_keys_init(&key, &keys);
    unsigned found = 0, lost = 0;
    for (int i = 0; i < 60000; i++) {
        enum dye_kind kind = kinds[rng_below(&r, sizeof kinds / sizeof *kinds)];
        char text[64];
        size_t n = 0, length = 1 + rng_below(&r, 14), odd = rng_below(&r, 3);
        if (kind == DYE_PASSPORT || kind == DYE_PERMIT)
            text[n++] = kind == DYE_PASSPORT ? 'E' : 'H';
        while (n < length) {
            const char *set = odd == 2 && rng_below(&r, 5) == 0   ? signs
                              : odd != 0 && rng_below(&r, 3) == 0 ? letters
                                                                  : digits;
            text[n++] = set[rng_below(&r, strlen(set))];
        }
        text[n] = '\0';
        if (kind == DYE_EMAIL) {
            const char *domain = domains[rng_below(&r, 3)];
            memcpy(text + n, domain, strlen(domain));
            n += strlen(domain);
        }
        struct dye_value v;
        if (dye_ident_parse(kind, dye_span_of(text, n), &v) != DYE_OK)
            continue;
        bool said = dye_ident_is_found(kind, &v), is = is_hit(&keys, kind, &v);
        if (said != is)
            fail_msg("%s \"%s\" is %sfound", dye_kind_name(kind), v.text, is ? "" : "not ");
        found += is;
        lost += !is;
    }
    assert_true(found > 1000 && lost > 1000); /* otherwise this would say nothing */
    dye_index_keys_wipe(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_found_when_it_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
