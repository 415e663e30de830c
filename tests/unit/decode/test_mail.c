/* The files of tests/fuzz/corpus/mail and mbox were made with python's email and mailbox. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void bodies_attachments_and_mails_inside_are_parts(void **state)
{
    (void)state;
    decoded_file_is(
        "fuzz/corpus/mail/a.eml",
        "[ mail cell]\n"
        "From|To|Subject|Date|MIME-Version|Content-Type\n"
        "\345\274\240\344\270\211 <a@example.org>|b@example.org|\345\256\242\346\210\267\345\220\215\345\215\225 "
        "\344\270\200\344\273\275\345\276\210\351\225\277\347\232\204\346\240\207\351\242\230\347\224\250\346\235\245"
        "\350\256\251\345\256\203\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230"
        "\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214|"
        "Mon, 02 Jan 2023 10:00:00 +0800|1.0|multipart/mixed; boundary=\"===============0231783153999765728==\"\n"
        "= read\n"
        "[1]\n"
        "\344\275\240\345\245\275,17421234567\n"
        "\347\254\254\344\272\214\350\241\214\n"
        "= read\n"
        "[2 html cell]\n"
        "\347\216\213\344\272\224|15498765432\n"
        "= read\n"
        "[\345\220\215\345\215\225.csv]\n"
        "\320\325\303\373,\265\347\273\260\n"
        "\325\324\301\371,17400000001\n"
        "= read\n"
        "[4 mail cell]\n"
        "From|Subject|Message-ID|Content-Type|Content-Transfer-Encoding|MIME-Version\n"
        "c@example.org|in|<1@x>|text/plain; charset=\"utf-8\"|7bit|1.0\n"
        "= read\n"
        "[4/1]\n"
        "inner body 17400000002\n"
        "= read\n"
        "");
}

static void text_in_a_charset_that_nobody_finds_is_converted(void **state)
{
    (void)state;
    decoded_file_is("fuzz/corpus/mail/big5.eml", "[ mail cell]\n"
                                                 "Content-Type|MIME-Version|Content-Transfer-Encoding|From|Subject\n"
                                                 "text/plain; charset=\"big5\"|1.0|base64|d@example.org|繁體\n"
                                                 "= read\n"
                                                 "[1 mail row]\n"
                                                 "繁體中文 17400000003\n"
                                                 "= read\n"
                                                 "");
}

static void a_mailbox_is_a_mail_after_the_other(void **state)
{
    (void)state;
    decoded_file_is(
        "fuzz/corpus/mbox/a.mbox",
        "[1 mail cell]\n"
        "From|From|To|Subject|Date|MIME-Version|Content-Type\n"
        "MAILER-DAEMON Sun Nov 22 13:40:59 2026|\345\274\240\344\270\211 "
        "<a@example.org>|b@example.org|\345\256\242\346\210\267\345\220\215\345\215\225 "
        "\344\270\200\344\273\275\345\276\210\351\225\277\347\232\204\346\240\207\351\242\230\347\224\250\346\235\245"
        "\350\256\251\345\256\203\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230"
        "\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214\346\212\230\350\241\214|"
        "Mon, 02 Jan 2023 10:00:00 +0800|1.0|multipart/mixed; boundary=\"===============0231783153999765728==\"\n"
        "= read\n"
        "[1/1]\n"
        "\344\275\240\345\245\275,17421234567\n"
        "\347\254\254\344\272\214\350\241\214\n"
        "= read\n"
        "[1/2 html cell]\n"
        "\347\216\213\344\272\224|15498765432\n"
        "= read\n"
        "[1/\345\220\215\345\215\225.csv]\n"
        "\320\325\303\373,\265\347\273\260\n"
        "\325\324\301\371,17400000001\n"
        "= read\n"
        "[1/4 mail cell]\n"
        "From|Subject|Message-ID|Content-Type|Content-Transfer-Encoding|MIME-Version\n"
        "c@example.org|in|<1@x>|text/plain; charset=\"utf-8\"|7bit|1.0\n"
        "= read\n"
        "[1/4/1]\n"
        "inner body 17400000002\n"
        "= read\n"
        "[2 mail cell]\n"
        "From|From|To|Content-Type|Content-Transfer-Encoding|MIME-Version\n"
        "MAILER-DAEMON Sun Nov 22 13:40:59 2026|e@example.org|f@example.org|text/plain; "
        "charset=\"utf-8\"|quoted-printable|1.0\n"
        "= read\n"
        "[2/1]\n"
        "From here on\n"
        ">quoted\n"
        "\351\202\256\344\273\266\346\255\243\346\226\207\n"
        "= read\n"
        "[3 mail cell]\n"
        "From|Content-Type|MIME-Version|Content-Transfer-Encoding|From|Subject\n"
        "MAILER-DAEMON Sun Nov 22 13:40:59 2026|text/plain; "
        "charset=\"big5\"|1.0|base64|d@example.org|\347\271\201\351\253\224\n"
        "= read\n"
        "[3/1 mail row]\n"
        "\347\271\201\351\253\224\344\270\255\346\226\207 17400000003\n"
        "= read\n"
        "");
}

static void names_come_in_pieces_and_in_charsets(void **state)
{
    (void)state;
    decoded_is(dye_span_str("From: a\n"
                            "MIME-Version: 1.0\n"
                            "Content-Type: text/plain; name*0*=gbk'zh'%C3%FB; name*1*=%B5%A5.txt\n"
                            "\n"
                            "x\n"
                            ""),
               "[ mail cell]\n"
               "From|MIME-Version|Content-Type\n"
               "a|1.0|text/plain; name*0*=gbk'zh'%C3%FB; name*1*=%B5%A5.txt\n"
               "= read\n"
               "[名单.txt]\n"
               "x\n"
               "= read\n"
               "");
    decoded_is(dye_span_str("From: =?gbk?B?1cU=?= =?gbk?B?yP0=?= <a@example.org>\n"
                            "Date: b\n"
                            "\n"
                            "x"),
               "[ mail cell]\n"
               "From|Date\n"
               "张三 <a@example.org>|b\n"
               "= read\n"
               "[1]\n"
               "x\n"
               "= read\n"
               "");
}

static void a_mail_that_was_cut_says_so(void **state)
{
    (void)state;
    struct dye_span in = decoded_load("fuzz/corpus/mail/a.eml");
    for (size_t n = in.n - 8; n > 900; n -= 13) {
        char *text = decoded(dye_span_of(in.p, n), NULL);
        if (strstr(text, " truncated\n") == NULL)
            fail_msg("cut at %zu: %s", n, text);
        free(text);
    }
    free((void *)(uintptr_t)in.p);
}

static void what_somebody_added_to_base64_is_kept(void **state)
{
    (void)state;
    decoded_is(dye_span_str("From: a\n"
                            "Date: b\n"
                            "Content-Transfer-Encoding: base64\n"
                            "\n"
                            "MTc0MjEyMzQ1NjcK\n"
                            "list footer: 15498765432\n"
                            ""),
               "[ mail cell]\n"
               "From|Date|Content-Transfer-Encoding\n"
               "a|b|base64\n"
               "= read\n"
               "[1]\n"
               "17421234567\n"
               "\nlist footer: 15498765432\n"
               "= partly damaged\n"
               "");
}

static void what_hides_around_the_bodies_is_a_part(void **state)
{
    (void)state;
    decoded_is(dye_span_str("From: a\n"
                            "Date: b\n"
                            "Content-Type: multipart/mixed; boundary=x\n"
                            "\n"
                            "for old readers\n"
                            "--x\n"
                            "\n"
                            "one\n"
                            "--x--\n"
                            "17421234567\n"
                            ""),
               "[ mail cell]\n"
               "From|Date|Content-Type\n"
               "a|b|multipart/mixed; boundary=x\n"
               "= read\n"
               "[1]\n"
               "one\n"
               "= read\n"
               "[epilogue]\n"
               "17421234567\n"
               "= read\n"
               "");
}

static void a_table_that_begins_with_from_is_text(void **state)
{
    (void)state;
    decoded_is(dye_span_str("From,To,Subject\n"
                            "a,b,17421234567\n"
                            ""),
               "[]\n"
               "From,To,Subject\n"
               "a,b,17421234567\n"
               "= read\n"
               "");
    decoded_is(dye_span_str("From 张三\n"
                            "Name: x\n"
                            ""),
               "[]\n"
               "From 张三\n"
               "Name: x\n"
               "= read\n"
               "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_attachments_and_mails_inside_are_parts),
        cmocka_unit_test(text_in_a_charset_that_nobody_finds_is_converted),
        cmocka_unit_test(a_mailbox_is_a_mail_after_the_other),
        cmocka_unit_test(names_come_in_pieces_and_in_charsets),
        cmocka_unit_test(a_mail_that_was_cut_says_so),
        cmocka_unit_test(what_somebody_added_to_base64_is_kept),
        cmocka_unit_test(what_hides_around_the_bodies_is_a_part),
        cmocka_unit_test(a_table_that_begins_with_from_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
