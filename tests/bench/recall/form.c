#include "digest.h"
#include "form_parts.h"

#include <string.h>

/* Whole identifiers, then masked ones, then digests: those are not in a table, and this is NULL. */
static const struct form *form_of(size_t form)
{
    if (form < exact_forms.n)
        return &exact_forms.forms[form];
    return form - exact_forms.n < masked_forms.n ? &masked_forms.forms[form - exact_forms.n] : NULL;
}

static size_t digest_number(size_t form)
{
    return form - exact_forms.n - masked_forms.n;
}

size_t recall_forms(void)
{
    return exact_forms.n + masked_forms.n + DIGEST_FORMS;
}

const char *recall_name(size_t form)
{
    static char name[64];
    const struct form *f = form_of(form);
    if (f != NULL)
        return f->name;
    digest_name(digest_number(form), name, sizeof name);
    return name;
}

enum recall_want recall_wanted(size_t form)
{
    const struct form *f = form_of(form);
    return f != NULL ? f->want : RECALL_EXACT;
}

bool recall_write(size_t form, const struct person *p, size_t number, const char *layout, const char *charset,
                  struct rng *r, struct recall_cells *ret)
{
    memset(ret, 0, sizeof *ret);
    CELL(ret, NUMBER, "%zu", number);
    CELL(ret, NAME, "%s", p->name);
    const struct form *f = form_of(form);
    if (f == NULL) {
        static const size_t cell[] = {[DIGEST_MOBILE] = MOBILE, [DIGEST_ID] = ID, [DIGEST_EMAIL] = EMAIL};
        digest_write(digest_number(form), p, ret->cell[cell[digest_of(digest_number(form))]]);
        return true;
    }
    if (f->not_in != NULL && (strstr(f->not_in, layout) != NULL || strstr(f->not_in, charset) != NULL))
        return false;
    f->write(p, r, ret);
    return true;
}

void recall_plain(const struct person *p, size_t number, struct recall_cells *ret)
{
    memset(ret, 0, sizeof *ret);
    CELL(ret, NUMBER, "%zu", number);
    CELL(ret, NAME, "%s", p->name);
    CELL(ret, MOBILE, "%s", p->mobile);
    CELL(ret, ID, "%s", p->id);
    CELL(ret, BIRTH, "%04d-%02d-%02d", p->year, p->month, p->day);
    CELL(ret, EMAIL, "%s", p->email);
    CELL(ret, ADDRESS, "%s", p->address);
}
