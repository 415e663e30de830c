#include "dye/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const struct dye_sector clinic = {
    .name = "clinic",
    .table = "his.patients",
    .column = {{.name = "mrn", .what = DYE_COLUMN_KIND, .kind = DYE_MRN},
               {.name = "name", .what = DYE_COLUMN_KIND, .kind = DYE_NAME},
               {.name = "sex", .what = DYE_COLUMN_SEX, .male = "男", .female = "女"},
               {.name = "born", .what = DYE_COLUMN_BIRTH},
               {.name = "id", .what = DYE_COLUMN_KIND, .kind = DYE_RESIDENT_ID},
               {.name = "phone", .what = DYE_COLUMN_KIND, .kind = DYE_MOBILE},
               {.name = "mail", .what = DYE_COLUMN_KIND, .kind = DYE_EMAIL},
               {.name = "the \"place\"", .what = DYE_COLUMN_KIND, .kind = DYE_ADDRESS}},
    .columns = 8,
};
static const struct dye_sector bare = {
    .name = "bare",
    .table = "t",
    .column = {{.name = "mrn", .what = DYE_COLUMN_KIND, .kind = DYE_MRN},
               {.name = "name", .what = DYE_COLUMN_KIND, .kind = DYE_NAME}},
    .columns = 2,
};
static const struct dye_sector courier = {
    .name = "courier",
    .table = "t",
    .column = {{.name = "name", .what = DYE_COLUMN_KIND, .kind = DYE_NAME}},
    .columns = 1,
};

static void set(struct dye_value *v, const char *text)
{
    v->n = strlen(text);
    memcpy(v->text, text, v->n + 1);
}

static struct dye_persona someone(const char *name)
{
    struct dye_persona p = {.canary = "c0000000000000001", .sex = 'F', .birth = "1990-02-28"};
    set(&p.value[DYE_MRN], "9000000001");
    set(&p.value[DYE_NAME], name);
    set(&p.value[DYE_RESIDENT_ID], "000000199002280000");
    set(&p.value[DYE_MOBILE], "17400000001");
    set(&p.value[DYE_EMAIL], "a&b@example.com");
    set(&p.value[DYE_ADDRESS], "济南市城东区人民路1号");
    return p;
}

static struct dye_stamp stamp(void)
{
    return (struct dye_stamp){.control = "123",
                              .control_delete = "456",
                              .patient_uuid = "00000000-0000-4000-8000-000000000001",
                              .visit = {{"000000000789", "00000000-0000-4000-8000-000000000002", 0},
                                        {"000000000790", "00000000-0000-4000-8000-000000000003", 40}},
                              .when = "20260102030405"};
}

static struct dye_exchange exchange(void)
{
    struct dye_exchange x;
    dye_exchange_init(&x, "clinic");
    return x;
}

static void assert_hl7(const struct dye_sector *s, const struct dye_persona *p, const struct dye_exchange *x,
                       enum dye_hl7_event event, const char *want)
{
    struct dye_buf b;
    struct dye_stamp t = stamp();
    dye_buf_init(&b, 8192, true);
    assert_int_equal(dye_hl7_message(s, p, x, &t, event, &b), DYE_OK);
    assert_string_equal((char *)b.p, want);
    dye_buf_done(&b);
}

static void a_registration_puts_each_value_into_its_field(void **state)
{
    (void)state;
    struct dye_persona p = someone("欧阳明");
    struct dye_exchange x = exchange();
    assert_hl7(
        &clinic, &p, &x, DYE_HL7_A04,
        "MSH|^~\\&|HIS|clinic|||20260102030405||ADT^A04^ADT_A01|123|P|2.5|||||CHN|UNICODE UTF-8\r"
        "EVN||20260102030405\r"
        "PID|1||9000000001^^^clinic^MR~000000199002280000^^^&2.16.156.10011.1.3&ISO^NI||欧阳^明^^^^^L^I||19900228|F"
        "|||济南市城东区人民路1号^^^^^CHN^H||17400000001^PRN^CP~^NET^Internet^a\\T\\b@example.com\r"
        "PV1|1|O|||||||||||||||||000000000789^^^clinic^VN|||||||||||||||||||||||||20260102030405\r");
}

