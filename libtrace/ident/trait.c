/*
 * trait: what a field of a record can say of its person beside whole values. A canary's forms and a record's fields
 * come through the same functions, so that what is equal in meaning is equal in bytes.
 */
#include "dye/text.h"
#include "free_text.h"
#include "kind.h"

static bool put(struct dye_value *v, const void *p, size_t n)
{
    if (n > DYE_VALUE_MAX_BYTES - v->n)
        return false;
    memcpy(v->text + v->n, p, n);
    v->n += n;
    v->text[v->n] = '\0';
    return true;
}

/* ---- masks ---- */

static const char *const hiding[] = {"＊", "×", "●", "○", "某"};

/* A lone bullet parts the names of a person. */
static size_t bullets(const char *p, size_t n)
{
    size_t used = 0;
    while (n - used >= strlen("•") && memcmp(p + used, "•", strlen("•")) == 0)
        used += strlen("•");
    return used > strlen("•") ? used : 0;
}

static size_t hidden_here(const char *p, size_t n)
{
    if (*p == '*')
        return 1;
    for (size_t i = 0; i < sizeof hiding / sizeof *hiding; i++)
        if (n >= strlen(hiding[i]) && memcmp(p, hiding[i], strlen(hiding[i])) == 0)
            return strlen(hiding[i]);
    return bullets(p, n);
}

/* Whether x can hide: no address, and no other letter in it. */
static bool may_be_crossed(const char *p, size_t n)
{
    size_t crosses = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '@' || (dye_is_alpha((uint8_t)p[i]) && (p[i] | 0x20) != 'x'))
            return false;
        crosses += (p[i] | 0x20) == 'x';
    }
    return crosses > 0;
}

/* Where they begin: x hides behind a character of a name, else three of them do, or some beside another sign that
 * hides, `behind` which they stand or before which. One is the end of an ID. */
static size_t crossed_here(const char *p, size_t i, size_t n, bool behind)
{
    size_t used = 0;
    while (i + used < n && (p[i + used] | 0x20) == 'x')
        used++;
    if (used == 0 || used > 2 || (i > 0 && (uint8_t)p[i - 1] >= 0x80))
        return used;
    if (i + used == n)
        return behind && (used > 1 || (uint8_t)p[0] >= 0x80) ? used : 0;
    return behind || hidden_here(p + i + used, n - i - used) > 0 ? used : 0;
}

static size_t beyond_ascii(const char *p, size_t n)
{
    size_t used = 0;
    while (used < n && (uint8_t)p[used] >= 0x80 && (used == 0 || hidden_here(p + used, n - used) == 0))
        used++;
    return used;
}

/* One visible piece at p: its bytes in the field, what it adds to ret. */
static size_t see(const char *p, size_t n, bool address, struct dye_value *ret, bool *good)
{
    struct dye_value folded;
    if ((uint8_t)*p >= 0x80) {
        size_t used = beyond_ascii(p, n);
        *good = *good && free_text_fold(dye_span_of(p, used), &folded) == DYE_OK && put(ret, folded.text, folded.n);
        return used;
    }
    char c = (char)dye_to_lower((uint8_t)*p);
    if (dye_is_alnum((uint8_t)c) || (address && strchr("@._-+%", c) != NULL))
        *good = *good && put(ret, &c, 1);
    return 1;
}

static size_t characters(const char *p, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((uint8_t)p[i] & 0xc0) != 0x80;
    return count;
}

bool dye_trait_mask(struct dye_span field, struct dye_trait *ret)
{
    const char *p = (const char *)field.p;
    if (field.n > DYE_VALUE_MAX_BYTES)
        return false;
    bool good = true, address = memchr(p, '@', field.n) != NULL, crossed = may_be_crossed(p, field.n);
    size_t first = SIZE_MAX, last = 0;
    ret->bytes = (struct dye_value){.n = 0};
    for (size_t i = 0, used; i < field.n && good; i += used) {
        used = hidden_here(p + i, field.n - i);
        if (used == 0 && crossed)
            used = crossed_here(p, i, field.n, last > 0 && last == ret->bytes.n);
        if (used == 0) {
            used = see(p + i, field.n - i, address, &ret->bytes, &good);
            continue;
        }
        if (ret->bytes.n == 0 || ret->bytes.text[ret->bytes.n - 1] != '*')
            good = put(&ret->bytes, "*", 1);
        first = first == SIZE_MAX ? ret->bytes.n - 1 : first;
        last = ret->bytes.n;
    }
    const char *sign = memchr(ret->bytes.text, '@', ret->bytes.n);
    size_t end = sign != NULL ? (size_t)(sign - ret->bytes.text) : ret->bytes.n;
    if (!good || first == SIZE_MAX || last > end)
        return false;
    size_t head = characters(ret->bytes.text, first), tail = characters(ret->bytes.text + last, end - last);
    ret->head = (uint8_t)(head < UINT8_MAX ? head : UINT8_MAX);
    ret->tail = (uint8_t)(tail < UINT8_MAX ? tail : UINT8_MAX);
    return head + tail > 0;
}

