/*
 * record_hl7: a persona as an HL7 v2.5 message, and the acknowledgement that answers it.
 *
 * Delimiters are the usual ones, |^~\&; what of a text is one of them, or a control character, is escaped
 * (chapter 2.7). The escapes are made before the text is encoded, since the second byte of a character in GB 18030 may
 * be a delimiter's.
 */
#include "dye/message.h"
#include "record.h"

enum { MESSAGE_MAX_BYTES = 64 << 10 };

struct segments {
    struct dye_buf *b;
    enum dye_status status; /* the first failure stays */
};

static void raw(struct segments *m, const char *text)
{
    if (m->status == DYE_OK)
        m->status = dye_buf_append_str(m->b, text);
}

static void text_of(struct segments *m, const char *text, size_t n)
{
    for (size_t i = 0; i < n && m->status == DYE_OK; i++) {
        const unsigned char c = (unsigned char)text[i];
        const char *escape = c == '|'    ? "\\F\\"
                             : c == '^'  ? "\\S\\"
                             : c == '&'  ? "\\T\\"
                             : c == '~'  ? "\\R\\"
                             : c == '\\' ? "\\E\\"
                                         : NULL;
        if (escape != NULL)
            m->status = dye_buf_append_str(m->b, escape);
        else if (c < 0x20 || c == 0x7f)
            m->status = dye_buf_printf(m->b, "\\X%02X\\", c);
        else
            m->status = dye_buf_append_u8(m->b, c);
    }
}

static void text(struct segments *m, const char *before, const char *value)
{
    raw(m, before);
    text_of(m, value, strlen(value));
}

static const struct {
    const char *code, *structure;
} events[] = {
    [DYE_HL7_A04] = {"A04", "ADT_A01"},
    [DYE_HL7_A28] = {"A28", "ADT_A05"},
    [DYE_HL7_A23] = {"A23", "ADT_A21"},
    [DYE_HL7_A29] = {"A29", "ADT_A21"},
};

static void header(struct segments *m, const struct dye_exchange *x, const struct dye_stamp *stamp,
                   enum dye_hl7_event event)
{
    bool takes_back = event == DYE_HL7_A23 || event == DYE_HL7_A29;
    raw(m, "MSH|^~\\&");
    text(m, "|", x->application);
    text(m, "|", x->facility);
    text(m, "|", x->receiver_application);
    text(m, "|", x->receiver_facility);
    text(m, "|", stamp->when);
    raw(m, "||ADT^");
    raw(m, events[event].code);
    raw(m, "^");
    raw(m, events[event].structure);
    text(m, "|", takes_back ? stamp->control_delete : stamp->control);
    /* 11 processing, 12 version, 17 country, 18 character set */
    raw(m, "|P|2.5|||||CHN|");
    raw(m, x->charset == DYE_CHARSET_GB18030 ? "GB 18030-2000\r" : "UNICODE UTF-8\r");
    text(m, "EVN||", stamp->when);
    raw(m, "\r");
}

/* Appends `before`, what the record has of a kind and `after`; nothing where it has none. */
static bool value(struct segments *m, const struct dye_sector *s, const struct dye_persona *p, enum dye_kind kind,
                  const char *before, const char *after)
{
    struct dye_value v;
    if (m->status == DYE_OK)
        m->status = record_value(s, p, kind, &v);
    if (m->status != DYE_OK || v.n == 0)
        return false;
    raw(m, before);
    text_of(m, v.text, v.n);
    raw(m, after);
    dye_wipe(&v, sizeof v);
    return true;
}

/* XPN: I is ideographic, A alphabetic. */
static void name(struct segments *m, const struct dye_sector *s, const struct dye_persona *p)
{
    struct dye_value v;
    if (record_value(s, p, DYE_NAME, &v) != DYE_OK || v.n == 0)
        return;
    size_t surname = record_surname_bytes(&v);
    text_of(m, v.text, surname);
    raw(m, "^");
    text_of(m, v.text + surname, v.n - surname);
    raw(m, (unsigned char)v.text[0] >= 0x80 ? "^^^^^L^I" : "^^^^^L^A");
    dye_wipe(&v, sizeof v);
}