static void a_message_has_only_what_the_sector_keeps(void **state)
{
    (void)state;
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    assert_hl7(&bare, &p, &x, DYE_HL7_A28,
               "MSH|^~\\&|HIS|clinic|||20260102030405||ADT^A28^ADT_A05|123|P|2.5|||||CHN|UNICODE UTF-8\r"
               "EVN||20260102030405\r"
               "PID|1||9000000001^^^clinic^MR||王^芳^^^^^L^I||||||||\r"
               "PV1|1|N\r");
}

static void taking_back_has_a_number_of_its_own(void **state)
{
    (void)state;
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    set(&p.value[DYE_NAME], "Li Ming");
    assert_hl7(&bare, &p, &x, DYE_HL7_A29,
               "MSH|^~\\&|HIS|clinic|||20260102030405||ADT^A29^ADT_A21|456|P|2.5|||||CHN|UNICODE UTF-8\r"
               "EVN||20260102030405\r"
               "PID|1||9000000001^^^clinic^MR||Li Ming^^^^^^L^A||||||||\r"
               "PV1|1|N\r");
}

static void delimiters_and_controls_are_escaped(void **state)
{
    (void)state;
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    memcpy(x.facility, "a|b^c&d~e\\f\x0b\x1c\r", 15);
    memcpy(x.authority, "", 1);
    assert_hl7(
        &bare, &p, &x, DYE_HL7_A28,
        "MSH|^~\\&|HIS|a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X0B\\\\X1C\\\\X0D\\|||20260102030405||ADT^A28^ADT_A05|123|P|2.5"
        "|||||CHN|UNICODE UTF-8\r"
        "EVN||20260102030405\r"
        "PID|1||9000000001^^^^MR||王^芳^^^^^L^I||||||||\r"
        "PV1|1|N\r");
}

static void gb_18030_is_said_and_written(void **state)
{
    (void)state;
    struct dye_persona p = someone("王䶮𠮷"); /* two bytes that GBK does not have, and four */
    struct dye_exchange x = exchange();
    x.charset = DYE_CHARSET_GB18030;
    assert_hl7(&bare, &p, &x, DYE_HL7_A28,
               "MSH|^~\\&|HIS|clinic|||20260102030405||ADT^A28^ADT_A05|123|P|2.5|||||CHN|GB 18030-2000\r"
               "EVN||20260102030405\r"
               "PID|1||9000000001^^^clinic^MR||\xcd\xf5^\xfe\x9f\x95\x34\xb2\x35^^^^^L^I||||||||\r"
               "PV1|1|N\r");
}

static void surnames_end_where_they_do(void **state)
{
    (void)state;
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"王芳", "||王^芳^^^^^L^I||"},
        {"司马光远", "||司马^光远^^^^^L^I||"},
        {"司马", "||司^马^^^^^L^I||"}, /* two characters: a surname of one, a given name of one */
        {"阿依古丽·买买提", "||阿依古丽·买买提^^^^^^L^I||"},
        {"王䶮", "||王^䶮^^^^^L^I||"},
        {"𠮷野", "||𠮷^野^^^^^L^I||"},
        {"Li Ming", "||Li Ming^^^^^^L^A||"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dye_persona p = someone(rows[i].name);
        struct dye_exchange x = exchange();
        struct dye_stamp t = stamp();
        struct dye_buf b;
        dye_buf_init(&b, 8192, true);
        assert_int_equal(dye_hl7_message(&bare, &p, &x, &t, DYE_HL7_A28, &b), DYE_OK);
        assert_non_null(strstr((char *)b.p, rows[i].want));
        dye_buf_done(&b);
    }
}

