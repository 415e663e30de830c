/*
 * home_address: where a persona lives. Province and prefecture are real and agree with the resident ID; the rest is put
 * together from names that occur in every Chinese town, without a hyphen or a space, so that it is its own folded form.
 */
#include "draw.h"

#include <assert.h>
#include <stdio.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const districts[] = {"城关区", "新城区", "城东区", "城西区", "城中区", "城北区", "高新区",
                                        "经开区", "东城区", "西城区", "南城区", "北城区", "新华区", "开发区"};
/* Of autonomous prefectures, leagues and regions: they have counties rather than districts. */
static const char *const towns[] = {"城关镇", "城东街道", "城西街道", "新城街道", "中心镇", "河西街道", "东关街道"};

static const char *const roads[] = {
    "人民", "建设", "中山", "解放", "和平", "文化", "胜利", "新华", "光明", "北京", "长江", "黄河", "青年", "友谊",
    "团结", "幸福", "振兴", "兴华", "朝阳", "东风", "迎宾", "滨河", "湖滨", "学府", "育才", "金桥", "兴业", "富强",
    "民主", "民生", "健康", "体育", "站前", "工业", "科技", "创新", "银河", "凤凰", "龙泉", "桃源", "梅园", "翠竹",
    "柳荫", "南湖", "北湖", "东湖", "西湖", "泰山", "华山", "昆仑", "天山", "长城", "复兴", "红旗", "前进", "向阳",
    "平安", "永安", "广场", "花园", "公园", "新兴", "东升", "西苑", "南苑", "清华", "锦绣", "香山", "凯旋",
};
static const char *const ways[] = {"路", "街", "东路", "西路", "大道", "南路", "北路", "大街", "中路", "巷"};

static const char *const estates[] = {
    "阳光", "锦绣", "翠湖", "金色", "碧水", "绿地", "紫荆", "世纪", "丽景", "御景", "华府", "盛世", "江南", "香樟",
    "桂花", "水岸", "银杏", "枫林", "东方", "康乐", "瑞景", "怡和", "安居", "祥和", "万和", "名都", "天鹅", "海棠",
};
static const char *const estate_ends[] = {"花园", "小区", "家园", "苑", "名城", "新村", "公寓", "花城"};

/* Of the countryside. */
static const char *const villages[] = {"王家", "李家", "张庄", "刘村", "陈家", "赵庄", "大杨", "小河", "石桥", "柳树",
                                       "新民", "东升", "前进", "红星", "双桥", "三合", "青山", "清泉", "龙潭", "白沙"};
static const char *const townships[] = {"城关镇", "新民镇", "河东镇", "太平镇", "石桥镇", "龙泉镇", "双河镇",
                                        "清水镇", "大兴镇", "永和镇", "青山乡", "红旗乡", "向阳乡", "白云乡"};
static const char *const counties[] = {"新城区", "城关区", "开发区", "东城区", "西城区", "高新区"};

enum { RURAL_PERCENT = 14 };

static const char *any(struct dye_prf *r, const char *const *table, size_t n)
{
    return table[draw_early(r, n)];
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static void village(struct dye_prf *r, const char *province, const char *prefecture, bool city, struct dye_value *ret)
{
    const char *county = city ? any(r, counties, COUNT(counties)) : "";
    const char *township = any(r, townships, COUNT(townships));
    const char *name = any(r, villages, COUNT(villages));
    unsigned group = 1 + (unsigned)draw_early(r, 9);
    unsigned house = 1 + (unsigned)draw_early(r, 180);
    int n = snprintf(ret->text, sizeof ret->text, "%s%s%s%s%s村%u组%u号", province, prefecture, county, township, name,
                     group, house);
    assert(n > 0 && n <= DYE_VALUE_MAX_BYTES);
    ret->n = (size_t)n;
}

void draw_address(struct dye_prf *r, const char *area, struct dye_value *ret)
{
    const char *province = dye_region_province(area), *prefecture = dye_region_prefecture(area);
    assert(province != NULL && prefecture != NULL);
    bool municipality = strcmp(province, prefecture) == 0;
    bool city = ends_with(prefecture, "市");
    if (dye_prf_below(r, 100) < RURAL_PERCENT && !municipality) {
        village(r, province, prefecture, city, ret);
        return;
    }
    /* One statement a draw: the order of evaluation of arguments is the compiler's choice. */
    const char *district = city ? any(r, districts, COUNT(districts)) : any(r, towns, COUNT(towns));
    const char *road = any(r, roads, COUNT(roads));
    const char *way = any(r, ways, COUNT(ways));
    unsigned number = 1 + (unsigned)draw_early(r, 400);
    const char *estate = any(r, estates, COUNT(estates));
    const char *estate_end = any(r, estate_ends, COUNT(estate_ends));
    unsigned building = 1 + (unsigned)draw_early(r, 40);
    unsigned unit = 1 + (unsigned)draw_early(r, 5);
    unsigned floor = 1 + (unsigned)draw_early(r, 28);
    unsigned room = floor * 100 + 1 + (unsigned)dye_prf_below(r, 4);
    const char *before = municipality ? "" : province;
    int n = 0;
    switch (draw_early(r, 4)) { /* as estates write their houses */
    case 0:
        n = snprintf(ret->text, sizeof ret->text, "%s%s%s%s%s%u号%s%s%u号楼%u单元%u室", before, prefecture, district,
                     road, way, number, estate, estate_end, building, unit, room);
        break;
    case 1:
        n = snprintf(ret->text, sizeof ret->text, "%s%s%s%s%s%u号%s%s%u栋%u单元%u室", before, prefecture, district,
                     road, way, number, estate, estate_end, building, unit, room);
        break;
    case 2:
        n = snprintf(ret->text, sizeof ret->text, "%s%s%s%s%s%u号%s%s%u幢%u室", before, prefecture, district, road, way,
                     number, estate, estate_end, building, room);
        break;
    default:
        n = snprintf(ret->text, sizeof ret->text, "%s%s%s%s%s%s%s%u号楼%u", before, prefecture, district, road, way,
                     estate, estate_end, building, room);
        break;
    }
    assert(n > 0 && n <= DYE_VALUE_MAX_BYTES);
    ret->n = (size_t)n;
}
