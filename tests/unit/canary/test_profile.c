#include "dye/profile.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
/* the four above first */
#include <cmocka.h>

static const struct dye_sector sector = {
    .name = "clinic",
    .columns = 8,
    .column = {{.name = "mrn", .kind = DYE_MRN},
               {.name = "name", .kind = DYE_NAME},
               {.name = "sex", .what = DYE_COLUMN_SEX, .male = "男", .female = "女"},
               {.name = "born", .what = DYE_COLUMN_BIRTH},
               {.name = "id", .kind = DYE_RESIDENT_ID},
               {.name = "phone", .kind = DYE_MOBILE},
               {.name = "address", .kind = DYE_ADDRESS},
               {.name = "ward", .what = DYE_COLUMN_CONST, .constant = "-"}}};

struct learned {
    struct dye_profile *profile;
    struct dye_buf text;
};

static struct learned end(struct dye_profile_learner *l)
{
    struct learned x = {0};
    dye_buf_init(&x.text, DYE_PROFILE_MAX_BYTES, false);
    assert_int_equal(dye_profile_learner_end(l, &x.profile, NULL), DYE_OK);
    assert_int_equal(dye_profile_write(x.profile, &x.text), DYE_OK);
    dye_profile_learner_free(l);
    return x;
}

static void done(struct learned *x)
{
    dye_profile_free(x->profile);
    dye_buf_done(&x->text);
}

static void feed(struct dye_profile_learner *l, const char *const cells[8])
{
    struct dye_span spans[8];
    for (int i = 0; i < 8; i++)
        spans[i] = dye_span_str(cells[i]);
    dye_profile_learner_feed(l, spans);
}

static struct dye_profile_learner *learner(void)
{
    struct dye_profile_learner *l = dye_profile_learner_new(&sector, DYE_PROFILE_K);
    assert_non_null(l);
    return l;
}

/* A table in which 100 rows are alike but for their identifiers, and `odd` is one row of its own. */
static struct learned learn_clinic(const char *const odd[8])
{
    struct dye_profile_learner *l = learner();
    for (int i = 0; i < 100; i++) {
        char mrn[16], phone[20], address[80];
        snprintf(mrn, sizeof mrn, "ZY%07d", 1000000 + i * 7919);
        snprintf(phone, sizeof phone, "142-%04d-%04d", i * 37 % 10000, i * 7717 % 10000);
        snprintf(address, sizeof address, "江苏省南京市鼓楼区中央路%d号", 1 + i % 5);
        feed(l, (const char *const[8]){mrn, i % 2 ? "王伟" : "王芳", i % 2 ? "男性" : "女性",
                                       i % 3 ? "1980年3月7日" : "1975年4月9日", "", phone, address,
                                       i % 4 ? "三病区" : ""});
    }
    if (odd != NULL)
        feed(l, odd);
    return end(l);
}

static struct dye_persona follow(const struct dye_profile *p, uint64_t serial)
{
    struct dye_key key = {{9}};
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    struct dye_persona persona;
    struct dye_prf draw;
    assert_non_null(m);
    assert_int_equal(dye_persona_make(m, serial, NULL, 20000, &persona, NULL), DYE_OK);
    dye_prf_init(&draw, &key, "test", serial);
    dye_profile_adopt(p, &sector, &draw, &persona);
    dye_persona_maker_free(m);
    return persona;
}

static const char *cell(const struct dye_persona *p, size_t column, struct dye_value *ret)
{
    assert_int_equal(dye_sector_cell(&sector.column[column], p, ret), DYE_OK);
    return ret->text;
}

static void what_fewer_rows_than_k_have_is_not_kept(void **state)
{
    (void)state;
    struct learned x = learn_clinic((const char *const[8]){"Q1", "司徒镇", "未知", "1931/2/3", "", "+86 160 1111 2222",
                                                           "青海省玉树市独一村7号", "天字号"});
    static const char *const rare[] = {"司徒", "镇",   "未知", "1931",   "Y/n/j", "+86",
                                       "160",  "青海", "独一", "天字号", "Q"};
    for (size_t i = 0; i < sizeof rare / sizeof *rare; i++)
        assert_null(strstr((const char *)x.text.p, rare[i]));
    assert_non_null(strstr((const char *)x.text.p, "三病区"));
    done(&x);
}

