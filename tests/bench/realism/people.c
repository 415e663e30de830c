#include "people.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- a place: hidden parameters ---- */

static const char surnames[] =
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易"
    "常武乔贺赖龚文覃牟桑苗";
static const char men[] = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志文海东峰亮成康星光天达安"
                          "轩梓浩宸泽睿博瑞昊铭皓晨";
static const char women[] = "芳娜敏静丽艳娟霞秀燕玲桂英兰红梅莉萍丹洁颖琳雪慧莹婷玉珍凤琴云莲真环爱妹香月"
                            "涵萱诗怡梓欣悦琪语桐妍雅";
static const struct {
    const char *code, *province, *city;
    const char *plate;
    const char *district[6];
} regions[] = {
    {"3701", "山东省", "济南市", "鲁", {"历下区", "市中区", "槐荫区", "天桥区", "历城区", "长清区"}},
    {"3201", "江苏省", "南京市", "苏", {"玄武区", "秦淮区", "建邺区", "鼓楼区", "栖霞区", "江宁区"}},
    {"4301", "湖南省", "长沙市", "湘", {"芙蓉区", "天心区", "岳麓区", "开福区", "雨花区", "望城区"}},
    {"5101", "四川省", "成都市", "川", {"锦江区", "青羊区", "金牛区", "武侯区", "成华区", "龙泉驿区"}},
    {"4401", "广东省", "广州市", "粤", {"荔湾区", "越秀区", "海珠区", "天河区", "白云区", "黄埔区"}},
    {"3301", "浙江省", "杭州市", "浙", {"上城区", "拱墅区", "西湖区", "滨江区", "萧山区", "余杭区"}},
    {"6101", "陕西省", "西安市", "陕", {"新城区", "碑林区", "莲湖区", "灞桥区", "未央区", "雁塔区"}},
    {"4201", "湖北省", "武汉市", "鄂", {"江岸区", "江汉区", "硚口区", "汉阳区", "武昌区", "青山区"}},
};
enum { REGIONS = sizeof regions / sizeof *regions };
static const char *const road_words[] = {"泉城", "经十", "解放", "文化",   "和平", "花园",   "工业", "舜耕",
                                         "纬二", "山大", "洪楼", "闵子骞", "历山", "千佛山", "二环"};
static const char *const house_words[] = {"翡翠", "阳光", "金域", "中海", "保利", "万象", "书香", "汇泉",
                                          "名士", "鲁能", "恒大", "绿城", "凤凰", "玉兰", "锦绣"};
static const char *const house_ends[] = {"小区", "花园", "家园", "国际", "新城", "公寓"};
static const char *const village_words[] = {"张家", "李家", "王庄", "西河", "东岭", "石门", "柳行", "大杨"};

static size_t characters(const char *s)
{
    return strlen(s) / 3;
}

size_t zipf(struct rng *r, size_t n, double power)
{
    double u = rng_unit(r), sum = 0, all = 0;
    for (size_t i = 0; i < n; i++)
        all += pow((double)(i + 1), -power);
    for (size_t i = 0; i < n; i++)
        if ((sum += pow((double)(i + 1), -power) / all) > u)
            return i;
    return n - 1;
}

#define ANY(r, table) ((table)[rng_below((r), sizeof(table) / sizeof *(table))])
double between(struct rng *r, double low, double high)
{
    return low + (high - low) * rng_unit(r);
}

