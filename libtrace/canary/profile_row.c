#include "profile_row.h"

#include <stdio.h>

void profile_name_contexts(const struct profile_row *row, char ret[NAME_CONTEXTS][8])
{
    snprintf(ret[0], sizeof ret[0], "%c%s", row->sex, row->decade);
    snprintf(ret[1], sizeof ret[1], "%c", row->sex);
    ret[2][0] = '\0';
}

void profile_decade(int year, char ret[5])
{
    snprintf(ret, 5, "%03d0", year >= 0 && year < 10000 ? year / 10 : 0);
}

char profile_guess_sex(const char *given)
{
    static const char women[] = "娜娟芳敏静丽艳霞秀燕玲桂英兰红梅莉萍丹洁颖琳雪慧莹婷玉珍凤琴莲环妹香媛佳倩妍茜珊"
                                "莎黛蓉眉琪晶彤悦怡瑶璐雅芝芬花菊菲萱蓓蕾薇馨娇娥婉婕嫣姗妮姿娣诗妙";
    static const char men[] = "伟强磊军洋勇杰涛超刚辉鹏飞鑫波斌浩凯健俊帆帅旭龙建国志海东峰亮康震振壮豪邦功"
                              "松厚武泽晨义昊翔航轩睿宸铭瑞彬锋钧柱栋梁森福贵宏博彪坚良仁毅胜祥";
    bool woman = false, man = false;
    for (size_t n; (n = character_bytes(given)) != 0; given += n) {
        if (n != 3)
            continue;
        for (size_t i = 0; i + 3 < sizeof women; i += 3)
            woman = woman || memcmp(women + i, given, 3) == 0;
        for (size_t i = 0; i + 3 < sizeof men; i += 3)
            man = man || memcmp(men + i, given, 3) == 0;
    }
    return woman == man ? '?' : woman ? 'F' : 'M';
}
