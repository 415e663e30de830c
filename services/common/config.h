#ifndef DYE_CONFIG_H
#define DYE_CONFIG_H
/*
 * config: dyetrace.yaml of a home, as one typed table (config.c: `options`). The table drives parsing, the defaults,
 * `--check-config` and the commented file that `dyetrace init` writes; an unknown key is an error that names line and
 * column.
 */
#include "dye/status.h"

#include <stdint.h>
#include <stdio.h>

enum config_environment { ENVIRONMENT_TEST, ENVIRONMENT_PRODUCTION };

struct config {
    int64_t environment;       /* enum config_environment */
    char owner[64];            /* whose sources this home seeds, unless a verb says other */
    char admin_conninfo[1024]; /* --pg; "" means the home's own cluster */
    char portal_listen[64];    /* address:port */
    int64_t matcher_workers;
    int64_t matcher_poll_ms; /* how often the registry is looked at without a notification */
    int64_t seeder_health_minutes;
    int64_t limit_output_bytes;
    int64_t limit_entries;
    int64_t limit_depth;
    int64_t limit_ratio;
    int64_t limit_spill_bytes; /* scratch space of one dump */
    int64_t limit_record_bytes;
    int64_t limit_seconds;
    int64_t sketch_retention_days; /* 0: none are kept */
    int64_t events_retention_days;
    int64_t alerts_retention_days; /* 0: they are kept */
    double contact_max_p_value;
    int64_t contact_window_hours;
    double link_expected_false; /* false sightings a dump, at most, in expectation */
    double link_weak_floor;     /* probability from which a row of masked values is kept */
    char law_rules[64];
    double attribution_epsilon;
    double attribution_prior;
    double attribution_min_log10_lr;
    double attribution_min_posterior;
    double attribution_max_p_value;
    double attribution_min_log10_margin;
    int64_t attribution_min_seen;
    double attribution_mislink;
    double attribution_max_mislink_p;
    int64_t alerts_digest_seconds;
    int64_t alerts_cooldown_seconds;
    int64_t alerts_tries;
    int64_t alerts_first_wait_seconds;
};

void config_default(struct config *ret);

/* Reads a file over the defaults. DYE_E_CONFIG "path:line:column: what", DYE_E_IO. */
DYE_MUST_CHECK enum dye_status config_read(const char *path, struct config *ret, struct dye_error *err);

/* Every option with its meaning and default, as YAML that config_read accepts. */
void config_print_reference(FILE *to, const struct config *values);

#endif
