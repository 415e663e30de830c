#include "name_forms.h"

#include "dye/text.h"
#include "kind.h"

enum { LATIN_MAX = 64, HAN = 3, LONGEST = 4 };

struct latin {
    char text[LATIN_MAX + 1];
    size_t n;
};

static bool spell(const char *han, size_t characters, bool surname, struct latin *ret)
{
    struct dye_buf b;
    dye_buf_init(&b, LATIN_MAX, true);
    bool good = dye_text_pinyin(dye_span_of(han, HAN * characters), surname, &b) == DYE_OK && b.n > 0;
    ret->n = good ? b.n : 0;
    if (good)
        memcpy(ret->text, b.p, b.n);
    ret->text[ret->n] = '\0';
    dye_buf_done(&b);
    return good;
}

static bool join(struct latin *to, const struct latin *more)
{
    if (more->n > LATIN_MAX - to->n)
        return false;
    memcpy(to->text + to->n, more->text, more->n + 1);
    to->n += more->n;
    return true;
}

/* A spelling, and what the u with two dots, v in it, becomes where people can't type it. */
static void give(const struct latin *first, const struct latin *second, struct dye_value *ret, size_t *n)
{
    static const char *const dotted[] = {"v", "u", "yu", "\xc3\xbc"};
    struct latin whole = *first;
    if (!join(&whole, second))
        return;
    size_t ways = memchr(whole.text, 'v', whole.n) != NULL ? sizeof dotted / sizeof *dotted : 1;
    for (size_t way = 0; way < ways && *n < NAME_PINYIN_MAX; way++) {
        struct dye_value *v = &ret[(*n)++];
        v->n = 0;
        for (size_t i = 0; i < whole.n; i++) {
            const char *as = whole.text[i] == 'v' ? dotted[way] : NULL;
            size_t bytes = as != NULL ? strlen(as) : 1;
            memcpy(v->text + v->n, as != NULL ? as : &whole.text[i], bytes);
            v->n += bytes;
        }
        v->text[v->n] = '\0';
    }
}

static size_t surname_characters(const struct dye_value *v)
{
    static const char *const compound[] = {"欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙",
                                           "慕容", "令狐", "长孙", "宇文", "司徒", "轩辕", "南宫", "端木", "独孤",
                                           "司空", "呼延", "淳于", "申屠", "公羊", "赫连", "万俟", "闻人"};
    for (size_t i = 0; v->n > 2 * HAN && i < sizeof compound / sizeof *compound; i++)
        if (memcmp(v->text, compound[i], 2 * HAN) == 0)
            return 2;
    return 1;
}

size_t name_pinyin(const struct dye_value *v, struct dye_value ret[NAME_PINYIN_MAX])
{
    size_t characters = v->n / HAN, n = 0;
    if (v->n % HAN != 0 || characters < 2 || characters > LONGEST)
        return 0;
    for (size_t i = 0; i < v->n; i += HAN)
        if ((uint8_t)v->text[i] < 0xe3 || (uint8_t)v->text[i] > 0xe9)
            return 0;
    size_t own = surname_characters(v);
    struct latin surnames[2], given = {.n = 0}, initials = {.n = 0};
    for (size_t i = own; i < characters; i++) {
        struct latin syllable;
        if (!spell(v->text + HAN * i, 1, false, &syllable) || !join(&given, &syllable))
            return 0;
        syllable.text[1] = '\0';
        syllable.n = 1;
        if (!join(&initials, &syllable))
            return 0;
    }
    size_t readings = spell(v->text, own, true, &surnames[0]);
    readings +=
        readings == 1 && spell(v->text, own, false, &surnames[1]) && strcmp(surnames[0].text, surnames[1].text) != 0;
    for (size_t i = 0; i < readings; i++) {
        struct latin letter = {.text = {surnames[i].text[0]}, .n = 1};
        give(&surnames[i], &given, ret, &n);
        give(&given, &surnames[i], ret, &n);
        give(&surnames[i], &initials, ret, &n);
        if (characters > 2)
            give(&letter, &initials, ret, &n);
    }
    return n;
}