static void a_bundle_creates_a_patient_and_a_visit_unless_they_are_there(void **state)
{
    (void)state;
    struct dye_persona p = someone("欧阳\"明"), q = someone("王芳");
    struct dye_exchange x = exchange();
    struct dye_stamp t = stamp();
    struct dye_buf b;
    dye_buf_init(&b, 8192, true);
    assert_int_equal(dye_fhir_begin(&b), DYE_OK);
    assert_int_equal(dye_fhir_person(&clinic, &p, &x, &t, &b), DYE_OK);
    x.visit_system[0] = '\0';
    assert_int_equal(dye_fhir_person(&bare, &q, &x, &t, &b), DYE_OK);
    assert_int_equal(dye_fhir_end(&b), DYE_OK);
    assert_string_equal(
        (char *)b.p,
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        "{\"fullUrl\":\"urn:uuid:00000000-0000-4000-8000-000000000001\",\"resource\":{\"resourceType\":\"Patient\","
        "\"identifier\":["
        "{\"use\":\"official\",\"system\":\"urn:oid:2.16.156.10011.1.3\",\"value\":\"000000199002280000\"},"
        "{\"use\":\"usual\",\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\","
        "\"code\":\"MR\"}]},\"system\":\"https://clinic/id/mrn\",\"value\":\"9000000001\"}],\"active\":true,"
        "\"name\":[{\"use\":\"official\",\"text\":\"欧阳\\\"明\"}],"
        "\"telecom\":[{\"system\":\"phone\",\"value\":\"17400000001\",\"use\":\"mobile\"},"
        "{\"system\":\"email\",\"value\":\"a&b@example.com\"}],\"gender\":\"female\",\"birthDate\":\"1990-02-28\","
        "\"address\":[{\"use\":\"home\",\"text\":\"济南市城东区人民路1号\",\"country\":\"CN\"}]},"
        "\"request\":{\"method\":\"POST\",\"url\":\"Patient\","
        "\"ifNoneExist\":\"identifier=https://clinic/id/mrn%7C9000000001\"}},"
        "{\"fullUrl\":\"urn:uuid:00000000-0000-4000-8000-000000000002\",\"resource\":{\"resourceType\":\"Encounter\","
        "\"identifier\":[{\"system\":\"https://clinic/id/visit\",\"value\":\"000000000789\"}],\"status\":\"finished\","
        "\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"},"
        "\"subject\":{\"reference\":\"urn:uuid:00000000-0000-4000-8000-000000000001\"},"
        "\"period\":{\"start\":\"2026-01-02T03:04:05+08:00\",\"end\":\"2026-01-02T03:04:05+08:00\"}},"
        "\"request\":{\"method\":\"POST\",\"url\":\"Encounter\","
        "\"ifNoneExist\":\"identifier=https://clinic/id/visit%7C000000000789\"}},"
        "{\"fullUrl\":\"urn:uuid:00000000-0000-4000-8000-000000000001\",\"resource\":{\"resourceType\":\"Patient\","
        "\"identifier\":["
        "{\"use\":\"usual\",\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\","
        "\"code\":\"MR\"}]},\"system\":\"https://clinic/id/mrn\",\"value\":\"9000000001\"}],\"active\":true,"
        "\"name\":[{\"use\":\"official\",\"text\":\"王芳\",\"family\":\"王\",\"given\":[\"芳\"]}]},"
        "\"request\":{\"method\":\"POST\",\"url\":\"Patient\","
        "\"ifNoneExist\":\"identifier=https://clinic/id/mrn%7C9000000001\"}}]}\n");
    dye_buf_done(&b);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        n++;
    return n;
}

