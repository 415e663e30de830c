#include "alert_channel.h"

#include "dye/key.h"
#include "options.h"
#include "yaml_doc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const kinds[] = {"webhook", "email", "syslog"};
enum { KINDS = sizeof kinds / sizeof *kinds };
/* What each kind knows besides what all do; the lists end with those. */
#define OF_ALL                                                                                                         \
    "name", "kind", "timeout", "digest_seconds", "cooldown_seconds", "ca", "sources", "verdicts", "severity", NULL
static const char *const known[KINDS][16] = {{"url", "secret_file", OF_ALL},
                                             {"server", "from", "to", "user", "password_file", OF_ALL},
                                             {"address", "format", "facility", OF_ALL}};

struct reader {
    struct yaml_doc *doc;
    const struct home *home;
    const yaml_node_t *entry;
    struct alert_channel *c;
    struct dye_error *err;
};

static enum dye_status fail_at(struct reader *r, const char *key, const char *what)
{
    const yaml_node_t *at = yaml_doc_get(r->doc, r->entry, key);
    return yaml_doc_fail(r->doc, at != NULL ? at : r->entry, r->err, "`%s`: %s", key, what);
}

/* Printable ASCII without blanks goes into headers and onto wires as it is. */
static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

/* dflt NULL: wanted. */
static enum dye_status read_text(struct reader *r, const char *key, const char *dflt, char *ret, size_t n)
{
    const char *text;
    DYE_TRY(yaml_doc_get_text(r->doc, r->entry, key, dflt, &text, r->err));
    if (strlen(text) >= n)
        return fail_at(r, key, "too long");
    if (!is_plain(text))
        return fail_at(r, key, "letters, digits and signs of ASCII are wanted, without blanks");
    memcpy(ret, text, strlen(text) + 1);
    return DYE_OK;
}

static enum dye_status read_int(struct reader *r, const char *key, int64_t dflt, long long max, int *ret)
{
    char text[24];
    char standard[24];
    long long value;
    snprintf(standard, sizeof standard, "%lld", (long long)dflt);
    DYE_TRY(read_text(r, key, standard, text, sizeof text));
    struct dye_error why;
    if (option_int(key, text, strcmp(key, "timeout") == 0, max, &value, &why) != DYE_OK)
        return fail_at(r, key, "a whole number in its range is wanted");
    *ret = (int)value;
    return DYE_OK;
}

static enum dye_status read_file(struct reader *r, const char *key, const char *dflt, char *ret, size_t n)
{
    char name[512];
    char path[HOME_PATH_MAX];
    DYE_TRY(read_text(r, key, dflt, name, sizeof name));
    ret[0] = '\0';
    if (name[0] == '\0')
        return DYE_OK;
    if (name[0] == '/')
        snprintf(path, sizeof path, "%s", name);
    else
        DYE_TRY(home_path(r->home, path, r->err, "zones/alerter/%s", name));
    if (strlen(path) >= n)
        return fail_at(r, key, "too long");
    memcpy(ret, path, strlen(path) + 1);
    return DYE_OK;
}

/* The host of "scheme://host...", which ends with a colon, a slash or the text. */
static enum dye_status check_url(struct reader *r, const char *key, const char *secure, const char *plain)
{
    const char *url = r->c->url;
    size_t scheme = strncmp(url, secure, strlen(secure)) == 0 ? strlen(secure)
                    : strncmp(url, plain, strlen(plain)) == 0 ? strlen(plain)
                                                              : 0;
    if (scheme == 0)
        return yaml_doc_fail(r->doc, yaml_doc_get(r->doc, r->entry, key), r->err, "`%s`: %s is wanted", key, secure);
    const char *host = url + scheme;
    size_t authority = strcspn(host, "/?#");
    size_t n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    if (memchr(host, '@', authority) != NULL)
        return fail_at(r, key, "a user or a password has no place in it");
    if (n == 0 || n > authority)
        return fail_at(r, key, "it has no host");
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        r->c->loopback = r->c->loopback || (strlen(own[i]) == n && memcmp(host, own[i], n) == 0);
    return DYE_OK;
}

static enum dye_status read_webhook(struct reader *r)
{
    DYE_TRY(read_text(r, "url", NULL, r->c->url, sizeof r->c->url));
    DYE_TRY(check_url(r, "url", "https://", "http://"));
    if (!r->c->loopback && strncmp(r->c->url, "http:", 5) == 0)
        return fail_at(r, "url", "https:// is wanted, but for this machine's own loopback");
    return read_file(r, "secret_file", NULL, r->c->secret, sizeof r->c->secret);
}

static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           strpbrk(text, "<>()[]\\,;:\"") == NULL;
}

