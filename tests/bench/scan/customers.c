#include "customers.h"

#include <inttypes.h>
#include <string.h>

enum { FRACTION = 10000 };

const struct layout layouts[LAYOUTS] = {
    {"csv", "%s,%s,%s,%s,%s\n", "-F, -v a=2 -v b=3 -v c=4"},
    {"dashes", "%s----%s----%s----%s----%s\n", "-F---- -v a=2 -v b=3 -v c=4"},
    {"sql", "INSERT INTO `c` VALUES ('%s','%s','%s','%s','%s');\n", "-F\"'\" -v a=4 -v b=6 -v c=8"},
    {"jsonl", "{\"name\":\"%s\",\"mobile\":\"%s\",\"id_no\":\"%s\",\"email\":\"%s\",\"address\":\"%s\"}\n",
     "-F'\"' -v a=8 -v b=12 -v c=16"},
};

void customers_value(struct rng *r, int kind, char ret[64])
{
    static const char weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    unsigned sum = 0;
    switch (kind) {
    case MOBILE:
        snprintf(ret, 64, "174%08u", 20000000 + (unsigned)rng_below(r, 69999999));
        return;
    case ID:
        snprintf(ret, 64, "%02u%02u%02u%04u%02u%02u%03u", 11 + (unsigned)rng_below(r, 50), (unsigned)rng_below(r, 100),
                 44 + (unsigned)rng_below(r, 6), 1940 + (unsigned)rng_below(r, 80), 1 + (unsigned)rng_below(r, 12),
                 1 + (unsigned)rng_below(r, 28), (unsigned)rng_below(r, 1000));
        for (int i = 0; i < 17; i++)
            sum += (unsigned)(ret[i] - '0') * (unsigned)weights[i];
        ret[17] = "10X98765432"[sum % 11];
        ret[18] = '\0';
        return;
    default:
        snprintf(ret, 64, "u%" PRIx64 "@mail%u.example.com", rng_below(r, UINT64_C(1) << 40),
                 (unsigned)rng_below(r, 9));
    }
}

void customers_list(struct rng *r, uint64_t seed)
{
    rng_init(r, seed + 1);
}

bool customers_write(FILE *f, const struct layout *l, uint64_t bytes, uint64_t seed)
{
    static const char *const family[] = {"张", "王", "李", "赵", "陈", "刘", "杨", "黄", "周", "吴", "欧阳"};
    static const char *const given[] = {"伟", "芳", "若溪", "敏", "静", "建国", "强", "磊", "军", "洋"};
    static const char *const road[] = {"山东省济南市历下区解放路", "江苏省苏州市人民路", "北京市海淀区中山路",
                                       "四川省成都市武侯区新华路"};
    struct rng r, planted;
    rng_init(&r, seed);
    /* The first identifiers of the list, over and over: they are in lists of every size. */
    uint64_t at = 0, n = 0;
    customers_list(&planted, seed);
    while (at < bytes) {
        char name[64], value[VALUES][64], address[128];
        for (int k = 0; k < VALUES; k++)
            customers_value(&r, k, value[k]);
        if (rng_below(&r, FRACTION) == 0) {
            if (n++ % 100 == 0)
                customers_list(&planted, seed);
            for (int k = 0; k < VALUES; k++) {
                char listed[64];
                customers_value(&planted, k, listed);
                if (k == (int)(n % VALUES))
                    memcpy(value[k], listed, sizeof listed);
            }
        }
        snprintf(name, sizeof name, "%s%s", family[rng_below(&r, 11)], given[rng_below(&r, 10)]);
        snprintf(address, sizeof address, "%s%u号%u室", road[rng_below(&r, 4)], 1 + (unsigned)rng_below(&r, 300),
                 101 + (unsigned)rng_below(&r, 2000));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        int wrote = fprintf(f, l->row, name, value[MOBILE], value[ID], value[EMAIL], address);
#pragma GCC diagnostic pop
        if (wrote < 0)
            return false;
        at += (uint64_t)wrote;
    }
    return true;
}
