#include "dye/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct dye_index_keys keys;

static void add(struct dye_index_builder *b, const char *canary, char variant, enum dye_kind kind, enum dye_form form,
                const char *bytes, uint8_t flags, uint64_t epoch)
{
    struct dye_index_entry e = {
        .kind = (uint8_t)kind, .form = (uint8_t)form, .variant = variant, .flags = flags, .epoch = (uint32_t)epoch};
    dye_index_entry_set(&e, &keys, dye_span_str(bytes));
    assert_int_equal(dye_index_builder_add(b, dye_span_str(canary), &e), DYE_OK);
}

static struct dye_index *image_of(struct dye_index_builder *b)
{
    uint8_t *image = NULL;
    size_t bytes = 0;
    struct dye_index *x = NULL;
    assert_int_equal(dye_index_builder_image(b, &image, &bytes, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, bytes, &keys, &x, NULL), DYE_OK);
    dye_index_builder_free(b);
    return x;
}

static struct dye_index_set usual(void)
{
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, "c1", 'A', DYE_MOBILE, DYE_PLAIN, "17412345678", 0, 1);
    add(b, "c1", 'A', DYE_MOBILE, DYE_FORM_MD5, "0cc175b9c0f1b6a831c399e269772661", 0, 1);
    add(b, "c1", 'A', DYE_RESIDENT_ID, DYE_PLAIN, "11014619900307001x", 0, 1);
    add(b, "c1", 'A', DYE_NAME, DYE_PLAIN, "甲乙丙", 0, 1);
    add(b, "c1", 'A', DYE_ADDRESS, DYE_PLAIN, "某省某市1路2号", 0, 1);
    add(b, "c2", 'A', DYE_MOBILE, DYE_PLAIN, "17400000002", DYE_INDEX_CONTROL, 1);
    add(b, "c3", 'A', DYE_MOBILE, DYE_PLAIN, "17400000003", 0, 1);
    add(b, "c3", 'B', DYE_MOBILE, DYE_PLAIN, "17400000004", 0, 1);
    return (struct dye_index_set){{image_of(b), NULL}};
}

struct found {
    char text[2048]; /* "canary variant [start,end) kind:form ...;" a sighting */
    size_t n;
    double bits[16];
    size_t sightings;
    bool control;
    enum dye_status answer;
};

static enum dye_status note(void *arg, const struct dye_sighting *s)
{
    struct found *f = arg;
    f->n += (size_t)snprintf(f->text + f->n, sizeof f->text - f->n, "%s%c[%zu,%zu)", s->canary, s->variant,
                             s->record_start, s->record_end);
    for (size_t i = 0; i < s->n; i++)
        f->n += (size_t)snprintf(f->text + f->n, sizeof f->text - f->n, " %s:%s@%zu+%zu",
                                 dye_kind_name(s->evidence[i].kind), dye_form_name(s->evidence[i].form),
                                 s->evidence[i].start, s->evidence[i].n);
    f->n += (size_t)snprintf(f->text + f->n, sizeof f->text - f->n, ";");
    f->bits[f->sightings++ % 16] = s->bits;
    f->control |= s->control;
    return f->answer;
}

/* All of a part's text as one chunk. */
static void link_chunk(struct dye_linker *l, const struct dye_index_set *set, struct dye_span text,
                       enum dye_charset charset, enum dye_status want)
{
    struct dye_layout layout;
    dye_layout_detect(DYE_UNIT_BYTE, charset, text, &layout);
    struct dye_chunk chunk = {.bytes = text, .text = text, .layout = &layout};
    dye_linker_chunk(l, &chunk);
    assert_int_equal(dye_scan(set, UINT64_MAX, text, dye_linker_hit, l, NULL), want);
    if (want == DYE_OK)
        assert_int_equal(dye_linker_finish(l), DYE_OK);
}