static void each_record_of_a_person_is_a_visit_or_an_insert(void **state)
{
    (void)state;
    static struct dye_sector twice;
    twice = bare;
    twice.rows[1] = 1; /* always two */
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    struct dye_stamp t = stamp();
    struct dye_buf b;
    dye_buf_init(&b, 8192, true);
    p.born = dye_day(1990, 2, 28);
    assert_int_equal(dye_fhir_person(&twice, &p, &x, &t, &b), DYE_OK);
    assert_int_equal(count((char *)b.p, "\"resourceType\":\"Patient\""), 1);
    assert_int_equal(count((char *)b.p, "\"resourceType\":\"Encounter\""), 2);
    assert_int_equal(count((char *)b.p, "\"reference\":\"urn:uuid:00000000-0000-4000-8000-000000000001\""), 2);
    assert_non_null(strstr((char *)b.p, "\"value\":\"000000000790\""));
    assert_non_null(strstr((char *)b.p, "\"start\":\"2025-11-23T03:04:05+08:00\""));
    dye_buf_clear(&b);
    p.born = dye_day(2025, 12, 31);
    assert_int_equal(dye_fhir_person(&twice, &p, &x, &t, &b), DYE_OK);
    assert_non_null(strstr((char *)b.p, "\"start\":\"2025-12-31T03:04:05+08:00\"")); /* none before birth */
    dye_buf_clear(&b);
    assert_int_equal(dye_hl7_message(&twice, &p, &x, &t, DYE_HL7_A04, &b), DYE_OK);
    assert_int_equal(count((char *)b.p, "MSH|"), 1);
    dye_buf_clear(&b);
    assert_int_equal(dye_record_write(&twice, &p, DYE_FORMAT_SQL, &b), DYE_OK);
    assert_int_equal(count((char *)b.p, "INSERT INTO"), 2);
    dye_buf_done(&b);
}

static void visits_of_an_infant_are_on_days_of_their_own_since_birth(void **state)
{
    (void)state;
    static struct dye_sector thrice;
    thrice = bare;
    thrice.rows[2] = 1; /* always three */
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    struct dye_stamp t = stamp();
    struct dye_buf b;
    t.visit[2].days_ago = t.visit[1].days_ago + 7;
    dye_buf_init(&b, 8192, true);
    p.born = dye_day(2025, 12, 30);
    assert_int_equal(dye_fhir_person(&thrice, &p, &x, &t, &b), DYE_OK);
    assert_int_equal(count((char *)b.p, "\"start\":\"2026-01-02T"), 1);
    assert_int_equal(count((char *)b.p, "\"start\":\"2025-12-31T"), 1);
    assert_int_equal(count((char *)b.p, "\"start\":\"2025-12-30T"), 1);
    dye_buf_clear(&b);
    p.born = dye_day(2026, 1, 2); /* has but one day */
    assert_int_equal(dye_fhir_person(&thrice, &p, &x, &t, &b), DYE_OK);
    assert_int_equal(count((char *)b.p, "\"start\":\"2026-01-02T"), 3);
    dye_buf_done(&b);
}

static void an_empty_cell_is_told_by_no_message(void **state)
{
    (void)state;
    static struct dye_sector silent;
    silent = clinic;
    for (size_t i = 2; i < silent.columns; i++)
        silent.column[i].empty = 10000;
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    struct dye_stamp t = stamp();
    struct dye_buf b;
    assert_hl7(&silent, &p, &x, DYE_HL7_A28,
               "MSH|^~\\&|HIS|clinic|||20260102030405||ADT^A28^ADT_A05|123|P|2.5|||||CHN|UNICODE UTF-8\r"
               "EVN||20260102030405\r"
               "PID|1||9000000001^^^clinic^MR||王^芳^^^^^L^I||||||||\r"
               "PV1|1|N\r");
    dye_buf_init(&b, 8192, true);
    assert_int_equal(dye_fhir_person(&silent, &p, &x, &t, &b), DYE_OK);
    static const char *const fields[] = {"oid:2.16", "telecom", "gender", "birthDate", "address"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_null(strstr((char *)b.p, fields[i]));
    p.value[DYE_MRN].n = 0;
    assert_int_equal(dye_fhir_person(&clinic, &p, &x, &t, &b), DYE_E_USAGE);
    dye_buf_done(&b);
}

static void a_query_encodes_what_an_uri_has_not(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 1024, false);
    assert_int_equal(dye_fhir_query("urn:济", dye_span_str("a b|c&d=e?#%,"), &b), DYE_OK);
    assert_string_equal((char *)b.p, "identifier=urn:%E6%B5%8E%7Ca%20b%7Cc%26d%3De%3F%23%25%2C");
    dye_buf_done(&b);
}

