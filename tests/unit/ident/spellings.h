#ifndef TEST_SPELLINGS_H
#define TEST_SPELLINGS_H
/* spellings: a table of texts and the canonical value that each is read as. For the tests of the kinds. */
#include "dye/ident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

struct spelling_case {
    const char *text;
    const char *want; /* NULL: not of the kind */
};

static inline void assert_spellings(enum dye_kind kind, const struct spelling_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct dye_value v = {.text = "untouched", .n = 9};
        enum dye_status status = dye_ident_parse(kind, dye_span_str(cases[i].text), &v);
        if (cases[i].want == NULL) {
            if (status != DYE_E_RECORD)
                fail_msg("\"%s\" was read as \"%s\"", cases[i].text, v.text);
            assert_string_equal(v.text, "untouched");
            continue;
        }
        if (status != DYE_OK)
            fail_msg("\"%s\" was not read", cases[i].text);
        assert_string_equal(v.text, cases[i].want);
        assert_int_equal(v.n, strlen(cases[i].want));
    }
}
#define ASSERT_SPELLINGS(kind, cases) assert_spellings((kind), (cases), sizeof(cases) / sizeof *(cases))

static inline struct dye_value value_of(const char *text)
{
    struct dye_value v = {.n = strlen(text)};
    memcpy(v.text, text, v.n + 1);
    return v;
}

/* The first, the last and a value in the middle of a space, and whether they are safe and canonical. */
static inline void assert_space_ends(enum dye_kind kind, const char *first, const char *last)
{
    struct dye_value v, again;
    uint64_t space = dye_ident_space(kind);
    assert_true(space > 0);
    dye_ident_at(kind, 0, &v);
    assert_string_equal(v.text, first);
    dye_ident_at(kind, space - 1, &v);
    assert_string_equal(v.text, last);
    for (uint64_t i = 0; i < 3; i++) {
        dye_ident_at(kind, (space - 1) / 2 * i, &v);
        assert_true(dye_ident_is_safe(kind, &v));
        assert_int_equal(dye_ident_parse(kind, dye_value_span(&v), &again), DYE_OK);
        assert_string_equal(v.text, again.text);
    }
}

#endif