static void no_identifier_is_kept_however_often_it_stands_there(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    for (int i = 0; i < 50; i++)
        feed(l, (const char *const[8]){"ZY7654321", "王伟", "男", "1980-03-07", "110105198003074571", "14234567890",
                                       "南京市鼓楼区14234567890号",
                                       i % 2 ? "电话14234567890" : "mail someone@example.com"});
    struct learned x = end(l);
    static const char *const values[] = {"7654321", "110105198003074571", "110105", "14234567890", "34567", "someone"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_null(strstr((const char *)x.text.p, values[i]));
    done(&x);
}

static void too_few_rows_are_refused(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    struct dye_profile *p = NULL;
    struct dye_error err;
    feed(l, (const char *const[8]){"1", "王伟", "男", "", "", "", "", ""});
    assert_int_equal(dye_profile_learner_end(l, &p, &err), DYE_E_USAGE);
    assert_string_equal(err.message, "profile: 1 rows: at least 10 are wanted");
    dye_profile_learner_free(l);
}

static void a_canary_is_written_as_its_table_is(void **state)
{
    (void)state;
    struct learned x = learn_clinic(NULL);
    for (uint64_t serial = 0; serial < 200; serial++) {
        struct dye_persona p = follow(x.profile, serial);
        struct dye_value v, parsed;
        assert_string_equal(cell(&p, 1, &v), p.sex == 'M' ? "王伟" : "王芳");
        assert_string_equal(cell(&p, 2, &v), p.sex == 'M' ? "男性" : "女性");
        cell(&p, 3, &v);
        assert_true(strncmp(v.text, "1980年", 7) == 0 || strncmp(v.text, "1975年", 7) == 0);
        assert_non_null(strstr(v.text, "日"));
        assert_string_equal(cell(&p, 4, &v), "");
        assert_int_equal(p.value[DYE_RESIDENT_ID].n, 0);
        cell(&p, 5, &v);
        assert_int_equal(v.text[3] == '-' && v.text[8] == '-', 1);
        assert_int_equal(dye_ident_parse(DYE_MOBILE, dye_value_span(&v), &parsed), DYE_OK);
        assert_string_equal(parsed.text, p.value[DYE_MOBILE].text);
        cell(&p, 6, &v);
        assert_int_equal(strncmp(v.text, "江苏省南京市鼓楼区中央路", strlen("江苏省南京市鼓楼区中央路")), 0);
        cell(&p, 7, &v);
        assert_true(strcmp(v.text, "三病区") == 0 || v.n == 0);
    }
    done(&x);
}

static void identifiers_stay_as_they_are(void **state)
{
    (void)state;
    struct learned x = learn_clinic(NULL);
    struct dye_key key = {{9}};
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    for (uint64_t serial = 0; serial < 200; serial++) {
        struct dye_persona own, p = follow(x.profile, serial);
        assert_int_equal(dye_persona_make(m, serial, NULL, 20000, &own, NULL), DYE_OK);
        assert_string_equal(p.canary, own.canary);
        for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++)
            if (dye_kind_is_scanned(kind) && p.value[kind].n != 0)
                assert_string_equal(p.value[kind].text, own.value[kind].text);
    }
    dye_persona_maker_free(m);
    done(&x);
}

static void the_same_persona_follows_the_same_profile_in_the_same_way(void **state)
{
    (void)state;
    struct learned x = learn_clinic(NULL);
    struct dye_profile *read = NULL;
    assert_int_equal(dye_profile_read(dye_buf_span(&x.text), &read, NULL), DYE_OK);
    for (uint64_t serial = 0; serial < 50; serial++) {
        struct dye_persona p = follow(x.profile, serial), q = follow(read, serial);
        for (size_t i = 0; i < sector.columns; i++) {
            struct dye_value a, b;
            assert_string_equal(cell(&p, i, &a), cell(&q, i, &b));
        }
    }
    dye_profile_free(read);
    done(&x);
}

