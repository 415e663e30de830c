#include "office.h"

#include "name.h"
#include "prose.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { CLUE_MAX_BYTES = 4096 };

/* Members that say how things look or hang together, and hold nothing that anybody wrote. */
static const char *const plumbing[] = {
    "[Content_Types].xml",   "mimetype",
    "META-INF/manifest.xml", "settings.xml",
    "manifest.rdf",          "xl/styles.xml",
    "xl/calcChain.xml",      "xl/metadata.xml",
    "xl/calcChain.bin",      "xl/metadata.bin",
    "word/styles.xml",       "word/settings.xml",
    "word/fontTable.xml",    "word/webSettings.xml",
    "word/numbering.xml",    "word/stylesWithEffects.xml",
    "ppt/presProps.xml",     "ppt/viewProps.xml",
    "ppt/tableStyles.xml",
};
/* ... by how they begin and end */
static const struct {
    const char *begin, *end;
} plumbing_like[] = {
    {"xl/theme/", ".xml"},         {"word/theme/", ".xml"},
    {"ppt/theme/", ".xml"},        {"ppt/slideMasters/", ".xml"},
    {"ppt/slideLayouts/", ".xml"}, {"xl/printerSettings/", ".bin"},
    {"Configurations2/", ""},      {"xl/worksheets/binaryIndex", ".bin"},
};
/* Members whose text is theirs to give. */
static const struct {
    const char *begin, *end;
} prose_like[] = {
    {"xl/comments", ".xml"},      {"xl/threadedComments/", ".xml"}, {"xl/drawings/drawing", ".xml"},
    {"word/header", ".xml"},      {"word/footer", ".xml"},          {"word/footnotes", ".xml"},
    {"word/endnotes", ".xml"},    {"word/comments.xml", ""},        {"word/glossary/document", ".xml"},
    {"ppt/slides/slide", ".xml"}, {"ppt/notesSlides/", ".xml"},     {"ppt/comments/", ".xml"},
    {"styles.xml", ""}, /* OpenDocument keeps headers and footers there */
};

static bool is_like(const char *name, const char *begin, const char *end)
{
    size_t n = strlen(name), b = strlen(begin), e = strlen(end);
    return n >= b + e && strncasecmp(name, begin, b) == 0 && strcasecmp(name + (n - e), end) == 0;
}

const char *office_path(struct office *o, const char *name)
{
    name_join(o->path, name, o->inner, sizeof o->inner);
    return o->inner;
}

void office_clue(struct office *o, const char *key, struct dye_span text)
{
    text.n = text.n < CLUE_MAX_BYTES ? text.n : CLUE_MAX_BYTES;
    while (text.n > 0 && text.n == CLUE_MAX_BYTES && (text.p[text.n - 1] & 0xc0) == 0x80)
        text.n--; /* not within a character */
    size_t before = o->clues.n;
    if (dye_buf_append_str(&o->clues, key) != DYE_OK || dye_buf_append_str(&o->clues, ": ") != DYE_OK ||
        dye_buf_append(&o->clues, text.p, text.n) != DYE_OK || dye_buf_append_u8(&o->clues, '\n') != DYE_OK) {
        o->clues.n = before;
        return;
    }
    for (size_t i = before; i + 1 < o->clues.n; i++)
        if (o->clues.p[i] == '\n' || o->clues.p[i] == '\r')
            o->clues.p[i] = ' ';
}

enum dye_status office_xml(struct office *o, struct member *m, const struct xml_events *events, void *arg,
                           const char **ret_fault)
{
    *ret_fault = "damaged";
    if (m == NULL)
        return DYE_OK;
    struct member_feed *f = package_read(o->package, m);
    if (f == NULL)
        return DYE_E_NOMEM;
    m->taken = true;
    enum dye_status status = xml_read(&f->feed, events, arg, ret_fault);
    member_feed_free(f);
    return status;
}

enum dye_status office_look(struct office *o, struct member *m, const struct xml_events *events, void *arg,
                            const char **ret_fault)
{
    bool before = o->d->over;
    DYE_TRY(office_xml(o, m, events, arg, ret_fault));
    return o->d->over && !before ? part_bare(o->d, o->path, *ret_fault) : DYE_OK;
}

