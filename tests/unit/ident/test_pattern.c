#include "spellings.h"

struct mask_case {
    const char *text;
    size_t head, tail; /* bytes */
};

/* The masks of a value, all of them, in any order. */
static void assert_masks(enum dye_kind kind, const char *value, const struct mask_case *want, size_t n)
{
    struct dye_mask got[DYE_MASKS_MAX];
    struct dye_value v = value_of(value);
    size_t n_got = dye_ident_masks(kind, &v, got);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n_got && strcmp(got[k].text.text, want[i].text) != 0)
            k++;
        if (k == n_got)
            fail_msg("\"%s\" is no mask of \"%s\"", want[i].text, value);
        if (got[k].head != want[i].head || got[k].tail != want[i].tail || got[k].text.n != strlen(want[i].text))
            fail_msg("\"%s\" shows %zu and %zu", want[i].text, got[k].head, got[k].tail);
    }
    for (size_t k = 0; k < n_got; k++) {
        bool known = false;
        for (size_t i = 0; i < n; i++)
            known = known || strcmp(got[k].text.text, want[i].text) == 0;
        if (!known)
            fail_msg("\"%s\" is masked as \"%s\"", value, got[k].text.text);
    }
}
#define ASSERT_MASKS(kind, value, cases) assert_masks((kind), (value), (cases), sizeof(cases) / sizeof *(cases))

static void sellers_mask_mobiles_in_four_ways(void **state)
{
    (void)state;
    static const struct mask_case want[] = {
        {"174****5678", 3, 4}, {"174*****678", 3, 3}, {"1742345****", 7, 0}, {"*******5678", 0, 4}};
    ASSERT_MASKS(DYE_MOBILE, "17423455678", want);
}

static void sellers_mask_ids_in_four_ways(void **state)
{
    (void)state;
    static const struct mask_case want[] = {{"110105********002X", 6, 4},
                                            {"110***********002X", 3, 4},
                                            {"1****************X", 1, 1},
                                            {"1101**********002X", 4, 4}};
    ASSERT_MASKS(DYE_RESIDENT_ID, "11010519491231002X", want);
}

static void a_name_keeps_its_surname_or_its_last_character(void **state)
{
    (void)state;
    static const struct mask_case two[] = {
        {"张*", 3, 0}, {"*三", 0, 3}, {"张**", 3, 0}, {"张先生", 3, 0}, {"张女士", 3, 0}};
    static const struct mask_case three[] = {{"张**", 3, 0},     {"**丰", 0, 3},   {"张*丰", 3, 3},  {"张三*", 6, 0},
                                             {"张*", 3, 0},      {"张先生", 3, 0}, {"张女士", 3, 0}, {"张三先生", 6, 0},
                                             {"张三女士", 6, 0}, {"*三丰", 0, 6}};
    ASSERT_MASKS(DYE_NAME, "张三", two);
    ASSERT_MASKS(DYE_NAME, "张三丰", three);
}

static void an_email_is_masked_before_its_sign_alone(void **state)
{
    (void)state;
    static const struct mask_case want[] = {
        {"a***@example.com", 1, 12},    {"a**d@example.com", 1, 13},  {"ab**@example.com", 2, 12},
        {"abc*@example.com", 3, 12},    {"ab***@example.com", 2, 12}, {"abc***@example.com", 3, 12},
        {"abc****@example.com", 3, 12}, {"a***d@example.com", 1, 13}, {"***@example.com", 0, 12}};
    ASSERT_MASKS(DYE_EMAIL, "abcd@example.com", want);
}

static void a_card_keeps_its_bank_or_its_end(void **state)
{
    (void)state;
    static const struct mask_case want[] = {{"621234******0001", 6, 4}, {"6212********0001", 4, 4},
                                            {"************0001", 0, 4}, {"****0001", 0, 4},
                                            {"尾号0001", 0, 4},         {"6212 **** **** 0001", 4, 4}};
    ASSERT_MASKS(DYE_BANK_CARD, "6212345678900001", want);
}

static void a_province_counts_as_one_character_of_a_plate(void **state)
{
    (void)state;
    static const struct mask_case want[] = {{"鲁A***45", 4, 2}, {"鲁A**345", 4, 3}, {"鲁A****5", 4, 1},
                                            {"鲁A1**45", 5, 2}, {"鲁A1***5", 5, 1}, {"鲁***345", 3, 3}};
    ASSERT_MASKS(DYE_PLATE, "鲁A12345", want);
}

