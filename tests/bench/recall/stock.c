#include "stock.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20 };
static const char *const words[WORDS] = {[SIR] = "先生",         [MADAM] = "女士",
                                         [SOME] = "某",          [DEAR] = "尊敬的",
                                         [PHONE_IS] = "，电话",  [PLEASE] = "，请尽快联系，",
                                         [ENDS_IN] = "手机尾号", [PARCEL] = "的快递已到，",
                                         [FULL_STOP] = "。",     [YEAR] = "年",
                                         [MONTH] = "月",         [DAY] = "日"};

static bool keep(struct stock *s, const char *utf8, struct text ret[STOCK_CHARSETS])
{
    static const char *const charsets[STOCK_CHARSETS] = {"UTF-8", "GB18030"};
    for (size_t i = 0; i < STOCK_CHARSETS; i++) {
        char *in = (char *)(uintptr_t)utf8, *out = s->arena + s->used;
        size_t in_n = strlen(utf8), out_n = ARENA_BYTES - s->used;
        iconv_t to = iconv_open(charsets[i], "UTF-8");
        bool good = iconv(to, &in, &in_n, &out, &out_n) != (size_t)-1;
        iconv_close(to);
        if (!good)
            return false;
        ret[i] = (struct text){s->arena + s->used, ARENA_BYTES - s->used - out_n};
        s->used += ret[i].n;
    }
    return true;
}

static bool keep_person(struct stock *s, const struct person *p, struct somebody *ret)
{
    snprintf(ret->county, sizeof ret->county, "%.6s", p->id);
    snprintf(ret->birth, sizeof ret->birth, "%.8s", p->id + 6);
    return keep(s, p->name, ret->name) && keep(s, p->address, ret->home);
}

static bool keep_elsewhere(struct stock *s, struct rng *r, size_t i)
{
    static const char *const first[] = {"云", "龙", "青", "锦", "紫", "丹", "碧",
                                        "盛", "雅", "瑞", "清", "德", "福", "祥"};
    static const char *const second[] = {"湖", "庭", "岭", "苑", "溪", "桥", "泽", "堤", "台", "洲", "林", "坊", "浦"};
    static const char *const ends[] = {"名邸", "雅苑", "华庭", "嘉园", "府", "里"};
#define ANY(table) (table)[rng_below(r, sizeof(table) / sizeof *(table))]
    char text[128];
    struct text both[STOCK_CHARSETS];
    const char *one = ANY(first), *two = ANY(second);
    snprintf(text, sizeof text, "%s%s大道%u号%s%s%s", one, two, 1 + (unsigned)rng_below(r, 900), ANY(first),
             ANY(second), ANY(ends));
#undef ANY
    if (!keep(s, text, both))
        return false;
    for (size_t k = 0; k < STOCK_CHARSETS; k++)
        s->elsewhere[k][i] = both[k];
    return true;
}

struct stock *stock_new(const struct registry *g, struct rng *r)
{
    struct stock *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->registry = g;
    s->people = calloc(PEOPLE, sizeof *s->people);
    s->arena = malloc(ARENA_BYTES);
    bool good = s->people != NULL && s->arena != NULL;
    for (size_t i = 0; good && i < PEOPLE; i++) {
        struct person p;
        if (i < OWN)
            p = g->canary[i];
        else
            registry_stranger(g, r, &p);
        good = keep_person(s, &p, &s->people[i]);
    }
    for (size_t i = 0; good && i < ELSEWHERE; i++)
        good = keep_elsewhere(s, r, i);
    for (size_t i = 0; good && i < WORDS; i++) {
        struct text both[STOCK_CHARSETS];
        good = keep(s, words[i], both);
        for (size_t k = 0; k < STOCK_CHARSETS; k++)
            s->word[k][i] = both[k];
    }
    if (good)
        return s;
    stock_free(s);
    return NULL;
}

void stock_free(struct stock *s)
{
    free(s->people);
    free(s->arena);
    free(s);
}
