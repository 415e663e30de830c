/*
 * profile_parts: where names and addresses are taken apart.
 */
#include "profile.h"

size_t character_bytes(const char *s)
{
    uint8_t c = (uint8_t)s[0];
    size_t n = c == 0 ? 0 : c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < n; i++)
        if (((uint8_t)s[i] & 0xc0) != 0x80)
            return 1;
    return n;
}

size_t surname_bytes(const char *name)
{
    static const char *const compound[] = {"欧阳", "司马", "上官", "诸葛", "司徒", "皇甫", "尉迟", "公孙", "长孙",
                                           "慕容", "令狐", "宇文", "夏侯", "东方", "端木", "申屠", "太史", "闻人"};
    for (size_t i = 0; i < sizeof compound / sizeof *compound; i++)
        if (strncmp(name, compound[i], strlen(compound[i])) == 0)
            return strlen(compound[i]);
    return character_bytes(name);
}

const char *last_character(const char *text)
{
    const char *last = text;
    for (size_t n; (n = character_bytes(text)) != 0; text += n)
        last = text;
    return last;
}

static const char *const divisions[] = {"省", "市", "区", "县", "旗", "镇", "乡", "村", "街道"};
static const char *const streets[] = {"路", "街", "巷", "弄", "大道"};

static bool ends_in(const char *s, size_t n, const char *const *table, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        size_t m = strlen(table[i]);
        if (n >= m && memcmp(s + n - m, table[i], m) == 0)
            return true;
    }
    return false;
}

/* The text up to the next digit, or up to a word that ends a division or a street: at least two characters. */
static size_t text_bytes(const char *s, bool *ret_division)
{
    size_t n = 0;
    *ret_division = false;
    for (size_t characters = 0, m; (m = character_bytes(s + n)) != 0 && !dye_is_digit((uint8_t)s[n]);) {
        n += m;
        if (++characters < 2 || strncmp(s + n, "道", strlen("道")) == 0)
            continue; /* 街 in 街道 */
        *ret_division = ends_in(s, n, divisions, sizeof divisions / sizeof *divisions);
        if (*ret_division || ends_in(s, n, streets, sizeof streets / sizeof *streets))
            return n + strspn(s + n, " ,-/"); /* alone they would say nothing of what comes next */
    }
    return n;
}

bool address_split(struct dye_span text, struct address_part *ret, size_t *ret_n)
{
    char copy[DYE_VALUE_MAX_BYTES + 1];
    bool head = true;
    size_t n = 0;
    if (text.n >= sizeof copy || memchr(text.p, '\0', text.n) != NULL)
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (strchr(copy, '{') != NULL)
        return false;
    for (const char *s = copy; *s != '\0'; n++) {
        if (n == ADDRESS_PARTS_MAX)
            return false;
        struct address_part *part = &ret[n];
        size_t digits = strspn(s, "0123456789");
        bool division;
        if (digits >= sizeof part->number)
            return false;
        memcpy(part->number, s, digits);
        part->number[digits] = '\0';
        s += digits;
        size_t bytes = text_bytes(s, &division);
        if (bytes >= sizeof part->text)
            return false;
        memcpy(part->text, s, bytes);
        part->text[bytes] = '\0';
        s += bytes;
        head = head && division && digits == 0;
        part->head = head;
    }
    *ret_n = n;
    return n > 0;
}
