/* An acknowledgement, as a receiver that means harm would write it. What is read is whole and short. */
#include "dye/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dye_hl7_ack ack = {.verdict = DYE_HL7_REJECTED, .control = "untouched"};
    if (dye_hl7_ack_read(dye_span_of(data, size), &ack) != DYE_OK) {
        if (ack.verdict != DYE_HL7_REJECTED || strcmp(ack.control, "untouched") != 0)
            abort();
        return 0;
    }
    size_t n = strnlen(ack.control, sizeof ack.control);
    if (n == 0 || n == sizeof ack.control || ack.verdict > DYE_HL7_REJECTED || strpbrk(ack.control, "\r\n") != NULL)
        abort();
    return 0;
}
