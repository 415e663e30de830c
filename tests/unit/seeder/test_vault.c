#include "../../../services/seeder/vault.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct vault vault_of(uint8_t byte)
{
    struct dye_key k;
    struct vault v;
    memset(k.bytes, byte, sizeof k.bytes);
    vault_init(&k, &v);
    return v;
}

static struct dye_value value_of(size_t n)
{
    struct dye_value v = {.n = n};
    memset(v.text, 'x', n);
    return v;
}

static void what_is_sealed_opens(void **state)
{
    (void)state;
    struct vault v = vault_of(1);
    for (size_t n = 0; n <= DYE_VALUE_MAX_BYTES; n++) {
        struct dye_value in = value_of(n), out = {0};
        struct vault_sealed s;
        assert_int_equal(vault_seal(&v, "row", &in, &s, NULL), DYE_OK);
        assert_int_equal(vault_open(&v, "row", dye_span_of(s.p, s.n), &out, NULL), DYE_OK);
        assert_int_equal(out.n, n);
        assert_string_equal(out.text, in.text);
    }
}

static void neither_a_changed_byte_nor_another_row_or_key_opens(void **state)
{
    (void)state;
    struct vault v = vault_of(1), other = vault_of(2);
    struct dye_value in = value_of(11), out = {0};
    struct vault_sealed s;
    assert_int_equal(vault_seal(&v, "row", &in, &s, NULL), DYE_OK);
    assert_int_equal(vault_open(&other, "row", dye_span_of(s.p, s.n), &out, NULL), DYE_E_KEY);
    assert_int_equal(vault_open(&v, "row2", dye_span_of(s.p, s.n), &out, NULL), DYE_E_KEY);
    for (size_t n = 0; n < s.n; n++) {
        assert_int_equal(vault_open(&v, "row", dye_span_of(s.p, n), &out, NULL), DYE_E_KEY);
        s.p[n] ^= 1;
        assert_int_equal(vault_open(&v, "row", dye_span_of(s.p, s.n), &out, NULL), DYE_E_KEY);
        s.p[n] ^= 1;
    }
    assert_int_equal(out.n, 0);
}

static void the_same_value_is_sealed_otherwise_each_time_and_tells_no_length(void **state)
{
    (void)state;
    struct vault v = vault_of(1);
    struct dye_value a = value_of(5), b = value_of(60);
    struct vault_sealed first, second, longer;
    assert_int_equal(vault_seal(&v, "row", &a, &first, NULL), DYE_OK);
    assert_int_equal(vault_seal(&v, "row", &a, &second, NULL), DYE_OK);
    assert_int_equal(vault_seal(&v, "row", &b, &longer, NULL), DYE_OK);
    assert_memory_not_equal(first.p, second.p, first.n);
    assert_int_equal(first.n, longer.n);
}

static void a_fingerprint_is_of_kind_and_value_and_key(void **state)
{
    (void)state;
    struct vault v = vault_of(1), other = vault_of(2);
    struct dye_value a = value_of(5), b = value_of(6);
    uint8_t fp[5][DYE_FP_BYTES];
    vault_fp(&v, "mobile", &a, fp[0]);
    vault_fp(&v, "mobile", &a, fp[1]);
    vault_fp(&v, "mrn", &a, fp[2]);
    vault_fp(&v, "mobile", &b, fp[3]);
    vault_fp(&other, "mobile", &a, fp[4]);
    assert_memory_equal(fp[0], fp[1], DYE_FP_BYTES);
    for (int i = 2; i < 5; i++)
        assert_memory_not_equal(fp[0], fp[i], DYE_FP_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(neither_a_changed_byte_nor_another_row_or_key_opens),
        cmocka_unit_test(the_same_value_is_sealed_otherwise_each_time_and_tells_no_length),
        cmocka_unit_test(a_fingerprint_is_of_kind_and_value_and_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
