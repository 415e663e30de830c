/* One POST, signed. The time in the signature is the try's, so that a receiver can refuse what was recorded and comes
 * again; the key is the message's, so that it knows a try of ours that it has answered already. */
#include "dye/digest.h"
#include "dye/key.h"
#include "sender.h"
#include "transfer.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void sender_sign(const char *secret, size_t n, int64_t timestamp, struct dye_span body,
                 char ret[SENDER_SIGNATURE_BYTES])
{
    char head[24];
    uint8_t mac[32];
    size_t length = sizeof mac;
    int used = snprintf(head, sizeof head, "%lld.", (long long)timestamp);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, (const unsigned char *)secret, n);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = key != NULL && md != NULL && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSignUpdate(md, head, (size_t)used) == 1 && EVP_DigestSignUpdate(md, body.p, body.n) == 1 &&
              EVP_DigestSignFinal(md, mac, &length) == 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    memcpy(ret, "v1=", 3);
    dye_hex(mac, ok ? sizeof mac : 0, ret + 3); /* without memory an empty one, which no receiver takes */
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    char line[160];
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(list, line);
    return longer != NULL ? longer : list;
}

static enum dye_status sign(const struct alert_channel *c, const struct message *m, struct dye_span body,
                            struct curl_slist **ret, struct dye_error *err)
{
    char secret[ALERT_SECRET_MAX_BYTES + 1];
    char signature[SENDER_SIGNATURE_BYTES];
    char now[24];
    size_t n;
    const int64_t at = (int64_t)time(NULL);
    DYE_TRY(alert_secret_read(c->secret, ALERT_SECRET_MIN_BYTES, secret, &n, err));
    sender_sign(secret, n, at, body, signature);
    dye_wipe(secret, sizeof secret);
    snprintf(now, sizeof now, "%lld", (long long)at);
    *ret = add_header(*ret, "Content-Type", "application/json");
    *ret = add_header(*ret, "User-Agent", "dyetrace/" DYE_VERSION);
    *ret = add_header(*ret, "Idempotency-Key", m->id);
    *ret = add_header(*ret, "Dyetrace-Timestamp", now);
    *ret = add_header(*ret, "Dyetrace-Signature", signature);
    *ret = add_header(*ret, "Expect", "");
    return DYE_OK;
}

static enum dye_status post(struct transfer *t, struct dye_span body, const struct curl_slist *headers,
                            struct dye_error *err)
{
    long code = 0;
    curl_easy_setopt(t->curl, CURLOPT_URL, t->c->url);
    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, (const char *)body.p);
    DYE_TRY(transfer_run(t, &code, err));
    if (code >= 300 && code < 400)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: the receiver redirects (%ld), which is not followed", t->c->name, code);
    if (code < 200 || code >= 300)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: the receiver answers %ld", t->c->name, code);
    return DYE_OK;
}

enum dye_status sender_webhook(const struct alert_channel *c, const struct message *m, struct dye_error *err)
{
    struct transfer t = {0};
    struct dye_buf body;
    struct curl_slist *headers = NULL;
    dye_buf_init(&body, MESSAGE_MAX_BYTES, false);
    enum dye_status status = message_json(m, &body);
    if (status != DYE_OK)
        dye_fail(err, status, "channel %s: the message is too long", c->name);
    else
        status = sign(c, m, dye_buf_span(&body), &headers, err);
    if (status == DYE_OK)
        status = transfer_open(&t, c, c->loopback ? "http,https" : "https", err);
    if (status == DYE_OK)
        status = post(&t, dye_buf_span(&body), headers, err);
    transfer_close(&t);
    curl_slist_free_all(headers);
    dye_buf_done(&body);
    return status;
}
