#include "xml.h"

#include <expat.h>
#include <stdalign.h>
#include <stdlib.h>

enum { SALT = 0x5d7e }; /* without one, expat asks the system for random bytes */

struct xml {
    XML_Parser parser;
    const struct xml_events *events;
    void *arg;
    enum dye_status status; /* of the event that ended it */
    const char *fault;
    size_t heap; /* bytes in use */
    unsigned depth;
};

/* expat gives its allocator no argument, so what parses on this thread is known from here. */
static _Thread_local struct xml *current;

struct block {
    alignas(max_align_t) struct xml *owner;
    size_t n;
};

static void *take(void *p, size_t n)
{
    struct block *b = p != NULL ? (struct block *)p - 1 : NULL;
    struct xml *x = b != NULL ? b->owner : current;
    size_t had = b != NULL ? b->n : 0;
    if (n > XML_MEMORY_BYTES || x->heap - had > XML_MEMORY_BYTES - n) {
        x->fault = "limit: memory";
        return NULL;
    }
    b = realloc(b, sizeof *b + n);
    if (b == NULL)
        return NULL;
    x->heap += n - had;
    *b = (struct block){.owner = x, .n = n};
    return b + 1;
}

static void *take_new(size_t n)
{
    return take(NULL, n);
}

static void give(void *p)
{
    if (p == NULL)
        return;
    struct block *b = (struct block *)p - 1;
    b->owner->heap -= b->n;
    free(b);
}

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void judge(struct xml *x, enum dye_status status)
{
    if (status == DYE_OK || x->status != DYE_OK)
        return;
    x->status = status;
    XML_StopParser(x->parser, XML_FALSE);
}

static void refuse(struct xml *x, const char *fault)
{
    x->fault = fault;
    judge(x, DYE_END);
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
    struct xml *x = arg;
    if (++x->depth > XML_DEPTH_MAX)
        refuse(x, "limit: depth");
    else if (x->status == DYE_OK && x->events->start != NULL)
        judge(x, x->events->start(x->arg, local(name), atts));
}

static void on_end(void *arg, const XML_Char *name)
{
    struct xml *x = arg;
    x->depth--;
    if (x->status == DYE_OK && x->events->end != NULL)
        judge(x, x->events->end(x->arg, local(name)));
}

static void on_text(void *arg, const XML_Char *p, int n)
{
    struct xml *x = arg;
    if (x->status == DYE_OK)
        judge(x, x->events->text(x->arg, dye_span_of(p, (size_t)n)));
}

static void on_doctype(void *arg, const XML_Char *a, const XML_Char *b, const XML_Char *c, int has_subset)
{
    (void)a, (void)b, (void)c, (void)has_subset;
    refuse(arg, "unsupported");
}

static const char *fault_of(const struct xml *x)
{
    switch (XML_GetErrorCode(x->parser)) {
    case XML_ERROR_NO_MEMORY:
        return "limit: memory";
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
        return "truncated";
    case XML_ERROR_UNKNOWN_ENCODING:
        return "unsupported";
    default:
        return "damaged";
    }
}

static void parse(struct xml *x, struct feed *in)
{
    bool more = true;
    while (more && x->status == DYE_OK) {
        struct dye_span piece = {NULL, 0};
        more = feed_pull(in, &piece);
        if (!more && in->broken != NULL) {
            x->fault = in->broken;
            return;
        }
        for (bool once = true; x->status == DYE_OK && (piece.n > 0 || once); once = false) {
            size_t n = piece.n < 1u << 20 ? piece.n : 1u << 20;
            if (XML_Parse(x->parser, (const char *)piece.p, (int)n, !more) == XML_STATUS_ERROR) {
                if (x->fault == NULL && x->status == DYE_OK)
                    x->fault = fault_of(x);
                return;
            }
            if (n > 0)
                piece = dye_span_of(piece.p + n, piece.n - n);
        }
    }
}

enum dye_status xml_read(struct feed *in, const struct xml_events *events, void *arg, const char **ret_fault)
{
    static const XML_Memory_Handling_Suite heap = {take_new, take, give};
    struct xml x = {.events = events, .arg = arg}, *before = current;
    current = &x;
    x.parser = XML_ParserCreate_MM(NULL, &heap, NULL);
    if (x.parser == NULL) {
        current = before;
        return DYE_E_NOMEM;
    }
    XML_SetHashSalt(x.parser, SALT);
    XML_SetUserData(x.parser, &x);
    XML_SetElementHandler(x.parser, on_start, on_end);
    XML_SetCharacterDataHandler(x.parser, events->text != NULL ? on_text : NULL);
    XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
    parse(&x, in);
    XML_ParserFree(x.parser);
    current = before;
    if (x.fault == NULL && x.status != DYE_END)
        x.fault = in->blemish;
    *ret_fault = x.fault;
    return x.status == DYE_END ? DYE_OK : x.status;
}

const char *xml_att(const char **atts, const char *name)
{
    for (; atts[0] != NULL; atts += 2)
        if (strcmp(local(atts[0]), name) == 0)
            return atts[1];
    return NULL;
}

bool xml_is_true(const char *value)
{
    return value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}
