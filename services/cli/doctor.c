/*
 * doctor: looks at what a home needs, one line a check, and says how to mend what is wrong. Exit 3 when something is.
 */
#include "alert_channel.h"
#include "cluster.h"
#include "key_file.h"
#include "migrate.h"
#include "privilege.h"
#include "sandbox.h"
#include "store.h"
#include "verb.h"
#include "verbs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static struct common_options common;
static int wrong;

enum finding { FINE, NOTE, BAD };

static void report_finding(const char *check, enum finding f, const char *says, const char *mend)
{
    static const char *const words[] = {"ok", "note", "BAD"};
    bool ok = f == FINE;
    wrong += f == BAD;
    if (common.json) {
        json_t *o =
            json_pack("{s:s, s:b, s:s, s:s?}", "check", check, "ok", f != BAD, "says", says, "mend", ok ? NULL : mend);
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(o);
    } else {
        printf("%-4s %-10s %s%s%s\n", words[f], check, says, ok ? "" : "; ", ok ? "" : mend);
    }
}

static void report(const char *check, bool ok, const char *says, const char *mend)
{
    report_finding(check, ok ? FINE : BAD, says, mend);
}

static void check_keys(const struct home *h)
{
    static const char *const keys[] = {"zones/seeder/persona.key", "zones/seeder/index.key", "zones/matcher/index.key",
                                       "zones/matcher/sketch.key", "zones/auditor/audit.key"};
    char path[HOME_PATH_MAX];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct dye_error err = {0};
        DYE_CLEANUP(dye_key_wipe) struct dye_key k = {0};
        bool ok = home_path(h, path, &err, "%s", keys[i]) == DYE_OK && key_file_read(path, &k, &err) == DYE_OK;
        report("key", ok, ok ? keys[i] : err.message, "put the zone's key file back, mode 0400");
    }
    if (home_path(h, path, NULL, "master.key") == DYE_OK)
        report_finding("master", access(path, F_OK) != 0 ? FINE : NOTE,
                       access(path, F_OK) != 0 ? "offline" : "master.key is still here",
                       "move it to where no machine can read it");
}

/* What a zone can't read it does not have: root edits connectors.yaml, and secrets of channels. */
static void check_owners(const struct home *h)
{
    static const char *const zones[] = {"seeder", "matcher", "portal", "auditor", "alerter"};
    bool fine = true;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        char path[HOME_PATH_MAX];
        DIR *dir = home_path(h, path, NULL, "zones/%s", zones[i]) == DYE_OK ? opendir(path) : NULL;
        struct stat st;
        for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
            if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || e->d_name[0] == '.' ||
                st.st_uid == h->uid)
                continue;
            char says[400], mend[64];
            snprintf(says, sizeof says, "zones/%s/%s is another user's", zones[i], e->d_name);
            snprintf(mend, sizeof mend, "chown it to user %u", (unsigned)h->uid);
            report("owner", false, says, mend);
            fine = false;
        }
        if (dir != NULL)
            closedir(dir);
    }
    if (fine)
        report("owner", true, "the zones' files are the home's user's", NULL);
}

static void check_roles(const struct home *h)
{
    static const char *const zones[] = {"seeder", "matcher", "portal", "auditor", "alerter"};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        struct dye_error err = {0};
        struct store *s = NULL;
        char conninfo[1600];
        char says[300];
        bool ok = home_zone_conninfo(h, zones[i], conninfo, sizeof conninfo, &err) == DYE_OK &&
                  store_open(conninfo, "dyetrace", &s, &err) == DYE_OK;
        dye_wipe(conninfo, sizeof conninfo);
        snprintf(says, sizeof says, "%s%s%s", zones[i], ok ? " can log in" : ": ", ok ? "" : err.message);
        report("role", ok, says, "give it back its password (zones/<zone>/pg.role) with ALTER ROLE");
        store_close(s);
    }
}

/* A program that was installed anew has a schema of its own, which no verb but init brings. */
static void check_schema(struct store *s)
{
    struct dye_error err = {0};
    char says[300];
    size_t lack = 0;
    bool known = migrate_lack(s, &lack, &err) == DYE_OK;
    snprintf(says, sizeof says, "lacks %zu migrations of this program", lack);
    report("schema", known && lack == 0,
           !known      ? err.message
           : lack != 0 ? says
                       : "is this program's",
           known ? "dyetrace init" : "the program that made it, or a newer one");
}

