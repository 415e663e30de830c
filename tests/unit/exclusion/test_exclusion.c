#include "dye/exclusion.h"

#include "dye/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID "37014819800229301" /* of no county: 44 to 49 at its end */

static struct dye_key key_of(uint8_t byte)
{
    struct dye_key k;
    memset(k.bytes, byte, sizeof k.bytes);
    return k;
}

static const struct dye_exclusion_terms terms = {
    .system = "billing", .made_at = 1000, .expires_at = 2000, .epoch = 7, .min_batch = 3};
static const struct dye_exclusion_cost cheap = {.kib = 8, .passes = 1};

/* The resident ID that begins so. */
static const char *id_of(const char *start, char ret[19])
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (start[i] - '0');
    snprintf(ret, 19, "%s%c", start, "10X98765432"[sum % 11]);
    return ret;
}

static void add(struct dye_exclusion_builder *b, enum dye_kind kind, const char *text)
{
    struct dye_value v;
    assert_int_equal(dye_ident_parse(kind, dye_span_str(text), &v), DYE_OK);
    assert_int_equal(dye_exclusion_builder_value(b, kind, &v, NULL), DYE_OK);
}

/* Two canaries; the second is of one variant, and has no resident ID. */
static void make_list(uint8_t key, struct dye_buf *ret)
{
    struct dye_exclusion_builder *b = NULL;
    struct dye_key k = key_of(key);
    char id[19];
    dye_buf_init(ret, 1 << 20, false);
    assert_int_equal(dye_exclusion_builder_new(&terms, &k, &cheap, &b, NULL), DYE_OK);
    assert_int_equal(dye_exclusion_builder_canary(b, "c0000000000000001", 'A', NULL), DYE_OK);
    add(b, DYE_MOBILE, "16010000001");
    add(b, DYE_RESIDENT_ID, id_of(ID, id));
    add(b, DYE_NAME, "赵测试");
    add(b, DYE_ADDRESS, "济南市历下区文化路1号");
    assert_int_equal(dye_exclusion_builder_canary(b, "c0000000000000002", 'B', NULL), DYE_OK);
    add(b, DYE_MOBILE, "16010000002");
    add(b, DYE_EMAIL, "seed.two@post.invalid");
    add(b, DYE_MRN, "9000000012");
    add(b, DYE_QQ, "160100002");
    add(b, DYE_USCC, "91110000600037341L");
    assert_int_equal(dye_exclusion_builder_seal(b, ret, NULL), DYE_OK);
    dye_exclusion_builder_free(b);
}

static struct dye_exclusion *open_list(void)
{
    struct dye_buf file;
    struct dye_exclusion *x = NULL;
    struct dye_key k = key_of(1);
    make_list(1, &file);
    assert_int_equal(dye_exclusion_open(dye_buf_span(&file), &k, &x, NULL), DYE_OK);
    dye_buf_done(&file);
    return x;
}

static void a_list_opens_with_its_key_and_says_what_it_is(void **state)
{
    (void)state;
    struct dye_exclusion *x = open_list();
    const struct dye_exclusion_terms *t = dye_exclusion_terms_of(x);
    assert_string_equal(t->system, "billing");
    assert_int_equal(t->made_at, 1000);
    assert_int_equal(t->expires_at, 2000);
    assert_int_equal(t->epoch, 7);
    assert_int_equal(t->min_batch, 3);
    assert_int_equal(dye_exclusion_canaries(x), 2);
    assert_string_equal(dye_exclusion_canary_id(x, 1), "c0000000000000002");
    assert_int_equal(dye_exclusion_canary_variant(x, 1), 'B');
    /* Mobile, ID and e-mail: plain and four digests each; mrn and qq plain. An ID that ends in X has more. */
    assert_true(dye_exclusion_entries(x) >= 4 * 5 + 2);
    dye_exclusion_free(x);
}