/* ---- dates ---- */

static size_t number(const char *p, size_t n, size_t most, unsigned *ret)
{
    size_t used = 0;
    for (*ret = 0; used < n && used < most && dye_is_digit((uint8_t)p[used]); used++)
        *ret = *ret * 10 + (unsigned)(p[used] - '0');
    return used;
}

static size_t parted(const char *p, size_t n)
{
    static const char *const by[] = {"年", "月", "-", "/", ".", "－", "／"};
    for (size_t i = 0; i < sizeof by / sizeof *by; i++)
        if (n >= strlen(by[i]) && memcmp(p, by[i], strlen(by[i])) == 0)
            return strlen(by[i]);
    return 0;
}

bool dye_trait_date(struct dye_span field, struct dye_trait *ret)
{
    const char *p = (const char *)field.p;
    unsigned year, month, day;
    size_t at = number(p, field.n, 4, &year);
    if (at != 4)
        return false;
    bool apart = parted(p + at, field.n - at) > 0;
    at += parted(p + at, field.n - at);
    size_t digits = number(p + at, field.n - at, 2, &month);
    at += digits;
    size_t gap = parted(p + at, field.n - at);
    if (digits == 0 || apart != (gap > 0) || (!apart && digits != 2))
        return false;
    at += gap;
    digits = number(p + at, field.n - at, 2, &day);
    at += digits;
    bool ends = at == field.n || (!dye_is_alnum((uint8_t)p[at])) || p[at] == 'T';
    if (digits == 0 || (!apart && digits != 2) || !ends || year < 1880 || year > 2100 || month - 1 > 11 || day - 1 > 30)
        return false;
    *ret = (struct dye_trait){.bytes.n = 8};
    put_digits(ret->bytes.text, 4, year);
    put_digits(ret->bytes.text + 4, 2, month);
    put_digits(ret->bytes.text + 6, 2, day);
    return true;
}

/* ---- addresses ---- */

/* Where the word at p ends, of those that end a part of an address; 0 for none. */
static size_t ends_by(const char *const *words, const char *p, size_t n)
{
    for (; *words != NULL; words++)
        if (n >= strlen(*words) && memcmp(p, *words, strlen(*words)) == 0)
            return strlen(*words);
    return 0;
}

size_t dye_trait_address(struct dye_span folded, struct dye_trait ret[DYE_TRAIT_PARTS_MAX])
{
    static const char *const areas[] = {"省", "市", "区", "县", "旗", "镇", "乡", "街道", NULL};
    static const char *const roads[] = {"路", "街", "巷", "大道", "弄", "胡同", "村", NULL};
    static const char *const homes[] = {"小区", "花园", "家园", "公寓", "新村", "新城",
                                        "国际", "苑",   "园",   "城",   "府",   NULL};
    static const char *const numbered[] = {"号", NULL};
    const char *p = (const char *)folded.p;
    size_t n = 0, start = 0;
    for (size_t i = 0, used; i < folded.n && n < DYE_TRAIT_PARTS_MAX; i += used) {
        size_t left = folded.n - i, end = i;
        used = 1;
        while (i + used < folded.n && ((uint8_t)p[i + used] & 0xc0) == 0x80)
            used++;
        size_t home = ends_by(homes, p + i, left), road = home == 0 ? ends_by(roads, p + i, left) : 0;
        size_t area = home == 0 ? ends_by(areas, p + i, left) : 0;
        if (area > 0) {
            used = area;
            start = i + used;
        } else if (road > 0) {
            end = i + road;
            while (end < folded.n && dye_is_digit((uint8_t)p[end]))
                end++;
            used = road;
            if (end == i + road || ends_by(numbered, p + end, folded.n - end) == 0)
                continue;
        } else if (home > 0) {
            end = i + home;
        }
        if (end > i) {
            if (end - start >= 9 && end - start <= 60) {
                ret[n] = (struct dye_trait){.head = 0};
                n += put(&ret[n].bytes, p + start, end - start);
            }
            start = end + (road > 0 ? strlen("号") : 0);
            used = start - i;
        } else if (dye_is_digit((uint8_t)p[i])) {
            start = i + 1; /* no name of a place begins behind a number of a building */
        }
    }
    return n;
}

/* ---- names ---- */

bool dye_trait_is_name(struct dye_span folded)
{
    static const char surnames[] = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于"
                                   "杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷"
                                   "龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤";
    if (folded.n < 6 || folded.n > 12 || folded.n % 3 != 0)
        return false;
    for (size_t i = 0; i < folded.n; i += 3)
        if (folded.p[i] < 0xe4 || folded.p[i] > 0xe9)
            return false;
    for (const char *s = surnames; *s != '\0'; s += 3)
        if (memcmp(folded.p, s, 3) == 0)
            return folded.n <= 9;
    return false;
}
