/*
 * person_name: the name of a persona. Surnames are weighted as they are among the people (roughly, per 10,000), so that
 * a canary's name is neither rare nor striking; given names are put together from characters common among men and among
 * women, the commonest first.
 */
#include "draw.h"

#include <string.h>

static const struct {
    const char *text;
    uint32_t weight;
} surnames[] = {
    {"王", 725}, {"李", 719}, {"张", 683}, {"刘", 540}, {"陈", 453}, {"杨", 308}, {"黄", 223}, {"赵", 229}, {"吴", 205},
    {"周", 212}, {"徐", 166}, {"孙", 154}, {"马", 129}, {"朱", 126}, {"胡", 131}, {"郭", 115}, {"何", 117}, {"高", 100},
    {"林", 118}, {"罗", 106}, {"郑", 93},  {"梁", 96},  {"谢", 83},  {"宋", 81},  {"唐", 75},  {"许", 73},  {"韩", 68},
    {"冯", 68},  {"邓", 69},  {"曹", 64},  {"彭", 65},  {"曾", 62},  {"肖", 60},  {"田", 54},  {"董", 56},  {"袁", 54},
    {"潘", 54},  {"于", 62},  {"蒋", 53},  {"蔡", 53},  {"余", 55},  {"杜", 51},  {"叶", 52},  {"程", 49},  {"苏", 47},
    {"魏", 45},  {"吕", 45},  {"丁", 43},  {"任", 42},  {"沈", 41},  {"姚", 41},  {"卢", 43},  {"姜", 40},  {"崔", 39},
    {"钟", 40},  {"谭", 39},  {"陆", 36},  {"汪", 38},  {"范", 36},  {"金", 36},  {"石", 34},  {"廖", 37},  {"贾", 33},
    {"夏", 32},  {"韦", 34},  {"付", 33},  {"方", 32},  {"白", 30},  {"邹", 30},  {"孟", 28},  {"熊", 28},  {"秦", 29},
    {"邱", 27},  {"江", 28},  {"尹", 27},  {"薛", 26},  {"闫", 25},  {"段", 25},  {"雷", 25},  {"侯", 26},  {"龙", 24},
    {"史", 24},  {"陶", 23},  {"黎", 24},  {"贺", 23},  {"顾", 22},  {"毛", 22},  {"郝", 22},  {"龚", 21},  {"邵", 21},
    {"万", 22},  {"钱", 21},  {"严", 20},  {"覃", 20},  {"武", 20},  {"戴", 20},  {"莫", 19},  {"孔", 18},  {"向", 18},
    {"汤", 18},  {"常", 17},  {"温", 17},  {"康", 16},  {"施", 16},  {"文", 16},  {"牛", 15},  {"樊", 15},  {"葛", 14},
    {"邢", 14},  {"安", 13},  {"齐", 13},  {"易", 13},  {"乔", 12},  {"伍", 12},  {"庞", 12},  {"颜", 12},  {"倪", 11},
    {"庄", 11},  {"聂", 11},  {"章", 11},  {"鲁", 10},  {"岳", 10},  {"翟", 10},  {"申", 10},  {"殷", 10},  {"詹", 9},
    {"欧", 9},   {"耿", 9},   {"关", 9},   {"兰", 9},   {"焦", 9},   {"俞", 9},   {"左", 8},   {"柳", 8},   {"甘", 8},
    {"祝", 8},   {"包", 8},   {"宁", 8},   {"尚", 8},   {"符", 8},   {"欧阳", 7}, {"司马", 1}, {"上官", 1}, {"诸葛", 1},
    {"司徒", 1},
};
enum { SURNAMES = sizeof surnames / sizeof *surnames };

/* Every character takes three bytes of UTF-8. */
static const char men[] = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建国志文"
                          "海东峰亮成康星光天达安岩中茂进有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功"
                          "松善厚庆民友裕河哲江浪清奇泽晨辰士义兴良仁毅保胜学祥才发武新利顺信子永元"
                          "全世广昌智恒钧锋彬轩睿宸铭瑞晓楠昊翔航嘉彦正德福生贵根田山石金银铁柱栋梁"
                          "树森荣喜财富禄寿春雷雨霖炎焱炜烨煜烁煌铎钊钢钦铮锐镇骏骁骥骞驰腾跃翰墨书"
                          "翊翎啸峻崇岳崧嵩川济淳渊源润泓沛沐淼深滨瀚";
static const char women[] = "芳娜敏静丽艳娟霞秀燕玲桂英兰红梅莉萍丹洁颖琳雪慧莹婷玉珍凤琴云莲真环爱妹"
                            "香月莺媛瑞凡佳嘉琼勤贞倩妍茜秋珊莎锦黛青蓉眉君琪晶欣彤悦怡瑶瑾璐璇珺琬琰"
                            "玥珂珠翠雅芝芬芸花苗若茵荷莓菁菊菲萌萱葵蓓蕊蕾薇馨岚巧美娇娥娅婉婕婧嫣嫦"
                            "娴姗姝妮姿娣影思诗梦语诺涵淑清漪滢漫晓晴晨曦春夏冬露霜冰凝舒羽翎纯纤素紫"
                            "绮绣维心忆念惠恬愉意情琦珏媚妙如可宁安宜家寒希彩灵毓炫烟画笛筠竹箐纨聪艺"
                            "苑苓茗荔莞菡蔓薏贝贤赛越逸";
enum { CHARACTER_BYTES = 3, ONE_CHARACTER_PERCENT = 15 };

void draw_name(struct dye_prf *r, char sex, struct dye_value *ret)
{
    uint32_t weights[SURNAMES];
    for (size_t i = 0; i < SURNAMES; i++)
        weights[i] = surnames[i].weight;
    const char *surname = surnames[dye_prf_pick(r, weights, SURNAMES)].text;
    const char *from = sex == 'M' ? men : women;
    size_t n = (sex == 'M' ? sizeof men - 1 : sizeof women - 1) / CHARACTER_BYTES;
    int characters = dye_prf_below(r, 100) < ONE_CHARACTER_PERCENT ? 1 : 2;

    ret->n = strlen(surname);
    memcpy(ret->text, surname, ret->n);
    for (int i = 0; i < characters; i++) {
        memcpy(ret->text + ret->n, from + CHARACTER_BYTES * draw_early(r, n), CHARACTER_BYTES);
        ret->n += CHARACTER_BYTES;
    }
    ret->text[ret->n] = '\0';
}
