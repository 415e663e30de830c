#include "key_file.h"

#include "dye/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 2 * DYE_KEY_BYTES + 1 };

enum dye_status key_file_read(const char *path, struct dye_key *ret, struct dye_error *err)
{
    char text[TEXT_BYTES + 1];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_KEY, "key: %s: %s", path, strerror(errno));
    ssize_t n = fstat(fd, &st) == 0 ? read(fd, text, sizeof text) : -1;
    close(fd);
    if (n >= 0 && (st.st_mode & 077) != 0)
        DYE_FAIL(err, DYE_E_KEY, "key: %s: others can read it; chmod 0400 it, and take it for known to them", path);
    bool right = n == TEXT_BYTES && text[TEXT_BYTES - 1] == '\n' &&
                 dye_unhex(dye_span_of(text, 2 * DYE_KEY_BYTES), ret->bytes, DYE_KEY_BYTES);
    dye_wipe(text, sizeof text);
    if (!right)
        DYE_FAIL(err, DYE_E_KEY, "key: %s: not a key file", path);
    return DYE_OK;
}

enum dye_status key_file_write(const char *path, const struct dye_key *k, struct dye_error *err)
{
    char text[TEXT_BYTES + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "key: %s: %s", path, strerror(errno));
    dye_hex(k->bytes, DYE_KEY_BYTES, text);
    text[TEXT_BYTES - 1] = '\n';
    bool ok = write(fd, text, TEXT_BYTES) == TEXT_BYTES && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    dye_wipe(text, sizeof text);
    if (!ok) {
        unlink(path);
        DYE_FAIL(err, DYE_E_IO, "key: %s: %s", path, strerror(errno));
    }
    return DYE_OK;
}
