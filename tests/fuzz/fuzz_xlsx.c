/* The XML of a workbook: workbook, shared strings, styles and one sheet, parted by a line "%%", become a package. */
#include "parts.h"

#include <stdlib.h>

#define REQUIRE(x)                                                                                                     \
    do {                                                                                                               \
        if (!(x))                                                                                                      \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct zip {
    uint8_t *p;
    size_t n;
};

static void put(struct zip *z, const void *p, size_t n)
{
    memcpy(z->p + z->n, p, n);
    z->n += n;
}

static void put_number(struct zip *z, uint32_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, v >>= 8)
        z->p[z->n++] = (uint8_t)v;
}

/* A stored member; its checksum is wrong, which is told only at its end. */
static void add(struct zip *z, const char *name, const uint8_t *p, size_t n)
{
    put(z, "PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0", 18);
    put_number(z, (uint32_t)n, 4);
    put_number(z, (uint32_t)n, 4);
    put_number(z, (uint32_t)strlen(name), 4);
    put(z, name, strlen(name));
    put(z, p, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                                        "xl/worksheets/sheet1.xml"};
    static const char rels[] =
        "<Relationships><Relationship Id=\"r1\" Type=\"/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    struct zip z = {.p = malloc(size + 4096)};
    REQUIRE(z.p != NULL);
    add(&z, "xl/_rels/workbook.xml.rels", (const uint8_t *)rels, sizeof rels - 1);
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *end = i < 3 && size > 0 ? memmem(data, size, "\n%%\n", 4) : NULL;
        size_t n = end != NULL ? (size_t)(end - data) : size;
        add(&z, names[i], data, n);
        size_t step = end != NULL ? n + 4 : n;
        data += step;
        size -= step;
    }
    struct dye_decode_limits limits = {
        .output_bytes = 4 << 20, .entries = 50, .depth = 3, .ratio = 100, .ratio_free_bytes = 2 << 20};
    char *parts = parts_of(z.p, z.n, &(struct parts_options){.limits = &limits});
    REQUIRE(parts != NULL && *parts != '\0');
    free(parts);
    free(z.p);
    return 0;
}