/* Where hardly any row has an identifier, a canary still has one: without, nothing would ever find it. */
static void a_record_keeps_an_identifier(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    for (int i = 0; i < 500; i++)
        feed(l, (const char *const[8]){"", "王伟", "男", "", "", i % 50 == 0 ? "142-0000-1111" : "", "", ""});
    struct learned x = end(l);
    for (uint64_t serial = 0; serial < 100; serial++) {
        struct dye_persona p = follow(x.profile, serial);
        assert_int_not_equal(p.value[DYE_MOBILE].n, 0);
        assert_int_equal(p.value[DYE_MRN].n, 0);
    }
    done(&x);
}

/* An issuer's number with hyphens is none that a scan finds, so a record does not stand on it alone. */
static void the_identifier_it_keeps_is_one_that_is_found(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    struct dye_key key = {{9}};
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    for (int i = 0; i < 500; i++)
        feed(l, (const char *const[8]){i % 10 ? "H-1234567" : "", "王伟", "男", "", "", i % 10 ? "" : "142-0000-1111",
                                       "", ""});
    struct learned x = end(l);
    for (uint64_t serial = 0; serial < 200; serial++) {
        struct dye_persona p;
        struct dye_prf draw;
        assert_int_equal(dye_persona_make(m, serial, NULL, 20000, &p, NULL), DYE_OK);
        if (serial % 2 == 0) /* of a pool */
            assert_int_equal(dye_ident_parse(DYE_MRN, dye_span_str("H-7654321"), &p.value[DYE_MRN]), DYE_OK);
        dye_prf_init(&draw, &key, "test", serial);
        dye_profile_adopt(x.profile, &sector, &draw, &p);
        if (serial % 2 == 0)
            assert_int_not_equal(p.value[DYE_MOBILE].n, 0);
        else
            assert_int_not_equal(p.value[DYE_MRN].n + p.value[DYE_MOBILE].n, 0);
    }
    dye_persona_maker_free(m);
    done(&x);
}

/* Holders of copies compare them: what is no identifier stands in both alike, and so do the gaps. */
static void variants_follow_it_alike(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    for (int i = 0; i < 400; i++)
        feed(l, (const char *const[8]){i % 3 ? "ZY1000001" : "", i % 2 ? "王伟" : "王芳", i % 2 ? "男" : "女",
                                       "1949-12-31", i % 5 ? i % 2 ? "37014819491231001X" : "370148194912310028" : "",
                                       i % 7 ? "142-0000-1111" : "", "", ""});
    struct learned x = end(l);
    struct dye_key key = {{9}};
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    for (uint64_t serial = 0; serial < 200; serial++) {
        struct dye_persona p = follow(x.profile, serial), own, other, b;
        struct dye_prf draw;
        assert_int_equal(dye_persona_make(m, serial, NULL, 20000, &own, NULL), DYE_OK);
        assert_int_equal(dye_persona_make(m, 1000 + serial, NULL, 20000, &other, NULL), DYE_OK);
        dye_persona_variant(&own, &other, &b);
        dye_prf_init(&draw, &key, "test", serial);
        dye_profile_adopt(x.profile, &sector, &draw, &b);
        for (size_t i = 0; i < sector.columns; i++) {
            struct dye_value of_a, of_b;
            cell(&p, i, &of_a);
            cell(&b, i, &of_b);
            bool identifier = sector.column[i].what == DYE_COLUMN_KIND && dye_kind_is_scanned(sector.column[i].kind);
            assert_int_equal(of_a.n != 0, of_b.n != 0);
            assert_int_equal(strcmp(of_a.text, of_b.text) == 0, !identifier || of_a.n == 0);
        }
    }
    dye_persona_maker_free(m);
    done(&x);
}