static void link_text(const struct dye_index_set *set, const char *text, enum dye_charset charset, struct found *f)
{
    *f = (struct found){.n = 0};
    struct dye_linker *l = dye_linker_new(note, f);
    link_chunk(l, set, dye_span_str(text), charset, DYE_OK);
    dye_linker_free(l);
}

static void check(const char *text, enum dye_charset charset, const char *want)
{
    struct dye_index_set set = usual();
    struct found f;
    link_text(&set, text, charset, &f);
    assert_string_equal(f.text, want);
    dye_index_unref(set.part[0]);
}

static void hits_of_one_row_are_one_sighting(void **state)
{
    (void)state;
    check("x\n1,17412345678,11014619900307001X\ny\n", DYE_CHARSET_ASCII,
          "c1A[2,34) mobile:plain@4+11 resident_id:plain@16+18;");
}

static void rows_and_canaries_and_variants_are_apart(void **state)
{
    (void)state;
    check("17412345678\n17412345678\n", DYE_CHARSET_ASCII,
          "c1A[0,11) mobile:plain@0+11;c1A[12,23) mobile:plain@12+11;");
    check("17412345678,17400000002", DYE_CHARSET_ASCII, "c1A[0,23) mobile:plain@0+11;c2A[0,23) mobile:plain@12+11;");
    check("17400000003,17400000004", DYE_CHARSET_ASCII, "c3A[0,23) mobile:plain@0+11;c3B[0,23) mobile:plain@12+11;");
    check("INSERT INTO t VALUES (17412345678),(17412345678);", DYE_CHARSET_ASCII,
          "c1A[21,34) mobile:plain@22+11;c1A[35,48) mobile:plain@36+11;");
}

static void one_kind_counts_once(void **state)
{
    (void)state;
    check("17412345678,17412345678,0cc175b9c0f1b6a831c399e269772661", DYE_CHARSET_ASCII,
          "c1A[0,56) mobile:plain@0+11;");
}

static void names_and_addresses_of_the_row_corroborate(void **state)
{
    (void)state;
    check("甲乙丙,17412345678,\"某省某市１路 2号\"", DYE_CHARSET_UTF8,
          "c1A[0,47) mobile:plain@10+11 name:plain@0+0 address:plain@0+0;");
    check("甲 乙丙----17412345678", DYE_CHARSET_UTF8, "c1A[0,25) mobile:plain@14+11 name:plain@0+0;");
    check("17412345678  甲乙丙", DYE_CHARSET_UTF8, "c1A[0,22) mobile:plain@0+11 name:plain@0+0;");
    check("{\"name\":\"甲乙丙\",\"tel\":\"17412345678\"}", DYE_CHARSET_UTF8,
          "c1A[0,40) mobile:plain@27+11 name:plain@0+0;");
    check("\xbc\xd7\xd2\xd2\xb1\xfb|17412345678", DYE_CHARSET_GB18030, "c1A[0,18) mobile:plain@7+11 name:plain@0+0;");
}

static void names_that_are_escaped_or_decoded_wrongly_corroborate_too(void **state)
{
    (void)state;
    check("{\"a\":\"\\u7532\\u4e59\\u4e19\",\"b\":17412345678}", DYE_CHARSET_ASCII,
          "c1A[0,42) mobile:plain@30+11 name:plain@0+0;");
    check("17412345678,x,%E7%94%B2%E4%B9%99%E4%B8%99", DYE_CHARSET_ASCII,
          "c1A[0,41) mobile:plain@0+11 name:plain@0+0;");
    check("17412345678,x,\xc3\xa7\xc2\x94\xc2\xb2\xc3\xa4\xc2\xb9\xc2\x99\xc3\xa4\xc2\xb8\xc2\x99", DYE_CHARSET_UTF8,
          "c1A[0,32) mobile:plain@0+11 name:plain@0+0;"); /* UTF-8, read as Latin-1 */
    check("甲乙丁,17412345678\n\xbc\xd7\xd2\xd2\xb1\xfb,17412345678\n", DYE_CHARSET_UTF8,
          "c1A[0,21) mobile:plain@10+11;c1A[22,40) mobile:plain@29+11 name:plain@22+0;"); /* a row of GB18030 */
}

