/*
 * occupation: what a persona does, by age and sex. Shares are roughly those of the census, per 1,000 of working age.
 */
#include "draw.h"

struct occupation {
    const char *name;
    uint16_t men, women;
};
static const struct occupation working[] = {
    {"工人", 150, 90},  {"职员", 120, 150}, {"个体经营者", 95, 90}, {"农民", 110, 125},       {"自由职业", 70, 75},
    {"司机", 65, 4},    {"销售", 50, 55},   {"工程师", 50, 18},     {"企业管理人员", 45, 28}, {"教师", 22, 48},
    {"会计", 8, 42},    {"护士", 1, 30},    {"医生", 12, 14},       {"公务员", 25, 18},       {"服务员", 20, 48},
    {"保安", 22, 2},    {"电工", 22, 1},    {"厨师", 22, 5},        {"建筑工人", 38, 3},      {"快递员", 18, 2},
    {"程序员", 20, 8},  {"文员", 6, 32},    {"设计师", 8, 10},      {"家庭主妇", 0, 70},      {"律师", 3, 3},
    {"技术员", 28, 10}, {"军人", 6, 1},     {"无业", 14, 18},
};
enum { WORKING = sizeof working / sizeof *working, SCHOOL = 6, ADULT = 18, STUDENT_UNTIL = 22 };

const char *draw_occupation(struct dye_prf *r, char sex, int age)
{
    uint32_t weights[WORKING];
    uint64_t at = dye_prf_below(r, 100);
    if (age < SCHOOL)
        return "学龄前儿童";
    if (age < ADULT || (age < STUDENT_UNTIL && at < 65))
        return "学生";
    if (age >= 60 ? at < 78 : age >= 55 && sex == 'F' && at < 55)
        return at % 4 == 3 ? "农民" : "退休";
    for (size_t i = 0; i < WORKING; i++)
        weights[i] = sex == 'M' ? working[i].men : working[i].women;
    return working[dye_prf_pick(r, weights, WORKING)].name;
}
