#include "ole.h"

#include "encrypted.h"
#include "little.h"
#include "name.h"

#include <stdlib.h>

enum kind { OTHER, WORKBOOK, DOCUMENT, SLIDES, SUMMARY, ENCRYPTED, NATIVE, PLUMBING };

static const struct {
    const char *name;
    enum kind kind;
} streams[] = {
    {"Workbook", WORKBOOK},
    {"Book", WORKBOOK},
    {"WordDocument", DOCUMENT},
    {"PowerPoint Document", SLIDES},
    {"SummaryInformation", SUMMARY},
    {"DocumentSummaryInformation", SUMMARY},
    {"EncryptedPackage", ENCRYPTED},
    {"Ole10Native", NATIVE},
    {"CompObj", PLUMBING},
    {"ObjInfo", PLUMBING},
    {"Ole", PLUMBING},
};

static enum kind kind_of(const struct cfb_entry *e)
{
    for (size_t i = 0; e->type == CFB_STREAM && i < sizeof streams / sizeof *streams; i++)
        if (strcmp(streams[i].name, e->name) == 0)
            return streams[i].kind;
    return OTHER;
}

/* A document that is stored inside this one stands below its storage. */
static enum dye_status read_inside(struct office *o, struct cfb *c, struct cfb_entry *e,
                                   enum dye_status (*read)(struct office *, struct cfb *, struct cfb_entry *))
{
    char inner[DYE_PATH_MAX_BYTES + 1], path[DYE_PATH_MAX_BYTES + 1];
    const char *before = o->path;
    if (e->folder != 0 && e->folder < c->n) {
        cfb_path(c, &c->entries[e->folder], inner, sizeof inner);
        name_join(o->path, inner, path, sizeof path);
        o->path = path;
    }
    enum dye_status status = read(o, c, e);
    o->path = before;
    return status;
}

/* A file that was dragged into a document: names, then how long it is, then its bytes ([MS-OLEDS] 2.3.6 does not say
 * so; this is what programs write). */
struct native {
    struct feed feed; /* first */
    struct feed *in;
    uint64_t left;
};

static bool native_next(struct feed *f, struct dye_span *ret)
{
    struct native *n = (struct native *)f;
    if (n->left == 0)
        return false;
    if (!feed_pull(n->in, ret)) {
        f->broken = n->in->broken != NULL ? n->in->broken : "truncated";
        return false;
    }
    ret->n = ret->n < n->left ? ret->n : (size_t)n->left;
    n->left -= ret->n;
    return true;
}

/* Behind the NUL of the text at `at`; beyond the end when there is none. */
static size_t behind_text(struct dye_span s, size_t at)
{
    while (at < s.n && s.p[at] != 0)
        at++;
    return at + 1;
}

/* Whether the stream begins like such a file; it then goes on with the file's bytes. */
static bool is_native(struct feed *in, struct native *ret)
{
    struct dye_span s;
    enum { TYPE_FILE = 2, SIZE = 4 };
    if (!feed_pull(in, &s))
        return false;
    size_t at = behind_text(s, behind_text(s, 6)) + 8; /* label, name, two numbers and the length of a path */
    at = behind_text(s, at);
    bool is = at + SIZE <= s.n && s.p[4] == TYPE_FILE && s.p[5] == 0;
    if (is) {
        uint64_t n = little32(s.p + at);
        *ret = (struct native){.feed = {.next = native_next}, .in = in, .left = n};
        s = dye_span_of(s.p + at + SIZE, s.n - at - SIZE);
    }
    feed_push(in, s);
    return is;
}

static enum dye_status walk_stream(struct office *o, struct cfb *c, struct cfb_entry *e)
{
    char inner[DYE_PATH_MAX_BYTES + 1], path[DYE_PATH_MAX_BYTES + 1];
    cfb_path(c, e, inner, sizeof inner);
    name_join(o->path, inner, path, sizeof path);
    e->taken = true;
    if (!decoding_count_entry(o->d))
        return part_bare(o->d, path, "limit: entries");
    struct cfb_stream *s = cfb_read(c, e);
    if (s == NULL)
        return DYE_E_NOMEM;
    struct native native;
    bool is = kind_of(e) == NATIVE && is_native(&s->feed, &native);
    enum dye_status status = decoding_walk_inner(o->d, is ? &native.feed : &s->feed, path, o->depth + 1);
    cfb_stream_free(s);
    return status;
}

