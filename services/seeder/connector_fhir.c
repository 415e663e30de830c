/* A FHIR R4 server over HTTPS. A record is one transaction bundle, conditional on its identifiers, so that it may be
 * posted again; it counts as planted when a search gives it back as it was written. */
#include "connector.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ANSWER_MAX_BYTES = 4 << 20, TOKEN_MAX_BYTES = 4096, ATTEMPTS = 3 };

struct server {
    const struct connector *c;
    CURL *curl;
    struct curl_slist *headers;
    struct dye_buf body, answer; /* of the request under way */
    char url[2048];
};

static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
    struct dye_buf *answer = arg;
    return dye_buf_append(answer, p, size * n) == DYE_OK ? size * n : 0; /* 0 ends the transfer */
}

/* ---- a request ---- */

static enum dye_status add_token(struct server *s, struct dye_error *err)
{
    char header[TOKEN_MAX_BYTES + 32] = "Authorization: Bearer ";
    const size_t prefix = strlen(header);
    FILE *f = fopen(s->c->token_file, "rbe");
    if (f == NULL)
        DYE_FAIL(err, DYE_E_CONFIG, "fhir: %s: it can't be read", s->c->token_file);
    size_t n = fread(header + prefix, 1, TOKEN_MAX_BYTES, f);
    fclose(f);
    header[prefix + n] = '\0';
    size_t length = strcspn(header + prefix, "\r\n \t");
    bool bad = length == 0 || n == TOKEN_MAX_BYTES || strspn(header + prefix + length, "\r\n \t") != n - length;
    header[prefix + length] = '\0';
    if (!bad)
        s->headers = curl_slist_append(s->headers, header);
    dye_wipe(header, sizeof header);
    if (bad)
        DYE_FAIL(err, DYE_E_CONFIG, "fhir: %s: one token on one line is wanted", s->c->token_file);
    return DYE_OK;
}

static enum dye_status server_open(struct server *s, struct dye_error *err)
{
    dye_buf_init(&s->body, ANSWER_MAX_BYTES, true);
    dye_buf_init(&s->answer, ANSWER_MAX_BYTES, true);
    s->curl = curl_easy_init();
    if (s->curl == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "fhir: out of memory");
    s->headers = curl_slist_append(s->headers, "Accept: application/fhir+json");
    s->headers = curl_slist_append(s->headers, "Content-Type: application/fhir+json");
    s->headers = curl_slist_append(s->headers, "Cache-Control: no-cache"); /* a search sees what was just written */
    s->headers = curl_slist_append(s->headers, "Expect:");
    if (s->c->token_file[0] != '\0')
        DYE_TRY(add_token(s, err));
    curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "https"); /* certificates are verified: that is the default */
    curl_easy_setopt(s->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)s->c->timeout_s);
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, &s->answer);
    if (s->c->ca[0] != '\0')
        curl_easy_setopt(s->curl, CURLOPT_CAINFO, s->c->ca);
    return DYE_OK;
}

static void server_close(struct server *s)
{
    for (struct curl_slist *h = s->headers; h != NULL; h = h->next)
        dye_wipe(h->data, strlen(h->data)); /* one holds the token */
    curl_slist_free_all(s->headers);
    curl_easy_cleanup(s->curl);
    dye_buf_done(&s->body);
    dye_buf_done(&s->answer);
}