static void another_key_is_told_from_a_damaged_file(void **state)
{
    (void)state;
    struct dye_buf file;
    struct dye_exclusion *x = NULL;
    struct dye_key own = key_of(1), other = key_of(2);
    make_list(1, &file);
    assert_int_equal(dye_exclusion_open(dye_buf_span(&file), &other, &x, NULL), DYE_E_KEY);
    for (size_t i = 0; i < file.n; i = i < 100 ? i + 1 : i + 97) {
        file.p[i] ^= 0x10;
        enum dye_status status = dye_exclusion_open(dye_buf_span(&file), &own, &x, NULL);
        /* A changed check of the key looks like another key's. */
        assert_int_equal(status, i >= 24 && i < 40 ? DYE_E_KEY : DYE_E_STREAM);
        file.p[i] ^= 0x10;
    }
    for (size_t n = 0; n < file.n; n += 61)
        assert_int_equal(dye_exclusion_open(dye_span_of(file.p, n), &own, &x, NULL), DYE_E_STREAM);
    dye_buf_done(&file);
}

static void two_lists_of_the_same_canaries_have_nothing_in_common(void **state)
{
    (void)state;
    struct dye_buf a, b;
    size_t same = 0;
    make_list(1, &a);
    make_list(1, &b);
    assert_int_equal(a.n, b.n);
    assert_int_equal((a.n - 80 - 16) % 4096, 0); /* the size tells about how many */
    for (size_t i = 80; i < a.n; i++)
        same += a.p[i] == b.p[i];
    assert_true(same < a.n / 64);
    assert_null(memmem(a.p, a.n, "billing", 7));
    assert_null(memmem(a.p, a.n, "c00000", 6));
    dye_buf_done(&a);
    dye_buf_done(&b);
}

static void terms_and_costs_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct dye_exclusion_builder *b = NULL;
    struct dye_key k = key_of(1);
    const char *const names[] = {"", "-x", "Billing", "a b", "a/b", "\xe5\xb8\x90"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dye_exclusion_terms t = terms;
        snprintf(t.system, sizeof t.system, "%s", names[i]);
        assert_int_equal(dye_exclusion_builder_new(&t, &k, &cheap, &b, NULL), DYE_E_USAGE);
    }
    struct dye_exclusion_terms over = terms;
    over.expires_at = over.made_at;
    assert_int_equal(dye_exclusion_builder_new(&over, &k, &cheap, &b, NULL), DYE_E_USAGE);
    const struct dye_exclusion_cost costs[] = {{7, 1}, {65537, 1}, {8, 0}, {8, 17}};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        assert_int_equal(dye_exclusion_builder_new(&terms, &k, &costs[i], &b, NULL), DYE_E_USAGE);
}

/* ---- rows ---- */

static struct dye_exclusion_answer answer(const struct dye_exclusion_cell *cells, size_t n)
{
    struct dye_exclusion *x = open_list();
    struct dye_exclusion_batch *b = dye_exclusion_batch_new(x);
    assert_int_equal(dye_exclusion_batch_add(b, cells, n), DYE_OK);
    assert_null(dye_exclusion_batch_answer(b, 0)); /* not before the end */
    assert_int_equal(dye_exclusion_batch_end(b, 0, NULL), DYE_OK);
    assert_int_equal(dye_exclusion_batch_rows(b), 1);
    struct dye_exclusion_answer a = *dye_exclusion_batch_answer(b, 0);
    assert_null(dye_exclusion_batch_answer(b, 1));
    dye_exclusion_batch_free(b);
    dye_exclusion_free(x);
    return a;
}

static enum dye_exclusion_verdict one(enum dye_kind kind, const char *text)
{
    const struct dye_exclusion_cell cell = {kind, dye_span_str(text)};
    return answer(&cell, 1).verdict;
}

static enum dye_exclusion_verdict two(enum dye_kind k1, const char *t1, enum dye_kind k2, const char *t2)
{
    const struct dye_exclusion_cell cells[] = {{k1, dye_span_str(t1)}, {k2, dye_span_str(t2)}};
    return answer(cells, 2).verdict;
}