static enum dye_status read_all(struct office *o, struct cfb *c)
{
    static enum dye_status (*const readers[])(struct office *, struct cfb *, struct cfb_entry *) = {
        [WORKBOOK] = xls_read, [DOCUMENT] = doc_read, [SLIDES] = ppt_read};
    for (size_t i = 1; i < c->n && !o->d->over; i++) {
        enum kind kind = kind_of(&c->entries[i]);
        if (kind < sizeof readers / sizeof *readers && readers[kind] != NULL)
            DYE_TRY(read_inside(o, c, &c->entries[i], readers[kind]));
    }
    for (size_t i = 1; i < c->n && !o->d->over; i++)
        if (kind_of(&c->entries[i]) == SUMMARY)
            DYE_TRY(summary_read(o, c, &c->entries[i]));
    if (!o->d->over)
        DYE_TRY(office_properties(o));
    for (size_t i = 1; i < c->n && !o->d->over; i++) {
        struct cfb_entry *e = &c->entries[i];
        if (e->type == CFB_STREAM && !e->taken && e->bytes > 0 && kind_of(e) != PLUMBING)
            DYE_TRY(walk_stream(o, c, e));
    }
    return DYE_OK;
}

/* What the file is as a whole. */
static const char *format_of(const struct cfb *c)
{
    static const char *const names[] = {[WORKBOOK] = "xls", [DOCUMENT] = "doc", [SLIDES] = "ppt"};
    for (size_t i = 1; i < c->n; i++) {
        enum kind kind = kind_of(&c->entries[i]);
        if (c->entries[i].folder == 0 && kind < sizeof names / sizeof *names && names[kind] != NULL)
            return names[kind];
    }
    return "ole";
}

static enum dye_status read_encrypted(struct decoding *d, struct cfb *c, const char *path, uint32_t depth)
{
    struct encrypted *e;
    const char *fault;
    DYE_TRY(encrypted_open(d->input->from, c, &e, &fault));
    if (e == NULL)
        return part_bare(d, path, fault);
    enum dye_status status = decoding_walk_inner(d, &e->feed, path, depth + 1);
    encrypted_close(e);
    return status;
}

static enum dye_status read_file(struct decoding *d, struct cfb *c, const char *path, uint32_t depth)
{
    uint32_t parts = d->parts;
    for (size_t i = 1; i < c->n; i++)
        if (kind_of(&c->entries[i]) == ENCRYPTED)
            return read_encrypted(d, c, path, depth);
    struct office *o = calloc(1, sizeof *o);
    if (o == NULL)
        return DYE_E_NOMEM;
    *o = (struct office){.d = d, .path = path, .depth = depth, .format = format_of(c)};
    dye_buf_init(&o->clues, OFFICE_CLUES_MAX_BYTES, true);
    enum dye_status status = read_all(o, c);
    dye_buf_done(&o->clues);
    free(o);
    if (status == DYE_OK && !d->over && d->parts == parts)
        status = part_bare(d, path, NULL);
    return status;
}

enum dye_status ole_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole whole;
    struct cfb cfb;
    const char *fault;
    DYE_TRY(whole_take(d, in, &whole, &fault));
    if (fault != NULL)
        return part_bare(d, path, fault);
    enum dye_status status = cfb_open(&whole, &cfb, &fault);
    if (status == DYE_OK && fault != NULL)
        status = part_bare(d, path, whole.fault != NULL ? whole.fault : fault);
    else if (status == DYE_OK) {
        status = read_file(d, &cfb, path, depth);
        cfb_done(&cfb);
    }
    if (status == DYE_OK && fault == NULL && whole.fault != NULL && !d->over)
        status = part_bare(d, path, whole.fault);
    in->told = in->told || whole.fault != NULL;
    whole_done(&whole);
    return status;
}
