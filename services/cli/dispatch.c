/*
 * dyetrace: sends a verb to the program that does it, so that a verb has its zone's rights and no more. It holds
 * nothing and loads no library: a verb that needs no database starts at once.
 */
#include "log.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verb {
    const char *name;
    const char *program;
    enum { ALONE, OFFLINE, IN_HOME } how; /* without --once; with it; and with the home's cluster up */
    const char *meaning;
};

static const char keeper[] = "dyetrace-home", seeder[] = "dyetrace-seeder", matcher[] = "dyetrace-matcher",
                  scanner[] = "dyetrace-scan", alerter[] = "dyetrace-alerter";

static const struct verb verbs[] = {
    {"init", keeper, ALONE, "make a home"},
    {"up", keeper, ALONE, "start the cluster and the daemons"},
    {"down", keeper, ALONE, "stop them"},
    {"status", keeper, ALONE, "what runs"},
    {"doctor", keeper, ALONE, "check keys, roles, sandbox, disk, clocks"},
    {"token", keeper, ALONE, "tokens for the analysts' page"},
    {"audit", keeper, ALONE, "verify the audit chain"},
    {"source", seeder, IN_HOME, "the tree of sources"},
    {"plan", seeder, IN_HOME, "how many canaries a source needs"},
    {"seed", seeder, IN_HOME, "make canaries for a source and write their records"},
    {"plant", seeder, IN_HOME, "write canaries into a source through its connector"},
    {"withdraw", seeder, IN_HOME, "take canaries out of a source again"},
    {"health", seeder, IN_HOME, "find canaries that a source has dropped, merged or altered"},
    {"rotate", seeder, IN_HOME, "take old canaries out of a source and plant fresh ones"},
    {"canary", seeder, IN_HOME, "list, reveal, controls"},
    {"pool", seeder, IN_HOME, "values that canaries are made of: SIM blocks, mail domains, voided numbers"},
    {"table", seeder, IN_HOME, "what an authority assigns, and the canaries that it burns"},
    {"exclusion", keeper, ALONE, "what systems behind the sources leave alone, and what they touched"},
    {"index", matcher, IN_HOME, "build an index file"},
    {"scan", scanner, OFFLINE, "look for canaries in files, offline"},
    {"decode", scanner, OFFLINE, "what is in a file, as it is read, offline"},
    {"ingest", matcher, IN_HOME, "take in a dump and match it"},
    {"parts", matcher, IN_HOME, "what is in a dump: its parts, their columns, and records by what they hold"},
    {"unread", matcher, IN_HOME, "parts that were not fully read, and why"},
    {"retry", matcher, IN_HOME, "decode again what was not fully read"},
    {"sightings", matcher, IN_HOME, "the canaries found"},
    {"attribute", matcher, IN_HOME, "the sources a dump is implicated with"},
    {"accounts", matcher, IN_HOME, "the accounts of those sources that opened what leaked"},
    {"estimate", matcher, IN_HOME, "how large the table is that two dumps were drawn from"},
    {"touch", matcher, IN_HOME, "accesses to canaries' records, from a source's own logs"},
    {"contact", matcher, IN_HOME, "calls, messages and parcels that reached canaries"},
    {"lineage", matcher, IN_HOME, "which dumps share persons, and which come from which"},
    {"retro-hunt", matcher, IN_HOME, "look for later canaries in earlier dumps"},
    {"count", matcher, IN_HOME, "the legal count (reference) of a dump"},
    {"case", matcher, IN_HOME, "what persons did with which dumps, and what that adds up to by law"},
    {"alert", alerter, IN_HOME, "what was told of changed verdicts, and to whom"},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static int print_help(FILE *to)
{
    fprintf(to, "usage: dyetrace VERB [ARGUMENTS]   (dyetrace VERB --help)\n\n");
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].meaning);
    fprintf(to, "\nversion " DYE_VERSION "\n");
    return to == stdout ? 0 : 2;
}

static bool has_option(int argc, char **argv, const char *name)
{
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], name, n) == 0 && (argv[i][n] == '\0' || argv[i][n] == '='))
            return true;
    return false;
}

/* An index from a list, a case in a file and help need no home at all. */
static bool wants_database(const struct verb *v, int argc, char **argv)
{
    bool by_itself = (strcmp(v->name, "case") == 0 && has_option(argc, argv, "--file")) ||
                     (strcmp(v->name, "index") == 0 && has_option(argc, argv, "--from-list"));
    return v->how == IN_HOME && !by_itself && !has_option(argc, argv, "--help") && !has_option(argc, argv, "-h");
}

/* PROGRAM --once VERB ...; dyetrace-home VERB ...; or dyetrace-home --before PROGRAM VERB ..., which becomes the first.
 */
static int send(const struct verb *v, int argc, char **argv)
{
    struct dye_error err = {0};
    char **sent = calloc((size_t)argc + 4, sizeof *sent); /* for as long as the program lives */
    size_t n = 1;
    if (sent == NULL)
        return 3;
    bool database = wants_database(v, argc, argv);
    if (database) {
        sent[n++] = (char *)(uintptr_t) "--before";
        sent[n++] = (char *)(uintptr_t)v->program;
    } else if (v->how != ALONE) {
        sent[n++] = (char *)(uintptr_t) "--once";
    }
    memcpy(sent + n, argv, (size_t)argc * sizeof *argv);
    return program_become(database ? keeper : v->program, sent, &err) != DYE_OK ? complain(&err) : 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return end_output(print_help(stdout));
    if (strcmp(argv[1], "--version") == 0) {
        puts("dyetrace " DYE_VERSION);
        return end_output(0);
    }
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(verbs[i].name, argv[1]) == 0)
            return send(&verbs[i], argc - 1, argv + 1);
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_USAGE, "%s: unknown verb (see dyetrace --help)", argv[1]);
    return complain(&err);
}
