/*
 * xml_records: a document whose records are its repeated element (xml_shape.h): a row of the columns' names, then a row
 * each.
 *
 * Streamed by expat. The beginning is parsed twice before, for the record's place and for its columns; what comes later
 * and is new stands behind them. Text around the records is a row of its own. Rows of an Excel document (2003, XML) are
 * rows, cells at the column that they name, without a row of names. Documents may follow each other. Where a document
 * is no XML the rest of it follows as lines of text, "damaged". Entities of the document itself are expanded as far
 * as expat's protection lets them; those outside of it are not fetched.
 */
#include "formats.h"

#include "recode.h"
#include "xml_record.h"
#include "xml_shape.h"

#define XML_DTD /* the library is built with it, and its header shows the limits on entities only then */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum {
    SAMPLE_BYTES = 1 << 18,
    TOKEN_MAX_BYTES = 1 << 20,
    PIECE_BYTES = 1 << 16,
    SIBLINGS = 64,
    AMPLIFICATION = 20,
    AMPLIFICATION_FREE_BYTES = 1 << 20
};

struct frame {
    uint64_t place;
    uint32_t key_n;    /* of the key up to here */
    uint32_t siblings; /* where the names of its children begin */
};

struct document {
    XML_Parser parser;
    struct xml_shape shape;
    struct xml_record record;
    uint64_t place;    /* of the record; 0: the root */
    struct table *out; /* NULL while the sample is looked at */
    bool shaping;
    const char *stopped; /* why, when this reader stopped the parser */
    struct frame frame[XML_DEPTH_MAX];
    int64_t done;           /* bytes that the events have told of */
    uint32_t depth, inside; /* open elements; those up to the record, 0 outside */
    char key[XML_KEY_MAX + 1];
    struct {
        uint64_t name;
        uint32_t count;
    } sibling[XML_DEPTH_MAX * 4];
    uint32_t siblings;
};

/* --- one document's events --- */

static void write_record(struct document *x)
{
    if (x->out != NULL)
        xml_record_write(&x->record, x->out);
    else
        xml_record_write(&x->record, &(struct table){.status = DYE_E_LIMIT});
    if (x->out != NULL && x->out->status != DYE_OK)
        XML_StopParser(x->parser, XML_FALSE);
}

static void add(struct document *x, const char *key, struct dye_span text)
{
    while (text.n > 0) {
        struct dye_span piece = dye_span_of(text.p, text.n < PIECE_BYTES ? text.n : PIECE_BYTES);
        if (!xml_record_add(&x->record, key, piece)) {
            write_record(x);
            if (!xml_record_add(&x->record, key, piece))
                x->stopped = "limit: memory", XML_StopParser(x->parser, XML_FALSE);
        }
        text = dye_span_of(text.p + piece.n, text.n - piece.n);
    }
}

/* How many of its name its parent has had with it. */
static uint32_t count_sibling(struct document *x, const char *name)
{
    uint64_t h = xml_place(0, name);
    uint32_t from = x->depth > 1 ? x->frame[x->depth - 2].siblings : 0;
    for (uint32_t i = from; i < x->siblings && i < from + SIBLINGS; i++)
        if (x->sibling[i].name == h)
            return ++x->sibling[i].count;
    if (x->siblings < sizeof x->sibling / sizeof *x->sibling) {
        x->sibling[x->siblings].name = h;
        x->sibling[x->siblings++].count = 1;
    }
    return 1;
}

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        const char *colon = strchr(attributes[i], ':');
        if (strcmp(colon != NULL ? colon + 1 : attributes[i], name) == 0)
            return attributes[i + 1];
    }
    return NULL;
}

/* The column that an element below a record names by an attribute, as `mysqldump --xml` (field), phpMyAdmin (column)
 * and Solr (the rest) write their rows; NULL of others, whose `name` may be a person's. A column that the head does not
 * have is none either: its name would stand nowhere. */
static const char *named_column(const struct document *x, const char *name, const XML_Char **attributes)
{
    static const char *const elements[] = {"field", "column", "str", "int", "long", "float", "double", "date", "bool"};
    const char *column = attribute(attributes, "name");
    if (column == NULL || *column == '\0' || x->inside == 0 || x->depth != x->inside + 1)
        return NULL;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (strcmp(name, elements[i]) == 0)
            return x->out == NULL || xml_record_has(&x->record, column) ? column : NULL;
    return NULL;
}

