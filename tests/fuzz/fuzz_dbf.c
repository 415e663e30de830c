/* Tables of dBase: what makes one in the head is put right, so that the rest is looked at. */
#include "watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t head[44] = {0x03};
    if (size < 65)
        return 0;
    memcpy(head + 4, data + 4, sizeof head - 4);
    head[9] |= 1; /* a head of 256 bytes or more */
    head[11] |= 1;
    head[12] = head[13] = 0;
    head[32] |= 0x80;
    head[43] = memchr("CNFLDMBGPYTIVQWO+@0", data[43], 19) != NULL && data[43] != 0 ? data[43] : 'C';
    watch_as(head, sizeof head, data, size);
    return 0;
}