static void a_quoted_value_with_a_line_end_is_of_one_row(void **state)
{
    (void)state;
    check("1,\"a\nb\",甲乙丙,\"17412345678\"\n", DYE_CHARSET_UTF8, "c1A[0,31) mobile:plain@19+11 name:plain@0+0;");
}

static enum dye_status note_places(void *arg, const struct dye_sighting *s)
{
    struct found *f = arg;
    for (size_t i = 0; i < s->n; i++)
        f->n +=
            (size_t)snprintf(f->text + f->n, sizeof f->text - f->n, "%s [%zu,%zu) @%zu+%zu %llu/%u;",
                             dye_kind_name(s->evidence[i].kind), s->record_start, s->record_end, s->evidence[i].start,
                             s->evidence[i].n, (unsigned long long)s->evidence[i].row, s->evidence[i].field);
    return DYE_OK;
}

static struct dye_index_set *chunks_of;
static enum dye_status link_and_note(void *linker, const struct dye_chunk *chunk)
{
    dye_linker_chunk(linker, chunk);
    assert_int_equal(dye_scan(chunks_of, UINT64_MAX, chunk->text, dye_linker_hit, linker, NULL), DYE_OK);
    return dye_linker_finish(linker);
}

static void check_part(enum dye_unit unit, const char *text, size_t n, const char *want)
{
    struct dye_index_set set = usual();
    struct found f = {.n = 0};
    chunks_of = &set;
    struct dye_linker *l = dye_linker_new(note_places, &f);
    struct dye_chunker *c = dye_chunker_new(1000, 2000, link_and_note, l);
    dye_chunker_begin(c, unit);
    assert_int_equal(dye_chunker_feed(c, dye_span_of(text, n)), DYE_OK);
    assert_int_equal(dye_chunker_finish(c), DYE_OK);
    dye_chunker_free(c);
    dye_linker_free(l);
    dye_index_unref(set.part[0]);
    assert_string_equal(f.text, want);
}

static void places_are_cells_rows_pages_or_bytes_before_decoding(void **state)
{
    (void)state;
    static const char cells[] = "姓名\x1f手机\n\n甲乙丙\x1f\x1f"
                                "17412345678\n";
    check_part(DYE_UNIT_CELL, cells, sizeof cells - 1, "mobile [15,37) @26+11 3/3;name [15,37) @15+0 3/0;");
    static const char pages[] = "a\n\x0c甲乙丙 17412345678\n\x0c";
    check_part(DYE_UNIT_PAGE, pages, sizeof pages - 1, "mobile [3,24) @13+11 2/0;name [3,24) @3+0 2/0;");
    /* UTF-16LE: "甲乙丙,17412345678" */
    static const char wide[] = "\xff\xfe\x32\x75\x59\x4e\x19\x4e,\0"
                               "1\0"
                               "7\0"
                               "4\0"
                               "1\0"
                               "2\0"
                               "3\0"
                               "4\0"
                               "5\0"
                               "6\0"
                               "7\0"
                               "8\0\n\0";
    check_part(DYE_UNIT_BYTE, wide, sizeof wide - 1, "mobile [2,32) @10+22 0/0;name [2,32) @2+0 0/0;");
}

static enum dye_status note_lines(void *arg, const struct dye_sighting *s)
{
    struct found *f = arg;
    f->n += (size_t)snprintf(f->text + f->n, sizeof f->text - f->n, "%s %llu;", s->canary, (unsigned long long)s->line);
    return DYE_OK;
}