static enum dye_status request_once(struct server *s, const char *method, long *ret_code, struct dye_error *err)
{
    bool post = strcmp(method, "POST") == 0;
    dye_buf_clear(&s->answer);
    curl_easy_setopt(s->curl, CURLOPT_URL, s->url);
    curl_easy_setopt(s->curl, CURLOPT_HTTPGET, 1L);
    if (post) {
        curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE, (long)s->body.n);
        curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, (const char *)s->body.p);
        curl_easy_setopt(s->curl, CURLOPT_POST, 1L);
    }
    curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, method);
    CURLcode code = curl_easy_perform(s->curl);
    switch (code) {
    case CURLE_OK:
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        DYE_FAIL(err, DYE_E_CONFIG, "fhir: %.100s: %s", s->c->url, curl_easy_strerror(code));
    case CURLE_OUT_OF_MEMORY:
        DYE_FAIL(err, DYE_E_NOMEM, "fhir: out of memory");
    default:
        DYE_FAIL(err, DYE_E_AGAIN, "fhir: %.100s: %s", s->c->url, curl_easy_strerror(code));
    }
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, ret_code);
    if (*ret_code == 429 || *ret_code >= 500)
        DYE_FAIL(err, DYE_E_AGAIN, "fhir: %.100s: the server answers %ld", s->c->url, *ret_code);
    if (*ret_code == 401 || *ret_code == 403)
        DYE_FAIL(err, DYE_E_CONFIG, "fhir: %.100s: the server answers %ld: the token does not suffice", s->c->url,
                 *ret_code);
    return DYE_OK;
}

/* s->url, and s->body for POST. Whatever is sent may be sent again: see the head of this file. */
static enum dye_status request(struct server *s, const char *method, long *ret_code, struct dye_error *err)
{
    enum dye_status status = DYE_E_AGAIN;
    for (int attempt = 0; status == DYE_E_AGAIN && attempt < ATTEMPTS; attempt++) {
        const struct timespec pause = {0, 200000000L * attempt};
        nanosleep(&pause, NULL);
        status = request_once(s, method, ret_code, err);
    }
    return status;
}

/* ---- what stands on the server ---- */

/* Whether `seen` has all that `wanted` has; a server may add to objects and lists. */
static bool holds(const json_t *seen, const json_t *wanted)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_object(wanted)) {
        json_object_foreach((json_t *)wanted, key, value) if (!holds(json_object_get(seen, key), value)) return false;
        return json_is_object(seen);
    }
    if (!json_is_array(wanted))
        return json_equal(seen, wanted) != 0;
    json_array_foreach(wanted, i, value)
    {
        size_t k = 0;
        while (k < json_array_size(seen) && !holds(json_array_get(seen, k), value))
            k++;
        if (k == json_array_size(seen))
            return false;
    }
    return true;
}

enum { ID_MAX_BYTES = 64 };

/* The `id` data type of FHIR; whatever else a server sends goes into no URL. */
static bool copy_id(const json_t *resource, char ret[ID_MAX_BYTES + 1])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
    const char *id = json_string_value(json_object_get(resource, "id"));
    if (id == NULL || id[0] == '\0' || strlen(id) > ID_MAX_BYTES || strspn(id, allowed) != strlen(id))
        return false;
    memcpy(ret, id, strlen(id) + 1);
    return true;
}

static enum dye_status bad_answer(const struct server *s, struct dye_error *err)
{
    DYE_FAIL(err, DYE_E_AGAIN, "fhir: %.100s: the server's answer is no search result", s->c->url);
}

/* Resources of a type by identifier: a list, the caller's to json_decref. */
static enum dye_status search(struct server *s, const char *type, const char *system, struct dye_span value,
                              json_t **ret, struct dye_error *err)
{
    struct dye_buf query;
    long code = 0;
    dye_buf_init(&query, sizeof s->url / 2, true);
    bool fits = dye_fhir_query(system, value, &query) == DYE_OK;
    if (fits)
        snprintf(s->url, sizeof s->url, "%s/%s?%s", s->c->url, type, (const char *)query.p);
    dye_buf_done(&query);
    if (!fits)
        DYE_FAIL(err, DYE_E_CONFIG, "fhir: an identifier's system is too long");
    DYE_TRY(request(s, "GET", &code, err));
    json_t *bundle = code == 200 ? json_loadb((const char *)s->answer.p, s->answer.n, 0, NULL) : NULL;
    const char *what = json_string_value(json_object_get(bundle, "resourceType"));
    if (what == NULL || strcmp(what, "Bundle") != 0) {
        json_decref(bundle);
        return bad_answer(s, err);
    }
    size_t i;
    json_t *entry;
    *ret = json_array();
    json_array_foreach(json_object_get(bundle, "entry"), i, entry)
    {
        json_t *resource = json_object_get(entry, "resource");
        const char *is = json_string_value(json_object_get(resource, "resourceType"));
        if (is == NULL || strcmp(is, type) != 0)
            continue; /* an OperationOutcome */
        json_array_append(*ret, resource);
    }
    json_decref(bundle);
    return DYE_OK;
}

