#include "dye/digest.h"
#include "dye/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* The wanted values were computed from RFC 5869 with Python's hmac and, for AES, with the openssl program. */
static struct dye_key counting_key(void)
{
    struct dye_key k;
    for (unsigned i = 0; i < sizeof k.bytes; i++)
        k.bytes[i] = (uint8_t)i;
    return k;
}

static void assert_hex(const uint8_t *p, size_t n, const char *want)
{
    char hex[2 * 64 + 1];
    dye_hex(p, n, hex);
    assert_string_equal(hex, want);
}

static void a_child_key_is_hkdf_of_its_parent(void **state)
{
    (void)state;
    struct dye_key parent = counting_key(), child;
    dye_key_derive(&parent, "dyetrace/1/index", &child);
    assert_hex(child.bytes, sizeof child.bytes, "69841933c708b738b3bc1a3707159fba4d8a51fd0eb0ba01e4c745b946ae787f");
    dye_key_derive(&parent, "dyetrace/1/index", &parent); /* in place */
    assert_memory_equal(parent.bytes, child.bytes, sizeof child.bytes);
}

static void a_secret_of_several_blocks_is_hkdf_to_its_last_byte(void **state)
{
    (void)state;
    struct dye_key parent = counting_key();
    struct dye_index_keys keys;
    dye_index_keys_init(&parent, &keys);
    const uint8_t *end = keys.probe_secret + sizeof keys.probe_secret;
    assert_hex(end - 40, 40, "c2d6133c0179c5d6cc07230e6b90b862b4276bcddb19a8308e3ddc743077f55d2ba87f08b9c1b3b3");
}

static void another_label_gives_another_key(void **state)
{
    (void)state;
    struct dye_key parent = counting_key(), a, b;
    dye_key_derive(&parent, "a", &a);
    dye_key_derive(&parent, "b", &b);
    assert_memory_not_equal(a.bytes, b.bytes, sizeof a.bytes);
}

static void the_check_value_tells_a_wrong_key(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    uint8_t right[DYE_KEY_CHECK_BYTES], wrong[DYE_KEY_CHECK_BYTES];
    dye_key_check(&k, "index", right);
    assert_hex(right, sizeof right, "97a30e6f06c56807fc2ec3815b3af0c5");
    k.bytes[31] ^= 1;
    dye_key_check(&k, "index", wrong);
    assert_memory_not_equal(right, wrong, sizeof right);
}

static void hmac_agrees_with_rfc_4231(void **state)
{
    (void)state;
    /* Case 1 has a key of 20 bytes 0x0b; HMAC pads keys with zeros, so it is ours with twelve zeros after. */
    struct dye_key k = {{0}};
    memset(k.bytes, 0x0b, 20);
    uint8_t mac[32];
    dye_hmac(&k, dye_span_str("Hi There"), mac);
    assert_hex(mac, sizeof mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

/* Wanted: openssl mac -digest SHA256 -macopt hexkey:0001..1f HMAC, of so many bytes 'a'. */
static void hmac_agrees_with_openssl_at_every_end_of_a_block(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *want;
    } rows[] = {
        {0, "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb"},
        {1, "5167dd15d18166a9dd6caa3522f7026f13d2f82c052bb245c9f3366588205222"},
        {55, "d5cc4f7313596a8544d290502640f09d005ad3ac7b06cd821d5eff03301d6609"},
        {56, "59892c1be1ad9fc2b7fd864c0b951cb43deab58a71d64edca83fbf7e10e12ae1"},
        {63, "0f7dae2c7a2f735486e4b9740884ec60c296f363c2c8b1462920444d3c518b01"},
        {64, "0b28b35a2636ba2e13226c4f5da305efe29561a71cf2b095c23ff285c0f994ca"},
        {65, "73d44ea4f6ca0dc88165e3a6c83dbe88879eaacd69faa01b8f08c0ff8879199f"},
        {119, "ebfd1dfe53ef6458416b60e39a5c67a211067bf67263f478717b228fe66cb978"},
        {120, "341eb481d56f3e4277b53c830734badb875d7b04f6f6b001f2561b5b3770781d"},
        {200, "70034faebea699a3b6a78ec372b97a83906134874545455329c0dea5eccde6ee"},
    };
    struct dye_key k = counting_key();
    struct dye_hmac_key ready;
    dye_hmac_prepare(&k, &ready);
    uint8_t text[200], mac[32];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        dye_hmac(&k, dye_span_of(text, rows[i].n), mac);
        assert_hex(mac, sizeof mac, rows[i].want);
        dye_hmac_by(&ready, dye_span_of(text, rows[i].n), mac);
        assert_hex(mac, sizeof mac, rows[i].want);
    }
}

