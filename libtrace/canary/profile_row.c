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

static size_t digits_at(const char *s)
{
    return strspn(s, "0123456789");
}

/* The first `n` of them, n below 9; fewer where there are no more. */
static int number_of(const char *s, size_t n)
{
    int number = 0;
    for (size_t i = 0; i < n && dye_is_digit((uint8_t)s[i]); i++)
        number = number * 10 + (s[i] - '0');
    return number;
}

static bool is_day(const int ymd[3])
{
    return ymd[0] >= 1800 && ymd[0] < 2200 && ymd[1] >= 1 && ymd[1] <= 12 && ymd[2] >= 1 && ymd[2] <= 31;
}

/* What follows the day: kept only if it says nothing of the row, such as 日 or 00:00:00. */
static bool is_constant_tail(const char *s)
{
    return strlen(s) < 12 && strpbrk(s, "123456789YmndjM") == NULL;
}

bool profile_date_read(struct dye_span text, int ret_ymd[3], char ret_shape[24])
{
    char s[40];
    if (text.n >= sizeof s || text.n < 8)
        return false;
    memcpy(s, text.p, text.n);
    s[text.n] = '\0';
    size_t first = digits_at(s);
    if (first == 8) {
        int number = number_of(s, 8);
        ret_ymd[0] = number / 10000, ret_ymd[1] = number / 100 % 100, ret_ymd[2] = number % 100;
        if (s[8] != '\0' || !is_day(ret_ymd))
            return false;
        snprintf(ret_shape, 24, "Ymd");
        return true;
    }
    if (first != 4)
        return false;
    const char *sep1 = s + 4, *month = sep1 + strcspn(sep1, "0123456789");
    size_t month_n = digits_at(month);
    const char *sep2 = month + month_n, *day = sep2 + strcspn(sep2, "0123456789");
    size_t day_n = digits_at(day);
    size_t sep1_n = (size_t)(month - sep1), sep2_n = (size_t)(day - sep2);
    if (month_n < 1 || month_n > 2 || day_n < 1 || day_n > 2 || sep1_n < 1 || sep1_n > 3 || sep2_n < 1 || sep2_n > 3 ||
        !is_constant_tail(day + day_n) || strpbrk(s, "YmndjM") != NULL)
        return false;
    ret_ymd[0] = number_of(s, 4), ret_ymd[1] = number_of(month, 2), ret_ymd[2] = number_of(day, 2);
    if (!is_day(ret_ymd))
        return false;
    bool unpadded = month_n == 1 || day_n == 1, padded = month[0] == '0' || day[0] == '0';
    ret_shape[0] = '\0';
    if (unpadded != padded)
        snprintf(ret_shape, 24, "Y%.*s%s%.*s%s%s", (int)sep1_n, sep1, padded ? "m" : "n", (int)sep2_n, sep2,
                 padded ? "d" : "j", day + day_n);
    return true;
}

bool profile_date_write(const char *shape, const char *birth, struct dye_value *ret)
{
    size_t n = 0;
    if (shape[0] != 'Y' || strlen(birth) != 10)
        return false;
    for (const char *s = shape; *s != '\0'; s++) {
        char piece[5] = {*s, '\0'};
        if (*s == 'Y')
            snprintf(piece, sizeof piece, "%.4s", birth);
        else if (*s == 'm' || *s == 'd')
            snprintf(piece, sizeof piece, "%.2s", birth + (*s == 'm' ? 5 : 8));
        else if (*s == 'n' || *s == 'j')
            snprintf(piece, sizeof piece, "%d", number_of(birth + (*s == 'n' ? 5 : 8), 2));
        if (n + strlen(piece) > DYE_VALUE_MAX_BYTES)
            return false;
        memcpy(ret->text + n, piece, strlen(piece) + 1);
        n += strlen(piece);
    }
    ret->n = n;
    return true;
}