enum standing { NOBODY, OURS, OTHERS };

struct record {
    const struct dye_persona *persona;
    const struct dye_stamp *stamp;
    json_t *patient; /* as we write it */
    size_t visits;
    char patient_id[ID_MAX_BYTES + 1], visit_id[ID_MAX_BYTES + 1]; /* as they were found */
};

/* Patients by a number of the record's person. */
static enum dye_status search_number(struct server *s, const struct record *r, enum dye_kind kind, json_t **ret,
                                     struct dye_error *err)
{
    return search(s, "Patient", s->c->exchange.system[kind], dye_value_span(&r->persona->value[kind]), ret, err);
}

static enum dye_status find_patient(struct server *s, struct record *r, enum standing *ret, struct dye_error *err)
{
    json_t *all = NULL;
    DYE_TRY(search_number(s, r, DYE_MRN, &all, err));
    const json_t *seen = json_array_get(all, 0);
    if (seen == NULL)
        *ret = NOBODY;
    else
        *ret = json_array_size(all) == 1 && holds(seen, r->patient) && copy_id(seen, r->patient_id) ? OURS : OTHERS;
    json_decref(all);
    return DYE_OK;
}

/* A visit, of the patient that find_patient found. */
static enum dye_status find_visit(struct server *s, struct record *r, size_t i, bool *ret, struct dye_error *err)
{
    char reference[ID_MAX_BYTES + 16];
    json_t *all = NULL;
    DYE_TRY(search(s, "Encounter", s->c->exchange.visit_system, dye_span_str(r->stamp->visit[i].number), &all, err));
    const json_t *seen = json_array_get(all, 0);
    const char *of = json_string_value(json_object_get(json_object_get(seen, "subject"), "reference"));
    snprintf(reference, sizeof reference, "Patient/%s", r->patient_id);
    /* A reference may be relative, absolute, and end in a version. */
    const char *at = of != NULL ? strstr(of, reference) : NULL;
    const char after = at != NULL ? at[strlen(reference)] : 'x';
    *ret = json_array_size(all) == 1 && (after == '\0' || after == '/') && copy_id(seen, r->visit_id);
    json_decref(all);
    return DYE_OK;
}

static enum dye_status stands(struct server *s, struct record *r, enum standing *ret, bool *ret_whole,
                              struct dye_error *err)
{
    DYE_TRY(find_patient(s, r, ret, err));
    *ret_whole = *ret == OURS;
    for (size_t i = 0; *ret_whole && i < r->visits; i++)
        DYE_TRY(find_visit(s, r, i, ret_whole, err));
    return DYE_OK;
}

/* ---- one record ---- */

static enum dye_status write_bundle(const struct connector *c, const struct connector_batch *b, size_t i,
                                    struct dye_buf *ret)
{
    dye_buf_clear(ret);
    DYE_TRY(dye_fhir_begin(ret));
    DYE_TRY(dye_fhir_person(b->sector, &b->personas[i], &c->exchange, &b->stamps[i], ret));
    return dye_fhir_end(ret);
}