/* What a mask shows is of the value, and what it hides is there to be hidden. */
static void a_mask_shows_a_part_and_never_all(void **state)
{
    (void)state;
    static const struct {
        enum dye_kind kind;
        const char *value;
    } values[] = {
        {DYE_MOBILE, "17423455678"},
        {DYE_RESIDENT_ID, "11010519491231002X"},
        {DYE_EMAIL, "a@example.com"},
        {DYE_EMAIL, "abcdef.g@example.com"},
        {DYE_NAME, "欧阳修"},
        {DYE_NAME, "阿卜杜拉买买提"},
        {DYE_WAYBILL, "SF0000000000001"},
        {DYE_POLICY, "12345"},
        {DYE_MRN, "9000000000"},
        {DYE_BANK_CARD, "6212345678901234569"},
        {DYE_USCC, "91110000600037341L"},
        {DYE_PLATE, "粤BD12345"},
        {DYE_PASSPORT, "EA0000001"},
        {DYE_PERMIT, "H0000000101"},
        {DYE_QQ, "12345"},
        {DYE_WECHAT, "zhang_1990"},
        {DYE_ACCOUNT, "ZY-00001"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct dye_mask got[DYE_MASKS_MAX];
        struct dye_value v = value_of(values[i].value);
        size_t n = dye_ident_masks(values[i].kind, &v, got);
        assert_true(n > 0 && n <= DYE_MASKS_MAX);
        for (size_t k = 0; k < n; k++) {
            const struct dye_mask *m = &got[k];
            if (m->head + m->tail >= v.n || m->head > m->text.n || m->tail > m->text.n ||
                memcmp(m->text.text, v.text, m->head) != 0 ||
                memcmp(m->text.text + m->text.n - m->tail, v.text + v.n - m->tail, m->tail) != 0)
                fail_msg("\"%s\" as \"%s\"", v.text, m->text.text);
        }
    }
}

static void what_cannot_be_masked_has_no_masks(void **state)
{
    (void)state;
    struct dye_mask got[DYE_MASKS_MAX];
    struct dye_value v = value_of("山东省济南市"), none = {.n = 0};
    assert_int_equal(dye_ident_masks(DYE_ADDRESS, &v, got), 0);
    assert_int_equal(dye_ident_masks(DYE_KIND_NONE, &v, got), 0);
    assert_int_equal(dye_ident_masks(DYE_MOBILE, &none, got), 0);
    memset(v.text, 'a', DYE_VALUE_MAX_BYTES); /* no room for the stars of a name's two last masks */
    v.text[v.n = DYE_VALUE_MAX_BYTES] = '\0';
    size_t n = dye_ident_masks(DYE_NAME, &v, got);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        assert_true(got[i].text.n <= DYE_VALUE_MAX_BYTES && got[i].text.text[got[i].text.n] == '\0');
}

static void assert_displays(enum dye_kind kind, const char *value, const char *const *want)
{
    struct dye_value got[DYE_DISPLAYS_MAX], v = value_of(value), again;
    size_t n = dye_ident_displays(kind, &v, got), i = 0;
    for (; want[i] != NULL; i++) {
        if (i == n)
            fail_msg("\"%s\" is not written \"%s\"", value, want[i]);
        assert_string_equal(got[i].text, want[i]);
        if (dye_ident_parse(kind, dye_value_span(&got[i]), &again) != DYE_OK)
            fail_msg("\"%s\" was not read", want[i]);
        if (kind != DYE_PERMIT)
            assert_string_equal(again.text, value);
    }
    assert_int_equal(n, i);
}

static void values_are_written_as_people_and_systems_do(void **state)
{
    (void)state;
    static const char *const mobile[] = {"17420000000",   "174 2000 0000",     "174-2000-0000",   "174 200 00000",
                                         "1742 0000 000", "+8617420000000",    "8617420000000",   "008617420000000",
                                         "017420000000",  "+86 174 2000 0000", "+86-17420000000", NULL};
    static const char *const id[] = {"11010519491231002X",
                                     "110105491231002",
                                     "11010519491231002x",
                                     "110105-19491231-002X",
                                     "110105 19491231 002X",
                                     "110105 1949 1231 002X",
                                     NULL};
    static const char *const old_id[] = {"440524188001010014", "440524-18800101-0014", "440524 18800101 0014",
                                         "440524 1880 0101 0014", NULL};
    static const char *const card[] = {"6212345678901234569", "6212 3456 7890 1234 569", "6212-3456-7890-1234-569",
                                       NULL};
    static const char *const s10[] = {"RB123456785GB", "rb123456785gb", "RB 123 456 785 GB", NULL};
    static const char *const plate[] = {"鲁A12345", "鲁a12345", "鲁A·12345", "鲁A 12345", "鲁A-12345", NULL};
    static const char *const permit[] = {"H0000000101",   "H00000001",    "h0000000101",
                                         "H 00000001 01", "H 0000000101", NULL};
    static const char *const qq[] = {"12345", NULL};
    assert_displays(DYE_MOBILE, mobile[0], mobile);
    assert_displays(DYE_RESIDENT_ID, id[0], id);
    assert_displays(DYE_RESIDENT_ID, old_id[0], old_id);
    assert_displays(DYE_BANK_CARD, card[0], card);
    assert_displays(DYE_WAYBILL, s10[0], s10);
    assert_displays(DYE_PLATE, plate[0], plate);
    assert_displays(DYE_PERMIT, permit[0], permit);
    assert_displays(DYE_QQ, qq[0], qq);
    struct dye_value got[DYE_DISPLAYS_MAX], v = value_of("1"), none = {.n = 0};
    assert_int_equal(dye_ident_displays(DYE_KIND_NONE, &v, got), 0);
    assert_int_equal(dye_ident_displays(DYE_QQ, &none, got), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sellers_mask_mobiles_in_four_ways),
        cmocka_unit_test(sellers_mask_ids_in_four_ways),
        cmocka_unit_test(a_name_keeps_its_surname_or_its_last_character),
        cmocka_unit_test(an_email_is_masked_before_its_sign_alone),
        cmocka_unit_test(a_card_keeps_its_bank_or_its_end),
        cmocka_unit_test(a_province_counts_as_one_character_of_a_plate),
        cmocka_unit_test(a_mask_shows_a_part_and_never_all),
        cmocka_unit_test(what_cannot_be_masked_has_no_masks),
        cmocka_unit_test(values_are_written_as_people_and_systems_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