/* Fields 3 numbers, 5 name, 7 birth, 8 sex, 11 address, 13 telephone and e-mail. */
static void patient(struct segments *m, const struct dye_sector *s, const struct dye_persona *p,
                    const struct dye_exchange *x)
{
    text(m, "PID|1||", p->value[DYE_MRN].text);
    text(m, "^^^", x->authority);
    raw(m, "^MR");
    value(m, s, p, DYE_RESIDENT_ID, "~", "^^^&2.16.156.10011.1.3&ISO^NI");
    raw(m, "||");
    name(m, s, p);
    raw(m, "||");
    if (record_tells(s, p, DYE_COLUMN_BIRTH)) {
        text_of(m, p->birth, 4);
        text_of(m, p->birth + 5, 2);
        text_of(m, p->birth + 8, 2);
    }
    raw(m, !record_tells(s, p, DYE_COLUMN_SEX) ? "|" : p->sex == 'M' ? "|M" : "|F");
    raw(m, "|||");
    value(m, s, p, DYE_ADDRESS, "", "^^^^^CHN^H");
    raw(m, "||");
    bool phone = value(m, s, p, DYE_MOBILE, "", "^PRN^CP");
    value(m, s, p, DYE_EMAIL, phone ? "~^NET^Internet^" : "^NET^Internet^", "");
    raw(m, "\r");
}

/* PV1-2 is required: O outpatient, N where there is no visit. 19 is its number, 44 when it began. */
static void visit(struct segments *m, const struct dye_exchange *x, const struct dye_stamp *stamp,
                  enum dye_hl7_event event)
{
    if (event != DYE_HL7_A04) {
        raw(m, event == DYE_HL7_A23 ? "PV1|1|O\r" : "PV1|1|N\r");
        return;
    }
    text(m, "PV1|1|O|||||||||||||||||", stamp->visit[0].number);
    text(m, "^^^", x->authority);
    text(m, "^VN|||||||||||||||||||||||||", stamp->when);
    raw(m, "\r");
}

enum dye_status dye_hl7_message(const struct dye_sector *s, const struct dye_persona *p, const struct dye_exchange *x,
                                const struct dye_stamp *stamp, enum dye_hl7_event event, struct dye_buf *ret)
{
    struct dye_buf utf8;
    if (!dye_sector_has(s, DYE_MRN) || p->value[DYE_MRN].n == 0)
        return DYE_E_USAGE;
    dye_buf_init(&utf8, MESSAGE_MAX_BYTES, true);
    struct segments m = {&utf8, DYE_OK};
    header(&m, x, stamp, event);
    patient(&m, s, p, x);
    visit(&m, x, stamp, event);
    if (m.status == DYE_OK)
        m.status = x->charset == DYE_CHARSET_GB18030 ? dye_text_to_gb18030(dye_buf_span(&utf8), ret)
                                                     : dye_buf_append(ret, utf8.p, utf8.n);
    dye_buf_done(&utf8);
    return m.status;
}

/* ---- acknowledgement ---- */

/* Field n of a segment, counted from 0, the segment's name. */
static struct dye_span field(struct dye_span segment, uint8_t separator, int n)
{
    size_t at = 0;
    for (; n > 0 && at < segment.n; at++)
        n -= segment.p[at] == separator;
    size_t end = at;
    while (end < segment.n && segment.p[end] != separator)
        end++;
    return dye_span_of(segment.p + at, end - at);
}

static bool verdict_of(struct dye_span code, enum dye_hl7_verdict *ret)
{
    if (code.n != 2 || (code.p[0] != 'A' && code.p[0] != 'C'))
        return false;
    switch (code.p[1]) {
    case 'A':
        *ret = DYE_HL7_ACCEPTED;
        return true;
    case 'E':
        *ret = DYE_HL7_ERROR;
        return true;
    case 'R':
        *ret = DYE_HL7_REJECTED;
        return true;
    default:
        return false;
    }
}

enum dye_status dye_hl7_ack_read(struct dye_span message, struct dye_hl7_ack *ret)
{
    enum { MSH_BYTES = 4 };
    if (message.n < MSH_BYTES || memcmp(message.p, "MSH", 3) != 0)
        return DYE_E_RECORD;
    uint8_t separator = message.p[3];
    for (size_t at = 0; at < message.n;) {
        size_t end = at;
        while (end < message.n && message.p[end] != '\r' && message.p[end] != '\n')
            end++;
        struct dye_span segment = dye_span_of(message.p + at, end - at);
        struct dye_span control = field(segment, separator, 2);
        enum dye_hl7_verdict verdict;
        at = end + 1;
        if (segment.n < MSH_BYTES || memcmp(segment.p, "MSA", 3) != 0 || segment.p[3] != separator)
            continue;
        if (!verdict_of(field(segment, separator, 1), &verdict) || control.n == 0 || control.n >= sizeof ret->control ||
            memchr(control.p, 0, control.n) != NULL)
            return DYE_E_RECORD;
        memset(ret, 0, sizeof *ret);
        ret->verdict = verdict;
        memcpy(ret->control, control.p, control.n);
        return DYE_OK;
    }
    return DYE_E_RECORD;
}