void place_make(struct place *w, unsigned from, unsigned to, double share_of_women, struct rng *r)
{
    static const char *const phone_prefixes[] = {"142", "143", "160", "161", "163", "168"}; /* nobody's */
    static const char *const building_words[] = {"号楼", "栋", "幢"};
    static const char *const domains[] = {"example.com", "example.net", "example.org", "mail.example"};
    static const char *const mrn_prefixes[] = {"", "ZY", "M"};
    static const char *const waybill_prefixes[] = {"SF", "YT", "JT"};
    memset(w, 0, sizeof *w);
    w->from = from;
    w->to = to;
    w->age_power = between(r, 0.6, 1.6);
    w->women_share = share_of_women >= 1 ? 1 : between(r, 0.85, 1.15) * share_of_women;
    w->surname_power = between(r, 0.7, 1.0);
    for (int sex = 0; sex < 2; sex++) {
        w->given_power[sex] = between(r, 0.3, 0.7);
        for (int i = 0; i < 80; i++)
            w->peak[sex][i] = (unsigned)rng_below(r, 8);
    }
    for (unsigned i = 0; i < 128; i++)
        w->shuffle[i] = i;
    for (unsigned i = 0; i < 20; i++) { /* the commonest surnames are common everywhere, in another order */
        unsigned j = (unsigned)rng_below(r, 20), kept = w->shuffle[i];
        w->shuffle[i] = w->shuffle[j];
        w->shuffle[j] = kept;
    }
    w->home = rng_below(r, REGIONS);
    w->local = between(r, 0.55, 0.85);
    w->rural = between(r, 0.05, 0.2);
    w->one_character = between(r, 0.08, 0.2);
    w->with_dot = between(r, 0, 0.006);
    w->house_power = between(r, 0.2, 0.7);
    for (int i = 0; i < HOUSES; i++) {
        snprintf(w->house[i].road, sizeof w->house[i].road, "%s%s", ANY(r, road_words), i % 3 ? "路" : "街");
        snprintf(w->house[i].name, sizeof w->house[i].name, "%s%s", ANY(r, house_words), ANY(r, house_ends));
        w->house[i].number = 1 + (unsigned)rng_below(r, 300);
        w->house[i].buildings = 3 + (unsigned)rng_below(r, 20);
        w->house[i].units = 1 + (unsigned)rng_below(r, 4);
        w->house[i].floors = 5 + (unsigned)rng_below(r, 25);
        w->house[i].district = (unsigned)rng_below(r, 6);
    }
    w->with_province = rng_below(r, 2) == 0;
    w->with_unit = rng_below(r, 2) == 0;
    w->building_word = ANY(r, building_words);
    w->separator = rng_below(r, 4) == 0 ? " " : "";
    for (int i = 0; i < 3; i++) {
        snprintf(w->prefix[i], sizeof w->prefix[i], "%s", ANY(r, phone_prefixes));
        snprintf(w->domain[i], sizeof w->domain[i], "%s", ANY(r, domains));
    }
    w->mrn_digits = 8 + (unsigned)rng_below(r, 3);
    snprintf(w->mrn_prefix, sizeof w->mrn_prefix, "%s", ANY(r, mrn_prefixes));
    snprintf(w->waybill_prefix, sizeof w->waybill_prefix, "%s", ANY(r, waybill_prefixes));
    snprintf(w->plate, sizeof w->plate, "%s%c", regions[w->home].plate, (char)('A' + rng_below(r, 5)));
    snprintf(w->card_prefix, sizeof w->card_prefix, "62%04u", (unsigned)rng_below(r, 10000));
}

/* ---- its people ---- */

static size_t any_surname(const struct place *w, struct rng *r)
{
    return w->shuffle[zipf(r, characters(surnames), w->surname_power)];
}

static void name_of(const struct place *w, struct rng *r, size_t surname, bool woman, int year, char ret[48])
{
    const char *from = woman ? women : men;
    size_t n = characters(from);
    int decade = (year - 1940) / 10, count = rng_unit(r) < w->one_character * (decade > 2 ? 1.3 : 0.7) ? 1 : 2;
    if (rng_unit(r) < w->with_dot) {
        snprintf(ret, 48, "%s", woman ? "阿依古丽·买买提" : "艾力·吾守尔");
        return;
    }
    int used = snprintf(ret, 48, "%.3s", surnames + 3 * surname);
    for (int i = 0; i < count; i++) {
        size_t at;
        double away;
        do {
            at = zipf(r, n, w->given_power[woman]);
            away = (double)decade - (double)w->peak[woman][at];
        } while (rng_unit(r) > exp(-away * away / 8));
        used += snprintf(ret + used, 48 - (size_t)used, "%.3s", from + 3 * at);
    }
}

static size_t surname_of(const char *name)
{
    for (size_t i = 0; i < characters(surnames); i++)
        if (strncmp(surnames + 3 * i, name, 3) == 0)
            return i;
    return 0;
}

void parent_name(const struct place *w, struct rng *r, const struct person *child, bool woman, char ret[48])
{
    bool same = rng_unit(r) < (woman ? 0.06 : 0.96);
    name_of(w, r, same ? surname_of(child->name) : any_surname(w, r), woman, child->year - 24 - (int)rng_below(r, 10),
            ret);
}

static void person_address(const struct place *w, struct rng *r, struct person *p)
{
    bool here = p->region == w->home || rng_unit(r) < 0.9; /* whoever is from elsewhere mostly lives here */
    size_t region = here ? w->home : p->region;
    int used = snprintf(p->address, sizeof p->address, "%s%s", w->with_province ? regions[region].province : "",
                        regions[region].city);
    if (rng_unit(r) < w->rural) {
        snprintf(p->address + used, sizeof p->address - (size_t)used, "%s%s%s村%u组%u号", regions[region].district[5],
                 w->separator, village_words[zipf(r, 8, 0.5)], 1 + (unsigned)rng_below(r, 9),
                 1 + (unsigned)rng_below(r, 120));
        return;
    }
    size_t i = zipf(r, HOUSES, w->house_power);
    unsigned floor = 1 + (unsigned)rng_below(r, w->house[i].floors);
    char unit[24] = "";
    if (w->with_unit)
        snprintf(unit, sizeof unit, "%u单元", 1 + (unsigned)rng_below(r, w->house[i].units));
    snprintf(p->address + used, sizeof p->address - (size_t)used, "%s%s%s%s%u号%s%s%u%s%s%u室",
             regions[region].district[w->house[i].district], w->separator, w->house[i].road, w->separator,
             w->house[i].number, w->separator, w->house[i].name, 1 + (unsigned)rng_below(r, w->house[i].buildings),
             w->building_word, unit, floor * 100 + 1 + (unsigned)rng_below(r, 4));
}

