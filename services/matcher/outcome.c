#include "outcome.h"

#include "log.h"
#include "queries.h"

#include <stdio.h>
#include <string.h>

static void complain_unread(const char *label, const PGresult *verdict)
{
    struct dye_error err;
    dye_fail(&err, DYE_E_RECORD, "%s: %s: %s part%s not fully read; dyetrace unread lists them", label,
             store_text(verdict, 0, 0), store_text(verdict, 0, 4), store_int(verdict, 0, 4) == 1 ? "" : "s");
    complain(&err);
}

enum dye_status outcome_print(struct store *s, const char *label, const struct ingest_result *result,
                              const struct outcome_form *form, bool *ret_read, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, sql_ingest_json, "sso", result->dump, result->acquisition, (int)result->duplicate));
    const char *line = store_text(r, 0, 0);
    STORE_RESULT verdict = NULL;
    DYE_TRY(store_run(s, err, &verdict,
                      "SELECT d.verdict, d.parts, d.records, (SELECT count(*) FROM dyetrace.sighting s"
                      " WHERE s.dump_id = d.dump_id AND NOT s.weak), (SELECT count(*) FROM dyetrace.part p"
                      " WHERE p.dump_id = d.dump_id AND p.verdict <> 'read') FROM dyetrace.dump d"
                      " WHERE d.dump_id = $1",
                      "s", result->dump));
    *ret_read = strcmp(store_text(verdict, 0, 0), "read") == 0;
    if (form->json)
        puts(line);
    else
        printf("%s  %s, %s parts, %s records, %s sightings%s\n", result->dump, store_text(verdict, 0, 0),
               store_text(verdict, 0, 1), store_text(verdict, 0, 2), store_text(verdict, 0, 3),
               result->duplicate ? ", known already" : "");
    fflush(stdout);
    if (form->complain && !*ret_read)
        complain_unread(label, verdict);
    return DYE_OK;
}
