#include "writing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

const char *const writing_full_width[10] = {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"};
const char *const writing_circled[10] = {"0", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"};
const char *const writing_circled_all[10] = {"⓪", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"};
const char *const writing_double_struck[10] = {"𝟘", "𝟙", "𝟚", "𝟛", "𝟜", "𝟝", "𝟞", "𝟟", "𝟠", "𝟡"};
const char *const writing_superscript[10] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
const char *const writing_bold[10] = {"𝟎", "𝟏", "𝟐", "𝟑", "𝟒", "𝟓", "𝟔", "𝟕", "𝟖", "𝟗"};
const char *const writing_written[10] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
const char *const writing_written_zero[10] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
const char *const writing_formal[10] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
const char *const writing_spoken[10] = {"洞", "幺", "两", "三", "四", "五", "六", "拐", "八", "勾"};

void writing_transliterate(const char *id, const char *text, char *ret, size_t cap)
{
    static struct {
        const char *id;
        UTransliterator *t;
    } known[4];
    UChar wide[4096], name[64];
    int32_t n = 0, out = 0;
    UErrorCode e = U_ZERO_ERROR;
    size_t i = 0;
    while (known[i].id != NULL && strcmp(known[i].id, id) != 0)
        i++;
    if (known[i].id == NULL) {
        u_uastrcpy(name, id);
        known[i].t = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
        known[i].id = id;
    }
    u_strFromUTF8(wide, 4096, &n, text, -1, &e);
    int32_t limit = n;
    utrans_transUChars(known[i].t, wide, &n, 4096, 0, &limit, &e);
    u_strToUTF8(ret, (int32_t)cap, &out, wide, n, &e);
    if (U_FAILURE(e))
        abort();
}

void writing_traditional(const char *text, char *ret, size_t cap)
{
    writing_transliterate("Simplified-Traditional", text, ret, cap);
}

void writing_digits(const char *text, const char *const words[10], char *ret)
{
    size_t n = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (isdigit((unsigned char)*p)) {
            strcpy(ret + n, words[*p - '0']);
            n += strlen(words[*p - '0']);
        } else {
            ret[n++] = *p;
        }
    }
    ret[n] = '\0';
}
