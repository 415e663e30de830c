/*
 * up, down, status: what of a home runs.
 */
#include "cluster.h"
#include "daemons.h"
#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "sandbox.h"
#include "verbs.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct common_options common;

static int start(const struct verb_spec *spec, int argc, char **argv, struct home *h, struct dye_error *err)
{
    int args = 0;
    enum dye_status status = options_parse(spec, argc, argv, &common, &args, err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = home_open(common.home, common.config, h, err);
    return status == DYE_OK ? -1 : complain(err);
}

int verb_up(int argc, char **argv)
{
    static const struct verb_spec spec = {"up", "Starts the home's cluster and daemons.", NULL, 0, 0};
    struct dye_error err = {0};
    struct home h;
    int code = start(&spec, argc, argv, &h, &err);
    if (code >= 0)
        return code;
    char *config = common.config != NULL ? realpath(common.config, NULL) : NULL; /* daemons run in / */
    enum dye_status status = DYE_OK;
    if (common.config != NULL && config == NULL)
        status = dye_fail(&err, DYE_E_IO, "%s: %s", common.config, strerror(errno));
    if (status == DYE_OK && home_has_cluster(&h))
        status = cluster_start(&h, &err);
    for (int i = 0; status == DYE_OK && i < DAEMONS; i++)
        status = daemon_start(&h, daemon_names[i], config, &err);
    free(config);
    if (status != DYE_OK)
        return complain(&err);
    fprintf(stderr, "up: spool %s/spool, page http://%s/\n", h.dir, h.config.portal_listen);
    return 0;
}

int verb_down(int argc, char **argv)
{
    static const struct verb_spec spec = {"down", "Stops the home's daemons and cluster.", NULL, 0, 0};
    struct dye_error err = {0};
    struct home h;
    int code = start(&spec, argc, argv, &h, &err);
    if (code >= 0)
        return code;
    for (int i = DAEMONS - 1; i >= 0; i--)
        if (daemon_stop(&h, daemon_names[i], &err) != DYE_OK)
            return complain(&err);
    if (home_has_cluster(&h) && cluster_stop(&h, &err) != DYE_OK)
        return complain(&err);
    return 0;
}

int verb_status(int argc, char **argv)
{
    static const struct verb_spec spec = {"status [--json]", "What of the home runs.", NULL, 0, 0};
    struct dye_error err = {0};
    struct home h;
    char conninfo[1200];
    int code = start(&spec, argc, argv, &h, &err);
    if (code >= 0)
        return code;
    if (home_admin_conninfo(&h, conninfo, sizeof conninfo, &err) != DYE_OK)
        return complain(&err);
    const char *cluster = !home_has_cluster(&h) ? "external" : cluster_is_up(&h) ? "up" : "down";
    const char *sandbox = sandbox_level_name(sandbox_probe());
    json_t *daemons = json_object();
    for (int i = 0; i < DAEMONS; i++) {
        pid_t pid = pidfile_holder(&h, daemon_names[i]);
        json_object_set_new(daemons, daemon_names[i],
                            json_pack("{s:s, s:o}", "state", pid != 0 ? "up" : "down", "pid",
                                      pid != 0 ? json_integer(pid) : json_null()));
    }
    if (common.json) {
        json_t *all =
            json_pack("{s:s, s:s, s:s, s:O, s:s, s:s, s:s}", "home", h.dir, "conninfo", conninfo, "cluster", cluster,
                      "daemons", daemons, "sandbox", sandbox, "portal", h.config.portal_listen, "version", DYE_VERSION);
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
        printf("page      http://%s/\nsandbox   %s\nconninfo  %s\n", h.config.portal_listen, sandbox, conninfo);
    }
    json_decref(daemons);
    return 0;
}
