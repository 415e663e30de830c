#include "alert_filter.h"

#include <string.h>

const char *const alert_verdicts[ALERT_VERDICTS] = {"insufficient", "not-covered", "attributed", "control-hit"};
/* As syslog has them, and the first verdict of each. */
static const struct {
    const char *name;
    unsigned from;
} severities[] = {{"notice", 0}, {"warning", 2}, {"critical", 3}};
static const unsigned all_verdicts = (1u << ALERT_VERDICTS) - 1;

static enum dye_status add_source(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct alert_filter *f = arg;
    const char *path = yaml_doc_text(item);
    size_t n = path != NULL ? strlen(path) : 0;
    if (n == 0 || n >= sizeof f->source[0] || path[0] == '/' || path[n - 1] == '/')
        return yaml_doc_fail(d, item, err, "`sources`: the path of a source is wanted, such as a/b");
    memcpy(f->source[f->sources++], path, n + 1);
    return DYE_OK;
}

static enum dye_status add_verdict(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    unsigned *mask = arg;
    const char *text = yaml_doc_text(item);
    for (unsigned i = 0; i < ALERT_VERDICTS && text != NULL; i++)
        if (strcmp(text, alert_verdicts[i]) == 0) {
            *mask |= 1u << i;
            return DYE_OK;
        }
    return yaml_doc_fail(d, item, err, "`verdicts`: attributed, insufficient, not-covered or control-hit is wanted");
}

/* An empty list would want nothing, and an absent one wants all: nobody means the first. */
static enum dye_status check_list(struct yaml_doc *d, const yaml_node_t *entry, const char *key, struct dye_error *err)
{
    const yaml_node_t *list = yaml_doc_get(d, entry, key);
    if (list == NULL ||
        (list->type == YAML_SEQUENCE_NODE && list->data.sequence.items.top != list->data.sequence.items.start))
        return DYE_OK;
    return yaml_doc_fail(d, list, err, "`%s`: a list is wanted, [a, b], that is not empty", key);
}

static enum dye_status read_severity(struct yaml_doc *d, const yaml_node_t *entry, unsigned *mask,
                                     struct dye_error *err)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(d, entry, "severity", "notice", &text, err));
    for (size_t i = 0; i < sizeof severities / sizeof *severities; i++)
        if (strcmp(text, severities[i].name) == 0) {
            *mask &= all_verdicts << severities[i].from;
            return DYE_OK;
        }
    return yaml_doc_fail(d, yaml_doc_get(d, entry, "severity"), err,
                         "`severity`: notice, warning or critical is wanted");
}

enum dye_status alert_filter_read(struct yaml_doc *d, const yaml_node_t *entry, struct alert_filter *ret,
                                  struct dye_error *err)
{
    *ret = (struct alert_filter){.sources = 0};
    DYE_TRY(check_list(d, entry, "sources", err));
    DYE_TRY(check_list(d, entry, "verdicts", err));
    DYE_TRY(yaml_doc_each(d, entry, "sources", ALERT_SOURCES_MAX, add_source, ret, err));
    DYE_TRY(yaml_doc_each(d, entry, "verdicts", ALERT_VERDICTS, add_verdict, &ret->verdicts, err));
    if (ret->verdicts == 0)
        ret->verdicts = all_verdicts;
    return read_severity(d, entry, &ret->verdicts, err);
}
