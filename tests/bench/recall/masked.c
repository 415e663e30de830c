#include "form_parts.h"

#include "writing.h"

#include <ctype.h>
#include <string.h>

MOBILE_AS(mask344, "%.3s****%s", m, m + 7)
MOBILE_AS(mask353, "%.3s*****%s", m, m + 8)
MOBILE_AS(mask7, "%.7s****", m)
MOBILE_AS(mask_x, "%.3sxxxx%s", m, m + 7)
ID_AS(mask_id684, "%.6s********%s", d, d + 14)
ID_AS(mask_id3, "%.3s***********%s", d, d + 14)
ID_AS(mask_id4, "%.4s**********%s", d, d + 14)
ID_AS(mask_id1, "%.1s****************%s", d, d + 17)
MOBILE_AS(mask_wide, "%.3s＊＊＊＊%s", m, m + 7)
MOBILE_AS(mask_dots, "%.3s●●●●%s", m, m + 7)
MOBILE_AS(mask_times, "%.3s××××%s", m, m + 7)
MOBILE_AS(mask_star_x, "%.3s**xx%s", m, m + 7)
MOBILE_AS(mask_two_widths, "%.3s＊＊**%s", m, m + 7)
MOBILE_AS(mask_dots_times, "%.3s●●××%s", m, m + 7)
ID_AS(mask_id_star_x, "%.6s****xxxx%s", d, d + 14)
MOBILE_AS(mask_x_wide, "%.3sxx＊＊%s", m, m + 7)
MOBILE_AS(mask_wide_x, "%.3s＊＊xx%s", m, m + 7)
MOBILE_AS(mask_x_dots, "%.3sX●X●%s", m, m + 7)
ID_AS(mask_id_wide_x, "%.6s＊xxxxxx＊%s", d, d + 14)

static size_t characters(const char *s)
{
    return strlen(s) / 3;
}

#define WITH(function, first, second)                                                                                  \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        first(p, r, c);                                                                                                \
        second(p, r, c);                                                                                               \
    }
FORM(no_name)
{
    UNUSED_R;
    (void)p;
    CELL(c, NAME, "%s", "");
}
FORM(masked_name)
{
    const char *n = p->name;
    bool three = characters(n) == 3;
    switch (rng_below(r, 7)) {
    case 0:
        CELL(c, NAME, "%.3s*", n);
        break;
    case 1:
        CELL(c, NAME, three ? "%.3s**" : "%.3s*", n);
        break;
    case 2:
        CELL(c, NAME, three ? "**%s" : "*%s", n + strlen(n) - 3);
        break;
    case 3:
        CELL(c, NAME, p->woman ? "%.3s女士" : "%.3s先生", n);
        break;
    case 4:
        CELL(c, NAME, "%.3s某", n);
        break;
    case 5:
        CELL(c, NAME, three ? "%.3s*某" : "%.3s×", n);
        break;
    default:
        CELL(c, NAME, "%.3s＊%s", n, three ? n + 6 : "");
    }
}
FORM(traditional_name)
{
    UNUSED_R;
    writing_traditional(p->name, c->cell[NAME], RECALL_CELL_BYTES);
}
FORM(pinyin_name)
{
    char part[8], syllable[4][16] = {{0}};
    size_t n = characters(p->name);
    for (size_t i = 0; i < n && i < 4; i++) {
        snprintf(part, sizeof part, "%.3s", p->name + 3 * i);
        writing_transliterate(i == 0 ? "Han-Latin/Names; Latin-ASCII" : "Han-Latin; Latin-ASCII", part, syllable[i],
                              sizeof syllable[i]);
    }
    const char *surname = syllable[0], *one = syllable[1], *two = syllable[2];
    uint64_t way = rng_below(r, 4);
    if (way == 0)
        CELL(c, NAME, "%s%s %s", one, two, surname);
    else
        CELL(c, NAME, "%s%s%s%s%s", surname, way == 1 ? "" : " ", one, way == 3 ? " " : "", two);
    if (rng_below(r, 2) == 0)
        for (char *at = c->cell[NAME]; *at != '\0'; at++)
            *at = (char)toupper((unsigned char)*at);
}
FORM(birth)
{
    static const char *const by[][3] = {
        {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"", "", ""}, {"年", "月", "日"}};
    uint64_t way = rng_below(r, 5);
    int width = way == 3 || rng_below(r, 2) == 0 ? 2 : 1;
    CELL(c, BIRTH, "%04d%s%0*d%s%0*d%s", p->year, by[way][0], width, p->month, by[way][1], width, p->day, by[way][2]);
}
FORM(masked_email)
{
    const char *at = strchr(p->email, '@');
    CELL(c, EMAIL, rng_below(r, 2) ? "%.2s***%s" : "%.3s****%s", p->email, at);
}
FORM(last_four)
{
    UNUSED_R;
    CELL(c, MOBILE, "*******%s", p->mobile + 7);
}
FORM(community)
{
    const char *at = strstr(p->address, "号");
    UNUSED_R;
    CELL(c, ADDRESS, "%s", at != NULL ? at + strlen("号") : p->address);
}
FORM(whole_address)
{
    UNUSED_R;
    CELL(c, ADDRESS, "%s", p->address);
}
FORM(beside_another)
{
    UNUSED_R;
    snprintf(c->whole, sizeof c->whole, "%s,%s,%.3s****%s,欧阳建国,139****0000,广东省", c->cell[NUMBER], p->name,
             p->mobile, p->mobile + 7);
}
FORM(split_number_first)
{
    UNUSED_R;
    snprintf(c->whole, sizeof c->whole, "%s,%.3s****%s,x\n%s,y", c->cell[NUMBER], p->mobile, p->mobile + 7, p->name);
}
FORM(split_name)
{
    (void)r;
    snprintf(c->whole, sizeof c->whole, "%s,%s\n%.3s****%s,%s", c->cell[NUMBER], p->name, p->mobile, p->mobile + 7,
             "x");
    for (size_t i = 0; i < RECALL_CELLS; i++)
        c->cell[i][0] = '\0';
}