static void a_sighting_says_its_line_where_records_are_lines(void **state)
{
    (void)state;
    struct dye_index_set set = usual();
    struct found f = {.n = 0};
    struct dye_linker *l = dye_linker_new(note_lines, &f);
    link_chunk(l, &set, dye_span_str("17412345678\n\nx\n17400000002\n"), DYE_CHARSET_ASCII, DYE_OK);
    link_chunk(l, &set, dye_span_str("a,b\n1,17400000003\n"), DYE_CHARSET_ASCII, DYE_OK);
    link_chunk(l, &set, dye_span_str("{\"a\":17400000003}\n{\"a\":2}\n"), DYE_CHARSET_ASCII, DYE_OK);
    dye_linker_free(l);
    dye_index_unref(set.part[0]);
    assert_string_equal(f.text, "c1 1;c2 4;c3 2;c3 0;");
}

static void a_line_is_asked_for_what_it_shows_of_a_canary(void **state)
{
    (void)state;
    static const char text[] = "丁戊己\n甲乙丙\n\n某省某市1路2号\n";
    static const struct {
        const char *canary;
        size_t at;
        uint64_t epoch;
        const char *want;
    } asks[] = {{"c1", 10, 1, "c1A[10,19) name:plain@10+0;"},
                {"c1", 0, 1, "c1A[0,9) name:other@0+0;"},
                {"c1", 21, 1, "c1A[21,41) address:plain@21+0;"},
                {"c2", 10, 1, ""},
                {"c9", 10, 1, ""},
                {"c1", 10, 0, ""}};
    struct dye_index_set set = usual();
    struct dye_layout layout;
    dye_layout_detect(DYE_UNIT_BYTE, DYE_CHARSET_UTF8, dye_span_str(text), &layout);
    struct dye_chunk chunk = {.bytes = dye_span_str(text), .text = dye_span_str(text), .layout = &layout};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        struct found f = {.n = 0};
        struct dye_linker *l = dye_linker_new(note, &f);
        dye_linker_chunk(l, &chunk);
        assert_int_equal(dye_linker_ask(l, &set, asks[i].canary, 'A', asks[i].epoch, asks[i].at), DYE_OK);
        dye_linker_free(l);
        assert_string_equal(f.text, asks[i].want);
        assert_true(i != 1 || f.bits[0] < 0);
    }
    dye_index_unref(set.part[0]);
}

static void a_name_in_another_row_or_of_another_canary_does_not(void **state)
{
    (void)state;
    check("甲乙丙\n17412345678", DYE_CHARSET_UTF8, "c1A[10,21) mobile:plain@10+11;");
    check("甲乙丙,17400000002", DYE_CHARSET_UTF8, "c2A[0,21) mobile:plain@10+11;");
    check("甲乙丙,某省某市1路2号", DYE_CHARSET_UTF8, "");
}

static void bits_are_the_sum_of_what_agrees(void **state)
{
    (void)state;
    struct dye_index_set set = usual();
    struct found f;
    link_text(&set, "甲乙丙,17412345678", DYE_CHARSET_UTF8, &f);
    assert_int_equal(f.sightings, 1);
    double want = dye_weight_bits(DYE_MOBILE, DYE_PLAIN) + dye_weight_bits(DYE_NAME, DYE_PLAIN);
    assert_true(f.bits[0] == want);
    assert_false(f.control);
    link_text(&set, "17400000002", DYE_CHARSET_UTF8, &f);
    assert_true(f.control);
    dye_index_unref(set.part[0]);
}

/* All forms of a canonical value, as the seeder registers them. */
static void plant(struct dye_index_builder *b, enum dye_kind kind, const char *value)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    struct dye_value v;
    assert_int_equal(dye_ident_parse(kind, dye_span_str(value), &v), DYE_OK);
    size_t n = dye_ident_forms(kind, &v, forms);
    for (size_t i = 0; i < n; i++)
        add(b, "c1", 'A', kind, forms[i].form, forms[i].bytes.text, 0, 1);
}