/* What the seeder's last checks found; it asks no source. */
static void check_canaries(struct store *s)
{
    STORE_RESULT r = NULL;
    struct dye_error err = {0};
    char says[100];
    if (store_run(s, &err, &r,
                  "SELECT count(*), count(*) FILTER (WHERE f.state NOT IN ('present', 'unknown'))"
                  " FROM dyetrace.placement p LEFT JOIN dyetrace.placement_found f USING (placement_id)"
                  " WHERE p.state = 'planted'",
                  "") != DYE_OK)
        return;
    snprintf(says, sizeof says, "%lld planted, %lld of them not as they were written", (long long)store_int(r, 0, 0),
             (long long)store_int(r, 0, 1));
    report_finding("canaries", store_int(r, 0, 1) == 0 ? FINE : NOTE, says,
                   "dyetrace health --last lists them, dyetrace rotate replaces them");
}

static void check_exclusion(struct store *s)
{
    STORE_RESULT r = NULL;
    if (store_run(s, NULL, &r,
                  "SELECT CASE WHEN expires_at <= now() THEN format('the list of %s has expired', system)"
                  " WHEN lacking > 0 THEN format('the list of %s lacks %s canaries', system, lacking)"
                  " ELSE format('the list of %s has all', system) END, expires_at > now() AND lacking = 0"
                  " FROM dyetrace.exclusion_state ORDER BY system",
                  "") != DYE_OK)
        return; /* a schema that is older than the lists */
    for (int i = 0; i < PQntuples(r); i++)
        report_finding("exclusion", store_bool(r, i, 1) ? FINE : NOTE, store_text(r, i, 0),
                       "hand its owner the next one (exclusion make)");
}

static void check_alerts(struct store *s)
{
    STORE_RESULT r = NULL;
    char says[100];
    if (store_run(s, NULL, &r,
                  "SELECT count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'pending')"
                  " FROM dyetrace.alert_message",
                  "") != DYE_OK)
        return; /* a schema that is older than alerts */
    snprintf(says, sizeof says, "%lld messages not sent and given up, %lld on their way", (long long)store_int(r, 0, 0),
             (long long)store_int(r, 0, 1));
    report_finding("alerts", store_int(r, 0, 0) == 0 ? FINE : NOTE, says,
                   "dyetrace alert list --failed says why, alert retry tries again");
}

/* As the home's user reads them, who owns the secrets. */
static void check_channels(const struct home *h)
{
    static struct alert_channels all; /* large */
    struct dye_error err = {0};
    char says[80];
    bool ok = alert_channels_read(h, common.config, &all, &err) == DYE_OK;
    snprintf(says, sizeof says, "%zu in alerts.channels", all.n);
    if (!ok || all.n == 0) {
        report_finding("channels", ok ? NOTE : BAD, ok ? "alerts go nowhere" : err.message,
                       "write alerts.channels in dyetrace.yaml as dyetrace(1) says");
        return;
    }
    report("channels", true, says, NULL);
    for (size_t i = 0; i < all.n; i++) {
        char secret[ALERT_SECRET_MAX_BYTES + 1];
        const struct alert_channel *c = &all.channel[i];
        size_t n;
        if (c->secret[0] != '\0' && alert_secret_read(c->secret, c->kind == ALERT_WEBHOOK ? ALERT_SECRET_MIN_BYTES : 1,
                                                      secret, &n, &err) != DYE_OK)
            report("channels", false, err.message, "one line, mode 0400, of the home's user");
        dye_wipe(secret, sizeof secret);
    }
}

static void check_database(const struct home *h)
{
    struct dye_error err = {0};
    struct store *s = NULL;
    char conninfo[1200];
    char says[300] = "";
    bool ok = home_admin_conninfo(h, conninfo, sizeof conninfo, &err) == DYE_OK &&
              store_open(conninfo, "dyetrace", &s, &err) == DYE_OK;
    report("database", ok, ok ? "answers" : err.message, "dyetrace up, or mend database.conninfo");
    if (!ok)
        return;
    STORE_RESULT r = NULL;
    if (store_run(s, &err, &r,
                  "SELECT extract(epoch FROM clock_timestamp()), current_setting('data_checksums'),"
                  " has_database_privilege('public', current_database(), 'CONNECT')",
                  "") == DYE_OK) {
        double apart = fabs(store_real(r, 0, 0) - (double)time(NULL));
        snprintf(says, sizeof says, "%.0f s apart from the database's", apart);
        report("clock", apart < 5, says, "set both by NTP: times are evidence");
        report_finding("doors", store_bool(r, 0, 2) ? NOTE : FINE,
                       store_bool(r, 0, 2) ? "PUBLIC may connect to the database" : "PUBLIC may not connect",
                       "dyetrace init, or as the database's owner: REVOKE CONNECT");
        report("checksums", strcmp(store_text(r, 0, 1), "on") == 0, store_text(r, 0, 1), "pg_checksums --enable");
    }
    check_schema(s);
    check_canaries(s);
    check_exclusion(s);
    check_alerts(s);
    store_close(s);
}

