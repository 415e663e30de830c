#include "office.h"

#include <stdio.h>
#include <strings.h>

enum { RELATIONS_MAX = 1 << 15, TEXT_MAX_BYTES = 16 << 20, TARGET_MAX_BYTES = 4096 };

struct relation { /* where its texts stand */
    uint32_t id, type, target;
};

struct reading {
    struct office *office;
    struct relations *into;
    char folder[TARGET_MAX_BYTES + 1]; /* "xl/", of who refers */
};

/* "worksheets/sheet1.xml", "/xl/styles.xml", "../media/a.png" -> a name in the package */
static void resolve(const char *folder, const char *target, char ret[TARGET_MAX_BYTES + 1])
{
    char joined[2 * TARGET_MAX_BYTES + 2];
    snprintf(joined, sizeof joined, "%s%s", *target == '/' ? "" : folder, target);
    size_t n = 0;
    for (const char *c = joined; *c != '\0';) {
        size_t step = strcspn(c, "/\\");
        if (step == 2 && memcmp(c, "..", 2) == 0) {
            n -= n > 0;
            while (n > 0 && ret[n - 1] != '/')
                n--;
        } else if (step > 0 && !(step == 1 && *c == '.')) {
            if (n + step + 1 >= TARGET_MAX_BYTES)
                break;
            memcpy(ret + n, c, step);
            n += step;
            if (c[step] != '\0')
                ret[n++] = '/';
        }
        c += step + (c[step] != '\0');
    }
    ret[n] = '\0';
}

static enum dye_status on_start(void *arg, const char *name, const char **atts)
{
    struct reading *r = arg;
    const char *id = xml_att(atts, "Id"), *type = xml_att(atts, "Type"), *target = xml_att(atts, "Target"),
               *mode = xml_att(atts, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || id == NULL || target == NULL)
        return DYE_OK;
    if (mode != NULL && strcasecmp(mode, "External") == 0) {
        office_clue(r->office, "link", dye_span_str(target));
        return DYE_OK;
    }
    char resolved[TARGET_MAX_BYTES + 1];
    resolve(r->folder, target, resolved);
    type = type != NULL ? type : "";
    struct dye_buf *text = &r->into->text;
    struct relation relation = {(uint32_t)text->n, (uint32_t)(text->n + strlen(id) + 1),
                                (uint32_t)(text->n + strlen(id) + strlen(type) + 2)};
    enum dye_status status = dye_buf_append(text, id, strlen(id) + 1);
    if (status == DYE_OK)
        status = dye_buf_append(text, type, strlen(type) + 1);
    if (status == DYE_OK)
        status = dye_buf_append(text, resolved, strlen(resolved) + 1);
    if (status == DYE_OK)
        status = dye_buf_append(&r->into->list, &relation, sizeof relation);
    return status == DYE_E_LIMIT ? DYE_OK : status; /* links outside still count */
}

enum dye_status relations_read(struct office *o, const char *of, struct relations *ret)
{
    static const struct xml_events events = {.start = on_start};
    struct reading r = {.office = o, .into = ret};
    char name[TARGET_MAX_BYTES + 16];
    const char *slash = strrchr(of, '/'), *fault;
    int folder = slash != NULL ? (int)(slash - of) + 1 : 0;
    snprintf(r.folder, sizeof r.folder, "%.*s", folder, of);
    snprintf(name, sizeof name, "%s_rels/%s.rels", r.folder, of + folder);
    dye_buf_init(&ret->list, RELATIONS_MAX * sizeof(struct relation), false);
    dye_buf_init(&ret->text, TEXT_MAX_BYTES, false);
    struct member *m = package_find(o->package, name);
    enum dye_status status = m != NULL ? office_look(o, m, &events, &r, &fault) : DYE_OK;
    if (status != DYE_OK)
        relations_done(ret);
    return status;
}

void relations_done(struct relations *r)
{
    dye_buf_done(&r->list);
    dye_buf_done(&r->text);
}

static const struct relation *at(const struct relations *r, size_t i)
{
    return (i + 1) * sizeof(struct relation) <= r->list.n ? (const struct relation *)(const void *)r->list.p + i : NULL;
}

const char *relations_by_id(const struct relations *r, const char *id)
{
    const struct relation *one;
    for (size_t i = 0; (one = at(r, i)) != NULL; i++)
        if (strcmp((const char *)r->text.p + one->id, id) == 0)
            return (const char *)r->text.p + one->target;
    return NULL;
}

const char *relations_by_type(const struct relations *r, const char *type)
{
    const struct relation *one;
    for (size_t i = 0; (one = at(r, i)) != NULL; i++) {
        const char *has = (const char *)r->text.p + one->type;
        size_t n = strlen(has), wanted = strlen(type);
        if (n >= wanted && strcmp(has + n - wanted, type) == 0)
            return (const char *)r->text.p + one->target;
    }
    return NULL;
}