static void every_kind_is_found_or_corroborates(void **state)
{
    (void)state;
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    plant(b, DYE_BANK_CARD, "6212345678901234569");
    plant(b, DYE_USCC, "91110000600037341L");
    plant(b, DYE_PLATE, "鲁A12345");
    plant(b, DYE_PASSPORT, "E00000001");
    plant(b, DYE_PERMIT, "H0000000101");
    plant(b, DYE_QQ, "1234567890");
    plant(b, DYE_WECHAT, "wx_ab-1");
    plant(b, DYE_ACCOUNT, "ZY00012345");
    struct dye_index_set set = {{image_of(b), NULL}};
    struct found f;
    link_text(&set, "e00000001,鲁A·12345,1234567890,WX_ab-1,6212345678901234569", DYE_CHARSET_UTF8, &f);
    assert_string_equal(f.text, "c1A[0,60) bank_card:plain@41+19 plate:plain@0+0 passport:plain@0+9 qq:plain@0+0 "
                                "wechat:plain@0+0;");
    link_text(&set,
              "91110000600037341l|\xc2\xb3"
              "A12345|1234567890",
              DYE_CHARSET_GB18030, &f);
    assert_string_equal(f.text, "c1A[0,38) uscc:plain@0+18 plate:plain@0+0 qq:plain@0+0;");
    link_text(&set, "H0000000101\nH00000001\nzy00012345", DYE_CHARSET_ASCII, &f);
    assert_string_equal(f.text,
                        "c1A[0,11) permit:plain@0+11;c1A[12,21) permit:plain@12+9;c1A[22,32) account:plain@22+10;");
    link_text(&set, "鲁A12345,1234567890,wx_ab-1", DYE_CHARSET_UTF8, &f);
    assert_string_equal(f.text, "");
    dye_index_unref(set.part[0]);
}

static void a_canary_in_base_and_delta_is_one_sighting(void **state)
{
    (void)state;
    struct dye_index_set set = usual();
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, "c1", 'A', DYE_WAYBILL, DYE_PLAIN, "sf1234567890123", 0, 2);
    set.part[1] = image_of(b);
    struct found f;
    link_text(&set, "17412345678,SF1234567890123,甲乙丙", DYE_CHARSET_UTF8, &f);
    assert_string_equal(f.text, "c1A[0,37) mobile:plain@0+11 name:plain@0+0 waybill:plain@12+15;");
    dye_index_unref(set.part[0]);
    dye_index_unref(set.part[1]);
}

static void a_canary_of_two_epochs_in_one_index_is_one_sighting(void **state)
{
    (void)state;
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, "c1", 'A', DYE_WAYBILL, DYE_PLAIN, "sf1234567890123", 0, 2);
    add(b, "c1", 'A', DYE_MOBILE, DYE_PLAIN, "17412345678", 0, 1);
    add(b, "c1", 'A', DYE_NAME, DYE_PLAIN, "甲乙丙", 0, 1);
    add(b, "c1", 'A', DYE_ADDRESS, DYE_PLAIN, "某省某市1路2号", 0, 2);
    struct dye_index_set set = {{image_of(b), NULL}};
    struct found f;
    link_text(&set, "17412345678,SF1234567890123,甲乙丙,某省某市1路2号", DYE_CHARSET_UTF8, &f);
    assert_string_equal(f.text, "c1A[0,58) mobile:plain@0+11 name:plain@0+0 address:plain@0+0 waybill:plain@12+15;");
    dye_index_unref(set.part[0]);
}

static void a_name_that_came_later_than_the_hit_is_not_there(void **state)
{
    (void)state;
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    add(b, "c1", 'A', DYE_MOBILE, DYE_PLAIN, "17412345678", 0, 1);
    add(b, "c1", 'A', DYE_NAME, DYE_PLAIN, "甲乙丙", 0, 2);
    struct dye_index_set set = {{image_of(b), NULL}};
    struct found f;
    link_text(&set, "甲乙丙,17412345678", DYE_CHARSET_UTF8, &f);
    assert_string_equal(f.text, "c1A[0,21) mobile:plain@10+11;");
    dye_index_unref(set.part[0]);
}