WITH(two_masks, mask344, mask_id684)
WITH(mask344_community, mask344, community)
WITH(mask344_address, mask344, whole_address)
WITH(mask344_id1, mask344, mask_id1)
WITH(mask344_masked_name, mask344, masked_name)
WITH(mask344_traditional, mask344, traditional_name)
WITH(mask344_pinyin, mask344, pinyin_name)
WITH(mask344_birth, mask344, birth)
WITH(mask344_email, mask344, masked_email)
WITH(mask_id_last_four, mask_id684, last_four)
WITH(two_masks_masked_name, two_masks, masked_name)
WITH(two_masks_no_name, two_masks, no_name)
WITH(mask344_birth_no_name, mask344_birth, no_name)

#define GLUED "glued"
#define LINES "sql jsonl tab ---- glued"
static const struct form forms[] = {
    {"174****5678, name", RECALL_KEPT, mask344, NULL},
    {"174*****678, name", RECALL_KEPT, mask353, NULL},
    {"1742345****, name", RECALL_KEPT, mask7, NULL},
    {"174xxxx5678, name", RECALL_KEPT, mask_x, NULL},
    {"174＊＊＊＊5678, name", RECALL_KEPT, mask_wide, NULL},
    {"174●●●●5678, name", RECALL_KEPT, mask_dots, NULL},
    {"174××××5678, name", RECALL_KEPT, mask_times, NULL},
    {"174**xx5678, name", RECALL_KEPT, mask_star_x, NULL},
    {"174＊＊**5678, name", RECALL_KEPT, mask_two_widths, NULL},
    {"174●●××5678, name", RECALL_KEPT, mask_dots_times, NULL},
    {"ID 6+4*4x+4, name", RECALL_KEPT, mask_id_star_x, NULL},
    {"174xx＊＊5678, name", RECALL_KEPT, mask_x_wide, NULL},
    {"174＊＊xx5678, name", RECALL_KEPT, mask_wide_x, NULL},
    {"174X●X●5678, name", RECALL_KEPT, mask_x_dots, NULL},
    {"ID 6+＊6x＊+4, name", RECALL_KEPT, mask_id_wide_x, NULL},
    {"174****5678, name, community", RECALL_KEPT, mask344_community, GLUED},
    {"174****5678, name, address", RECALL_STRONG, mask344_address, GLUED},
    {"174****5678, ID 1+16*+1, name", RECALL_KEPT, mask344_id1, GLUED},
    {"174****5678, masked name", RECALL_KEPT, mask344_masked_name, NULL},
    {"174****5678, traditional name", RECALL_KEPT, mask344_traditional, NULL},
    {"174****5678, pinyin", RECALL_KEPT, mask344_pinyin, GLUED},
    {"174****5678, name, birth", RECALL_STRONG, mask344_birth, GLUED},
    {"174****5678, birth", RECALL_KEPT, mask344_birth_no_name, GLUED},
    {"174****5678, name, masked e-mail", RECALL_STRONG, mask344_email, GLUED},
    {"ID 6+8*+4, name", RECALL_KEPT, mask_id684, NULL},
    {"ID 3+11*+4, name", RECALL_KEPT, mask_id3, NULL},
    {"ID 4+10*+4, name", RECALL_KEPT, mask_id4, NULL},
    {"ID 6+8*+4, *******5678, name", RECALL_STRONG, mask_id_last_four, GLUED},
    {"both masked, name", RECALL_STRONG, two_masks, GLUED},
    {"both masked, masked name", RECALL_STRONG, two_masks_masked_name, GLUED},
    {"both masked", RECALL_KEPT, two_masks_no_name, GLUED},
    {"174****5678, name | another's row", RECALL_KEPT, beside_another, LINES},
    {"174****5678 | name in two lines", RECALL_KEPT, split_number_first, LINES},
    {"name | 174****5678 in two lines", RECALL_KEPT, split_name, LINES},
};
const struct form_table masked_forms = {forms, sizeof forms / sizeof *forms};

void recall_masked(const struct person *p, size_t number, struct rng *r, struct recall_cells *ret)
{
    memset(ret, 0, sizeof *ret);
    CELL(ret, NUMBER, "%zu", number);
    if (rng_below(r, 3) == 0)
        masked_name(p, r, ret);
    else if (rng_below(r, 4) > 0)
        CELL(ret, NAME, "%s", p->name);
    static void (*const mobiles[])(const struct person *, struct rng *, struct recall_cells *) = {mask344, mask344,
                                                                                                  mask353, last_four};
    static void (*const ids[])(const struct person *, struct rng *, struct recall_cells *) = {mask_id684, mask_id3,
                                                                                              mask_id4};
    bool mobile = rng_below(r, 4) > 0;
    if (mobile)
        mobiles[rng_below(r, 4)](p, r, ret);
    if (!mobile || rng_below(r, 8) == 0)
        ids[rng_below(r, 3)](p, r, ret);
    if (rng_below(r, 10) == 0)
        birth(p, r, ret);
}