static enum dye_status add_recipient(struct reader *r, const yaml_node_t *node)
{
    const char *text = yaml_doc_text(node);
    struct alert_channel *c = r->c;
    if (text == NULL || strlen(text) >= sizeof c->to[0] || !is_plain(text) || !is_address(text))
        return yaml_doc_fail(r->doc, node, r->err, "`to`: one name@host is wanted");
    if (c->recipients == ALERT_RECIPIENTS_MAX)
        return yaml_doc_fail(r->doc, node, r->err, "`to`: more than %d", ALERT_RECIPIENTS_MAX);
    memcpy(c->to[c->recipients++], text, strlen(text) + 1);
    return DYE_OK;
}

static enum dye_status read_recipients(struct reader *r)
{
    yaml_node_t *to = yaml_doc_get(r->doc, r->entry, "to");
    if (to == NULL || to->type != YAML_SEQUENCE_NODE)
        DYE_TRY(add_recipient(r, to != NULL ? to : r->entry));
    else
        for (yaml_node_item_t *i = to->data.sequence.items.start; i < to->data.sequence.items.top; i++)
            DYE_TRY(add_recipient(r, yaml_document_get_node(&r->doc->document, *i)));
    return r->c->recipients != 0 ? DYE_OK : fail_at(r, "to", "nobody is named");
}

static enum dye_status read_email(struct reader *r)
{
    struct alert_channel *c = r->c;
    DYE_TRY(read_text(r, "server", NULL, c->url, sizeof c->url));
    DYE_TRY(check_url(r, "server", "smtps://", "smtp://"));
    DYE_TRY(read_text(r, "from", NULL, c->from, sizeof c->from));
    if (!is_address(c->from))
        return fail_at(r, "from", "one name@host is wanted");
    DYE_TRY(read_recipients(r));
    DYE_TRY(read_text(r, "user", "", c->user, sizeof c->user));
    DYE_TRY(read_file(r, "password_file", "", c->secret, sizeof c->secret));
    if ((c->user[0] != '\0') != (c->secret[0] != '\0'))
        return fail_at(r, c->user[0] != '\0' ? "user" : "password_file", "a user and a password_file go together");
    return DYE_OK;
}

static enum dye_status read_address(struct reader *r)
{
    static const char *const schemes[] = {"unix:", "udp://", "tcp://", "tls://"};
    static const char *const ports[] = {"", "514", "514", "6514"};
    struct alert_channel *c = r->c;
    char address[300];
    size_t i = 0;
    DYE_TRY(read_text(r, "address", NULL, address, sizeof address));
    while (i < 4 && strncmp(address, schemes[i], strlen(schemes[i])) != 0)
        i++;
    if (i == 4)
        return fail_at(r, "address", "unix:/path, udp://, tcp:// or tls://host:port is wanted");
    c->transport = (enum alert_transport)i;
    const char *host = address + strlen(schemes[i]);
    if (i == ALERT_UNIX) {
        if (host[0] != '/' || strlen(host) >= sizeof((struct sockaddr_un *)0)->sun_path)
            return fail_at(r, "address", "the absolute path of a socket is wanted");
        snprintf(c->host, sizeof c->host, "%s", host);
        return DYE_OK;
    }
    bool bracket = host[0] == '[';
    size_t n = bracket ? strcspn(host + 1, "]") : strcspn(host, ":");
    const char *rest = host + n + (bracket && host[n + 1] == ']' ? 2 : bracket);
    if (n == 0 || n >= sizeof c->host || strpbrk(host, "/@?#%") != NULL || (rest[0] != '\0' && rest[0] != ':'))
        return fail_at(r, "address", "host:port is wanted behind the name of the transport");
    memcpy(c->host, host + bracket, n);
    long long port;
    struct dye_error why;
    const char *number = rest[0] == ':' ? rest + 1 : ports[i];
    if (option_int("port", number, 1, 65535, &port, &why) != DYE_OK)
        return fail_at(r, "address", "the port is none");
    snprintf(c->port, sizeof c->port, "%lld", port);
    return DYE_OK;
}

static enum dye_status read_syslog(struct reader *r)
{
    char word[16];
    DYE_TRY(read_address(r));
    DYE_TRY(read_text(r, "format", "plain", word, sizeof word));
    r->c->cef = strcmp(word, "cef") == 0;
    if (!r->c->cef && strcmp(word, "plain") != 0)
        return fail_at(r, "format", "plain or cef is wanted");
    DYE_TRY(read_text(r, "facility", "local0", word, sizeof word));
    if (strlen(word) != 6 || strncmp(word, "local", 5) != 0 || word[5] < '0' || word[5] > '7')
        return fail_at(r, "facility", "local0 to local7 is wanted");
    r->c->facility = 16 + (word[5] - '0');
    return DYE_OK;
}