/* How many entries of a folder of the spool are files, or are none; not those that begin with a dot. */
static void count_entries(const struct home *h, const char *folder, unsigned *ret_files, unsigned *ret_others)
{
    char path[HOME_PATH_MAX];
    DIR *dir = home_path(h, path, NULL, "%s", folder) == DYE_OK ? opendir(path) : NULL;
    struct stat st;
    for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        const char *end = strrchr(e->d_name, '.');
        if (e->d_name[0] == '.' || fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            (end != NULL && strcmp(end, ".reason") == 0))
            continue;
        *(S_ISREG(st.st_mode) ? ret_files : ret_others) += 1;
    }
    if (dir != NULL)
        closedir(dir);
}

static void check_spool(const struct home *h)
{
    unsigned waiting = 0, left = 0, failed = 0, failed_others = 0;
    char says[96];
    count_entries(h, "spool", &waiting, &left);
    count_entries(h, "spool/failed", &failed, &failed_others);
    left -= left < 2 ? left : 2; /* done and failed */
    failed += failed_others;
    snprintf(says, sizeof says, "%u waiting, %u in failed, %u that are no files", waiting, failed, left);
    report_finding("spool", failed + left == 0 ? FINE : NOTE, says,
                   failed != 0 ? "the reason lies beside each of failed" : "dyetrace ingest takes a directory");
}

static void check_disk(const struct home *h)
{
    struct statvfs fs;
    char says[64];
    if (statvfs(h->dir, &fs) != 0) {
        report("disk", false, strerror(errno), "mount it");
        return;
    }
    double free_gib = (double)fs.f_bavail * (double)fs.f_frsize / 0x1p30;
    snprintf(says, sizeof says, "%.1f GiB free", free_gib);
    report("disk", free_gib >= 1, says, "make room");
}

/* Optional: without them the formats stay unread, and say so. They run in the sandbox's profile for helpers. */
static void check_helpers(void)
{
    static const char *const programs[][3] = {
        {"/usr/bin/7zz", "7zz: encrypted 7z", "install 7zip"},
        {"/usr/bin/unar", "unar: encrypted rar, rar with filters", "install unar"},
        {"/usr/bin/pdftotext", "pdftotext: PDF", "install poppler-utils"}};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        report_finding("helper", access(programs[i][0], X_OK) == 0 ? FINE : NOTE, programs[i][1], programs[i][2]);
}

static void check_sandbox(const char *of, enum sandbox_level level)
{
    char says[64];
    snprintf(says, sizeof says, "%s: %s", of, sandbox_level_name(level));
    report_finding("sandbox",
                   level == SANDBOX_FULL      ? FINE
                   : level == SANDBOX_SECCOMP ? NOTE
                                              : BAD,
                   says,
                   level == SANDBOX_NONE ? "a kernel with seccomp is wanted" : "a kernel with Landlock adds to it");
}

static enum dye_status check(struct verb_call *call, struct dye_error *err)
{
    struct home h;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    bool runs = !home_has_cluster(&h) || cluster_start(&h, err) == DYE_OK;
    privilege_harden(); /* after the start of the server, which is none of this */
    struct stat st;
    bool closed = stat(h.dir, &st) == 0 && (st.st_mode & 077) == 0;
    report("home", closed, closed ? h.dir : "others can enter it", "chmod 0700");
    check_keys(&h);
    check_owners(&h);
    if (runs) {
        check_database(&h);
        check_roles(&h);
    } else {
        report("cluster", false, err->message, "its log says why it does not start");
    }
    check_channels(&h);
    check_sandbox("decoder", sandbox_probe_decoder());
    check_sandbox("helpers", sandbox_probe_helper());
    check_sandbox("sender", sandbox_probe_sender());
    check_helpers();
    check_spool(&h);
    check_disk(&h);
    call->code = wrong == 0 ? 0 : 3;
    return DYE_OK;
}

int verb_doctor(int argc, char **argv)
{
    static const struct verb_spec spec = {"doctor [--json]", "Checks a home; says how to mend each thing.", NULL, 0, 0};
    return verb_run(&spec, argc, argv, &common, check);
}
