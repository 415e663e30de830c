/*
 * dyetrace: sends a verb to the program of its zone, so that a verb has its zone's rights and no more.
 */
#include "cluster.h"
#include "log.h"
#include "verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct verb {
    const char *name;
    int (*own)(int argc, char **argv); /* done here, or */
    const char *program;               /* `program --once` does it */
    const char *meaning;
};

static const struct verb verbs[] = {
    {"init", verb_init, NULL, "make a home"},
    {"up", verb_up, NULL, "start the cluster and the daemons"},
    {"down", verb_down, NULL, "stop them"},
    {"status", verb_status, NULL, "what runs"},
    {"doctor", verb_doctor, NULL, "check keys, roles, sandbox, disk, clocks"},
    {"token", verb_token, NULL, "tokens for the analysts' page"},
    {"audit", verb_audit, NULL, "verify the audit chain"},
    {"source", NULL, "dyetrace-seeder", "the tree of sources"},
    {"plan", NULL, "dyetrace-seeder", "how many canaries a source needs"},
    {"seed", NULL, "dyetrace-seeder", "make canaries for a source and write their records"},
    {"plant", NULL, "dyetrace-seeder", "write canaries into a source through its connector"},
    {"withdraw", NULL, "dyetrace-seeder", "take canaries out of a source again"},
    {"health", NULL, "dyetrace-seeder", "find canaries that a source has dropped, merged or altered"},
    {"rotate", NULL, "dyetrace-seeder", "take old canaries out of a source and plant fresh ones"},
    {"canary", NULL, "dyetrace-seeder", "list, reveal, controls"},
    {"pool", NULL, "dyetrace-seeder", "values that canaries are made of: SIM blocks, mail domains, voided numbers"},
    {"table", NULL, "dyetrace-seeder", "what an authority assigns, and the canaries that it burns"},
    {"exclusion", verb_exclusion, NULL, "what systems behind the sources leave alone, and what they touched"},
    {"index", NULL, "dyetrace-matcher", "build an index file"},
    {"scan", NULL, "dyetrace-matcher", "look for canaries in files, offline"},
    {"decode", NULL, "dyetrace-matcher", "what is in a file, as it is read, offline"},
    {"ingest", NULL, "dyetrace-matcher", "take in a dump and match it"},
    {"parts", NULL, "dyetrace-matcher", "what is in a dump: its parts, their columns, and records by what they hold"},
    {"unread", NULL, "dyetrace-matcher", "parts that were not fully read, and why"},
    {"retry", NULL, "dyetrace-matcher", "decode again what was not fully read"},
    {"sightings", NULL, "dyetrace-matcher", "the canaries found"},
    {"attribute", NULL, "dyetrace-matcher", "the sources a dump is implicated with"},
    {"accounts", NULL, "dyetrace-matcher", "the accounts of those sources that opened what leaked"},
    {"estimate", NULL, "dyetrace-matcher", "how large the table is that two dumps were drawn from"},
    {"touch", NULL, "dyetrace-matcher", "accesses to canaries' records, from a source's own logs"},
    {"contact", NULL, "dyetrace-matcher", "calls, messages and parcels that reached canaries"},
    {"lineage", NULL, "dyetrace-matcher", "which dumps share persons, and which come from which"},
    {"retro-hunt", NULL, "dyetrace-matcher", "look for later canaries in earlier dumps"},
    {"count", NULL, "dyetrace-matcher", "the legal count (reference) of a dump"},
    {"case", NULL, "dyetrace-matcher", "what persons did with which dumps, and what that adds up to by law"},
    {"alert", NULL, "dyetrace-alerter", "what was told of changed verdicts, and to whom"},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static char own_dir[HOME_PATH_MAX];

const char *program_dir(void)
{
    return own_dir;
}

static int print_help(FILE *to)
{
    fprintf(to, "usage: dyetrace VERB [ARGUMENTS]   (dyetrace VERB --help)\n\n");
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].meaning);
    fprintf(to, "\nversion " DYE_VERSION "\n");
    return to == stdout ? 0 : 2;
}

static const char *option_of(int argc, char **argv, const char *name)
{
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0 && i + 1 < argc)
            return argv[i + 1];
        if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
            return argv[i] + n + 1;
    }
    return NULL;
}

static bool has_word(int argc, char **argv, const char *word)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], word) == 0)
            return true;
    return false;
}

/* `scan`, an index from a list, and a case in a file need no home at all. */
static bool wants_database(int argc, char **argv)
{
    if (has_word(argc, argv, "--help") || has_word(argc, argv, "-h") || strcmp(argv[0], "scan") == 0 ||
        strcmp(argv[0], "decode") == 0)
        return false;
    if (strcmp(argv[0], "case") == 0 && option_of(argc, argv, "--file") != NULL)
        return false;
    return !(strcmp(argv[0], "index") == 0 && option_of(argc, argv, "--from-list") != NULL);
}

int exec_zone(const char *program, int argc, char **argv)
{
    struct dye_error err = {0};
    char path[HOME_PATH_MAX + 64];
    if (wants_database(argc, argv)) {
        struct home h;
        /* Without a home the program itself says so, after it has looked at its arguments. */
        bool found = home_open(option_of(argc, argv, "--home"), option_of(argc, argv, "--config"), &h, &err) == DYE_OK;
        if (found && home_has_cluster(&h) && cluster_start(&h, &err) != DYE_OK)
            return complain(&err);
    }
    snprintf(path, sizeof path, "%s/%s", own_dir, program);
    char **zone_argv = calloc((size_t)argc + 3, sizeof *zone_argv);
    if (zone_argv == NULL)
        return 3;
    zone_argv[0] = path;
    zone_argv[1] = (char *)(uintptr_t) "--once";
    memcpy(zone_argv + 2, argv, (size_t)argc * sizeof *argv);
    execv(path, zone_argv);
    dye_fail(&err, DYE_E_IO, "%s: %s", path, strerror(errno));
    return complain(&err);
}

int main(int argc, char **argv)
{
    ssize_t n = readlink("/proc/self/exe", own_dir, sizeof own_dir - 1);
    if (n > 0)
        own_dir[n] = '\0';
    char *slash = strrchr(own_dir, '/');
    if (slash != NULL)
        *slash = '\0';
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return print_help(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        puts("dyetrace " DYE_VERSION);
        return 0;
    }
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(verbs[i].name, argv[1]) == 0)
            return verbs[i].own != NULL ? end_output(verbs[i].own(argc - 1, argv + 1))
                                        : exec_zone(verbs[i].program, argc - 1, argv + 1);
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_USAGE, "%s: unknown verb (see dyetrace --help)", argv[1]);
    return complain(&err);
}
