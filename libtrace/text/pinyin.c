#include "dye/text.h"

#include <pthread.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum { HAN_MAX_BYTES = 64, LATIN_MAX = 512 };

/* Opened once and only read after that: they cost more to load than to ask. */
static UTransliterator *readings[2];

static void load(void)
{
    static const char *const ids[2] = {"Han-Latin; NFD; Lower", "Han-Latin/Names; NFD; Lower"};
    for (size_t i = 0; i < 2; i++) {
        UChar id[64];
        UErrorCode icu = U_ZERO_ERROR;
        u_uastrcpy(id, ids[i]);
        readings[i] = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &icu);
    }
}

enum dye_status dye_text_pinyin(struct dye_span han, bool surname, struct dye_buf *ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    UChar text[LATIN_MAX];
    int32_t n = 0;
    UErrorCode icu = U_ZERO_ERROR;
    if (han.n > HAN_MAX_BYTES)
        return DYE_E_LIMIT;
    pthread_once(&once, load);
    if (readings[surname] == NULL)
        return DYE_E_NOMEM;
    u_strFromUTF8WithSub(text, LATIN_MAX, &n, (const char *)han.p, (int32_t)han.n, 0xfffd, NULL, &icu);
    int32_t limit = n;
    utrans_transUChars(readings[surname], text, &n, LATIN_MAX, 0, &limit, &icu);
    if (U_FAILURE(icu))
        return icu == U_BUFFER_OVERFLOW_ERROR ? DYE_E_LIMIT : DYE_E_NOMEM;
    for (int32_t i = 0; i < n; i++) {
        bool dotted = text[i] == 'u' && i + 1 < n && text[i + 1] == 0x0308;
        if (text[i] >= 'a' && text[i] <= 'z')
            DYE_TRY(dye_buf_append_u8(ret, dotted ? 'v' : (uint8_t)text[i]));
    }
    return DYE_OK;
}
