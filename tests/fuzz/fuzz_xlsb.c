/* The records of a binary workbook become the members of a package: u16 lengths of workbook, shared strings, styles and
 * comments, those, and the sheet. */
#include "parts.h"
#include "stored_zip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"xl/workbook.bin", "xl/sharedStrings.bin", "xl/styles.bin", "xl/comments1.bin",
                                        "xl/worksheets/sheet1.bin"};
    enum { MEMBERS = sizeof names / sizeof *names, HEAD = 2 * (MEMBERS - 1) };
    static const char rels[] = "<Relationships><Relationship Id=\"rId1\" Type=\"/worksheet\""
                               " Target=\"worksheets/sheet1.bin\"/></Relationships>";
    if (size < HEAD)
        return 0;
    struct stored_zip z = {0};
    stored_zip_add(&z, "xl/_rels/workbook.bin.rels", rels, sizeof rels - 1);
    const uint8_t *at = data + HEAD, *end = data + size;
    for (size_t i = 0; i < MEMBERS; i++) {
        size_t n = i + 1 < MEMBERS ? data[2 * i] | (size_t)data[2 * i + 1] << 8 : SIZE_MAX;
        n = n < (size_t)(end - at) ? n : (size_t)(end - at);
        stored_zip_add(&z, names[i], at, n);
        at += n;
    }
    stored_zip_finish(&z);
    struct dye_decode_limits limits = {
        .output_bytes = 4 << 20, .entries = 50, .depth = 3, .ratio = 100, .ratio_free_bytes = 2 << 20};
    char *parts = parts_of(z.p, z.n, &(struct parts_options){.limits = &limits});
    if (parts == NULL || *parts == '\0')
        abort();
    free(parts);
    free(z.p);
    return 0;
}