/* Goes on with the key of the parent: "home" and "city" make "home/city". */
static void extend_key(struct document *x, struct frame *f, const char *name, uint32_t number)
{
    uint32_t n = x->inside > 0 && x->depth > x->inside + 1 ? x->frame[x->depth - 2].key_n : 0;
    bool record = x->inside == x->depth;
    int m = number > 1 && !record ? snprintf(x->key + n, sizeof x->key - n, "%s%s[%u]", n > 0 ? "/" : "", name, number)
                                  : snprintf(x->key + n, sizeof x->key - n, "%s%s", n > 0 ? "/" : "", name);
    f->key_n = n + (uint32_t)m < sizeof x->key ? n + (uint32_t)m : (uint32_t)sizeof x->key - 1;
}

/* `named`: the attribute `name` has been used, and what says that the value is NULL says nothing. */
static void add_attributes(struct document *x, const XML_Char **attributes, uint32_t key_n, bool named)
{
    char key[2 * XML_KEY_MAX];
    bool record = x->inside == x->depth;
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strncmp(attributes[i], "xmlns", 5) == 0 ||
            (named && (strcmp(attributes[i], "name") == 0 || strcmp(attributes[i], "xsi:nil") == 0)))
            continue;
        snprintf(key, sizeof key, "%.*s%s@%.200s", record ? 0 : (int)key_n, x->key, record ? "" : "/", attributes[i]);
        xml_record_close(&x->record);
        add(x, x->inside > 0 ? key : NULL, dye_span_str(attributes[i + 1]));
    }
    xml_record_close(&x->record);
}

static void note_done(struct document *x)
{
    x->done = (int64_t)XML_GetCurrentByteIndex(x->parser) + XML_GetCurrentByteCount(x->parser);
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    struct document *x = arg;
    int64_t before = x->done;
    note_done(x);
    if (x->shaping) {
        xml_shape_begin(&x->shape, name);
        for (size_t i = 0; attributes[i] != NULL; i += 2)
            xml_shape_text(&x->shape, strlen(attributes[i + 1]));
    }
    if (x->depth >= XML_DEPTH_MAX) {
        x->stopped = "limit: depth";
        x->done = before; /* it is among the text that follows */
        XML_StopParser(x->parser, XML_FALSE);
        return;
    }
    if (x->shaping)
        return;
    struct frame *f = &x->frame[x->depth++];
    *f = (struct frame){.place = xml_place(x->depth > 1 ? x->frame[x->depth - 2].place : 0, name)};
    if (x->inside == 0) {
        write_record(x); /* what stood before */
        if (x->place == 0 ? x->depth == 1 : f->place == x->place)
            x->inside = x->depth;
    }
    const char *column = named_column(x, name, attributes);
    uint32_t number = count_sibling(x, column != NULL ? column : name);
    const char *index = x->shape.book && x->inside > 0 ? attribute(attributes, "Index") : NULL;
    if (index != NULL && x->depth > x->inside) { /* a cell that is not next to the one before */
        unsigned long at = strtoul(index, NULL, 10);
        number = at > number && at < XML_COLUMNS_MAX ? (uint32_t)at : number;
        for (uint32_t i = x->frame[x->depth - 2].siblings; i < x->siblings; i++)
            if (x->sibling[i].name == xml_place(0, name))
                x->sibling[i].count = number;
    }
    f->siblings = x->siblings;
    extend_key(x, f, column != NULL ? column : name, number);
    if (!x->shape.book)
        add_attributes(x, attributes, f->key_n, column != NULL);
    x->key[f->key_n] = '\0';
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
    struct document *x = arg;
    (void)name;
    note_done(x);
    if (x->shaping) {
        xml_shape_end(&x->shape);
        return;
    }
    x->siblings = x->frame[x->depth - 1].siblings;
    x->depth--;
    xml_record_close(&x->record);
    if (x->inside == 0 || x->depth < x->inside)
        write_record(x);
    if (x->depth < x->inside)
        x->inside = 0;
    x->key[x->depth > 0 ? x->frame[x->depth - 1].key_n : 0] = '\0';
}

