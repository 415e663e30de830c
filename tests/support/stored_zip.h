#ifndef TEST_STORED_ZIP_H
#define TEST_STORED_ZIP_H
/* stored_zip: a package whose members are not compressed, with a central directory (APPNOTE 4.3). */
#include <stddef.h>
#include <stdint.h>

struct stored_zip {
    uint8_t *p; /* heap; free() it */
    size_t n, cap;
    uint8_t *directory;
    size_t directory_n, directory_cap;
    unsigned members;
};

void stored_zip_add(struct stored_zip *z, const char *name, const void *p, size_t n);
void stored_zip_finish(struct stored_zip *z);

#endif