static void a_fingerprint_is_a_truncated_hmac_under_its_own_key(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_index_keys keys;
    uint8_t fp[DYE_FP_BYTES];
    dye_index_keys_init(&k, &keys);
    dye_fp(&keys, dye_span_str("17420000000"), fp);
    assert_hex(fp, sizeof fp, "576833f7c99f51f02918cf548001b706");
    dye_index_keys_wipe(&keys);
}

static void a_probe_opens_only_with_its_key_and_its_fingerprint(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_index_keys keys, other;
    uint8_t fp[DYE_FP_BYTES], sealed[DYE_SEAL_BYTES];
    uint64_t probe = 0;
    dye_index_keys_init(&k, &keys);
    dye_fp(&keys, dye_span_str("17420000000"), fp);
    dye_probe_seal(&keys, UINT64_C(0x0123456789abcdef), fp, sealed);
    assert_hex(sealed, sizeof sealed, "8be425f29043e6227e38f20870bcc422");
    assert_int_equal(dye_probe_open(&keys, sealed, fp, &probe), DYE_OK);
    assert_true(probe == UINT64_C(0x0123456789abcdef));

    probe = 42;
    fp[0] ^= 1;
    assert_int_equal(dye_probe_open(&keys, sealed, fp, &probe), DYE_E_KEY);
    fp[0] ^= 1;
    k.bytes[0] ^= 1;
    dye_index_keys_init(&k, &other);
    assert_int_equal(dye_probe_open(&other, sealed, fp, &probe), DYE_E_KEY);
    sealed[15] ^= 1;
    assert_int_equal(dye_probe_open(&keys, sealed, fp, &probe), DYE_E_KEY);
    assert_true(probe == 42);
}

static void a_probe_depends_on_the_key(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    struct dye_index_keys keys, other;
    dye_index_keys_init(&k, &keys);
    k.bytes[5] ^= 4;
    dye_index_keys_init(&k, &other);
    assert_true(dye_probe(&keys, dye_span_str("17420000000")) != dye_probe(&other, dye_span_str("17420000000")));
    assert_true(dye_probe(&keys, dye_span_str("17420000000")) != dye_probe(&keys, dye_span_str("17420000001")));
}

static void secrets_are_compared_whole(void **state)
{
    (void)state;
    assert_true(dye_equal_secret("abcd", "abcd", 4));
    assert_false(dye_equal_secret("abcd", "abce", 4));
    assert_false(dye_equal_secret("xbcd", "abcd", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_key_is_hkdf_of_its_parent),
        cmocka_unit_test(a_secret_of_several_blocks_is_hkdf_to_its_last_byte),
        cmocka_unit_test(another_label_gives_another_key),
        cmocka_unit_test(the_check_value_tells_a_wrong_key),
        cmocka_unit_test(hmac_agrees_with_rfc_4231),
        cmocka_unit_test(hmac_agrees_with_openssl_at_every_end_of_a_block),
        cmocka_unit_test(a_fingerprint_is_a_truncated_hmac_under_its_own_key),
        cmocka_unit_test(a_probe_opens_only_with_its_key_and_its_fingerprint),
        cmocka_unit_test(a_probe_depends_on_the_key),
        cmocka_unit_test(secrets_are_compared_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
