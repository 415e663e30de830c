/* One mail: the text, and the same as JSON in an attachment. The Message-ID is the message's, whatever is repeated. */
#include "dye/key.h"
#include "sender.h"
#include "transfer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct mail {
    struct transfer t;
    struct curl_slist *headers, *recipients;
    curl_mime *mime;
    struct dye_buf text, json;
};

static bool add(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

/* Addresses were checked when they were read, and the rest is ours: nothing here can end a header. */
static bool add_headers(struct mail *x, const struct message *m)
{
    const struct alert_channel *c = x->t.c;
    char line[600];
    char subject[121];
    char date[64];
    struct tm utc;
    const time_t formed = (time_t)m->formed_s;
    bool ok = true;
    message_subject(m, subject);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&formed, &utc));
    const char *const fields[][2] = {{"From: ", c->from}, {"Subject: ", subject}, {"Date: ", date}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        snprintf(line, sizeof line, "%s%s", fields[i][0], fields[i][1]);
        ok = ok && add(&x->headers, line);
    }
    for (size_t i = 0; i < c->recipients; i++) {
        snprintf(line, sizeof line, "<%s>", c->to[i]);
        ok = ok && add(&x->recipients, line);
    }
    /* Several need not know of each other. */
    snprintf(line, sizeof line, "To: %s", c->recipients == 1 ? c->to[0] : "undisclosed-recipients:;");
    ok = ok && add(&x->headers, line);
    snprintf(line, sizeof line, "Message-ID: <%s@%s.dyetrace>", m->id, m->home);
    ok = ok && add(&x->headers, line) && add(&x->headers, "Auto-Submitted: auto-generated");
    return ok && add(&x->headers, m->urgent ? "Importance: high" : "Importance: normal");
}

static bool add_part(curl_mime *mime, const struct dye_buf *bytes, const char *type, const char *file)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    return part != NULL && curl_mime_data(part, (const char *)bytes->p, bytes->n) == CURLE_OK &&
           curl_mime_type(part, type) == CURLE_OK && curl_mime_encoder(part, "quoted-printable") == CURLE_OK &&
           (file == NULL || curl_mime_filename(part, file) == CURLE_OK);
}

static enum dye_status log_in(struct mail *x, struct dye_error *err)
{
    const struct alert_channel *c = x->t.c;
    char secret[ALERT_SECRET_MAX_BYTES + 1];
    size_t n;
    /* Without TLS nothing leaves this machine. */
    curl_easy_setopt(x->t.curl, CURLOPT_USE_SSL, (long)(c->loopback ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (c->user[0] == '\0')
        return DYE_OK;
    DYE_TRY(alert_secret_read(c->secret, 1, secret, &n, err));
    curl_easy_setopt(x->t.curl, CURLOPT_USERNAME, c->user);
    curl_easy_setopt(x->t.curl, CURLOPT_PASSWORD, secret); /* copied */
    dye_wipe(secret, sizeof secret);
    return DYE_OK;
}

static enum dye_status mail_send(struct mail *x, const struct message *m, struct dye_error *err)
{
    const struct alert_channel *c = x->t.c;
    char from[260];
    long code = 0;
    DYE_TRY(log_in(x, err));
    if (message_text(m, &x->text) != DYE_OK || message_json(m, &x->json) != DYE_OK)
        DYE_FAIL(err, DYE_E_LIMIT, "channel %s: the message is too long", c->name);
    x->mime = curl_mime_init(x->t.curl);
    if (x->mime == NULL || !add_headers(x, m) || !add_part(x->mime, &x->text, "text/plain; charset=utf-8", NULL) ||
        !add_part(x->mime, &x->json, "application/json", "alerts.json"))
        DYE_FAIL(err, DYE_E_NOMEM, "channel %s: out of memory", c->name);
    snprintf(from, sizeof from, "<%s>", c->from);
    curl_easy_setopt(x->t.curl, CURLOPT_URL, c->url);
    curl_easy_setopt(x->t.curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(x->t.curl, CURLOPT_MAIL_RCPT, x->recipients);
    curl_easy_setopt(x->t.curl, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(x->t.curl, CURLOPT_MIMEPOST, x->mime);
    DYE_TRY(transfer_run(&x->t, &code, err));
    if (code < 200 || code >= 300)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: the mail server answers %ld", c->name, code);
    return DYE_OK;
}

enum dye_status sender_email(const struct alert_channel *c, const struct message *m, struct dye_error *err)
{
    struct mail x = {0};
    dye_buf_init(&x.text, MESSAGE_MAX_BYTES, false);
    dye_buf_init(&x.json, MESSAGE_MAX_BYTES, false);
    enum dye_status status = transfer_open(&x.t, c, "smtp,smtps", err);
    if (status == DYE_OK)
        status = mail_send(&x, m, err);
    curl_mime_free(x.mime);
    transfer_close(&x.t);
    curl_slist_free_all(x.headers);
    curl_slist_free_all(x.recipients);
    dye_buf_done(&x.text);
    dye_buf_done(&x.json);
    return status;
}
