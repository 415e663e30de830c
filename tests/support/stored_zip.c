#include "stored_zip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void put(uint8_t **p, size_t *n, size_t *cap, const void *bytes, size_t size)
{
    if (*n + size > *cap) {
        *cap = 2 * (*n + size);
        *p = realloc(*p, *cap);
        if (*p == NULL)
            abort();
    }
    if (size > 0)
        memcpy(*p + *n, bytes, size);
    *n += size;
}

static void put_number(uint8_t **p, size_t *n, size_t *cap, uint32_t v, unsigned bytes)
{
    uint8_t little[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    put(p, n, cap, little, bytes);
}

#define TO_FILE &z->p, &z->n, &z->cap
#define TO_DIRECTORY &z->directory, &z->directory_n, &z->directory_cap

void stored_zip_add(struct stored_zip *z, const char *name, const void *p, size_t n)
{
    uint32_t crc = n > 0 ? (uint32_t)crc32(0, p, (uInt)n) : 0, at = (uint32_t)z->n;
    put(TO_FILE, "PK\3\4\x14\0\0\0\0\0\0\0\0\0", 14);
    put(TO_DIRECTORY, "PK\1\2\x14\0\x14\0\0\0\0\0\0\0\0\0", 16);
    put_number(TO_FILE, crc, 4);
    put_number(TO_DIRECTORY, crc, 4);
    for (int i = 0; i < 2; i++) {
        put_number(TO_FILE, (uint32_t)n, 4);
        put_number(TO_DIRECTORY, (uint32_t)n, 4);
    }
    put_number(TO_FILE, (uint32_t)strlen(name), 4);
    put_number(TO_DIRECTORY, (uint32_t)strlen(name), 4);
    put(TO_DIRECTORY, "\0\0\0\0\0\0\0\0\0\0", 10);
    put_number(TO_DIRECTORY, at, 4);
    put(TO_FILE, name, strlen(name));
    put(TO_DIRECTORY, name, strlen(name));
    put(TO_FILE, p, n);
    z->members++;
}

void stored_zip_finish(struct stored_zip *z)
{
    uint32_t at = (uint32_t)z->n;
    put(TO_FILE, z->directory, z->directory_n);
    put(TO_FILE, "PK\5\6\0\0\0\0", 8);
    put_number(TO_FILE, z->members, 2);
    put_number(TO_FILE, z->members, 2);
    put_number(TO_FILE, (uint32_t)z->directory_n, 4);
    put_number(TO_FILE, at, 4);
    put_number(TO_FILE, 0, 2);
    free(z->directory);
}