static enum dye_status read_channel(struct reader *r)
{
    static enum dye_status (*const readers[])(struct reader *) = {read_webhook, read_email, read_syslog};
    const struct config *config = &r->home->config;
    struct alert_channel *c = r->c;
    const char *kind;
    size_t k = 0;
    DYE_TRY(yaml_doc_get_text(r->doc, r->entry, "kind", NULL, &kind, r->err));
    while (k < KINDS && strcmp(kinds[k], kind) != 0)
        k++;
    if (k == KINDS)
        return fail_at(r, "kind", "webhook, email or syslog is wanted");
    c->kind = (enum alert_kind)k;
    DYE_TRY(yaml_doc_only_keys(r->doc, r->entry, known[k], r->err));
    DYE_TRY(read_text(r, "name", NULL, c->name, sizeof c->name));
    if (c->name[0] == '\0' ||
        strspn(c->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(c->name))
        return fail_at(r, "name", "letters, digits and - are wanted");
    DYE_TRY(read_int(r, "timeout", 10, 60, &c->timeout_s));
    DYE_TRY(read_int(r, "digest_seconds", config->alerts_digest_seconds, 86400, &c->digest_s));
    DYE_TRY(read_int(r, "cooldown_seconds", config->alerts_cooldown_seconds, 604800, &c->cooldown_s));
    DYE_TRY(read_file(r, "ca", "", c->ca, sizeof c->ca));
    DYE_TRY(alert_filter_read(r->doc, r->entry, &c->wants, r->err));
    return readers[k](r);
}

static enum dye_status read_list(struct yaml_doc *d, const struct home *h, struct alert_channels *ret,
                                 struct dye_error *err)
{
    yaml_node_t *list = yaml_doc_get(d, yaml_doc_get(d, yaml_doc_root(d), "alerts"), "channels");
    if (list == NULL || list->type != YAML_SEQUENCE_NODE) /* config_read has refused what is neither list nor empty */
        return DYE_OK;
    for (yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++) {
        const yaml_node_t *entry = yaml_document_get_node(&d->document, *i);
        if (ret->n == ALERT_CHANNELS_MAX)
            return yaml_doc_fail(d, entry, err, "more than %d channels", ALERT_CHANNELS_MAX);
        if (entry->type != YAML_MAPPING_NODE)
            return yaml_doc_fail(d, entry, err, "a channel wants `key: value` lines");
        struct reader r = {d, h, entry, &ret->channel[ret->n], err};
        DYE_TRY(read_channel(&r));
        if (alert_channels_find(ret, r.c->name) != NULL)
            return fail_at(&r, "name", "another channel has it");
        ret->n++;
    }
    return DYE_OK;
}

enum dye_status alert_channels_read(const struct home *h, const char *path, struct alert_channels *ret,
                                    struct dye_error *err)
{
    char own[HOME_PATH_MAX];
    struct yaml_doc d = {0};
    memset(ret, 0, sizeof *ret);
    if (path == NULL) {
        DYE_TRY(home_path(h, own, err, "dyetrace.yaml"));
        path = own;
    }
    DYE_TRY(yaml_doc_read(path, &d, err));
    enum dye_status status = read_list(&d, h, ret, err);
    yaml_doc_done(&d);
    return status;
}

const struct alert_channel *alert_channels_find(const struct alert_channels *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->channel[i].name, name) == 0)
            return &all->channel[i];
    return NULL;
}

enum dye_status alert_secret_read(const char *path, size_t least, char ret[ALERT_SECRET_MAX_BYTES + 1], size_t *ret_n,
                                  struct dye_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_KEY, "secret: %.150s: %s", path, strerror(errno));
    char text[ALERT_SECRET_MAX_BYTES + 2];
    ssize_t got = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, text, sizeof text - 1) : -1;
    close(fd);
    size_t n = got > 0 ? (size_t)got : 0;
    if (n > 0 && text[n - 1] == '\n')
        n--;
    text[n] = '\0';
    const char *wrong = got < 0                   ? "it can't be read"
                        : (st.st_mode & 077) != 0 ? "others can read it; chmod 0400 it, and take it for known to them"
                        : n > ALERT_SECRET_MAX_BYTES ? "too long"
                        : n < least                  ? "too short"
                        : strcspn(text, "\r\n") < n  ? "one line is wanted"
                                                     : NULL;
    if (wrong == NULL) {
        memcpy(ret, text, n + 1);
        *ret_n = n;
    }
    dye_wipe(text, sizeof text);
    if (wrong != NULL)
        DYE_FAIL(err, DYE_E_KEY, "secret: %.150s: %s", path, wrong);
    return DYE_OK;
}
