/*
 * surname: where a name's surname ends. FHIR and HL7 keep surname and given name apart; a Chinese record does not.
 */
#include "record.h"

/* Compound surnames in use; each character takes three bytes of UTF-8. */
static const char *const compound[] = {
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯",
    "端木", "南宫", "独孤", "宇文", "长孙", "闻人", "澹台", "淳于", "单于", "太叔", "申屠", "钟离",
    "轩辕", "百里", "东郭", "南门", "呼延", "第五", "拓跋", "完颜", "司空", "公羊", "赫连", "濮阳",
    "仲孙", "宗政", "鲜于", "闾丘", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷", "漆雕", "乐正",
};
enum { CHARACTER = 3 };

/* The bytes of an ideograph at `at`: 3 for U+3400 to U+9FFF, 4 for the planes beyond; 0 for anything else. */
static size_t ideograph(const char *at, size_t n)
{
    const unsigned char *c = (const unsigned char *)at;
    if (n >= CHARACTER && ((c[0] == 0xe3 && c[1] >= 0x90) || (c[0] >= 0xe4 && c[0] <= 0xe9)))
        return CHARACTER;
    return n > CHARACTER && c[0] == 0xf0 && c[1] >= 0xa0 ? CHARACTER + 1 : 0;
}

size_t record_surname_bytes(const struct dye_value *name)
{
    size_t one = ideograph(name->text, name->n);
    for (size_t at = 0, n = 0; at < name->n; at += n) {
        n = ideograph(name->text + at, name->n - at);
        if (n == 0)
            return name->n;
    }
    for (size_t i = 0; i < sizeof compound / sizeof *compound; i++)
        if (name->n > 2 * CHARACTER && memcmp(name->text, compound[i], 2 * CHARACTER) == 0)
            return 2 * CHARACTER;
    return one;
}
