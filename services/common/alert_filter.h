#ifndef DYE_ALERT_FILTER_H
#define DYE_ALERT_FILTER_H
/*
 * alert_filter: which alerts a channel wants, as its entry says:
 *
 *         sources: [jinan-hospital, courier/north]   # these and what is below them; default: all
 *         verdicts: [attributed]                     # or insufficient, not-covered, control-hit; default: all
 *         severity: warning                          # at least: notice, warning (a source is named), critical
 *
 * Both of the last two hold. A control hit, which is critical, goes to every channel whatever it wants, and what
 * becomes of a dump to each that was told of it (alert_route.sql).
 */
#include "yaml_doc.h"

enum { ALERT_SOURCES_MAX = 32, ALERT_VERDICTS = 4 };
extern const char *const alert_verdicts[ALERT_VERDICTS]; /* by rising severity */

struct alert_filter {
    char source[ALERT_SOURCES_MAX][256];
    size_t sources;    /* 0: all */
    unsigned verdicts; /* a bit each, by its place in alert_verdicts */
};

/* DYE_E_CONFIG with line and column. */
DYE_MUST_CHECK enum dye_status alert_filter_read(struct yaml_doc *d, const yaml_node_t *entry, struct alert_filter *ret,
                                                 struct dye_error *err);

#endif