static void an_id_that_shows_decides_sex_and_age(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    for (int i = 0; i < 100; i++)
        feed(l, (const char *const[8]){"ZY1", "王伟", "男", "1980-03-07", "11010519491231002X", "", "", ""});
    struct learned x = end(l);
    for (uint64_t serial = 0; serial < 100; serial++) {
        struct dye_persona p = follow(x.profile, serial);
        struct dye_resident r;
        dye_resident_read(&p.value[DYE_RESIDENT_ID], &r);
        assert_int_equal(p.sex, r.sex);
        assert_int_equal(atoi((char[5]){p.birth[0], p.birth[1], p.birth[2], p.birth[3], '\0'}), r.year);
    }
    done(&x);
}

/* ---- columns that are no identifiers ---- */

static const struct dye_sector shop = {
    .name = "shop",
    .columns = 7,
    .rows = {1, 1},
    .column = {{.name = "phone", .kind = DYE_MOBILE},
               {.name = "sex", .what = DYE_COLUMN_SEX, .male = "男", .female = "女"},
               {.name = "id", .kind = DYE_RESIDENT_ID},
               {.name = "item", .what = DYE_COLUMN_CHOICE, .choices = 1, .choice = {{.text = "-", .weight = 1}}},
               {.name = "price", .what = DYE_COLUMN_NUMBER, .low = 1, .high = 9},
               {.name = "ordered", .what = DYE_COLUMN_DATE, .from = 1, .to = 9},
               {.name = "sent", .what = DYE_COLUMN_DATE, .after = DYE_AFTER_COLUMN, .back = 1, .to = 3}}};

/* Tea costs 20 to 29 and goes out after two days, pots cost some thousands and go out after five. Men are 甲, women
 * 乙; the IDs, whose check digit is mostly wrong, say who is which. */
static struct learned learn_shop(void)
{
    struct dye_profile_learner *l = dye_profile_learner_new(&shop, DYE_PROFILE_K);
    assert_non_null(l);
    for (int i = 0; i < 2000; i++) {
        bool pot = i % 3 == 0, woman = i % 2 == 0;
        char phone[16], id[32], price[16], ordered[32], sent[32];
        snprintf(phone, sizeof phone, "142%08d", i / 2);
        snprintf(id, sizeof id, "11010519800307%d%d1", 10 + i % 80, woman ? 2 : 1);
        snprintf(price, sizeof price, "%d.50", pot ? 2000 + i % 97 * 10 : 20 + i % 10);
        snprintf(ordered, sizeof ordered, "2024/03/%02d 1%d:30", 1 + i % 20, i % 9);
        snprintf(sent, sizeof sent, "2024/03/%02d 09:15", 1 + i % 20 + (pot ? 5 : 2));
        const char *const cells[] = {phone, woman ? "乙" : "甲", id, pot ? "pot" : "tea", price, ordered, sent};
        struct dye_span spans[7];
        for (int c = 0; c < 7; c++)
            spans[c] = dye_span_str(cells[c]);
        dye_profile_learner_feed(l, spans);
    }
    return end(l);
}

