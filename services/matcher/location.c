#include "location.h"

#include "dye/decode.h"
#include "dye/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

void location_of(const char *path, char ret[LOCATION_MAX])
{
    bool plain = dye_path_is_valid(dye_span_str(path));
    size_t n = 0;
    for (; *path != '\0' && n + 4 <= LOCATION_MAX; path++) {
        unsigned char c = (unsigned char)*path;
        if (plain || (c > 0x20 && c < 0x7f && c != '%'))
            ret[n++] = *path;
        else
            n += (size_t)snprintf(ret + n, 4, "%%%02x", c);
    }
    ret[n] = '\0';
}

int location_open(const char *location)
{
    char path[LOCATION_MAX];
    size_t n = 0;
    int fd = open(location, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    for (const char *c = location; *c != '\0' && n + 1 < sizeof path; c++, n++)
        if (*c == '%' && strlen(c) > 2 && dye_unhex(dye_span_of(c + 1, 2), (uint8_t *)path + n, 1))
            c += 2;
        else
            path[n] = *c;
    path[n] = '\0';
    return open(path, O_RDONLY | O_CLOEXEC);
}
