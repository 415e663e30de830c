/*
 * up, down, status: what of a home runs.
 */
#include "cluster.h"
#include "daemons.h"
#include "pidfile.h"
#include "sandbox.h"
#include "verb.h"
#include "verbs.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct common_options common;

static enum dye_status up(struct verb_call *call, struct dye_error *err)
{
    struct home h;
    (void)call;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    char *config = common.config != NULL ? realpath(common.config, NULL) : NULL; /* daemons run in / */
    enum dye_status status = DYE_OK;
    if (common.config != NULL && config == NULL)
        status = dye_fail(err, DYE_E_IO, "%s: %s", common.config, strerror(errno));
    if (status == DYE_OK && home_has_cluster(&h))
        status = cluster_start(&h, err);
    for (int i = 0; status == DYE_OK && i < DAEMONS; i++)
        status = daemon_start(&h, daemon_names[i], config, err);
    free(config);
    DYE_TRY(status);
    fprintf(stderr, "up: spool %s/spool, page http://%s/\n", h.dir, h.config.portal_listen);
    return DYE_OK;
}

int verb_up(int argc, char **argv)
{
    static const struct verb_spec spec = {"up", "Starts the home's cluster and daemons.", NULL, 0, 0};
    return verb_run(&spec, argc, argv, &common, up);
}

static enum dye_status down(struct verb_call *call, struct dye_error *err)
{
    struct home h;
    (void)call;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    for (int i = DAEMONS - 1; i >= 0; i--)
        DYE_TRY(daemon_stop(&h, daemon_names[i], err));
    return home_has_cluster(&h) ? cluster_stop(&h, err) : DYE_OK;
}

int verb_down(int argc, char **argv)
{
    static const struct verb_spec spec = {"down", "Stops the home's daemons and cluster.", NULL, 0, 0};
    return verb_run(&spec, argc, argv, &common, down);
}

static enum dye_status show(struct verb_call *call, struct dye_error *err)
{
    struct home h;
    char conninfo[1200];
    (void)call;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(home_admin_conninfo(&h, conninfo, sizeof conninfo, err));
    const char *cluster = !home_has_cluster(&h) ? "external" : cluster_is_up(&h) ? "up" : "down";
    const char *sandbox = sandbox_level_name(sandbox_probe_decoder());
    const char *helpers = sandbox_level_name(sandbox_probe_helper());
    json_t *daemons = json_object();
    for (int i = 0; i < DAEMONS; i++) {
        pid_t pid = pidfile_holder(&h, daemon_names[i]);
        json_object_set_new(daemons, daemon_names[i],
                            json_pack("{s:s, s:o}", "state", pid != 0 ? "up" : "down", "pid",
                                      pid != 0 ? json_integer(pid) : json_null()));
    }
    if (common.json) {
        json_t *all = json_pack("{s:s, s:s, s:s, s:O, s:s, s:s, s:s, s:s}", "home", h.dir, "conninfo", conninfo,
                                "cluster", cluster, "daemons", daemons, "sandbox", sandbox, "helper_sandbox", helpers,
                                "portal", h.config.portal_listen, "version", DYE_VERSION);
        json_dumpf(all, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(all);
    } else {
        printf("home      %s\ncluster   %s\n", h.dir, cluster);
        for (int i = 0; i < DAEMONS; i++) {
            pid_t pid = pidfile_holder(&h, daemon_names[i]);
            printf("%-9s %s", daemon_names[i], pid != 0 ? "up" : "down");
            if (pid != 0)
                printf(", process %d", (int)pid);
            putchar('\n');
        }
        printf("page      http://%s/\nsandbox   decoder %s, helpers %s\nconninfo  %s\n", h.config.portal_listen,
               sandbox, helpers, conninfo);
    }
    json_decref(daemons);
    return DYE_OK;
}

int verb_status(int argc, char **argv)
{
    static const struct verb_spec spec = {"status [--json]", "What of the home runs.", NULL, 0, 0};
    return verb_run(&spec, argc, argv, &common, show);
}