static struct dye_index_set person(void)
{
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    plant(b, DYE_MOBILE, "17412345678");
    plant(b, DYE_RESIDENT_ID, "11014519900307019X");
    plant(b, DYE_EMAIL, "liming77@example.com");
    plant(b, DYE_NAME, "张晓明");
    plant(b, DYE_ADDRESS, "某省某市甲乙区丙丁路12号戊己花园3号楼2单元501室");
    return (struct dye_index_set){{image_of(b), NULL}};
}

static void what_a_record_shows_of_other_fields_corroborates_a_masked_one(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"张晓明,174****5678", "mobile:masked name:plain"},
        {"張曉明,174****5678", "mobile:masked name:plain"},
        {"ZHANG XIAOMING,174****5678", "mobile:masked name:pinyin"},
        {"Xiaoming Zhang,174****5678", "mobile:masked name:pinyin"},
        {"zhangxm,174****5678", "mobile:masked name:pinyin"},
        {"张*,174****5678", "mobile:masked name:masked"},
        {"张先生,174****5678", "mobile:masked name:masked"},
        {"张,174****5678", "mobile:masked"},
        {"1,174****5678,1990/3/7", "mobile:masked resident_id:birth"},
        {"1,174****5678,li***@example.com", "mobile:masked email:masked"},
        {"1,174****5678,某市甲乙区丙丁路12号", "mobile:masked address:part"},
        {"1,174****5678,戊己花园", "mobile:masked address:part"},
        {"110145********019X,*******5678", "mobile:glimpse resident_id:masked"},
        {"张晓明174****5678某市", "mobile:masked name:plain"},
        {"张**174****5678某市", "mobile:masked name:masked"},
        {"李晓明,174****5678", "mobile:masked name:other"},
        {"李*,174****5678", "mobile:masked name:other"},
        {"张晓明,李四,174****5678", "mobile:masked name:plain"},
        {"王五,李四,174****5678", "mobile:masked"},
        {"17400000001,110145********019X", "mobile:other resident_id:masked"},
        {"17412345678,174****5678", "mobile:plain"},
        {"11014519900307019X,1990-03-07", "resident_id:plain"},
        {"x\n张晓明\n174****5678\ny", "mobile:masked name:plain"},
        {"张晓明\nx\ny\nz\n174****5678\ny", "mobile:masked"},
    };
    struct dye_index_set set = person();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct found f;
        char plain[512];
        size_t n = 0;
        link_text(&set, cases[i].text, DYE_CHARSET_UTF8, &f);
        /* without places: " kind:form@start+n" */
        for (const char *p = strchr(f.text, ' '); p != NULL && *p != '\0' && *p != ';';) {
            size_t word = strcspn(p, "@");
            memcpy(plain + n, p, word);
            n += word;
            p += strcspn(p + 1, " ;") + 1;
        }
        plain[n] = '\0';
        if (n == 0 || strcmp(plain + 1, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].text, f.text);
    }
    dye_index_unref(set.part[0]);
}

static double bits_of(const struct dye_index_set *set, const char *text)
{
    struct found f;
    link_text(set, text, DYE_CHARSET_UTF8, &f);
    assert_int_equal(f.sightings, 1);
    return f.bits[0];
}

