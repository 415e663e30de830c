#include "store.h"

#include "dye/decode.h"
#include "dye/digest.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct store {
    PGconn *pg;
};

static void forget_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result; /* a notice can quote values: none reaches a log */
}

/* libpq's messages end in a line feed and may add hints; the first line says what is wrong. */
static enum dye_status fail_connection(PGconn *pg, struct dye_error *err)
{
    char line[200];
    snprintf(line, sizeof line, "%s", PQerrorMessage(pg));
    line[strcspn(line, "\n")] = '\0';
    return dye_fail(err, DYE_E_DATABASE, "database: %s", line[0] != '\0' ? line : "no answer");
}

/* A table, column or function of ours that is not there: the home is of another version than this program. */
static bool schema_differs(const char *sql, const char *state)
{
    static const char *const undefined[] = {"42P01", "42703", "42883", "3F000"};
    for (size_t i = 0; state != NULL && i < sizeof undefined / sizeof *undefined; i++)
        if (strcmp(state, undefined[i]) == 0)
            return strstr(sql, "dyetrace.") != NULL;
    return false;
}

static enum dye_status fail_result(struct store *s, const PGresult *r, const char *sql, struct dye_error *err)
{
    if (r == NULL || PQstatus(s->pg) == CONNECTION_BAD)
        return fail_connection(s->pg, err);
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    return dye_fail(err, DYE_E_DATABASE, "database: %.160s (%s)%s", message != NULL ? message : "failed",
                    state != NULL ? state : "?",
                    schema_differs(sql, state) ? ": a home of another version; dyetrace init brings it to this one"
                                               : "");
}

/* What the caller was given can't be sent; what the server finds in its own rows or can't convert is its own error. */
static bool text_is_bad(const PGresult *r, const char *types, const char *const *value)
{
    const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (state == NULL || strcmp(state, "22021") != 0) /* character_not_in_repertoire */
        return false;
    for (size_t i = 0; types[i] != '\0'; i++)
        if (types[i] == 's' && value[i] != NULL && !dye_path_is_valid(dye_span_str(value[i])))
            return true;
    return false;
}

enum dye_status store_open(const char *conninfo, const char *program, struct store **ret, struct dye_error *err)
{
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "database: out of memory");
    const char *keys[] = {"dbname", "fallback_application_name", "options", "client_encoding", "connect_timeout", NULL};
    const char *values[] = {conninfo, program, "-c search_path=pg_catalog", "UTF8", "10", NULL};
    s->pg = PQconnectdbParams(keys, values, 1);
    if (PQstatus(s->pg) != CONNECTION_OK) {
        enum dye_status status = fail_connection(s->pg, err);
        store_close(s);
        return status;
    }
    PQsetNoticeReceiver(s->pg, forget_notice, NULL);
    *ret = s;
    return DYE_OK;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    PQfinish(s->pg);
    free(s);
}

PGconn *store_pg(struct store *s)
{
    return s->pg;
}

enum dye_status store_recover(struct store *s, struct dye_error *err)
{
    if (PQstatus(s->pg) == CONNECTION_BAD)
        return fail_connection(s->pg, err);
    store_rollback(s);
    return PQstatus(s->pg) == CONNECTION_BAD ? fail_connection(s->pg, err) : DYE_OK;
}

enum { PARAMS_MAX = 24 };

enum dye_status store_run(struct store *s, struct dye_error *err, PGresult **ret, const char *sql, const char *types,
                          ...)
{
    const char *value[PARAMS_MAX];
    int length[PARAMS_MAX];
    int format[PARAMS_MAX];
    char number[PARAMS_MAX][32];
    int n = (int)strlen(types);
    assert(n <= PARAMS_MAX);
    va_list ap;
    va_start(ap, types);
    for (int i = 0; i < n; i++) {
        value[i] = number[i];
        length[i] = 0;
        format[i] = 0;
        switch (types[i]) {
        case 's':
            value[i] = va_arg(ap, const char *);
            break;
        case 'i':
            snprintf(number[i], sizeof number[i], "%lld", (long long)va_arg(ap, int64_t));
            break;
        case 'f':
            snprintf(number[i], sizeof number[i], "%.17g", va_arg(ap, double));
            break;
        case 'o':
            snprintf(number[i], sizeof number[i], "%s", va_arg(ap, int) ? "t" : "f");
            break;
        case 'b': {
            struct dye_span b = va_arg(ap, struct dye_span);
            value[i] = b.n != 0 ? (const char *)b.p : "";
            length[i] = (int)b.n;
            format[i] = 1;
            break;
        }
        default:
            assert(false && "parameter type");
        }
    }
    va_end(ap);
    STORE_RESULT r = PQexecParams(s->pg, sql, n, NULL, value, length, format, 0);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        if (text_is_bad(r, types, value))
            DYE_FAIL(err, DYE_E_USAGE, "what is given: UTF-8 text is wanted");
        return fail_result(s, r, sql, err);
    }
    if (ret != NULL) {
        *ret = r;
        r = NULL;
    }
    return DYE_OK;
}

enum dye_status store_begin(struct store *s, struct dye_error *err)
{
    return store_run(s, err, NULL, "BEGIN", "");
}

enum dye_status store_commit(struct store *s, struct dye_error *err)
{
    return store_run(s, err, NULL, "COMMIT", "");
}

void store_rollback(struct store *s)
{
    if (PQtransactionStatus(s->pg) == PQTRANS_IDLE)
        return;
    PGresult *r = PQexec(s->pg, "ROLLBACK");
    PQclear(r);
}

enum dye_status store_copy_begin(struct store *s, const char *sql, struct dye_error *err)
{
    STORE_RESULT r = PQexec(s->pg, sql);
    return PQresultStatus(r) == PGRES_COPY_IN ? DYE_OK : fail_result(s, r, sql, err);
}

enum dye_status store_copy_line(struct store *s, const char *line, size_t n, struct dye_error *err)
{
    return PQputCopyData(s->pg, line, (int)n) == 1 ? DYE_OK : fail_connection(s->pg, err);
}

enum dye_status store_copy_end(struct store *s, struct dye_error *err)
{
    if (PQputCopyEnd(s->pg, NULL) != 1)
        return fail_connection(s->pg, err);
    enum dye_status status = DYE_OK;
    for (PGresult *r; (r = PQgetResult(s->pg)) != NULL; PQclear(r))
        if (status == DYE_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
            status = fail_result(s, r, "", err);
    return status;
}

int64_t store_int(const PGresult *r, int row, int column)
{
    return strtoll(PQgetvalue(r, row, column), NULL, 10);
}

double store_real(const PGresult *r, int row, int column)
{
    return strtod(PQgetvalue(r, row, column), NULL);
}

bool store_bool(const PGresult *r, int row, int column)
{
    return PQgetvalue(r, row, column)[0] == 't';
}

const char *store_text(const PGresult *r, int row, int column)
{
    return PQgetvalue(r, row, column);
}

bool store_bytes(const PGresult *r, int row, int column, void *ret, size_t n)
{
    const char *text = PQgetvalue(r, row, column);
    if (text[0] != '\\' || text[1] != 'x')
        return false;
    return dye_unhex(dye_span_str(text + 2), ret, n);
}