static enum dye_status plant_record(struct server *s, struct record *r, void *to, struct dye_error *err)
{
    enum connector_outcome *ret = to;
    enum standing standing;
    bool whole = false;
    long code = 0;
    if (r->persona->value[DYE_MRN].n == 0) {
        *ret = CONNECTOR_REFUSED; /* a server would know the patient by nothing */
        return DYE_OK;
    }
    DYE_TRY(stands(s, r, &standing, &whole, err));
    if (standing == OTHERS || whole) {
        *ret = whole ? CONNECTOR_DONE : CONNECTOR_TAKEN;
        return DYE_OK;
    }
    snprintf(s->url, sizeof s->url, "%s", s->c->url);
    DYE_TRY(request(s, "POST", &code, err));
    if (code >= 300) {
        *ret = CONNECTOR_REFUSED;
        return DYE_OK;
    }
    DYE_TRY(stands(s, r, &standing, &whole, err));
    if (!whole)
        DYE_FAIL(err, DYE_E_IO, "fhir: %.100s: the server does not give a record back as it was written", s->c->url);
    *ret = CONNECTOR_DONE;
    return DYE_OK;
}

static enum dye_status take(struct server *s, const char *type, const char *id, bool *ret_gone, struct dye_error *err)
{
    long code = 0;
    snprintf(s->url, sizeof s->url, "%s/%s/%s", s->c->url, type, id);
    DYE_TRY(request(s, "DELETE", &code, err));
    *ret_gone = code < 300 || code == 404 || code == 410;
    return DYE_OK;
}

static enum dye_status withdraw_record(struct server *s, struct record *r, void *to, struct dye_error *err)
{
    enum connector_outcome *ret = to;
    enum standing standing;
    bool gone = true;
    if (r->persona->value[DYE_MRN].n == 0) {
        *ret = CONNECTOR_REFUSED;
        return DYE_OK;
    }
    DYE_TRY(find_patient(s, r, &standing, err));
    /* Visits first: a server keeps a patient that something refers to. */
    for (size_t i = 0; standing == OURS && gone && i < r->visits; i++) {
        bool visit = false;
        DYE_TRY(find_visit(s, r, i, &visit, err));
        if (visit)
            DYE_TRY(take(s, "Encounter", r->visit_id, &gone, err));
    }
    if (standing == OURS && gone) {
        DYE_TRY(take(s, "Patient", r->patient_id, &gone, err));
        DYE_TRY(find_patient(s, r, &standing, err));
    }
    *ret = standing == NOBODY ? CONNECTOR_DONE : standing == OURS ? CONNECTOR_REFUSED : CONNECTOR_ALTERED;
    return DYE_OK;
}

/* ---- how a record is found ---- */

static const char *number_of(const json_t *patient, const char *system, const char *but)
{
    size_t i;
    json_t *identifier;
    json_array_foreach(json_object_get(patient, "identifier"), i, identifier)
    {
        const char *is = json_string_value(json_object_get(identifier, "system"));
        const char *value = json_string_value(json_object_get(identifier, "value"));
        if (is != NULL && value != NULL && strcmp(is, system) == 0 && (but == NULL || strcmp(value, but) != 0))
            return value;
    }
    return NULL;
}

/* The mrn of a patient that is not the record's own. */
static void note_other(const struct server *s, const struct record *r, const json_t *patient,
                       struct connector_look *ret)
{
    const char *mrn = number_of(patient, s->c->exchange.system[DYE_MRN], r->persona->value[DYE_MRN].text);
    if (mrn != NULL && strlen(mrn) <= DYE_VALUE_MAX_BYTES) {
        ret->other.n = strlen(mrn);
        memcpy(ret->other.text, mrn, ret->other.n + 1);
    }
}