static void an_institution_is_named_as_far_as_it_fits(void **state)
{
    (void)state;
    struct dye_exchange x;
    dye_exchange_init(&x, "济南 医院");
    assert_string_equal(x.facility, "济南 医院");
    assert_string_equal(x.system[DYE_MRN], "https://%E6%B5%8E%E5%8D%97%20%E5%8C%BB%E9%99%A2/id/mrn");
    dye_exchange_init(&x, "x济济济济济济济济济济济济济济济济济济济济济济济济");
    assert_string_equal(x.authority,
                        "x济济济济济济济济济济济济济济济济济济济济"); /* 61 bytes: 63 would halve a character */
    assert_string_equal(x.visit_system, "https://hospital/id/visit");
}

static void a_sector_without_an_mrn_has_no_messages(void **state)
{
    (void)state;
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    struct dye_stamp t = stamp();
    struct dye_buf b;
    dye_buf_init(&b, 1024, true);
    assert_int_equal(dye_hl7_message(&courier, &p, &x, &t, DYE_HL7_A28, &b), DYE_E_USAGE);
    assert_int_equal(dye_fhir_person(&courier, &p, &x, &t, &b), DYE_E_USAGE);
    assert_int_equal(b.n, 0);
    dye_buf_done(&b);
}

static void a_full_buffer_stops_a_message(void **state)
{
    (void)state;
    struct dye_persona p = someone("王芳");
    struct dye_exchange x = exchange();
    struct dye_stamp t = stamp();
    for (size_t max = 1; max < 700; max += 13) {
        struct dye_buf b;
        dye_buf_init(&b, max, true);
        assert_int_equal(dye_fhir_person(&clinic, &p, &x, &t, &b), DYE_E_LIMIT);
        dye_buf_done(&b);
    }
    struct dye_buf b;
    dye_buf_init(&b, 100, true);
    assert_int_equal(dye_hl7_message(&clinic, &p, &x, &t, DYE_HL7_A04, &b), DYE_E_LIMIT);
    assert_int_equal(b.n, 0);
    dye_buf_done(&b);
}

static void insert_statements_double_their_quotes(void **state)
{
    (void)state;
    struct dye_persona p = someone("王'芳\\");
    struct dye_buf b;
    p.value[DYE_EMAIL].n = 0;
    dye_buf_init(&b, 8192, true);
    assert_int_equal(dye_record_header(&clinic, DYE_FORMAT_SQL, &b), DYE_OK);
    assert_int_equal(b.n, 0);
    assert_int_equal(dye_record_write(&clinic, &p, DYE_FORMAT_SQL, &b), DYE_OK);
    assert_string_equal(
        (char *)b.p,
        "INSERT INTO \"his\".\"patients\" (\"mrn\", \"name\", \"sex\", \"born\", \"id\", \"phone\", \"mail\", "
        "\"the \"\"place\"\"\") VALUES ('9000000001', '王''芳\\', '女', '1990-02-28', "
        "'000000199002280000', '17400000001', NULL, '济南市城东区人民路1号');\n");
    dye_buf_done(&b);
}

