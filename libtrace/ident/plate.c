/*
 * plate: of a vehicle (GA 36). Canonical: the province's character, a letter for the city, then five letters or digits,
 * or six where it drives on new energy; no I or O, which would be read as digits; upper case, nothing in between.
 * Plates of the police, of coaches and of embassies have other shapes and are none.
 */
#include "kind.h"
#include "spelling.h"

static const char *const provinces[] = {"京", "津", "冀", "晋", "蒙", "辽", "吉", "黑", "沪", "苏", "浙",
                                        "皖", "闽", "赣", "鲁", "豫", "鄂", "湘", "粤", "桂", "琼", "渝",
                                        "川", "贵", "云", "藏", "陕", "甘", "青", "宁", "新"};
enum { PROVINCE_BYTES = 3, NUMBER_MAX = 7 };

static bool is_number(const char *p, size_t n)
{
    if (n < 6 || n > NUMBER_MAX || p[0] < 'A' || p[0] > 'Z' || p[0] == 'I')
        return false;
    for (size_t i = 1; i < n; i++)
        if (!dye_is_digit((uint8_t)p[i]) && !spelling_is_clear_letter(p[i]))
            return false;
    return true;
}

/* Takes the dot that is painted behind the city's letter, in the characters that it is typed as. */
static struct dye_span dot(struct dye_span text)
{
    static const char *const dots[] = {"·", "•", "・", "‧", ".", "-", " "};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
        size_t n = strlen(dots[i]);
        if (text.n >= n && memcmp(text.p, dots[i], n) == 0)
            return dye_span_of(text.p + n, text.n - n);
    }
    return text;
}

/* The province's character at the start, behind blanks; NULL where none is. Moves on behind it. */
static const char *province(struct dye_span *text)
{
    while (text->n > 0 && strchr(" \t'", text->p[0]) != NULL && text->p[0] != '\0')
        *text = dye_span_of(text->p + 1, text->n - 1);
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++) {
        if (text->n > PROVINCE_BYTES && memcmp(text->p, provinces[i], PROVINCE_BYTES) == 0) {
            *text = dye_span_of(text->p + PROVINCE_BYTES, text->n - PROVINCE_BYTES);
            return provinces[i];
        }
    }
    return NULL;
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    const char *first = province(&text);
    if (first == NULL)
        return DYE_E_RECORD;
    /* The letter is one byte, or three when it is full-width. */
    size_t letter = text.p[0] < 0x80 ? 1 : 3;
    if (text.n < letter)
        return DYE_E_RECORD;
    struct dye_span rest = dot(dye_span_of(text.p + letter, text.n - letter));
    struct spelling city, number;
    char plate[PROVINCE_BYTES + NUMBER_MAX];
    if (!spelling_read(dye_span_of(text.p, letter), &city) || city.n != 1 || !spelling_read(rest, &number))
        return DYE_E_RECORD;
    spelling_tighten(&city, "");
    spelling_tighten(&number, "");
    if (number.n >= NUMBER_MAX)
        return DYE_E_RECORD;
    memcpy(plate, first, PROVINCE_BYTES);
    plate[PROVINCE_BYTES] = city.text[0];
    memcpy(plate + PROVINCE_BYTES + 1, number.text, number.n);
    if (!is_number(plate + PROVINCE_BYTES, 1 + number.n))
        return DYE_E_RECORD;
    value_set(ret, plate, PROVINCE_BYTES + 1 + number.n);
    return DYE_OK;
}

static const char *const displays[] = {"##·#####", "##·######", "## #####", "## ######", "##-#####", "##-######", NULL};
static const char *const masks[] = {"##%##", "##%###", "##%#", "###%##", "###%#", "#%###", NULL};

const struct kind_row kind_plate = {
    .name = "plate", .folded = true, .parse = parse, .displays = displays, .masks = masks};