enum dye_status office_prose(struct office *o, struct member *m, const char *name)
{
    struct grid grid;
    struct prose prose;
    const char *fault = NULL;
    if (!decoding_count_entry(o->d))
        return part_bare(o->d, office_path(o, name), "limit: entries");
    bool odf = strncmp(o->format, "od", 2) == 0;
    DYE_TRY(grid_begin(&grid, o->d, office_path(o, name), o->format));
    prose_init(&prose, &grid, odf);
    enum dye_status status = office_xml(o, m, &prose_events, &prose, &fault);
    if (fault == NULL)
        fault = prose.fault;
    prose_done(&prose);
    return grid_end(&grid, status, fault);
}

/* ---- properties ---- */

struct leaf { /* an element that holds text alone */
    struct office *office;
    char key[64];
    struct dye_buf text;
    bool fresh; /* nothing has begun inside it */
};

static enum dye_status leaf_start(void *arg, const char *name, const char **atts)
{
    struct leaf *l = arg;
    const char *said = xml_att(atts, "name"); /* a property that a person invented */
    if (strcmp(name, "property") == 0 && said != NULL)
        office_clue(l->office, "property", dye_span_str(said));
    snprintf(l->key, sizeof l->key, "%s", name);
    dye_buf_clear(&l->text);
    l->fresh = true;
    return DYE_OK;
}

static enum dye_status leaf_end(void *arg, const char *name)
{
    struct leaf *l = arg;
    (void)name;
    static const char *const idle[] = {"ScaleCrop",         "LinksUpToDate",  "SharedDoc",
                                       "HyperlinksChanged", "DocSecurity",    "i4",
                                       "AppVersion",        "editing-cycles", "editing-duration"};
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        l->fresh = l->fresh && strcmp(l->key, idle[i]) != 0;
    if (l->fresh && l->text.n > 0 && name_is_utf8(dye_span_str(l->key)))
        office_clue(l->office, l->key, dye_buf_span(&l->text));
    l->fresh = false;
    return DYE_OK;
}

static enum dye_status leaf_text(void *arg, struct dye_span text)
{
    struct leaf *l = arg;
    enum dye_status status = l->fresh ? dye_buf_append(&l->text, text.p, text.n) : DYE_OK;
    return status == DYE_E_LIMIT ? DYE_OK : status;
}

static enum dye_status read_properties(struct office *o)
{
    static const struct xml_events events = {leaf_start, leaf_end, leaf_text};
    static const char *const members[] = {"docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct member *m = package_find(o->package, members[i]);
        if (m == NULL || m->taken || o->d->over)
            continue;
        struct leaf leaf = {.office = o};
        const char *fault;
        dye_buf_init(&leaf.text, CLUE_MAX_BYTES, false);
        enum dye_status status = office_look(o, m, &events, &leaf, &fault);
        dye_buf_done(&leaf.text);
        DYE_TRY(status);
    }
    return DYE_OK;
}

enum dye_status office_properties(struct office *o)
{
    if (o->clues.n == 0 || o->d->over)
        return DYE_OK;
    if (!decoding_count_entry(o->d))
        return part_bare(o->d, office_path(o, "properties"), "limit: entries");
    DYE_TRY(part_begin(o->d, office_path(o, "properties"), DYE_UNIT_ROW, o->format));
    enum dye_status status = part_data(o->d, dye_buf_span(&o->clues));
    return status == DYE_OK || status == DYE_E_LIMIT ? part_end(o->d, NULL) : status;
}

/* ---- the rest ---- */

