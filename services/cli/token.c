/*
 * token: who may look at the page. A token is shown once; the database keeps the SHA-256 of its SHA-256.
 */
#include "cluster.h"
#include "dye/decode.h"
#include "dye/digest.h"
#include "dye/key.h"
#include "privilege.h"
#include "store.h"
#include "verb.h"
#include "verbs.h"

#include <openssl/evp.h>
#include <string.h>

static const char *opt_owner;
static const char *opt_label;
static const char *opt_days;
static struct common_options common;

static const struct option_spec options[] = {
    {"owner", "NAME", "sees this owner's canaries only; without it: an analyst, who sees all", &opt_owner, NULL},
    {"label", "LABEL", "who it is for: the same as the word behind add", &opt_label, NULL},
    {"days", "N", "valid for so many days (default 30)", &opt_days, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"token add LABEL [--owner NAME] [--days N] | token list | token revoke LABEL",
                                      "Tokens for the analysts' page. add prints one, which is shown only once.",
                                      options, 1, 2};

static enum dye_status add(struct store *s, const char *label, struct dye_error *err)
{
    uint8_t random[32];
    uint8_t presented[32];
    uint8_t stored[32];
    char token[64] = "dt_";
    long long days = 30;
    if (label == NULL || label[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "token add: a label is wanted, which says who it is for");
    if (!dye_path_is_valid(dye_span_str(label)))
        DYE_FAIL(err, DYE_E_USAGE, "token add: a label of UTF-8 text without control characters is wanted");
    if (opt_days != NULL)
        DYE_TRY(option_int("--days", opt_days, 1, 3650, &days, err));
    DYE_TRY(dye_random(random, sizeof random, err));
    EVP_EncodeBlock((unsigned char *)token + 3, random, sizeof random);
    for (char *c = token; *c != '\0'; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
    dye_digest_of(DYE_SHA256, dye_span_str(token), presented);
    dye_digest_of(DYE_SHA256, dye_span_of(presented, sizeof presented), stored);
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err)); /* a token that is not audited is none */
    DYE_TRY(store_run(s, err, &r,
                      "INSERT INTO dyetrace.portal_token (presented_sha256, label, owner_id, expires_at)"
                      " SELECT $1, $2, o.owner_id, now() + make_interval(days => $4)"
                      " FROM (SELECT (SELECT owner_id FROM dyetrace.owner WHERE name = $3)) o (owner_id)"
                      " WHERE $3 IS NULL OR o.owner_id IS NOT NULL RETURNING token_id",
                      "bssi", dye_span_of(stored, sizeof stored), label, opt_owner, (int64_t)days));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_USAGE, "token: there is no owner %s", opt_owner);
    DYE_TRY(store_run(s, err, NULL, "SELECT dyetrace.audit_append('token add', $1, 'done', '{}')", "s", label));
    if (common.json)
        printf("{\"token\":\"%s\"}\n", token);
    else
        puts(token);
    dye_wipe(token, sizeof token);
    dye_wipe(random, sizeof random);
    if (fflush(stdout) != 0) /* nobody was shown it */
        DYE_FAIL(err, DYE_E_IO, "token: it can't be written, and is none");
    return store_commit(s, err);
}

static enum dye_status list(struct store *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT CASE WHEN $1::boolean THEN json_build_object('label', t.label, 'owner', o.name,"
                      " 'expires_at', t.expires_at, 'revoked', t.revoked_at IS NOT NULL)::text"
                      " ELSE format('%-24s %-16s until %s%s', t.label, coalesce(o.name, 'analyst'),"
                      " to_char(t.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
                      " CASE WHEN t.revoked_at IS NOT NULL THEN ', revoked' ELSE '' END) END"
                      " FROM dyetrace.portal_token t LEFT JOIN dyetrace.owner o USING (owner_id) ORDER BY t.token_id",
                      "o", common.json));
    for (int i = 0; i < PQntuples(r); i++)
        puts(store_text(r, i, 0));
    return DYE_OK;
}

static enum dye_status revoke(struct store *s, const char *label, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, &r,
                      "UPDATE dyetrace.portal_token SET revoked_at = now() WHERE label = $1 AND revoked_at IS NULL"
                      " RETURNING token_id",
                      "s", label));
    if (PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "token: none is labelled %s", label);
    DYE_TRY(store_run(s, err, NULL, "SELECT dyetrace.audit_append('token revoke', $1, 'done', '{}')", "s", label));
    return store_commit(s, err);
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    const int args = call->args;
    char **argv = call->argv;
    struct home h;
    char conninfo[1200];
    DYE_TRY(home_open(common.home, common.config, &h, err));
    if (home_has_cluster(&h))
        DYE_TRY(cluster_start(&h, err));
    DYE_TRY(home_admin_conninfo(&h, conninfo, sizeof conninfo, err));
    struct store *s = NULL;
    privilege_harden();
    DYE_TRY(store_open(conninfo, "dyetrace", &s, err));
    enum dye_status status;
    if (strcmp(argv[1], "add") == 0 && (args == 1 || opt_label == NULL))
        status = add(s, args == 2 ? argv[2] : opt_label, err);
    else if (strcmp(argv[1], "list") == 0 && args == 1)
        status = list(s, err);
    else if (strcmp(argv[1], "revoke") == 0 && args == 2)
        status = revoke(s, argv[2], err);
    else
        status = options_usage(&spec, err);
    store_close(s);
    return status;
}

int verb_token(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}