static void a_stamp_is_the_placements_and_the_keys(void **state)
{
    (void)state;
    const struct dye_key key = {{1}}, other = {{2}};
    struct dye_stamp a, b;
    dye_stamp_make(&key, "c1", 'A', "a/b", "20260102030405", &a);
    dye_stamp_make(&key, "c1", 'A', "a/b", "20260102030405", &b);
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(strspn(a.control, "0123456789"), strlen(a.control));
    assert_true(strlen(a.control) > 0 && strlen(a.control) < 20);
    assert_int_equal(strlen(a.visit[0].number), 12);
    assert_int_equal(a.patient_uuid[14], '4');
    assert_non_null(strchr("89ab", a.patient_uuid[19]));
    assert_string_not_equal(a.control, a.control_delete);
    assert_int_equal(a.visit[0].days_ago, 0);
    for (size_t i = 1; i < DYE_SECTOR_ROWS_MAX; i++) {
        assert_string_not_equal(a.visit[i].number, a.visit[i - 1].number);
        assert_string_not_equal(a.visit[i].uuid, a.visit[i - 1].uuid);
        assert_in_range(a.visit[i].days_ago - a.visit[i - 1].days_ago, 1, 90);
    }
    assert_string_not_equal(a.patient_uuid, a.visit[0].uuid);
    const struct {
        const struct dye_key *key;
        const char *canary, *source;
        char variant;
    } others[] = {
        {&other, "c1", "a/b", 'A'}, {&key, "c2", "a/b", 'A'}, {&key, "c1", "a/c", 'A'}, {&key, "c1", "a/b", 'B'}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        dye_stamp_make(others[i].key, others[i].canary, others[i].variant, others[i].source, "20260102030405", &b);
        assert_string_not_equal(a.control, b.control);
        assert_string_not_equal(a.control_delete, b.control_delete);
        assert_string_not_equal(a.visit[0].number, b.visit[0].number);
        assert_string_not_equal(a.patient_uuid, b.patient_uuid);
        assert_string_not_equal(a.visit[0].uuid, b.visit[0].uuid);
    }
}

static void an_acknowledgement_says_what_became_of_which_message(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum dye_status status;
        enum dye_hl7_verdict verdict;
        const char *control;
    } rows[] = {
        {"MSH|^~\\&|A|B|C|D|20260101||ACK|9|P|2.5\rMSA|AA|123\r", DYE_OK, DYE_HL7_ACCEPTED, "123"},
        {"MSH|^~\\&|A\rSFT|x\rMSA|CA|123|fine", DYE_OK, DYE_HL7_ACCEPTED, "123"},
        {"MSH|^~\\&|A\nMSA|AE|1\n", DYE_OK, DYE_HL7_ERROR, "1"},
        {"MSH|^~\\&|A\r\nMSA|AR|1\r\n", DYE_OK, DYE_HL7_REJECTED, "1"},
        {"MSH*^~\\&*A\rMSA*AA*7\r", DYE_OK, DYE_HL7_ACCEPTED, "7"},
        {"MSH|^~\\&|A\rMSA|AA|\r", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"MSH|^~\\&|A\rMSA|AX|1\r", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"MSH|^~\\&|A\rMSA|AA\r", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"MSH|^~\\&|A\rMSAX|AA|1\r", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"MSH|^~\\&|A\rMSA|AA|0123456789012345678901234567890123\r", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"MSA|AA|1\r", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"MSH", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
        {"", DYE_E_RECORD, DYE_HL7_ACCEPTED, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dye_hl7_ack ack = {0};
        assert_int_equal(dye_hl7_ack_read(dye_span_str(rows[i].text), &ack), rows[i].status);
        assert_int_equal(ack.verdict, rows[i].verdict);
        assert_string_equal(ack.control, rows[i].control);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registration_puts_each_value_into_its_field),
        cmocka_unit_test(a_message_has_only_what_the_sector_keeps),
        cmocka_unit_test(taking_back_has_a_number_of_its_own),
        cmocka_unit_test(delimiters_and_controls_are_escaped),
        cmocka_unit_test(gb_18030_is_said_and_written),
        cmocka_unit_test(surnames_end_where_they_do),
        cmocka_unit_test(a_bundle_creates_a_patient_and_a_visit_unless_they_are_there),
        cmocka_unit_test(each_record_of_a_person_is_a_visit_or_an_insert),
        cmocka_unit_test(visits_of_an_infant_are_on_days_of_their_own_since_birth),
        cmocka_unit_test(an_empty_cell_is_told_by_no_message),
        cmocka_unit_test(a_query_encodes_what_an_uri_has_not),
        cmocka_unit_test(an_institution_is_named_as_far_as_it_fits),
        cmocka_unit_test(a_sector_without_an_mrn_has_no_messages),
        cmocka_unit_test(a_full_buffer_stops_a_message),
        cmocka_unit_test(insert_statements_double_their_quotes),
        cmocka_unit_test(a_stamp_is_the_placements_and_the_keys),
        cmocka_unit_test(an_acknowledgement_says_what_became_of_which_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
