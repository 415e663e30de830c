#include "ideograph.h"

#include <pthread.h>

/* The commonest, which 98 of 100 people have, and the characters that double surnames begin with. */
static const char surnames[] =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤傅岳鲁庄葛康温常施牛樊殷穆焦"
    "安裴盛齐邢左涂耿倪兰柳骆申聂章梅关柯纪柴卞路卜翟包祝宁欧阳尤季华艾祁霍阮冉翁俞褚卫喻柏窦管靳凌臧娄谷苗岑宗辛"
    "游饶蒲滕麦池景单甘詹丘屈鲍司沙桂卓时应储蓝房邬解牟连车晏吉苟官闵费支查席沃荆仇狄郎匡辜宫冷敖楚晋上诸葛皇尉慕令"
    "張劉陳楊黃趙吳孫馬許韓馮鄧蕭葉蘇魏呂鍾譚陸範賈韋鄒閆龍賀顧龔邵萬錢嚴湯盧羅鄭謝蔣";
static const char places[] = "省市区區县縣州旗镇鎮乡鄉村路街道巷弄号號楼樓栋棟幢室苑里组屯";
static const char no_names[] =
    "省市区县镇乡村路街道号楼栋室族科院部司店校级班岁元年月日时分男女无是否有已未的费款单卡证码员";
static const char provinces[] = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";

uint8_t ideograph_by_code[IDEOGRAPH_LAST - IDEOGRAPH_FIRST + 1];
uint8_t ideograph_by_gb[IDEOGRAPH_GB_LEADS * IDEOGRAPH_GB_TRAILS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The rows of GBK that hold U+4E00-9FFF. */
static bool is_gb_ideograph(unsigned lead, unsigned trail)
{
    if (lead >= 0xb0 && lead <= 0xf7)
        return trail >= 0x40 && trail != 0x7f;
    return trail >= 0x40 && trail != 0x7f && ((lead >= 0x81 && lead <= 0xa0) || (lead >= 0xaa && trail < 0xa1));
}

/* Without memory for it, names and addresses in GB18030 are not guessed. */
static void mark(const char *characters, uint8_t bit)
{
    struct dye_buf gb;
    dye_buf_init(&gb, 1 << 12, false);
    struct dye_span s = dye_span_str(characters);
    for (size_t i = 0; i + 3 <= s.n; i += 3)
        ideograph_by_code[ideograph_code(s.p + i) - IDEOGRAPH_FIRST] |= bit;
    if (dye_text_to_gb18030(s, &gb) == DYE_OK)
        for (size_t i = 0; i + 2 <= gb.n; i += 2)
            ideograph_by_gb[ideograph_gb(gb.p + i)] |= bit;
    dye_buf_done(&gb);
}

static void load(void)
{
    memset(ideograph_by_code, IDEOGRAPH, sizeof ideograph_by_code);
    for (unsigned lead = 0x81; lead <= 0xfe; lead++)
        for (unsigned trail = 0x40; trail <= 0xfe; trail++)
            ideograph_by_gb[(lead - 0x81) * IDEOGRAPH_GB_TRAILS + trail - 0x40] =
                is_gb_ideograph(lead, trail) ? IDEOGRAPH : 0;
    mark(surnames, IDEOGRAPH_SURNAME);
    mark(places, IDEOGRAPH_PLACE);
    mark(no_names, IDEOGRAPH_NO_NAME);
    mark(provinces, IDEOGRAPH_PROVINCE);
}

void ideograph_load(void)
{
    pthread_once(&once, load);
}

/* ---- folding ---- */

enum { IDEOGRAPHS = IDEOGRAPH_LAST - IDEOGRAPH_FIRST + 1 };
static uint8_t folded[IDEOGRAPHS][3];                                     /* UTF-8 */
static uint16_t code_by_gb[IDEOGRAPH_GB_LEADS * IDEOGRAPH_GB_TRAILS + 1]; /* 0: none of these */
static bool can_fold;
static pthread_once_t fold_once = PTHREAD_ONCE_INIT;

/* All of them at once, through what folds and converts any text. */
static void fold_all(struct dye_buf *all, struct dye_buf *fold, struct dye_buf *gb)
{
    for (unsigned c = IDEOGRAPH_FIRST; c <= IDEOGRAPH_LAST; c++) {
        const uint8_t utf8[3] = {(uint8_t)(0xe0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 0x3f)),
                                 (uint8_t)(0x80 | (c & 0x3f))};
        if (dye_buf_append(all, utf8, sizeof utf8) != DYE_OK)
            return;
    }
    if (dye_text_fold(dye_buf_span(all), fold) != DYE_OK || fold->n != sizeof folded ||
        dye_text_to_gb18030(dye_buf_span(all), gb) != DYE_OK)
        return;
    memcpy(folded, fold->p, sizeof folded);
    for (size_t i = 0, at = 0, step; at < gb->n && i < IDEOGRAPHS; i++, at += step) {
        step = dye_charset_step(DYE_CHARSET_GB18030, gb->p + at, gb->n - at);
        if (step == 2)
            code_by_gb[ideograph_gb(gb->p + at)] = (uint16_t)(IDEOGRAPH_FIRST + i);
    }
    can_fold = true;
}

static void load_fold(void)
{
    struct dye_buf all, fold, gb;
    dye_buf_init(&all, sizeof folded, false);
    dye_buf_init(&fold, sizeof folded, false);
    dye_buf_init(&gb, 2 * sizeof folded, false);
    fold_all(&all, &fold, &gb);
    dye_buf_done(&all);
    dye_buf_done(&fold);
    dye_buf_done(&gb);
}

size_t ideograph_fold(enum dye_charset charset, struct dye_span s, uint8_t *ret, size_t ret_max)
{
    const bool is_utf8 = charset == DYE_CHARSET_UTF8;
    const size_t step = is_utf8 ? 3 : 2;
    size_t n = 0;
    pthread_once(&fold_once, load_fold);
    if (!can_fold || s.n % step != 0 || s.n / step * 3 > ret_max)
        return 0;
    for (size_t i = 0, found; i < s.n; i += step, n += 3) {
        if (s.p[i] < 0x80 || ideograph_at(charset, s.p + i, s.n - i, &found) == 0 || found != step)
            return 0;
        uint32_t code = is_utf8 ? ideograph_code(s.p + i) : code_by_gb[ideograph_gb(s.p + i)];
        if (code < IDEOGRAPH_FIRST || code > IDEOGRAPH_LAST)
            return 0;
        memcpy(ret + n, folded[code - IDEOGRAPH_FIRST], 3);
    }
    return n;
}
