/*
 * record_fhir: a persona as a Patient, and each visit as an Encounter, of FHIR R4 (4.0.1), in a transaction bundle.
 */
#include "calendar.h"
#include "dye/message.h"
#include "record.h"

#include <stdio.h>

/* Appends until something fails, and stays failed: one check at the end. */
struct json {
    struct dye_buf *b;
    enum dye_status status;
};

static void raw(struct json *j, const char *text)
{
    if (j->status == DYE_OK)
        j->status = dye_buf_append_str(j->b, text);
}

static void string(struct json *j, const char *text, size_t n)
{
    if (j->status == DYE_OK)
        j->status = record_json_string(j->b, text, n);
}

/* before + "text" + after */
static void field(struct json *j, const char *before, const char *text, size_t n, const char *after)
{
    raw(j, before);
    string(j, text, n);
    raw(j, after);
}

/* RFC 3986: what may stand in a query's value. The bar is FHIR's own, and read by servers as it is. */
static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("-._~:/", c));
}

static enum dye_status percent(struct dye_buf *b, const void *text, size_t n)
{
    const uint8_t *c = text;
    for (size_t i = 0; i < n; i++)
        DYE_TRY(is_plain(c[i]) ? dye_buf_append_u8(b, c[i]) : dye_buf_printf(b, "%%%02X", c[i]));
    return DYE_OK;
}

enum dye_status dye_fhir_query(const char *system, struct dye_span value, struct dye_buf *ret)
{
    DYE_TRY(dye_buf_append_str(ret, "identifier="));
    DYE_TRY(percent(ret, system, strlen(system)));
    DYE_TRY(dye_buf_append_str(ret, "%7C"));
    return percent(ret, value.p, value.n);
}

/* As much of a UTF-8 text as fits, and no half character. */
static void copy_whole(char *to, size_t size, const char *text)
{
    size_t n = strlen(text);
    if (n >= size)
        for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
            n--;
    memcpy(to, text, n);
    to[n] = '\0';
}

void dye_exchange_init(struct dye_exchange *x, const char *institution)
{
    enum { NAME_MAX_BYTES = 108 };
    struct dye_buf host;
    memset(x, 0, sizeof *x);
    dye_buf_init(&host, NAME_MAX_BYTES, false);
    if (percent(&host, institution, strlen(institution)) != DYE_OK || host.n == 0) {
        dye_buf_clear(&host);
        (void)!dye_buf_append_str(&host, "hospital");
    }
    snprintf(x->application, sizeof x->application, "HIS");
    copy_whole(x->facility, sizeof x->facility, institution);
    copy_whole(x->authority, sizeof x->authority, institution);
    snprintf(x->system[DYE_MRN], sizeof x->system[DYE_MRN], "https://%s/id/mrn", (const char *)host.p);
    snprintf(x->visit_system, sizeof x->visit_system, "https://%s/id/visit", (const char *)host.p);
    snprintf(x->system[DYE_RESIDENT_ID], sizeof x->system[DYE_RESIDENT_ID], "urn:oid:2.16.156.10011.1.3");
    x->charset = DYE_CHARSET_UTF8;
    dye_buf_done(&host);
}

struct subject {
    const struct dye_sector *sector;
    const struct dye_persona *persona;
};

/* Appends `before`, the kind's value as a JSON string and `after`; nothing where the record has none. */
static bool value(struct json *j, const struct subject *who, enum dye_kind kind, const char *before, const char *after)
{
    struct dye_value v;
    if (j->status == DYE_OK)
        j->status = record_value(who->sector, who->persona, kind, &v);
    if (j->status != DYE_OK || v.n == 0)
        return false;
    field(j, before, v.text, v.n, after);
    dye_wipe(&v, sizeof v);
    return true;
}

static void identifiers(struct json *j, const struct subject *who, const struct dye_exchange *x)
{
    const char *comma = "";
    raw(j, "\"identifier\":[");
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++) {
        struct dye_value v;
        if (x->system[kind][0] == '\0' || record_value(who->sector, who->persona, kind, &v) != DYE_OK || v.n == 0)
            continue;
        raw(j, comma);
        /* The value set of types knows the medical record number and no national one: there the system says it. */
        raw(j, kind != DYE_MRN ? "{\"use\":\"official\","
                               : "{\"use\":\"usual\",\"type\":{\"coding\":[{\"system\":"
                                 "\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"MR\"}]},");
        field(j, "\"system\":", x->system[kind], strlen(x->system[kind]), "");
        field(j, ",\"value\":", v.text, v.n, "}");
        dye_wipe(&v, sizeof v);
        comma = ",";
    }
    raw(j, "],");
}

static void name(struct json *j, const struct subject *who)
{
    struct dye_value v;
    if (record_value(who->sector, who->persona, DYE_NAME, &v) != DYE_OK || v.n == 0)
        return;
    size_t surname = record_surname_bytes(&v);
    field(j, "\"name\":[{\"use\":\"official\",\"text\":", v.text, v.n, "");
    if (surname < v.n) {
        field(j, ",\"family\":", v.text, surname, "");
        field(j, ",\"given\":[", v.text + surname, v.n - surname, "]");
    }
    raw(j, "}],");
    dye_wipe(&v, sizeof v);
}

