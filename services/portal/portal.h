#ifndef DYE_PORTAL_H
#define DYE_PORTAL_H
/*
 * portal: what the handlers of one process share, and the table of its routes.
 *
 *   page.c    the embedded page: /, /app.js, /words.js, /style.css, /icon.svg
 *   login.c   POST /api/v1/login, /api/v1/logout; who a request comes from
 *   read.c    GET /api/v1/dumps ..., each one transaction under row-level security; /healthz
 */
#include "database.h"
#include "http.h"
#include "limiter.h"
#include "session.h"

struct portal {
    struct database *database;
    struct session_table *sessions;
    struct limiter *limiter;
};

extern const struct http_route portal_routes[]; /* their arg is a struct portal */

/* Milliseconds of a clock that does not go back. */
int64_t portal_now_ms(void);

/*
 * Opens the transaction of one request: BEGIN, a statement timeout, session_open. ret_label is the token's label, by
 * which the audit names the viewer. DYE_E_NOTFOUND for a token that the database does not know, or no longer.
 */
enum { PORTAL_LABEL_MAX = 200 };
DYE_MUST_CHECK enum dye_status portal_begin(struct store *s, const uint8_t presented[SESSION_HASH_BYTES],
                                            char ret_label[PORTAL_LABEL_MAX], struct dye_error *err);

/*
 * Whose token the request shows: by the cookie of a session, or by `Authorization: Bearer`. False after it has
 * answered 401 or 429.
 */
DYE_MUST_CHECK bool portal_identify(struct portal *p, struct http_call *c, uint8_t ret_presented[SESSION_HASH_BYTES]);
/* The database refused the token: counts the try, drops the session, answers 401. */
void portal_reject(struct portal *p, struct http_call *c);
/* A failure that is not the request's: logs it, mends the connection, answers 503 (or 500). */
void portal_fail(struct portal *p, struct http_call *c, const struct dye_error *err);

void login_handle(struct http_call *c, void *portal);
void logout_handle(struct http_call *c, void *portal);
void read_dumps(struct http_call *c, void *portal);
void read_dump(struct http_call *c, void *portal);
void read_sightings(struct http_call *c, void *portal);
void read_attribution(struct http_call *c, void *portal);
void read_health(struct http_call *c, void *portal);
void page_index(struct http_call *c, void *portal);
void page_script(struct http_call *c, void *portal);
void page_words(struct http_call *c, void *portal);
void page_style(struct http_call *c, void *portal);
void page_icon(struct http_call *c, void *portal);

#endif
