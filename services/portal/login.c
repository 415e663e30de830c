#include "portal.h"

#include "dye/digest.h"
#include "dye/key.h"
#include "log.h"
#include "zone.h"

#include <jansson.h>
#include <stdio.h>
#include <strings.h>

#define COOKIE "dye_session"
#define BASE64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

enum dye_status portal_begin(struct store *s, const uint8_t presented[SESSION_HASH_BYTES],
                             char ret_label[PORTAL_LABEL_MAX], struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_begin(s, err));
    DYE_TRY(store_run(s, err, NULL, "SET LOCAL statement_timeout = '5s'", ""));
    DYE_TRY(store_run(s, err, &r, "SELECT dyetrace.session_open($1)", "b", dye_span_of(presented, SESSION_HASH_BYTES)));
    if (PQgetisnull(r, 0, 0))
        DYE_FAIL(err, DYE_E_NOTFOUND, "login: the token is not valid");
    snprintf(ret_label, PORTAL_LABEL_MAX, "%s", store_text(r, 0, 0));
    return DYE_OK;
}

/* "dt_" and 43 base64url characters. What is shown to the database is SHA-256 of them. */
static bool token_read(const char *token, uint8_t ret_presented[SESSION_HASH_BYTES])
{
    if (strncmp(token, "dt_", 3) != 0 || strlen(token) != 46 || strspn(token + 3, BASE64URL) != 43)
        return false;
    dye_digest_of(DYE_SHA256, dye_span_str(token), ret_presented);
    return true;
}

static void answer_too_many(struct http_call *c)
{
    http_set_header(c, "Retry-After", "60");
    http_answer_error(c, 429, "too many tries");
}

static void answer_unknown(struct http_call *c)
{
    http_set_header(c, "WWW-Authenticate", "Bearer");
    http_answer_error(c, 401, "log in");
}

bool portal_identify(struct portal *p, struct http_call *c, uint8_t ret_presented[SESSION_HASH_BYTES])
{
    char id[SESSION_ID_CHARS + 1];
    const char *authorization = http_call_header(c, "Authorization");
    if (authorization != NULL) {
        if (limiter_full(p->limiter, http_call_address(c), portal_now_ms())) {
            answer_too_many(c);
            return false;
        }
        if (strncasecmp(authorization, "Bearer ", 7) == 0 && token_read(authorization + 7, ret_presented))
            return true;
        portal_reject(p, c);
        return false;
    }
    if (http_call_cookie(c, COOKIE, id, sizeof id) && session_find(p->sessions, id, portal_now_ms(), ret_presented))
        return true;
    answer_unknown(c);
    return false;
}

void portal_reject(struct portal *p, struct http_call *c)
{
    char id[SESSION_ID_CHARS + 1];
    if (http_call_cookie(c, COOKIE, id, sizeof id))
        session_drop(p->sessions, id);
    (void)limiter_take(p->limiter, http_call_address(c), portal_now_ms());
    answer_unknown(c);
}

void portal_fail(struct portal *p, struct http_call *c, const struct dye_error *err)
{
    bool passing = err->status == DYE_E_DATABASE || err->status == DYE_E_AGAIN;
    log_event(LOG_WARN_, "request.failed", "status=%s error=\"%s\"", dye_status_name(err->status), err->message);
    database_recover(p->database);
    http_answer_error(c, passing ? 503 : 500, passing ? "the database is away" : "internal error");
}

/* The token of {"token": "..."}; the request's bytes are wiped. */
static bool body_token(struct http_call *c, uint8_t ret_presented[SESSION_HASH_BYTES])
{
    struct dye_span body = http_call_body(c);
    json_t *o = json_loadb((const char *)body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
    json_t *token = json_object_get(o, "token");
    bool ok = json_is_string(token) && token_read(json_string_value(token), ret_presented);
    if (json_is_string(token))
        dye_wipe((char *)json_string_value(token), json_string_length(token));
    if (body.n != 0)
        dye_wipe((uint8_t *)body.p, body.n);
    json_decref(o);
    return ok;
}

/* Whether the database knows the token; either way the audit says so. */
static enum dye_status check(struct store *s, const uint8_t *presented, struct dye_error *err)
{
    char label[PORTAL_LABEL_MAX];
    enum dye_status status = portal_begin(s, presented, label, err);
    if (status != DYE_OK && status != DYE_E_NOTFOUND)
        return status;
    bool known = status == DYE_OK;
    DYE_TRY(zone_audit(s, "login", known ? label : "unknown token", known ? "done" : "refused", NULL, err));
    DYE_TRY(store_commit(s, err));
    return status;
}

void login_handle(struct http_call *c, void *portal)
{
    struct portal *p = portal;
    struct dye_error err;
    uint8_t presented[SESSION_HASH_BYTES];
    char id[SESSION_ID_CHARS + 1];
    const char *type = http_call_header(c, "Content-Type");
    if (type == NULL || strncasecmp(type, "application/json", 16) != 0) {
        http_answer_error(c, 415, "application/json is wanted");
        return;
    }
    if (!limiter_take(p->limiter, http_call_address(c), portal_now_ms())) {
        log_event(LOG_WARN_, "login.limited", "address=%s", http_call_address(c));
        answer_too_many(c);
        return;
    }
    struct store *s = database_store(p->database);
    if (s == NULL) {
        http_answer_error(c, 503, "the database is away");
        return;
    }
    enum dye_status status = body_token(c, presented) ? check(s, presented, &err) : DYE_E_NOTFOUND;
    if (status == DYE_E_NOTFOUND) {
        log_event(LOG_WARN_, "login.refused", "address=%s", http_call_address(c));
        answer_unknown(c);
        return;
    }
    if (status == DYE_OK)
        status = session_add(p->sessions, presented, portal_now_ms(), id, &err);
    dye_wipe(presented, sizeof presented);
    if (status != DYE_OK) {
        portal_fail(p, c, &err);
        return;
    }
    /* Behind a TLS proxy the cookie stays on TLS. Who forges the header on plain HTTP only locks himself out. */
    const char *proto = http_call_header(c, "X-Forwarded-Proto");
    char cookie[160];
    snprintf(cookie, sizeof cookie, COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800%s", id,
             proto != NULL && strcasecmp(proto, "https") == 0 ? "; Secure" : "");
    http_set_header(c, "Set-Cookie", cookie);
    http_answer(c, 204, NULL, dye_span_of(NULL, 0));
    dye_wipe(id, sizeof id);
    dye_wipe(cookie, sizeof cookie);
    log_event(LOG_INFO_, "login.done", "address=%s", http_call_address(c));
}

void logout_handle(struct http_call *c, void *portal)
{
    struct portal *p = portal;
    char id[SESSION_ID_CHARS + 1];
    if (http_call_cookie(c, COOKIE, id, sizeof id))
        session_drop(p->sessions, id);
    http_set_header(c, "Set-Cookie", COOKIE "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    http_answer(c, 204, NULL, dye_span_of(NULL, 0));
}