/* Whether the server says that the patient is one with another, or no longer in use; *ret_to is who the other is. */
static bool is_merged(const json_t *patient, struct connector_look *ret, const char **ret_to)
{
    size_t i;
    json_t *link;
    bool merged = false;
    json_array_foreach(json_object_get(patient, "link"), i, link)
    {
        const char *type = json_string_value(json_object_get(link, "type"));
        if (type == NULL || (strcmp(type, "replaced-by") != 0 && strcmp(type, "replaces") != 0))
            continue;
        *ret_to = json_string_value(json_object_get(json_object_get(link, "other"), "reference"));
        if (!merged)
            connector_look_add(ret, "link");
        merged = true;
    }
    if (json_is_false(json_object_get(patient, "active"))) {
        connector_look_add(ret, "active");
        merged = true;
    }
    return merged;
}

/* Who the other end of a link is; a server that does not say leaves it open. */
static enum dye_status follow(struct server *s, const struct record *r, const char *reference,
                              struct connector_look *ret, struct dye_error *err)
{
    char id[ID_MAX_BYTES + 1];
    long code = 0;
    const char *at = reference != NULL ? strstr(reference, "Patient/") : NULL;
    json_t *named = at != NULL ? json_pack("{s:s%}", "id", at + 8, strcspn(at + 8, "/")) : NULL;
    bool can = named != NULL && copy_id(named, id);
    json_decref(named);
    if (!can)
        return DYE_OK;
    snprintf(s->url, sizeof s->url, "%s/Patient/%s", s->c->url, id);
    DYE_TRY(request(s, "GET", &code, err));
    json_t *patient = code == 200 ? json_loadb((const char *)s->answer.p, s->answer.n, 0, NULL) : NULL;
    note_other(s, r, patient, ret);
    json_decref(patient);
    return DYE_OK;
}

static void compare(const json_t *seen, const struct record *r, struct connector_look *ret)
{
    const char *key;
    json_t *value;
    json_object_foreach(r->patient, key, value) if (!holds(json_object_get(seen, key), value))
        connector_look_add(ret, key);
}

/* No patient has the mrn: one may have another of its numbers. */
static enum dye_status look_elsewhere(struct server *s, struct record *r, struct connector_look *ret,
                                      struct dye_error *err)
{
    ret->state = CONNECTOR_DROPPED;
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT && ret->state == CONNECTOR_DROPPED; kind++) {
        json_t *all = NULL;
        if (kind == DYE_MRN || s->c->exchange.system[kind][0] == '\0' || r->persona->value[kind].n == 0)
            continue;
        DYE_TRY(search_number(s, r, kind, &all, err));
        const json_t *seen = json_array_get(all, 0);
        if (seen != NULL) {
            bool same = holds(json_object_get(seen, "name"), json_object_get(r->patient, "name"));
            ret->state = same ? CONNECTOR_CHANGED : CONNECTOR_MERGED;
            compare(seen, r, ret);
            note_other(s, r, seen, ret);
        }
        json_decref(all);
    }
    return DYE_OK;
}

static enum dye_status look_at_visits(struct server *s, struct record *r, struct connector_look *ret,
                                      struct dye_error *err)
{
    bool whole = true;
    for (size_t i = 0; whole && i < r->visits; i++)
        DYE_TRY(find_visit(s, r, i, &whole, err));
    if (!whole)
        connector_look_add(ret, "visit");
    return DYE_OK;
}

static enum dye_status look_at_patients(struct server *s, struct record *r, const json_t *all,
                                        struct connector_look *ret, struct dye_error *err)
{
    const json_t *seen = json_array_get(all, 0);
    const char *to = NULL;
    bool merged = false;
    for (size_t i = 0; !merged && i < json_array_size(all); i++)
        merged = is_merged(json_array_get(all, i), ret, &to);
    if (merged) {
        ret->state = CONNECTOR_MERGED;
        return follow(s, r, to, ret, err);
    }
    compare(seen, r, ret);
    note_other(s, r, seen, ret);
    if (json_array_size(all) > 1) {
        ret->state = CONNECTOR_DOUBLED;
        return DYE_OK;
    }
    if (copy_id(seen, r->patient_id))
        DYE_TRY(look_at_visits(s, r, ret, err));
    ret->state = ret->fields[0] != '\0' ? CONNECTOR_CHANGED : CONNECTOR_PRESENT;
    return DYE_OK;
}

