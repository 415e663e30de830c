#include "spellings.h"

static const char *mask_of(const char *field, unsigned *head, unsigned *tail)
{
    static struct dye_trait t;
    if (!dye_trait_mask(dye_span_str(field), &t))
        return "";
    *head = t.head;
    *tail = t.tail;
    return t.bytes.text;
}

static void a_mask_is_what_is_seen_around_one_star(void **state)
{
    (void)state;
    static const struct {
        const char *field, *want;
        unsigned head, tail;
    } cases[] = {{"张*", "张*", 1, 0},
                 {"张**", "张*", 1, 0},
                 {"張＊＊", "张*", 1, 0},
                 {" 张某某 ", "张*", 1, 0},
                 {"*三", "*三", 0, 1},
                 {"张×", "张*", 1, 0},
                 {"张●明", "张*明", 1, 1},
                 {"张••", "张*", 1, 0},
                 {"张•明", "", 0, 0},
                 {"张x", "张*", 1, 0},
                 {"张XX", "张*", 1, 0},
                 {"X光", "", 0, 0},
                 {"xxxxxxx8000", "*8000", 0, 4},
                 {"1xxxxxxxxxxxxxxxxX", "1*", 1, 0},
                 {"1024x768", "", 0, 0},
                 {"maxxx@example.com", "", 0, 0},
                 {"张*丰", "张*丰", 1, 1},
                 {"张*某", "张*", 1, 0},
                 {"张×＊", "张*", 1, 0},
                 {"张*x", "张*", 1, 0},
                 {"174**xx5678", "174*5678", 3, 4},
                 {"174xx＊＊5678", "174*5678", 3, 4},
                 {"174x*x*5678", "174*5678", 3, 4},
                 {"1741234**XX", "1741234*", 7, 0},
                 {"110146****xxxx001X", "110146*001x", 6, 4},
                 {"1*************xx*X", "1*x", 1, 1},
                 {"*******8000", "*8000", 0, 4},
                 {"尾号8000", "", 0, 0},
                 {"1****************X", "1*x", 1, 1},
                 {"Li***@Example.com", "li*@example.com", 2, 0},
                 {"l***7@example.com", "l*7@example.com", 1, 1},
                 {"张三", "", 0, 0},
                 {"***", "", 0, 0},
                 {"***@example.com", "", 0, 0},
                 {"a@b*", "", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned head = 0, tail = 0;
        assert_string_equal(mask_of(cases[i].field, &head, &tail), cases[i].want);
        assert_int_equal(head, cases[i].head);
        assert_int_equal(tail, cases[i].tail);
    }
}

static void a_date_is_one_however_it_is_written(void **state)
{
    (void)state;
    static const char *const same[] = {"1990-03-07",         "1990/3/7", "1990.03.07",
                                       "1990年3月7日",       "19900307", "1990-03-07T00:00:00",
                                       "1990-03-07 00:00:00"};
    static const char *const none[] = {"1990",      "1990-13-01", "1990-00-01", "19900332", "199003071",
                                       "1990-0307", "03-07-1990", "1990037",    "",         "1990-3-7x"};
    struct dye_trait t;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(dye_trait_date(dye_span_str(same[i]), &t));
        assert_string_equal(t.bytes.text, "19900307");
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (dye_trait_date(dye_span_str(none[i]), &t))
            fail_msg("%s is a date", none[i]);
}

static void a_full_name_looks_like_one(void **state)
{
    (void)state;
    assert_true(dye_trait_is_name(dye_span_str("张三丰")));
    assert_true(dye_trait_is_name(dye_span_str("李四")));
    assert_false(dye_trait_is_name(dye_span_str("张")));
    assert_false(dye_trait_is_name(dye_span_str("已签收")));
    assert_false(dye_trait_is_name(dye_span_str("张三丰李四")));
    assert_false(dye_trait_is_name(dye_span_str("zhangsan")));
}

static void what_is_seen_of_a_value_is_a_trait_of_the_index(void **state)
{
    (void)state;
    assert_true(dye_form_is_scanned(DYE_MOBILE, DYE_FORM_MASKED));
    assert_false(dye_form_is_scanned(DYE_MOBILE, DYE_FORM_GLIMPSE));
    assert_false(dye_form_is_scanned(DYE_RESIDENT_ID, DYE_FORM_BIRTH));
    assert_false(dye_form_is_scanned(DYE_EMAIL, DYE_FORM_MASKED));
    assert_false(dye_form_is_scanned(DYE_NAME, DYE_PLAIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mask_is_what_is_seen_around_one_star),
        cmocka_unit_test(a_date_is_one_however_it_is_written),
        cmocka_unit_test(a_full_name_looks_like_one),
        cmocka_unit_test(what_is_seen_of_a_value_is_a_trait_of_the_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