static bool is_plumbing(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof plumbing / sizeof *plumbing; i++)
        if (strcasecmp(name, plumbing[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof plumbing_like / sizeof *plumbing_like; i++)
        if (is_like(name, plumbing_like[i].begin, plumbing_like[i].end))
            return true;
    return n == 0 || name[n - 1] == '/';
}

static enum dye_status walk_member(struct office *o, struct member *m)
{
    if (!decoding_count_entry(o->d))
        return part_bare(o->d, office_path(o, package_name(o->package, m)), "limit: entries");
    char *path = strdup(office_path(o, package_name(o->package, m)));
    struct member_feed *f = package_read(o->package, m);
    enum dye_status status = path != NULL && f != NULL ? DYE_OK : DYE_E_NOMEM;
    if (status == DYE_OK)
        status = decoding_walk_inner(o->d, &f->feed, path, o->depth + 1);
    member_feed_free(f);
    free(path);
    return status;
}

/* What a member that refers to others links to outside. */
static enum dye_status take_links(struct office *o, struct member *m)
{
    char of[DYE_PATH_MAX_BYTES + 1];
    const char *name = package_name(o->package, m), *rels = strstr(name, "_rels/");
    int base = (int)strlen(name) - (int)strlen(".rels");
    if (rels == NULL || base < (int)(rels - name) + 6)
        return DYE_OK;
    snprintf(of, sizeof of, "%.*s%.*s", (int)(rels - name), name, base - (int)(rels - name) - 6, rels + 6);
    struct relations r;
    DYE_TRY(relations_read(o, of, &r));
    relations_done(&r);
    m->taken = true;
    return DYE_OK;
}

static enum dye_status read_rest(struct office *o)
{
    for (size_t i = 0; i < o->package->n && !o->d->over; i++)
        if (is_like(package_name(o->package, &o->package->members[i]), "", ".rels") && !o->package->members[i].taken)
            DYE_TRY(take_links(o, &o->package->members[i]));
    DYE_TRY(read_properties(o));
    DYE_TRY(office_properties(o));
    for (size_t i = 0; i < o->package->n && !o->d->over; i++) {
        struct member *m = &o->package->members[i];
        const char *name = package_name(o->package, m), *slash = strchr(name, '/');
        if (m->taken || is_plumbing(name))
            continue;
        bool prose = false;
        for (size_t k = 0; k < sizeof prose_like / sizeof *prose_like; k++)
            prose = prose || is_like(name, prose_like[k].begin, prose_like[k].end);
        char inner[DYE_PATH_MAX_BYTES + 1];
        snprintf(inner, sizeof inner, "%s", slash != NULL ? slash + 1 : name);
        DYE_TRY(prose ? office_prose(o, m, inner) : walk_member(o, m));
    }
    return DYE_OK;
}

/* ---- which document ---- */

struct main_part {
    char root[32];
};

static enum dye_status root_start(void *arg, const char *name, const char **atts)
{
    struct main_part *m = arg;
    (void)atts;
    snprintf(m->root, sizeof m->root, "%s", name);
    return DYE_END;
}

static struct member *find_main(struct office *o, enum dye_status *ret_status)
{
    static const char *const usual[] = {"xl/workbook.xml", "word/document.xml", "ppt/presentation.xml",
                                        "xl/workbook.bin"};
    struct relations r;
    struct member *m = NULL;
    *ret_status = relations_read(o, "", &r);
    if (*ret_status != DYE_OK)
        return NULL;
    const char *target = relations_by_type(&r, "/officeDocument");
    if (target != NULL)
        m = package_find(o->package, target);
    relations_done(&r);
    for (size_t i = 0; i < sizeof usual / sizeof *usual && m == NULL; i++)
        m = package_find(o->package, usual[i]);
    return m;
}

static enum dye_status read_ooxml(struct office *o, struct member *m)
{
    static const struct xml_events events = {.start = root_start};
    struct main_part main_part = {""};
    const char *fault, *name = package_name(o->package, m);
    if (is_like(name, "", ".bin")) {
        o->format = "xlsb";
        return xlsb_read(o, m);
    }
    DYE_TRY(office_look(o, m, &events, &main_part, &fault));
    if (o->d->over)
        return DYE_OK;
    if (strcmp(main_part.root, "workbook") == 0) {
        o->format = "xlsx";
        return xlsx_read(o, m);
    }
    o->format = strcmp(main_part.root, "presentation") == 0 ? "pptx" : "docx";
    return strcmp(o->format, "docx") == 0 ? office_prose(o, m, "document") : DYE_OK;
}

static enum dye_status manifest_start(void *arg, const char *name, const char **atts)
{
    bool *encrypted = arg;
    (void)atts;
    *encrypted = strcmp(name, "encryption-data") == 0;
    return *encrypted ? DYE_END : DYE_OK;
}

/* Members are encrypted one by one, and the manifest says how. */
static enum dye_status odf_is_encrypted(struct office *o, bool *ret)
{
    static const struct xml_events events = {.start = manifest_start};
    struct member *m = package_find(o->package, "META-INF/manifest.xml");
    const char *fault;
    *ret = false;
    return m != NULL ? office_look(o, m, &events, ret, &fault) : DYE_OK;
}

static enum dye_status read_odf(struct office *o, struct member *content)
{
    bool encrypted;
    DYE_TRY(odf_is_encrypted(o, &encrypted));
    if (encrypted) {
        for (size_t i = 0; i < o->package->n; i++)
            o->package->members[i].taken = true;
        return part_bare(o->d, o->path, "encrypted");
    }
    char mime[128] = "";
    struct member *m = package_find(o->package, "mimetype");
    struct member_feed *f = m != NULL ? package_read(o->package, m) : NULL;
    struct dye_span piece;
    if (f != NULL && feed_pull(&f->feed, &piece))
        snprintf(mime, sizeof mime, "%.*s", piece.n < 127 ? (int)piece.n : 127, (const char *)piece.p);
    member_feed_free(f);
    if (strstr(mime, "spreadsheet") != NULL) {
        o->format = "ods";
        return ods_read(o, content);
    }
    o->format = strstr(mime, "presentation") != NULL ? "odp" : "odt";
    return office_prose(o, content, "content");
}

static bool has_encrypted(const struct package *p)
{
    for (size_t i = 0; i < p->n; i++)
        if ((p->members[i].flags & 1) != 0)
            return true;
    return false;
}

static enum dye_status read_document(struct office *o, struct member *main_member, struct member *content)
{
    if (o->d->over) /* in finding out what there is; that has been said */
        return DYE_OK;
    DYE_TRY(main_member != NULL ? read_ooxml(o, main_member) : read_odf(o, content));
    if (!o->d->over)
        DYE_TRY(read_rest(o));
    if (!o->d->over && o->package->fault != NULL)
        return part_bare(o->d, o->path, o->package->fault);
    return DYE_OK;
}

/* *ret_is: whether it was a document. */
static enum dye_status try_package(struct decoding *d, struct whole *w, const char *path, uint32_t depth, bool *ret_is)
{
    struct package package;
    DYE_TRY(package_open(d, w, &package));
    if (d->over) { /* a directory had to be made up by inflating */
        *ret_is = true;
        package_done(&package);
        return part_bare(d, path, "limit: ratio");
    }
    struct office *o = calloc(1, sizeof *o);
    enum dye_status status = o != NULL ? DYE_OK : DYE_E_NOMEM;
    if (o != NULL) {
        *o = (struct office){.d = d, .package = &package, .path = path, .depth = depth, .format = "ooxml"};
        dye_buf_init(&o->clues, OFFICE_CLUES_MAX_BYTES, true);
        struct member *m = find_main(o, &status), *content = package_find(&package, "content.xml");
        *ret_is = status == DYE_OK && !has_encrypted(&package) &&
                  (m != NULL || (content != NULL && package_find(&package, "mimetype") != NULL));
        if (*ret_is)
            status = read_document(o, m, content);
        dye_buf_done(&o->clues);
    }
    free(o);
    package_done(&package);
    return status;
}

enum dye_status office_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole whole;
    const char *fault;
    bool is = false;
    DYE_TRY(whole_take(d, in, &whole, &fault));
    if (fault != NULL)
        return part_bare(d, path, fault);
    enum dye_status status = try_package(d, &whole, path, depth, &is);
    if (status == DYE_OK && !is && !d->over)
        status = decoding_read_zip(d, whole_feed(&whole, 0), path, depth);
    in->told = in->told || whole.fault != NULL;
    whole_done(&whole);
    return status;
}