static enum dye_status look_at_record(struct server *s, struct record *r, void *to, struct dye_error *err)
{
    struct connector_look *ret = to;
    json_t *all = NULL;
    if (r->persona->value[DYE_MRN].n == 0)
        return DYE_OK; /* refused when it was to be planted */
    DYE_TRY(search_number(s, r, DYE_MRN, &all, err));
    enum dye_status status =
        json_array_size(all) == 0 ? look_elsewhere(s, r, ret, err) : look_at_patients(s, r, all, ret, err);
    json_decref(all);
    return status;
}

/* ---- a batch ---- */

/* `to` is the record's element of the results. */
typedef enum dye_status (*record_fn)(struct server *s, struct record *r, void *to, struct dye_error *err);

static enum dye_status each_record(struct server *s, const struct connector_batch *b, record_fn fn, void *results,
                                   size_t size, struct dye_error *err)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct dye_persona *p = &b->personas[i];
        struct record r = {.persona = p, .stamp = &b->stamps[i]};
        if (p->value[DYE_MRN].n == 0) { /* no bundle can be written of it; fn knows */
            DYE_TRY(fn(s, &r, (char *)results + i * size, err));
            continue;
        }
        if (s->c->exchange.visit_system[0] != '\0')
            r.visits = dye_sector_rows(b->sector, p);
        enum dye_status status = write_bundle(s->c, b, i, &s->body);
        json_t *bundle = status == DYE_OK ? json_loadb((const char *)s->body.p, s->body.n, 0, NULL) : NULL;
        r.patient = json_object_get(json_array_get(json_object_get(bundle, "entry"), 0), "resource");
        if (status == DYE_OK && r.patient == NULL)
            status = DYE_E_BUG;
        if (status != DYE_OK)
            dye_fail(err, status, "fhir: a record can't be written as a bundle");
        else
            status = fn(s, &r, (char *)results + i * size, err);
        json_decref(bundle);
        DYE_TRY(status);
    }
    return DYE_OK;
}

static enum dye_status open_and(const struct connector *c, const struct connector_batch *b, record_fn fn, void *results,
                                size_t size, struct dye_error *err)
{
    struct server s = {.c = c};
    enum dye_status status = server_open(&s, err);
    if (status == DYE_OK)
        status = each_record(&s, b, fn, results, size, err);
    server_close(&s);
    return status;
}

enum dye_status connector_fhir_plant(const struct connector *c, const struct connector_batch *b,
                                     enum connector_outcome *ret_outcome, struct dye_error *err)
{
    return open_and(c, b, plant_record, ret_outcome, sizeof *ret_outcome, err);
}

enum dye_status connector_fhir_withdraw(const struct connector *c, const struct connector_batch *b,
                                        enum connector_outcome *ret_outcome, struct dye_error *err)
{
    return open_and(c, b, withdraw_record, ret_outcome, sizeof *ret_outcome, err);
}

enum dye_status connector_fhir_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err)
{
    struct dye_buf body;
    enum dye_status status = DYE_OK;
    dye_buf_init(&body, ANSWER_MAX_BYTES, true);
    for (size_t i = 0; status == DYE_OK && i < b->n; i++) {
        if (b->personas[i].value[DYE_MRN].n == 0)
            continue; /* would be refused */
        status = write_bundle(c, b, i, &body);
        if (status == DYE_OK)
            printf("-- POST %s\n%s", c->url, (const char *)body.p);
        else
            dye_fail(err, status, "fhir: a record can't be written as a bundle");
    }
    dye_buf_done(&body);
    return status;
}

enum dye_status connector_fhir_look_at(const struct connector *c, const struct connector_batch *b,
                                       struct connector_look *ret_look, struct dye_error *err)
{
    return open_and(c, b, look_at_record, ret_look, sizeof *ret_look, err);
}
