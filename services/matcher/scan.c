/*
 * dyetrace-scan: looks through files, offline: it has no database, and of a home at most the index key. `--once VERB
 * ...` does one verb; the files' bytes are decoded by dyetrace-decoder.
 */
#include "log.h"
#include "verbs.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    bool once = argc > 2 && strcmp(argv[1], "--once") == 0;
    if (once && strcmp(argv[2], "scan") == 0)
        return end_output(verb_scan(argc - 2, argv + 2));
    if (once && strcmp(argv[2], "decode") == 0)
        return end_output(verb_decode(argc - 2, argv + 2));
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_USAGE, "%s: not a verb of dyetrace-scan", argc > 2 ? argv[2] : "--once");
    return complain(&err);
}