static void person_id(struct rng *r, struct person *p)
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    unsigned sequence = 2 * (unsigned)rng_below(r, 499) + (p->woman ? 2 : 1);
    snprintf(p->id, sizeof p->id, "%s%02u%04u%02u%02u%03u", regions[p->region].code, 50 + (unsigned)zipf(r, 12, 0.4),
             (unsigned)p->year % 10000, (unsigned)p->month % 100, (unsigned)p->day % 100, sequence % 1000);
    for (int i = 0; i < 17; i++)
        sum += weight[i] * (p->id[i] - '0');
    p->id[17] = "10X98765432"[sum % 11];
    p->id[18] = '\0';
}

static void numbers_of(const struct place *w, struct rng *r, struct person *p)
{
    static const char plate_signs[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    int letters = 5 + (int)rng_below(r, 5), used = 0, sum = 0;
    char number[24];
    snprintf(p->mobile, sizeof p->mobile, "%s%08u", w->prefix[zipf(r, 3, 1)], (unsigned)rng_below(r, 100000000));
    for (; used < letters; used++)
        p->email[used] = (char)('a' + zipf(r, 26, 0.5));
    snprintf(p->nick, sizeof p->nick, "%.*s%02u", used, p->email, (unsigned)rng_below(r, 100));
    snprintf(p->email + used, sizeof p->email - (size_t)used, "%u@%s", (unsigned)rng_below(r, 1000),
             w->domain[zipf(r, 3, 1)]);
    snprintf(number, sizeof number, "%010llu", (unsigned long long)(3000000000 + rng_below(r, 600000000)));
    snprintf(p->mrn, sizeof p->mrn, "%s%.*s", w->mrn_prefix, (int)w->mrn_digits, number);
    snprintf(p->waybill, sizeof p->waybill, "%s%013llu", w->waybill_prefix,
             (unsigned long long)(2500000000000 + rng_below(r, 90000000000)));
    snprintf(p->policy, sizeof p->policy, "62%010llu%03u", (unsigned long long)rng_below(r, 10000000000),
             (unsigned)rng_below(r, 400));
    used = snprintf(p->plate, sizeof p->plate, "%s", w->plate);
    for (int i = 0; i < 5; i++)
        p->plate[used++] = plate_signs[i < 3 ? rng_below(r, 10) : rng_below(r, sizeof plate_signs - 1)];
    snprintf(p->card, sizeof p->card, "%s%012llu", w->card_prefix, (unsigned long long)rng_below(r, 1000000000000));
    for (int i = 0; i < 18; i++) { /* Luhn's check */
        int twice = (p->card[17 - i] - '0') * (i % 2 == 0 ? 2 : 1);
        sum += twice / 10 + twice % 10;
    }
    snprintf(p->card + 18, sizeof p->card - 18, "%d", (10 - sum % 10) % 10);
}

static void person_of(const struct place *w, struct rng *r, size_t surname, bool woman, double age, struct person *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < 16; i++)
        p->told[i] = rng_unit(r);
    p->woman = woman;
    p->year = 2025 - (int)age;
    p->month = 1 + (int)rng_below(r, 12);
    p->day = 1 + (int)rng_below(r, 28);
    p->region = rng_unit(r) < w->local ? w->home : rng_below(r, REGIONS);
    name_of(w, r, surname, woman, p->year, p->name);
    person_address(w, r, p);
    person_id(r, p);
    numbers_of(w, r, p);
}

static double any_age(const struct place *w, struct rng *r)
{
    return w->from + (w->to + 0.999 - w->from) * pow(rng_unit(r), w->age_power);
}

void person_make(const struct place *w, struct rng *r, struct person *p)
{
    person_of(w, r, any_surname(w, r), rng_unit(r) < w->women_share, any_age(w, r), p);
}

void family_make(const struct place *w, struct rng *r, size_t n, struct person *ret)
{
    double age = any_age(w, r);
    bool grown = age >= 27; /* of those who are younger a parent lives with them */
    size_t surname = any_surname(w, r), at;
    for (at = 0; at < n; at++) {
        bool woman = at == 0 || at > 1 ? rng_unit(r) < 0.5 : !ret[0].woman;
        double his = at == 0            ? age
                     : at == 1 && grown ? age + between(r, -4, 4)
                     : grown            ? age - between(r, 24, 34)
                                        : age + between(r, 23, 33);
        if (his < 1)
            his = between(r, 1, 4);
        /* Children have their father's surname: the head's, or his who stands second. */
        size_t theirs = grown   ? (at > 1 ? surname_of(ret[ret[0].woman].name) : any_surname(w, r))
                        : woman ? any_surname(w, r)
                                : surname;
        person_of(w, r, at == 0 ? surname : theirs, woman, his, &ret[at]);
        memcpy(ret[at].address, ret[0].address, sizeof ret[at].address);
    }
}