static void a_row_is_a_canarys_by_any_unique_identifier_however_it_is_written(void **state)
{
    (void)state;
    char id[19];
    static const struct {
        enum dye_kind kind;
        const char *text;
    } rows[] = {
        {DYE_MOBILE, "16010000001"},          {DYE_MOBILE, "+86 160-1000-0001"}, {DYE_MOBILE, "１６０１００００００１"},
        {DYE_EMAIL, "Seed.Two@POST.invalid"}, {DYE_MRN, "9000000012"},           {DYE_QQ, "160100002"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(one(rows[i].kind, rows[i].text), DYE_EXCLUSION_CANARY);
    assert_int_equal(one(DYE_RESIDENT_ID, id_of(ID, id)), DYE_EXCLUSION_CANARY);
}

static void its_digests_are_too(void **state)
{
    (void)state;
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    char hex[2 * DYE_DIGEST_MAX_BYTES + 1];
    for (enum dye_digest d = DYE_MD5; d <= DYE_SM3; d++) {
        dye_digest_of(d, dye_span_str("16010000002"), raw);
        dye_hex(raw, dye_digest_bytes(d), hex);
        assert_int_equal(one(DYE_MOBILE, hex), DYE_EXCLUSION_CANARY);
        for (char *c = hex; *c != '\0'; c++)
            *c = (char)(*c >= 'a' ? *c - 32 : *c);
        assert_int_equal(one(DYE_MOBILE, hex), DYE_EXCLUSION_CANARY);
        assert_int_equal(one(DYE_EMAIL, hex), DYE_EXCLUSION_OTHER); /* as what its column says */
    }
}

static void what_many_people_share_is_no_reason(void **state)
{
    (void)state;
    assert_int_equal(one(DYE_NAME, "赵测试"), DYE_EXCLUSION_UNREADABLE);
    assert_int_equal(one(DYE_ADDRESS, "济南市历下区文化路1号"), DYE_EXCLUSION_UNREADABLE);
    assert_int_equal(one(DYE_USCC, "91110000600037341L"), DYE_EXCLUSION_UNREADABLE);
    assert_int_equal(two(DYE_NAME, "赵测试", DYE_MOBILE, "16010000003"), DYE_EXCLUSION_OTHER);
    assert_int_equal(one(DYE_POLICY, "9000000012"), DYE_EXCLUSION_OTHER); /* another kind's number */
}

static void one_digit_off_is_nobody(void **state)
{
    (void)state;
    char text[] = "16010000001";
    for (size_t i = 3; i < 11; i++)
        for (char c = '0'; c <= '9'; c++) {
            char was = text[i];
            bool canary = c == was || (i == 10 && c == '2');
            text[i] = c;
            assert_int_equal(one(DYE_MOBILE, text), canary ? DYE_EXCLUSION_CANARY : DYE_EXCLUSION_OTHER);
            text[i] = was;
        }
}

static void another_persons_resident_id_disputes_a_row(void **state)
{
    (void)state;
    char id[19], other[19];
    id_of(ID, id);
    id_of("37014719910101002", other);
    assert_int_equal(two(DYE_MOBILE, "16010000001", DYE_RESIDENT_ID, other), DYE_EXCLUSION_DISPUTED);
    assert_int_equal(two(DYE_MOBILE, "16010000001", DYE_RESIDENT_ID, id), DYE_EXCLUSION_CANARY);
    assert_int_equal(two(DYE_MOBILE, "16010000009", DYE_RESIDENT_ID, id), DYE_EXCLUSION_CANARY);
    /* No ID, one that is none, or a canary that has none: nothing speaks against it. */
    assert_int_equal(two(DYE_MOBILE, "16010000001", DYE_RESIDENT_ID, ""), DYE_EXCLUSION_CANARY);
    assert_int_equal(two(DYE_MOBILE, "16010000001", DYE_RESIDENT_ID, "370147"), DYE_EXCLUSION_CANARY);
    assert_int_equal(two(DYE_MOBILE, "16010000002", DYE_RESIDENT_ID, other), DYE_EXCLUSION_CANARY);
}

static void the_answer_names_the_canary_and_what_agreed(void **state)
{
    (void)state;
    const struct dye_exclusion_cell cells[] = {{DYE_MOBILE, dye_span_str("16010000001")},
                                               {DYE_EMAIL, dye_span_str("seed.two@post.invalid")},
                                               {DYE_MRN, dye_span_str("9000000012")}};
    struct dye_exclusion_answer a = answer(cells, 3);
    assert_int_equal(a.canary, 1); /* two against one */
    assert_int_equal(a.kinds, 1u << DYE_EMAIL | 1u << DYE_MRN);
}

static void a_row_without_an_identifier_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(one(DYE_MOBILE, ""), DYE_EXCLUSION_UNREADABLE);
    assert_int_equal(one(DYE_MOBILE, "160****0001"), DYE_EXCLUSION_UNREADABLE);
    assert_int_equal(two(DYE_MOBILE, "160****0001", DYE_MRN, "1234567890"), DYE_EXCLUSION_OTHER);
}

static void a_column_that_nobody_named_lets_no_canary_pass(void **state)
{
    (void)state;
    struct dye_exclusion *x = open_list();
    const struct dye_exclusion_cell cells[] = {{DYE_MRN, dye_span_str("1234567890")},
                                               {DYE_KIND_NONE, dye_span_str("16010000001")}};
    struct dye_exclusion_batch *b = dye_exclusion_batch_new(x);
    struct dye_error err = {0};
    assert_int_equal(dye_exclusion_batch_add(b, cells, 2), DYE_OK);
    assert_int_equal(dye_exclusion_batch_end(b, 0, &err), DYE_E_USAGE);
    assert_non_null(strstr(err.message, "column 2"));
    assert_null(strstr(err.message, "1601"));
    assert_null(dye_exclusion_batch_answer(b, 0));
    dye_exclusion_batch_free(b);
    dye_exclusion_free(x);
    /* One that was removed anyhow may show it twice. */
    assert_int_equal(two(DYE_MRN, "9000000012", DYE_KIND_NONE, "16010000002"), DYE_EXCLUSION_CANARY);
}

static void a_batch_counts_persons_not_rows(void **state)
{
    (void)state;
    struct dye_exclusion *x = open_list();
    struct dye_exclusion_batch *b = dye_exclusion_batch_new(x);
    for (int i = 0; i < 50; i++) {
        char text[12];
        snprintf(text, sizeof text, "1601000000%d", i % 2 + 1);
        const struct dye_exclusion_cell cells[] = {{DYE_MOBILE, dye_span_str(i % 5 == 0 ? "none" : text)}};
        assert_int_equal(dye_exclusion_batch_add(b, cells, 1), DYE_OK);
    }
    assert_int_equal(dye_exclusion_batch_end(b, 3, NULL), DYE_E_USAGE);
    assert_null(dye_exclusion_batch_answer(b, 0));
    assert_int_equal(dye_exclusion_batch_end(b, 2, NULL), DYE_OK);
    assert_int_equal(dye_exclusion_batch_rows(b), 50);
    dye_exclusion_batch_free(b);
    dye_exclusion_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_opens_with_its_key_and_says_what_it_is),
        cmocka_unit_test(another_key_is_told_from_a_damaged_file),
        cmocka_unit_test(two_lists_of_the_same_canaries_have_nothing_in_common),
        cmocka_unit_test(terms_and_costs_that_cannot_be_are_refused),
        cmocka_unit_test(a_row_is_a_canarys_by_any_unique_identifier_however_it_is_written),
        cmocka_unit_test(its_digests_are_too),
        cmocka_unit_test(what_many_people_share_is_no_reason),
        cmocka_unit_test(one_digit_off_is_nobody),
        cmocka_unit_test(another_persons_resident_id_disputes_a_row),
        cmocka_unit_test(the_answer_names_the_canary_and_what_agreed),
        cmocka_unit_test(a_row_without_an_identifier_is_told_apart),
        cmocka_unit_test(a_column_that_nobody_named_lets_no_canary_pass),
        cmocka_unit_test(a_batch_counts_persons_not_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