static void more_that_agrees_weighs_more_and_what_disagrees_less(void **state)
{
    (void)state;
    struct dye_index_set set = person();
    double alone = bits_of(&set, "1,174****5678");
    assert_true(bits_of(&set, "李晓明,174****5678") < alone - 3);
    assert_true(bits_of(&set, "张**,174****5678") > alone + 4);
    assert_true(bits_of(&set, "张*明,174****5678") > bits_of(&set, "张**,174****5678") + 5);
    assert_true(bits_of(&set, "张晓明,174****5678") > alone + 12);
    assert_true(bits_of(&set, "张晓明\n174****5678") < bits_of(&set, "张晓明,174****5678"));
    assert_true(bits_of(&set, "174*****678") < alone - 3);
    assert_true(bits_of(&set, "1741234****") < alone);
    /* The whole of a masked row names one person in a dump of a million rows; a lone coincidence none in one of a
     * hundred. */
    assert_true(bits_of(&set, "张晓明,174****5678,1990-03-07") > dye_link_threshold_bits(1000000, 1000, 0.01));
    assert_true(alone < dye_link_threshold_bits(100, 100, 0.01));
    dye_index_unref(set.part[0]);
}

static void what_the_callback_returns_ends_the_scan(void **state)
{
    (void)state;
    struct dye_index_set set = usual();
    struct found f = {.answer = DYE_STOPPED};
    struct dye_linker *l = dye_linker_new(note, &f);
    const char *text = "17412345678\n17412345678\n17412345678\n";
    link_chunk(l, &set, dye_span_str(text), DYE_CHARSET_ASCII, DYE_STOPPED);
    assert_int_equal(f.sightings, 1);
    dye_linker_free(l);
    dye_linker_free(NULL);
    dye_index_unref(set.part[0]);
}

static enum dye_status count(void *arg, const struct dye_sighting *s)
{
    assert_int_equal(s->n, 1);
    ++*(size_t *)arg;
    return DYE_OK;
}

static void a_row_with_a_thousand_canaries_gives_them_all(void **state)
{
    (void)state;
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    char *text = calloc(1000, 16);
    size_t n = 0;
    for (int i = 0; i < 1000; i++) {
        char id[16], value[16];
        snprintf(id, sizeof id, "c%d", i);
        snprintf(value, sizeof value, "1740000%04d", i);
        add(b, id, 'A', DYE_MOBILE, DYE_PLAIN, value, 0, 1);
        n += (size_t)snprintf(text + n, 16, "%s,", value);
    }
    struct dye_index_set set = {{image_of(b), NULL}};
    size_t sightings = 0;
    struct dye_linker *l = dye_linker_new(count, &sightings);
    link_chunk(l, &set, dye_span_of(text, n), DYE_CHARSET_ASCII, DYE_OK);
    assert_int_equal(sightings, 1000);
    dye_linker_free(l);
    free(text);
    dye_index_unref(set.part[0]);
}

static void weights_keep_the_promises_of_the_method(void **state)
{
    (void)state;
    static const enum dye_kind alone[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_EMAIL};
    double small = dye_link_threshold_bits(100000000, 10000, 0.01);
    for (size_t i = 0; i < 3; i++)
        for (enum dye_form f = DYE_PLAIN; f < DYE_FORM_COUNT; f++)
            if (dye_form_is_scanned(alone[i], f) && f != DYE_FORM_MASKED && f != DYE_FORM_DAMAGED)
                assert_true(dye_weight_bits(alone[i], f) >= small);
    /* What shows only a part names nobody alone, and with a name only in a dump that is not large. */
    double part = dye_weight_bits(DYE_MOBILE, DYE_FORM_MASKED);
    assert_true(part < dye_link_threshold_bits(1000, 100, 0.01));
    assert_true(part + dye_weight_bits(DYE_NAME, DYE_PLAIN) < dye_link_threshold_bits(1000000, 1000, 0.01));
    assert_true(part + dye_weight_bits(DYE_NAME, DYE_PLAIN) > dye_link_threshold_bits(10000, 1000, 0.01));
    /* The largest case needs a second field beside a mobile; an ID or an address of its own is still enough. */
    double large = dye_link_threshold_bits(1000000000, 10000, 0.01);
    assert_true(large > 49.8 && large < 49.9);
    assert_true(dye_weight_bits(DYE_RESIDENT_ID, DYE_PLAIN) >= large);
    assert_true(dye_weight_bits(DYE_EMAIL, DYE_PLAIN) >= large);
    assert_true(dye_weight_bits(DYE_MOBILE, DYE_PLAIN) < large);
    assert_true(dye_weight_bits(DYE_MOBILE, DYE_PLAIN) + dye_weight_bits(DYE_NAME, DYE_PLAIN) >= large);
    /* Neither a name nor an address, nor both, name anyone in any dump worth the word. */
    assert_true(dye_weight_bits(DYE_NAME, DYE_PLAIN) + dye_weight_bits(DYE_ADDRESS, DYE_PLAIN) <
                dye_link_threshold_bits(1000000, 1000, 0.01));
    assert_true(dye_weight_bits(DYE_KIND_NONE, DYE_PLAIN) == 0);
    assert_true(dye_weight_bits(DYE_MOBILE, DYE_FORM_NONE) == 0);
}

