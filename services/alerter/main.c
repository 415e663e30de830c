/*
 * dyetrace-alerter: tells of changed verdicts. It holds no key, reads the outbox and nothing else, and is the one
 * program behind the ingest that speaks to other machines. `--once alert ...` does the verb, otherwise it is the
 * daemon.
 */
#include "daemon.h"
#include "log.h"
#include "verb_alert.h"

#include <curl/curl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    struct dye_error err = {0};
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        dye_fail(&err, DYE_E_NOMEM, "alerter: libcurl does not start");
        return complain(&err);
    }
    if (argc < 2 || strcmp(argv[1], "--once") != 0)
        return alerter_daemon(argc, argv);
    if (argc > 2 && strcmp(argv[2], "alert") == 0)
        return end_output(verb_alert(argc - 2, argv + 2));
    dye_fail(&err, DYE_E_USAGE, "%s: not a verb of the alerter", argc > 2 ? argv[2] : "--once");
    return complain(&err);
}
