#include "csv_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int csv_open(const char *path, struct dye_error *err)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        dye_fail(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    return fd;
}

enum dye_status csv_read_bytes(int fd, const char *path, struct dye_buf *bytes, struct dye_error *err)
{
    char piece[1 << 16];
    enum dye_status status = DYE_OK;
    ssize_t n;
    while (status == DYE_OK && (n = read(fd, piece, sizeof piece)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            status = dye_fail(err, DYE_E_IO, "%s: %s", path, strerror(errno));
        else if ((status = dye_buf_append(bytes, piece, (size_t)n)) != DYE_OK)
            dye_fail(err, status, "%s: longer than %zu bytes", path, bytes->max);
    }
    explicit_bzero(piece, sizeof piece);
    close(fd);
    return status;
}

enum dye_status csv_read_all(int fd, const char *path, struct dye_buf *text, struct dye_error *err)
{
    enum dye_status status = csv_read_bytes(fd, path, text, err);
    if (status == DYE_OK && text->n != 0 && memchr(text->p, 0, text->n) != NULL)
        status = dye_fail(err, DYE_E_USAGE, "%s: not a text file (UTF-8 is wanted)", path);
    return status;
}

void csv_reader_init(struct csv_reader *r, struct dye_buf *text)
{
    *r = (struct csv_reader){.at = (char *)text->p, .end = (char *)text->p + text->n, .next_line = 1};
    if (text->n >= 3 && memcmp(text->p, "\xef\xbb\xbf", 3) == 0)
        r->at += 3;
}

/* Undoes quotes in place; stands behind the closing one. NULL when there is none. */
static char *quoted_end(struct csv_reader *r)
{
    char *to = r->at;
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '"' && (++r->at == r->end || *r->at != '"'))
            return to;
        r->next_line += *r->at == '\n';
        *to++ = *r->at;
    }
    return NULL;
}

static enum dye_status read_field(struct csv_reader *r, bool *ret_last, struct dye_error *err)
{
    bool quoted = r->at < r->end && *r->at == '"';
    char *start = r->at;
    char *stop = NULL; /* of the text, quotes undone */
    if (quoted && (stop = quoted_end(r)) == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "line %zu: a quote that does not end", r->line);
    char *rest = r->at;
    while (r->at < r->end && *r->at != ',' && *r->at != '\n')
        r->at++;
    bool last = r->at == r->end || *r->at == '\n';
    char *end = last && r->at > rest && r->at[-1] == '\r' ? r->at - 1 : r->at;
    if (quoted && end != rest)
        DYE_FAIL(err, DYE_E_USAGE, "line %zu: text behind a closing quote", r->line);
    if (r->at < r->end)
        r->next_line += *r->at++ == '\n';
    *(quoted ? stop : end) = '\0'; /* at the very end: the buffer's own terminator */
    r->field[r->fields++] = start;
    *ret_last = last;
    return DYE_OK;
}

enum dye_status csv_reader_next(struct csv_reader *r, struct dye_error *err)
{
    while (r->at < r->end && (*r->at == '\n' || *r->at == '\r'))
        r->next_line += *r->at++ == '\n';
    if (r->at == r->end)
        return DYE_END;
    r->line = r->next_line;
    r->fields = 0;
    for (bool last = false; !last;) {
        if (r->fields == CSV_FIELDS_MAX)
            DYE_FAIL(err, DYE_E_USAGE, "line %zu: more than %d columns", r->line, CSV_FIELDS_MAX);
        DYE_TRY(read_field(r, &last, err));
    }
    return DYE_OK;
}
