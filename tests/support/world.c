#include "world.h"

#include <math.h>
#include <stdio.h>

/* ---- a world: hidden parameters ---- */

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
    const char *district[6];
} regions[] = {
    {"3701", "山东省", "济南市", {"历下区", "市中区", "槐荫区", "天桥区", "历城区", "长清区"}},
    {"3201", "江苏省", "南京市", {"玄武区", "秦淮区", "建邺区", "鼓楼区", "栖霞区", "江宁区"}},
    {"4301", "湖南省", "长沙市", {"芙蓉区", "天心区", "岳麓区", "开福区", "雨花区", "望城区"}},
    {"5101", "四川省", "成都市", {"锦江区", "青羊区", "金牛区", "武侯区", "成华区", "龙泉驿区"}},
    {"4401", "广东省", "广州市", {"荔湾区", "越秀区", "海珠区", "天河区", "白云区", "黄埔区"}},
    {"3301", "浙江省", "杭州市", {"上城区", "拱墅区", "西湖区", "滨江区", "萧山区", "余杭区"}},
    {"6101", "陕西省", "西安市", {"新城区", "碑林区", "莲湖区", "灞桥区", "未央区", "雁塔区"}},
    {"4201", "湖北省", "武汉市", {"江岸区", "江汉区", "硚口区", "汉阳区", "武昌区", "青山区"}},
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

static size_t zipf(struct rng *r, size_t n, double power)
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
static double between(struct rng *r, double low, double high)
{
    return low + (high - low) * rng_unit(r);
}

void world_make(struct world *w, struct rng *r)
{
    static const char *const phone_prefixes[] = {"142", "143", "160", "161", "163", "168"}; /* nobody's */
    static const char *const building_words[] = {"号楼", "栋", "幢"};
    static const char *const domains[] = {"example.com", "example.net", "example.org", "mail.example"};
    static const char *const mrn_prefixes[] = {"", "ZY", "M"};
    static const char *const waybill_prefixes[] = {"SF", "YT", "JT"};
    memset(w, 0, sizeof *w);
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
    w->old = between(r, 0.1, 0.4);
    w->rural = between(r, 0.05, 0.2);
    w->one_character = between(r, 0.08, 0.2);
    w->women_share = between(r, 0.44, 0.58);
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
    w->empty_id_young = between(r, 0.2, 0.6);
    w->empty_id = between(r, 0.02, 0.2);
    w->empty_email_old = between(r, 0.7, 0.95);
    w->empty_email = between(r, 0.2, 0.6);
    w->empty_phone = between(r, 0.01, 0.06);
    w->word_instead = between(r, 0, 0.03);
    w->unpadded = rng_below(r, 2) == 0 ? 0 : between(r, 0.02, 0.2);
    w->date_style = (int)rng_below(r, 4);
    w->sex_style = (int)rng_below(r, 3);
    w->phone_style = (int)rng_below(r, 3);
    for (int i = 0; i < 3; i++) {
        snprintf(w->prefix[i], sizeof w->prefix[i], "%s", ANY(r, phone_prefixes));
        snprintf(w->domain[i], sizeof w->domain[i], "%s", ANY(r, domains));
    }
    w->mrn_digits = 8 + (unsigned)rng_below(r, 3);
    snprintf(w->mrn_prefix, sizeof w->mrn_prefix, "%s", ANY(r, mrn_prefixes));
    snprintf(w->waybill_prefix, sizeof w->waybill_prefix, "%s", ANY(r, waybill_prefixes));
    w->lower_x = rng_below(r, 2) == 0 ? 0 : between(r, 0.1, 0.9);
}

/* ---- its people ---- */

static void person_name(const struct world *w, struct rng *r, struct person *p)
{
    const char *from = p->woman ? women : men;
    size_t n = characters(from), surname = w->shuffle[zipf(r, characters(surnames), w->surname_power)];
    int decade = (p->year - 1940) / 10, count = rng_unit(r) < w->one_character * (decade > 2 ? 1.3 : 0.7) ? 1 : 2;
    if (rng_unit(r) < w->with_dot) {
        snprintf(p->name, sizeof p->name, "%s", p->woman ? "阿依古丽·买买提" : "艾力·吾守尔");
        return;
    }
    int used = snprintf(p->name, sizeof p->name, "%.3s", surnames + 3 * surname);
    for (int i = 0; i < count; i++) {
        size_t at;
        double away;
        do {
            at = zipf(r, n, w->given_power[p->woman]);
            away = (double)decade - (double)w->peak[p->woman][at];
        } while (rng_unit(r) > exp(-away * away / 8));
        used += snprintf(p->name + used, sizeof p->name - (size_t)used, "%.3s", from + 3 * at);
    }
}

static void person_address(const struct world *w, struct rng *r, struct person *p)
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

static void person_make(const struct world *w, struct rng *r, struct person *p)
{
    memset(p, 0, sizeof *p);
    p->woman = rng_unit(r) < w->women_share;
    double age = rng_unit(r) < w->old ? 55 + 30 * sqrt(rng_unit(r)) : 55 * pow(rng_unit(r), 0.7);
    p->year = 2025 - (int)age;
    p->month = 1 + (int)rng_below(r, 12);
    p->day = 1 + (int)rng_below(r, 28);
    p->region = rng_unit(r) < w->local ? w->home : rng_below(r, REGIONS);
    person_name(w, r, p);
    person_address(w, r, p);
    person_id(r, p);
    snprintf(p->mobile, sizeof p->mobile, "%s%08u", w->prefix[zipf(r, 3, 1)], (unsigned)rng_below(r, 100000000));
    int letters = 5 + (int)rng_below(r, 5), used = 0;
    for (; used < letters; used++)
        p->email[used] = (char)('a' + zipf(r, 26, 0.5));
    snprintf(p->email + used, sizeof p->email - (size_t)used, "%u@%s", (unsigned)rng_below(r, 1000),
             w->domain[zipf(r, 3, 1)]);
    char number[24];
    snprintf(number, sizeof number, "%010llu", (unsigned long long)(3000000000 + rng_below(r, 600000000)));
    snprintf(p->mrn, sizeof p->mrn, "%s%.*s", w->mrn_prefix, (int)w->mrn_digits, number);
    snprintf(p->waybill, sizeof p->waybill, "%s%013llu", w->waybill_prefix,
             (unsigned long long)(2500000000000 + rng_below(r, 90000000000)));
    snprintf(p->policy, sizeof p->policy, "62%010llu%03u", (unsigned long long)rng_below(r, 10000000000),
             (unsigned)rng_below(r, 400));
}

/* ---- their rows ---- */

const struct dye_sector world_sectors[WORLD_SECTORS] = {
    {.name = "hospital",
     .columns = 7,
     .column = {{.name = "mrn", .kind = DYE_MRN},
                {.name = "name", .kind = DYE_NAME},
                {.name = "sex", .what = DYE_COLUMN_SEX, .male = "男", .female = "女"},
                {.name = "birth_date", .what = DYE_COLUMN_BIRTH},
                {.name = "id_card", .kind = DYE_RESIDENT_ID},
                {.name = "phone", .kind = DYE_MOBILE},
                {.name = "address", .kind = DYE_ADDRESS}}},
    {.name = "courier",
     .columns = 4,
     .column = {{.name = "waybill", .kind = DYE_WAYBILL},
                {.name = "name", .kind = DYE_NAME},
                {.name = "phone", .kind = DYE_MOBILE},
                {.name = "address", .kind = DYE_ADDRESS}}},
    {.name = "insurer",
     .columns = 8,
     .column = {{.name = "policy", .kind = DYE_POLICY},
                {.name = "name", .kind = DYE_NAME},
                {.name = "sex", .what = DYE_COLUMN_SEX, .male = "男", .female = "女"},
                {.name = "birth_date", .what = DYE_COLUMN_BIRTH},
                {.name = "id_card", .kind = DYE_RESIDENT_ID},
                {.name = "phone", .kind = DYE_MOBILE},
                {.name = "email", .kind = DYE_EMAIL},
                {.name = "address", .kind = DYE_ADDRESS}}},
};

void world_row(const struct world *w, const struct dye_sector *s, struct rng *r, struct person *p, struct row *ret)
{
    static const char *const sex_words[3][2] = {{"男", "女"}, {"M", "F"}, {"1", "2"}};
    memset(ret, 0, sizeof *ret);
    person_make(w, r, p);
    int age = 2025 - p->year;
    bool id = rng_unit(r) >= (age < 16 ? w->empty_id_young : w->empty_id);
    bool email = rng_unit(r) >= (age > 55 ? w->empty_email_old : w->empty_email);
    bool phone = rng_unit(r) >= w->empty_phone;
    for (size_t i = 0; i < s->columns; i++) {
        char *cell = ret->cell[i];
        const char *name = s->column[i].name;
        if (strcmp(name, "sex") == 0) {
            snprintf(cell, CELL_BYTES, "%s", sex_words[w->sex_style][p->woman]);
        } else if (strcmp(name, "birth_date") == 0) {
            int style = rng_unit(r) < w->unpadded ? 1 : w->date_style;
            if (style == 0)
                snprintf(cell, CELL_BYTES, "%04d-%02d-%02d", p->year, p->month, p->day);
            else if (style == 1)
                snprintf(cell, CELL_BYTES, "%04d/%d/%d", p->year, p->month, p->day);
            else if (style == 2)
                snprintf(cell, CELL_BYTES, "%04d%02d%02d", p->year, p->month, p->day);
            else
                snprintf(cell, CELL_BYTES, "%04d年%d月%d日", p->year, p->month, p->day);
        } else if (strcmp(name, "id_card") == 0 && id) {
            snprintf(cell, CELL_BYTES, "%s", p->id);
            if (cell[17] == 'X' && rng_unit(r) < w->lower_x)
                cell[17] = 'x';
        } else if (strcmp(name, "phone") == 0 && phone) {
            if (rng_unit(r) < w->word_instead)
                snprintf(cell, CELL_BYTES, "无");
            else if (w->phone_style == 0 || rng_unit(r) < 0.7)
                snprintf(cell, CELL_BYTES, "%s", p->mobile);
            else if (w->phone_style == 1)
                snprintf(cell, CELL_BYTES, "%.3s-%.4s-%s", p->mobile, p->mobile + 3, p->mobile + 7);
            else
                snprintf(cell, CELL_BYTES, "+86%s", p->mobile);
        } else if (strcmp(name, "email") == 0 && email) {
            snprintf(cell, CELL_BYTES, "%s", p->email);
        } else if (strcmp(name, "name") == 0) {
            snprintf(cell, CELL_BYTES, "%s", p->name);
        } else if (strcmp(name, "address") == 0) {
            snprintf(cell, CELL_BYTES, "%s", p->address);
        } else if (strcmp(name, "mrn") == 0) {
            snprintf(cell, CELL_BYTES, "%s", p->mrn);
        } else if (strcmp(name, "waybill") == 0) {
            snprintf(cell, CELL_BYTES, "%s", p->waybill);
        } else if (strcmp(name, "policy") == 0) {
            snprintf(cell, CELL_BYTES, "%s", p->policy);
        }
    }
    if (!id)
        p->id[0] = '\0';
}

void world_pool(const struct world *w, const struct dye_sector *s, struct rng *r, struct dye_persona *p)
{
    struct person other;
    struct row unused;
    do
        world_row(w, s, r, &other, &unused);
    while (other.id[0] == '\0');
    const struct {
        enum dye_kind kind;
        const char *text;
    } pool[] = {{DYE_MOBILE, other.mobile},   {DYE_RESIDENT_ID, other.id}, {DYE_EMAIL, other.email},
                {DYE_WAYBILL, other.waybill}, {DYE_POLICY, other.policy},  {DYE_MRN, other.mrn}};
    for (size_t i = 0; i < sizeof pool / sizeof *pool; i++) {
        snprintf(p->value[pool[i].kind].text, DYE_VALUE_MAX_BYTES, "%s", pool[i].text);
        p->value[pool[i].kind].n = strlen(pool[i].text);
    }
    p->sex = other.woman ? 'F' : 'M';
    snprintf(p->birth, sizeof p->birth, "%04u-%02u-%02u", (unsigned)other.year % 10000, (unsigned)other.month % 100,
             (unsigned)other.day % 100);
}
