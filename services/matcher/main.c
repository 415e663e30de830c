/*
 * dyetrace-matcher: sees hostile bytes, holds the index and sketch keys and no way to a persona. `--once VERB ...` does
 * one verb, `--decode-child` and `--helper-child` are the sandboxed processes that it starts itself, otherwise it is
 * the daemon.
 */
#include "daemon.h"
#include "decoder.h"
#include "helper.h"
#include "log.h"
#include "verbs.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } verbs[] = {{"ingest", verb_ingest},       {"index", verb_index},      {"sightings", verb_sightings},
                 {"attribute", verb_attribute}, {"unread", verb_unread},    {"retry", verb_retry},
                 {"parts", verb_parts},         {"retro-hunt", verb_retro}, {"lineage", verb_lineage},
                 {"count", verb_count},         {"case", verb_case},        {"touch", verb_touch},
                 {"accounts", verb_accounts},   {"contact", verb_contact},  {"estimate", verb_estimate}};
    if (argc > 1 && strcmp(argv[1], DECODER_CHILD_ARG) == 0)
        return decoder_child_main(argc, argv);
    if (argc > 1 && strcmp(argv[1], HELPER_CHILD_ARG) == 0)
        return helper_child_main(argc, argv);
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || strcmp(argv[1], "--once") != 0)
        return matcher_daemon(argc, argv);
    for (size_t i = 0; argc > 2 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, argv[2]) == 0)
            return end_output(verbs[i].run(argc - 2, argv + 2));
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_USAGE, "%s: not a verb of the matcher", argc > 2 ? argv[2] : "--once");
    return complain(&err);
}