static void XMLCALL on_text(void *arg, const XML_Char *s, int n)
{
    struct document *x = arg;
    struct dye_span text = dye_span_of(s, (size_t)n);
    note_done(x);
    if (x->shaping)
        xml_shape_text(&x->shape, text.n);
    while (text.n > 0 && !x->record.open && *text.p <= ' ') /* between elements */
        text = dye_span_of(text.p + 1, text.n - 1);
    if (!x->shaping && text.n > 0)
        add(x, x->inside > 0 ? x->key : NULL, text);
}

static void XMLCALL on_comment(void *arg, const XML_Char *s)
{
    struct document *x = arg;
    xml_record_close(&x->record);
    on_text(x, s, (int)strlen(s));
    xml_record_close(&x->record);
}

static void XMLCALL on_other(void *arg, const XML_Char *s, int n)
{
    (void)s, (void)n;
    note_done(arg);
}

/* --- parsing --- */

static bool parser_new(struct document *x)
{
    XML_Parser p = XML_ParserCreate("UTF-8"); /* whatever it declares: the feed is */
    if (p == NULL)
        return false;
    XML_SetUserData(p, x);
    XML_SetElementHandler(p, on_start, on_end);
    XML_SetCharacterDataHandler(p, on_text);
    XML_SetCommentHandler(p, on_comment);
    XML_SetDefaultHandlerExpand(p, on_other);
    (void)XML_SetBillionLaughsAttackProtectionMaximumAmplification(p, AMPLIFICATION);
    (void)XML_SetBillionLaughsAttackProtectionActivationThreshold(p, AMPLIFICATION_FREE_BYTES);
    x->parser = p;
    x->done = 0;
    x->depth = x->inside = x->siblings = 0;
    return true;
}

static void parser_free(struct document *x)
{
    XML_ParserFree(x->parser);
    x->parser = NULL;
}

/* By the parser's own buffer, so that it knows where it stumbled. */
static enum XML_Status parse(struct document *x, struct dye_span s, bool last)
{
    void *p = XML_GetBuffer(x->parser, (int)s.n + 1);
    if (p == NULL)
        return XML_STATUS_ERROR;
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return XML_ParseBuffer(x->parser, (int)s.n, last);
}

/* Looks at the sample for what its records and its columns are. */
static bool look(struct document *x, struct dye_span sample)
{
    for (int pass = 0; pass < 2; pass++) {
        x->shaping = pass == 0;
        if (!parser_new(x))
            return false;
        (void)parse(x, sample, false);
        parser_free(x);
        x->place = xml_shape_record(&x->shape);
    }
    write_record(x);
    x->shaping = false;
    x->stopped = NULL;
    return true;
}

/* What the parser has not understood yet, in memory of its own; false when there is none for it. */
static bool take_rest(struct document *x, uint8_t **ret, size_t *ret_n)
{
    int offset = 0, size = 0;
    const char *p = XML_GetInputContext(x->parser, &offset, &size);
    int64_t back = (int64_t)XML_GetCurrentByteIndex(x->parser) - x->done; /* it may have stumbled inside a tag */
    if (p != NULL && back > 0)
        offset -= back < offset ? (int)back : offset;
    *ret_n = p != NULL ? (size_t)(size - offset) : 0;
    *ret = malloc(*ret_n + 1);
    if (*ret != NULL && *ret_n > 0)
        memcpy(*ret, p + offset, *ret_n);
    return *ret != NULL;
}

static const char *fault_of(const struct document *x, bool ended)
{
    if (x->stopped != NULL)
        return x->stopped;
    switch (XML_GetErrorCode(x->parser)) {
    case XML_ERROR_AMPLIFICATION_LIMIT_BREACH:
        return "limit: ratio";
    case XML_ERROR_NO_MEMORY:
        return "limit: memory";
    default:
        return ended ? "truncated" : "damaged";
    }
}

