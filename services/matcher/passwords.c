#include "passwords.h"

#include "dye/key.h"
#include "dye/password.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1 << 20 };

static enum dye_status add_one(struct password_list *l, const char *word)
{
    size_t n = strlen(word);
    if (n == 0 || n > DYE_PASSWORD_MAX_BYTES || strchr(word, '\n') != NULL || l->n == DECODER_PASSWORDS)
        return DYE_OK;
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->at[i], word) == 0)
            return DYE_OK;
    char *copy = strdup(word);
    if (copy == NULL)
        return DYE_E_NOMEM;
    l->at[l->n++] = copy;
    return DYE_OK;
}

static enum dye_status add(void *list, const char *word)
{
    struct password_list *l = list;
    char gb[2 * DYE_PASSWORD_MAX_BYTES + 1] = {0};
    char *in = (char *)(uintptr_t)word, *out = gb;
    size_t in_n = strlen(word), out_n = sizeof gb - 1;
    DYE_TRY(add_one(l, word));
    if (in_n > DYE_PASSWORD_MAX_BYTES)
        return DYE_OK;
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    bool converted = cd != (iconv_t)-1 && iconv(cd, &in, &in_n, &out, &out_n) != (size_t)-1;
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    enum dye_status status = converted ? add_one(l, gb) : DYE_OK; /* the same again when it is ASCII */
    dye_wipe(gb, sizeof gb);
    return status;
}

/* All of a file, NUL-terminated; to be wiped and freed. */
static enum dye_status read_text(const char *path, char **ret, size_t *ret_n, struct dye_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    char *text = calloc(1, FILE_MAX_BYTES + 1);
    size_t n = 0;
    ssize_t got = text != NULL ? 1 : 0;
    while (text != NULL && n < FILE_MAX_BYTES && (got = read(fd, text + n, FILE_MAX_BYTES - n)) > 0)
        n += (size_t)got;
    close(fd);
    enum dye_status status = DYE_OK;
    if (text == NULL)
        status = dye_fail(err, DYE_E_NOMEM, "%s: out of memory", path);
    else if (got < 0)
        status = dye_fail(err, DYE_E_IO, "%s: can't be read", path);
    else if (n == FILE_MAX_BYTES || memchr(text, '\0', n) != NULL)
        status = dye_fail(err, DYE_E_USAGE, "%s: a text of less than 1 MiB is wanted", path);
    if (status != DYE_OK) {
        free(text);
        return status;
    }
    *ret = text;
    *ret_n = n;
    return DYE_OK;
}

static enum dye_status add_lines(struct password_list *l, char *text)
{
    for (char *line = text; line != NULL && *line != '\0';) {
        char *lf = strchr(line, '\n');
        if (lf != NULL)
            *lf = '\0';
        line[strcspn(line, "\r")] = '\0';
        DYE_TRY(add(l, line));
        line = lf != NULL ? lf + 1 : NULL;
    }
    return DYE_OK;
}

static enum dye_status add_file(struct password_list *l, const char *path, bool lines, struct dye_error *err)
{
    char *text = NULL;
    size_t n = 0;
    if (path == NULL)
        return DYE_OK;
    DYE_TRY(read_text(path, &text, &n, err));
    enum dye_status status =
        lines ? add_lines(l, text) : dye_password_words(dye_span_of((const uint8_t *)text, n), add, l);
    dye_wipe(text, n);
    free(text);
    return status == DYE_E_NOMEM ? dye_fail(err, status, "passwords: out of memory") : status;
}

enum dye_status password_list_gather(const struct passwords_given *given, struct password_list *ret,
                                     struct dye_error *err)
{
    *ret = (struct password_list){.n = 0};
    for (size_t i = 0; given->words[i] != NULL; i++) {
        char *word = (char *)(uintptr_t)given->words[i];
        if (add(ret, word) != DYE_OK)
            DYE_FAIL(err, DYE_E_NOMEM, "passwords: out of memory");
        dye_wipe(word, strlen(word));
    }
    DYE_TRY(add_file(ret, given->file, true, err));
    return add_file(ret, given->post, false, err);
}

void password_list_free(struct password_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        char *word = (char *)(uintptr_t)l->at[i];
        dye_wipe(word, strlen(word));
        free(word);
    }
    l->n = 0;
}