static void probability_follows_bits_and_size(void **state)
{
    (void)state;
    assert_true(dye_link_probability(0, 1, 1) == 0.5);
    double even = dye_link_probability(20, 1024, 1024); /* 2^20 pairs, 20 bits: about even */
    assert_true(even > 0.499 && even < 0.501);
    assert_true(dye_link_probability(60, 1000000, 1000) > 0.999999);
    assert_true(dye_link_probability(13, 1000000, 1000) < 0.00001);
    assert_true(dye_link_probability(47, 1000, 10) > dye_link_probability(47, 1000000, 10));
    assert_true(dye_link_probability(1e6, UINT64_MAX, UINT64_MAX) <= 1);
    for (double p = 0.001; p < 1; p += 0.1) {
        double back = dye_link_probability(dye_link_bits(p, 12345, 678), 12345, 678) - p;
        assert_true(back < 1e-9 && back > -1e-9);
    }
}

int main(void)
{
    struct dye_key k;
    memset(k.bytes, 7, sizeof k.bytes);
    dye_index_keys_init(&k, &keys);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_of_one_row_are_one_sighting),
        cmocka_unit_test(rows_and_canaries_and_variants_are_apart),
        cmocka_unit_test(one_kind_counts_once),
        cmocka_unit_test(names_and_addresses_of_the_row_corroborate),
        cmocka_unit_test(names_that_are_escaped_or_decoded_wrongly_corroborate_too),
        cmocka_unit_test(a_quoted_value_with_a_line_end_is_of_one_row),
        cmocka_unit_test(places_are_cells_rows_pages_or_bytes_before_decoding),
        cmocka_unit_test(a_sighting_says_its_line_where_records_are_lines),
        cmocka_unit_test(a_line_is_asked_for_what_it_shows_of_a_canary),
        cmocka_unit_test(a_name_in_another_row_or_of_another_canary_does_not),
        cmocka_unit_test(bits_are_the_sum_of_what_agrees),
        cmocka_unit_test(every_kind_is_found_or_corroborates),
        cmocka_unit_test(a_canary_in_base_and_delta_is_one_sighting),
        cmocka_unit_test(a_canary_of_two_epochs_in_one_index_is_one_sighting),
        cmocka_unit_test(a_name_that_came_later_than_the_hit_is_not_there),
        cmocka_unit_test(what_a_record_shows_of_other_fields_corroborates_a_masked_one),
        cmocka_unit_test(more_that_agrees_weighs_more_and_what_disagrees_less),
        cmocka_unit_test(what_the_callback_returns_ends_the_scan),
        cmocka_unit_test(a_row_with_a_thousand_canaries_gives_them_all),
        cmocka_unit_test(weights_keep_the_promises_of_the_method),
        cmocka_unit_test(probability_follows_bits_and_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
