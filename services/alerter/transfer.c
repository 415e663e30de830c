#include "transfer.h"

static size_t on_answer(char *p, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    (void)p;
    t->answered += size * n;
    return t->answered <= TRANSFER_ANSWER_MAX_BYTES ? size * n : 0; /* 0 ends the transfer */
}

enum dye_status transfer_open(struct transfer *t, const struct alert_channel *c, const char *protocols,
                              struct dye_error *err)
{
    *t = (struct transfer){.c = c, .curl = curl_easy_init()};
    if (t->curl == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "channel %s: out of memory", c->name);
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, protocols); /* certificates are verified: that is the default */
    curl_easy_setopt(t->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(t->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(t->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->curl, CURLOPT_TIMEOUT, (long)c->timeout_s);
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
    if (c->ca[0] != '\0')
        curl_easy_setopt(t->curl, CURLOPT_CAINFO, c->ca);
    return DYE_OK;
}

enum dye_status transfer_run(struct transfer *t, long *ret_code, struct dye_error *err)
{
    long code = 0;
    CURLcode result = curl_easy_perform(t->curl);
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    bool too_long = result == CURLE_WRITE_ERROR && t->answered > TRANSFER_ANSWER_MAX_BYTES;
    if (result != CURLE_OK && !too_long && code != 0)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: %s, at answer %ld", t->c->name, curl_easy_strerror(result), code);
    if (result != CURLE_OK && !too_long)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: %s", t->c->name, curl_easy_strerror(result));
    *ret_code = code;
    return DYE_OK;
}

void transfer_close(struct transfer *t)
{
    curl_easy_cleanup(t->curl);
    t->curl = NULL;
}