/* Whether another document follows the one that was parsed. */
static bool is_next(const struct document *x)
{
    enum XML_Error e = XML_GetErrorCode(x->parser);
    return x->stopped == NULL && x->depth == 0 && XML_GetCurrentByteIndex(x->parser) > 0 &&
           (e == XML_ERROR_JUNK_AFTER_DOC_ELEMENT || e == XML_ERROR_MISPLACED_XML_PI);
}

/* Text as it stands, a line a row; the last one may go on. */
static void put_lines(struct table *out, struct dye_span s, bool *going)
{
    for (size_t i = 0; i < s.n;) {
        size_t start = i;
        while (i < s.n && s.p[i] != '\n')
            i++;
        struct dye_span line = dye_span_of(s.p + start, i - start);
        if (*going)
            table_more(out, line);
        else if (line.n > 0)
            table_text(out, line);
        *going = *going || line.n > 0;
        if (i++ < s.n) {
            (void)table_row(out);
            *going = false;
        }
    }
}

static void put_rest(struct document *x, struct dye_span rest, struct feed *in)
{
    bool going = false;
    put_lines(x->out, rest, &going);
    while (x->out->status == DYE_OK && feed_pull(in, &rest))
        put_lines(x->out, rest, &going);
    if (going)
        (void)table_row(x->out);
}

/* Parses to the end of the feed, or to where it makes no sense. */
static const char *run(struct document *x, struct feed *in)
{
    uint8_t *rest = NULL; /* of the document before: the feed gives it again */
    uint64_t fed = 0;
    const char *fault = NULL;
    bool ended = false;
    while (fault == NULL && !ended && x->out->status == DYE_OK) {
        struct dye_span piece = dye_span_of(NULL, 0);
        ended = !feed_pull(in, &piece);
        enum XML_Status status = parse(x, piece, ended);
        fed += piece.n;
        bool token = fed - (uint64_t)XML_GetCurrentByteIndex(x->parser) > TOKEN_MAX_BYTES + piece.n;
        if ((status == XML_STATUS_OK && !token) || x->out->status != DYE_OK)
            continue;
        uint8_t *left;
        size_t n;
        if (!take_rest(x, &left, &n))
            return "limit: memory";
        if (status != XML_STATUS_OK && is_next(x)) {
            parser_free(x);
            feed_push(in, dye_span_of(left, n));
            free(rest);
            rest = left;
            ended = false;
            fed = 0;
            if (!parser_new(x))
                fault = "limit: memory";
            continue;
        }
        fault = token ? "limit: memory" : fault_of(x, ended);
        write_record(x);
        put_rest(x, dye_span_of(left, n), in);
        free(left);
    }
    free(rest);
    return fault;
}

static enum dye_status read_document(struct document *x, struct feed *in, struct table *out)
{
    struct dye_buf sample;
    struct dye_span piece;
    dye_buf_init(&sample, SAMPLE_BYTES + (1 << 14), true);
    const char *fault = "limit: memory";
    while (sample.n < SAMPLE_BYTES && feed_pull(in, &piece))
        if (dye_buf_append(&sample, piece.p, piece.n) != DYE_OK)
            break;
    if (look(x, dye_buf_span(&sample))) {
        x->out = out;
        if (!x->shape.book)
            xml_record_write_head(&x->record, out);
        feed_push(in, dye_buf_span(&sample));
        if (parser_new(x))
            fault = run(x, in);
        write_record(x);
        parser_free(x);
    }
    fault = feed_fault(in) != NULL ? feed_fault(in) : fault;
    dye_buf_done(&sample);
    return table_end(out, fault);
}

enum dye_status xml_records_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    char charset[32];
    (void)depth;
    recode_declared(feed_peek(in), "encoding=", charset, sizeof charset);
    struct recode *r = recode_open(in, charset);
    struct document *x = calloc(1, sizeof *x);
    enum dye_status status = DYE_E_NOMEM;
    if (r != NULL && x != NULL) {
        struct table out;
        xml_record_init(&x->record);
        table_begin(&out, d, path, "", "xml");
        in->told = true;
        status = read_document(x, recode_feed(r), &out);
        xml_record_done(&x->record);
    }
    free(x);
    if (r != NULL)
        recode_close(r);
    return status;
}
