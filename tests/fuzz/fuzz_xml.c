/* XML documents. */
#include "watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magic[] = "<?xml ";
    watch_as(magic, sizeof magic - 1, data, size);
    return 0;
}