static void telecom(struct json *j, const struct subject *who)
{
    bool phone = value(j, who, DYE_MOBILE, "\"telecom\":[{\"system\":\"phone\",\"value\":", ",\"use\":\"mobile\"}");
    bool email =
        value(j, who, DYE_EMAIL,
              phone ? ",{\"system\":\"email\",\"value\":" : "\"telecom\":[{\"system\":\"email\",\"value\":", "}");
    raw(j, phone || email ? "]," : "");
}

static void create_unless_there(struct json *j, const char *type, const char *system, struct dye_span number)
{
    raw(j, "},\"request\":{\"method\":\"POST\",\"url\":\"");
    raw(j, type);
    raw(j, "\",\"ifNoneExist\":\"");
    if (j->status == DYE_OK)
        j->status = dye_fhir_query(system, number, j->b); /* percent-encoded, so it needs no escape */
    raw(j, "\"}}");
}

static void patient(struct json *j, const struct subject *who, const struct dye_exchange *x,
                    const struct dye_stamp *stamp)
{
    const struct dye_persona *p = who->persona;
    raw(j, "{\"fullUrl\":\"urn:uuid:");
    raw(j, stamp->patient_uuid);
    raw(j, "\",\"resource\":{\"resourceType\":\"Patient\",");
    identifiers(j, who, x);
    raw(j, "\"active\":true,");
    name(j, who);
    telecom(j, who);
    if (record_tells(who->sector, p, DYE_COLUMN_SEX))
        raw(j, p->sex == 'M' ? "\"gender\":\"male\"," : "\"gender\":\"female\",");
    if (record_tells(who->sector, p, DYE_COLUMN_BIRTH))
        field(j, "\"birthDate\":", p->birth, strlen(p->birth), ",");
    value(j, who, DYE_ADDRESS, "\"address\":[{\"use\":\"home\",\"text\":", ",\"country\":\"CN\"}],");
    /* Every field above ends with a comma. */
    if (j->status == DYE_OK && j->b->p[j->b->n - 1] == ',')
        j->b->p[--j->b->n] = '\0';
    create_unless_there(j, "Patient", x->system[DYE_MRN], dye_value_span(&p->value[DYE_MRN]));
}

/* The day of a visit, at the time of the placement. Of an infant none is before birth, and each leaves a day for those
 * before it, as far as there are days. */
static void visit_time(const struct dye_persona *p, const struct dye_stamp *stamp, size_t row, size_t visits,
                       char ret[32])
{
    const char *w = stamp->when;
    struct calendar_date d = {0};
    char day[11];
    (void)!sscanf(w, "%4d%2d%2d", &d.year, &d.month, &d.day);
    const int32_t last = dye_day(d.year, d.month, d.day);
    const int32_t age = last > p->born ? last - p->born : 0, later = (int32_t)row, rest = (int32_t)(visits - 1 - row);
    int32_t ago = stamp->visit[row].days_ago;
    if (age < later + rest)
        ago = later < age ? later : age;
    else if (ago > age - rest)
        ago = age - rest;
    dye_day_text(last - ago, day);
    snprintf(ret, 32, "%.10sT%.2s:%.2s:%.2s+08:00", day, w + 8, w + 10, w + 12);
}

static void encounter(struct json *j, const struct dye_persona *p, const struct dye_exchange *x,
                      const struct dye_stamp *stamp, size_t row, size_t visits)
{
    const char *number = stamp->visit[row].number;
    char period[32];
    visit_time(p, stamp, row, visits, period);
    raw(j, ",{\"fullUrl\":\"urn:uuid:");
    raw(j, stamp->visit[row].uuid);
    raw(j, "\",\"resource\":{\"resourceType\":\"Encounter\",\"identifier\":[{");
    field(j, "\"system\":", x->visit_system, strlen(x->visit_system), ",");
    field(j, "\"value\":", number, strlen(number), "}],");
    raw(j,
        "\"status\":\"finished\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":"
        "\"AMB\"},\"subject\":{\"reference\":\"urn:uuid:");
    raw(j, stamp->patient_uuid);
    raw(j, "\"},\"period\":{");
    field(j, "\"start\":", period, strlen(period), ",");
    field(j, "\"end\":", period, strlen(period), "}");
    create_unless_there(j, "Encounter", x->visit_system, dye_span_str(number));
}

enum dye_status dye_fhir_begin(struct dye_buf *ret)
{
    return dye_buf_append_str(ret, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
}

enum dye_status dye_fhir_person(const struct dye_sector *s, const struct dye_persona *p, const struct dye_exchange *x,
                                const struct dye_stamp *stamp, struct dye_buf *ret)
{
    struct json j = {ret, DYE_OK};
    const struct subject who = {s, p};
    if (!dye_sector_has(s, DYE_MRN) || p->value[DYE_MRN].n == 0 || x->system[DYE_MRN][0] == '\0')
        return DYE_E_USAGE;
    raw(&j, ret->n != 0 && ret->p[ret->n - 1] == '[' ? "" : ","); /* _begin ends so, and a person does not */
    patient(&j, &who, x, stamp);
    const size_t visits = x->visit_system[0] != '\0' ? dye_sector_rows(s, p) : 0;
    for (size_t row = 0; row < visits; row++)
        encounter(&j, p, x, stamp, row, visits);
    return j.status;
}

enum dye_status dye_fhir_end(struct dye_buf *ret)
{
    return dye_buf_append_str(ret, "]}\n");
}
