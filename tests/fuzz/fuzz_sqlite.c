/* Data bases of SQLite, whatever stands behind the first 16 bytes. */
#include "watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magic[] = "SQLite format 3\0";
    watch_as(magic, sizeof magic - 1, data, size);
    return 0;
}