static void columns_follow_each_other_as_in_the_table(void **state)
{
    (void)state;
    struct learned x = learn_shop();
    struct dye_key key = {{9}};
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    struct dye_sector s;
    size_t pots = 0, rows = 0;
    assert_non_null(m);
    dye_profile_sector(x.profile, &shop, 20000, &s);
    for (uint64_t serial = 0; serial < 300; serial++) {
        struct dye_persona p;
        struct dye_prf draw;
        struct dye_value v[7];
        assert_int_equal(dye_persona_make(m, serial, &s, 20000, &p, NULL), DYE_OK);
        dye_prf_init(&draw, &key, "test", serial);
        dye_profile_adopt(x.profile, &shop, &draw, &p);
        assert_int_equal(dye_sector_rows(&shop, &p), 2); /* every phone stands in two rows */
        for (size_t row = 0; row < 2; row++, rows++) {
            int day[2];
            for (size_t c = 0; c < 7; c++)
                assert_int_equal(dye_sector_cell_of(&shop.column[c], &p, row, &v[c]), DYE_OK);
            bool pot = strcmp(v[3].text, "pot") == 0;
            assert_true(pot || strcmp(v[3].text, "tea") == 0);
            pots += pot;
            assert_string_equal(v[1].text, p.sex == 'F' ? "乙" : "甲");
            assert_in_range(atoi(v[4].text), pot ? 1700 : 20, pot ? 3500 : 29);
            assert_string_equal(strchr(v[4].text, '.'), ".50");
            assert_int_equal(sscanf(v[5].text, "2024/03/%2d 1%*1d:%*2d", &day[0]), 1);
            assert_int_equal(sscanf(v[6].text, "2024/03/%2d 09:%*2d", &day[1]), 1);
            assert_int_equal(day[1] - day[0], pot ? 5 : 2);
        }
    }
    assert_in_range(pots * 100 / rows, 25, 42);
    dye_persona_maker_free(m);
    done(&x);
}

static void learning_takes_bounded_memory_and_finds_what_is_frequent(void **state)
{
    (void)state;
    struct dye_profile_learner *l = learner();
    for (int i = 0; i < 120000; i++) {
        char ward[32], address[64];
        snprintf(ward, sizeof ward, "W%d", i);
        snprintf(address, sizeof address, "R%dA路B%d区", i, i);
        feed(l, (const char *const[8]){"1", "王伟", "男", "", "", "", address, i % 3 ? ward : "急诊"});
    }
    struct learned x = end(l);
    const char *at = strstr((const char *)x.text.p, "急诊");
    assert_non_null(at);
    int n = atoi(strchr(at, ':') + 1);
    assert_in_range(n, 1, 40000); /* too low when the table was pruned, never too high */
    assert_true(x.text.n < 10000);
    done(&x);
}

static void a_damaged_text_is_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "profile: byte 0: { is wanted"},
        {"{\"dyetrace_profile\":2", "profile: byte 20: a smaller number is wanted"},
        {"{\"dyetrace_profile\":1,\"rows\":1,\"k\":2,\"columns\":[\"a\"],\"groups\":[[\"a\",\"f\",\"\",3,{\"v\":4}]]}",
         "profile: byte 83: counts that add up is wanted"},
        {"{\"dyetrace_profile\":1,\"rows\":1,\"k\":2,\"columns\":[\"a\"],\"groups\":[]} x",
         "profile: byte 66: the end is wanted"},
        {"{\"dyetrace_profile\":1,\"rows\":1,\"k\":2,\"columns\":[\"a\"],\"groups\":[[\"b\",\"f\",\"\",3,{\"v\":3}],"
         "[\"a\",\"f\",\"\",3,{\"v\":3}]]}",
         "profile: its groups are out of order"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dye_profile *p = NULL;
        struct dye_error err = {0};
        assert_int_equal(dye_profile_read(dye_span_str(bad[i].text), &p, &err), DYE_E_CONFIG);
        assert_string_equal(err.message, bad[i].message);
        assert_null(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fewer_rows_than_k_have_is_not_kept),
        cmocka_unit_test(no_identifier_is_kept_however_often_it_stands_there),
        cmocka_unit_test(too_few_rows_are_refused),
        cmocka_unit_test(a_canary_is_written_as_its_table_is),
        cmocka_unit_test(identifiers_stay_as_they_are),
        cmocka_unit_test(the_same_persona_follows_the_same_profile_in_the_same_way),
        cmocka_unit_test(a_record_keeps_an_identifier),
        cmocka_unit_test(the_identifier_it_keeps_is_one_that_is_found),
        cmocka_unit_test(variants_follow_it_alike),
        cmocka_unit_test(an_id_that_shows_decides_sex_and_age),
        cmocka_unit_test(columns_follow_each_other_as_in_the_table),
        cmocka_unit_test(learning_takes_bounded_memory_and_finds_what_is_frequent),
        cmocka_unit_test(a_damaged_text_is_refused_with_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
