/* The text of a PDF, as a helper gives it; the helper itself is run by tests/integration/test_documents.sh. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct world {
    const char *pdf, *text, *password; /* what the helper writes, once it is given the password */
    enum dye_status start;
    size_t at, given;
    bool open;
    char log[512];
    size_t n;
};

static enum dye_status read_input(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct world *w = arg;
    (void)cap;
    *ret_n = w->at == 0 ? strlen(w->pdf) : 0;
    memcpy(p, w->pdf, *ret_n);
    w->at += *ret_n;
    return DYE_OK;
}

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    memcpy(p, ((struct world *)arg)->pdf + at, n);
    return true;
}

static enum dye_status helper_start(void *arg, const struct dye_help *help)
{
    struct world *w = arg;
    assert_false(w->open);
    assert_int_equal(help->helper, DYE_HELPER_PDF_TEXT);
    assert_false(help->spilled);
    assert_int_equal(help->bytes, strlen(w->pdf));
    if (w->start != DYE_OK)
        return w->start;
    w->open = true;
    bool right = w->password == NULL || (help->password != NULL && strcmp(help->password, w->password) == 0);
    w->given = right ? 0 : SIZE_MAX;
    return DYE_OK;
}

static enum dye_status helper_read(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct world *w = arg;
    (void)cap;
    *ret_n = w->given < strlen(w->text) ? 1 : 0; /* byte by byte */
    if (*ret_n > 0)
        *p = (uint8_t)w->text[w->given++];
    return DYE_OK;
}

static const char *helper_end(void *arg)
{
    struct world *w = arg;
    assert_true(w->open);
    w->open = false;
    return w->given == SIZE_MAX ? "damaged" : NULL;
}

static enum dye_status on_begin(void *arg, const struct dye_part *p)
{
    struct world *w = arg;
    w->n += (size_t)snprintf(w->log + w->n, sizeof w->log - w->n, "[%s %s]", dye_unit_name(p->unit), p->format);
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct world *w = arg;
    for (size_t i = 0; i < bytes.n && w->n < sizeof w->log - 1; i++)
        w->log[w->n++] = (char)(bytes.p[i] == DYE_PAGE_END ? '~' : bytes.p[i]);
    w->log[w->n] = '\0';
    return DYE_OK;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *e)
{
    struct world *w = arg;
    w->n += (size_t)snprintf(w->log + w->n, sizeof w->log - w->n, "=%s %s", dye_verdict_name(e->verdict), e->reason);
    return DYE_OK;
}

static void check(struct world w, const char *want)
{
    static const struct dye_helper_calls helpers = {helper_start, helper_read, helper_end};
    static const char *const passwords[] = {"wrong", "right"};
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct dye_decode_input input = {.read = read_input,
                                     .read_at = read_at,
                                     .bytes = strlen(w.pdf),
                                     .helpers = &helpers,
                                     .arg = &w,
                                     .passwords = passwords,
                                     .n_passwords = 2};
    struct dye_decode_events events = {on_begin, on_data, on_end, &w};
    assert_int_equal(dye_decode(&input, &limits, &events, NULL), DYE_OK);
    assert_false(w.open);
    assert_string_equal(w.log, want);
}

static void each_page_ends_in_a_form_feed(void **state)
{
    (void)state;
    check((struct world){.pdf = "%PDF-1.4", .text = "a\fb\n\f"}, "[page pdf]a~b\n~=read ");
}

static void pages_without_text_keep_their_number(void **state)
{
    (void)state;
    check((struct world){.pdf = "%PDF-1.4", .text = "\f \n\fb\f\f"}, "[page pdf]~~b~~=read ");
    check((struct world){.pdf = "%PDF-1.4 /Subtype /Image", .text = "\fb\f"}, "[page pdf]~b~=partly format: image");
}

static void pictures_alone_are_unread(void **state)
{
    (void)state;
    check((struct world){.pdf = "%PDF-1.4 /Subtype/Image", .text = "\f\f\f"}, "[byte ]=unread format: image");
    check((struct world){.pdf = "%PDF-1.4", .text = "\f"}, "[byte ]=read ");
}

static void passwords_are_tried(void **state)
{
    (void)state;
    check((struct world){.pdf = "%PDF-1.4 /Encrypt", .text = "a\f", .password = "right"}, "[page pdf]a~=read ");
    check((struct world){.pdf = "%PDF-1.4 /Encrypt", .text = "a\f", .password = "other"}, "[byte ]=unread encrypted");
    check((struct world){.pdf = "%PDF-1.4", .text = "a\f", .password = "other"}, "[byte ]=unread damaged");
}

static void without_the_helper_it_is_a_format_that_nobody_reads(void **state)
{
    (void)state;
    check((struct world){.pdf = "%PDF-1.4", .text = "", .start = DYE_E_NOTFOUND}, "[byte ]=unread format: pdf");
    char *text = decoded(dye_span_str("%PDF-1.4"), NULL);
    assert_string_equal(text, "[]\n= unread format: pdf\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_page_ends_in_a_form_feed),
        cmocka_unit_test(pages_without_text_keep_their_number),
        cmocka_unit_test(pictures_alone_are_unread),
        cmocka_unit_test(passwords_are_tried),
        cmocka_unit_test(without_the_helper_it_is_a_format_that_nobody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
