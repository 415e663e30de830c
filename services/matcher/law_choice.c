#include "law_choice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum dye_status law_choice_open(const char *law, const struct home *h, struct law_choice *ret, struct dye_error *err)
{
    struct law_choice c = {.name = law};
    if (law == NULL)
        c.name = h != NULL ? h->config.law_rules : "cn";
    else if (strpbrk(law, "/.") != NULL && (c.file = fopen(law, "rbe")) == NULL)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", law, strerror(errno));
    *ret = c;
    return DYE_OK;
}

enum dye_status law_choice_read(struct law_choice *c, const struct home *h, struct dye_law **ret, struct dye_error *err)
{
    struct dye_law *law = malloc(sizeof *law);
    if (law == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "law: out of memory");
    enum dye_status status = c->file != NULL ? law_read(c->name, c->file, law, err) : law_load(h, c->name, law, err);
    if (status == DYE_OK)
        *ret = law;
    else
        free(law);
    return status;
}

void law_choice_done(struct law_choice *c)
{
    if (c->file != NULL)
        fclose(c->file);
    *c = (struct law_choice){0};
}

enum dye_status law_choice_key(const char *text, enum dye_law_key *ret, struct dye_error *err)
{
    *ret = text != NULL ? dye_law_key_from_name(text) : DYE_LAW_KEYS;
    if (text != NULL && *ret == DYE_LAW_KEYS)
        DYE_FAIL(err, DYE_E_USAGE, "--key: %.20s: resident_id, mobile, name+mobile or rows is wanted", text);
    return DYE_OK;
}
