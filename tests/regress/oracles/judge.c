/*
 * judge KIND SEED COUNT: random texts and what the library says of them, for check.py to compare with what others say.
 * A line each: text, TAB, its canonical form or "-", TAB, the ID of 15 digits or "-". A third of the texts pass our
 * check, made so by trying the characters that could stand at its place; a third has any character there; a third is
 * one of the first with a slip: a character changed, left out, doubled, or swapped with its neighbour.
 *
 * KIND is a name of dye_kind_name, or "short_id" (15 digits), "s10", "safe_mobile" or "safe_id" (the default spaces).
 */
#include "dye/ident.h"
#include "rng.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 64 };
static const char digits[] = "0123456789", digits_x[] = "0123456789X", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                  clear[] = "ABCDEFGHJKLMNPQRSTUVWXYZ", clear_digits[] = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789",
                  uscc[] = "0123456789ABCDEFGHJKLMNPQRTUWXY",
                  word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* How the texts of a kind are drawn. In `shapes`, which are drawn from equally often, each character stands for one of
 * a set: d a digit, a any letter, c a letter but I and O, e such a letter or a digit, u a character of uscc, w a
 * character of a WeChat name, y the twelve digits of a date and a sequence; others stand for themselves. */
struct recipe {
    const char *name;
    enum dye_kind kind;
    const char *shapes[12];
    int check_at;       /* of the check character, from the end; 0 for the last, -1 where there is none */
    const char *checks; /* what it may be */
    const char *slips;  /* what is put in by mistake */
};

static const struct recipe recipes[] = {
    {"resident_id", DYE_RESIDENT_ID, {"dddddd19yx", "dddddd20yx", "ddddddddyx"}, 0, digits_x, digits_x},
    {"short_id", DYE_RESIDENT_ID, {"dddddd"}, -1, NULL, digits},
    {"uscc", DYE_USCC, {"91dddddduuuuuuuuuu", "uudddddduuuuuuuuuu", "uuuuuuuuuuuuuuuuuu"}, 0, uscc, uscc},
    {"bank_card",
     DYE_BANK_CARD,
     {"dddddddddddddddd", "62ddddddddddddddd", "62dddddddddddddddd", "62ddddddddddddddddd"},
     0,
     digits,
     digits},
    {"s10", DYE_WAYBILL, {"aadddddddddaa"}, 2, digits, digits},
    {"waybill",
     DYE_WAYBILL,
     {"SFdddddddddddd", "SFddddddddddddddd", "dddddddddddd", "YTddddddddddddd", "7ddddddddddddd", "77ddddddddddddd",
      "JDaddddddddddd", "JDaadddddddddddd", "JTdddddddddddd", "DPKdddddddddddd", "ddddddddddddd", "aadddddddddddddd"},
     -1,
     NULL,
     "0123456789SFYTJDPK"},
    {"mobile",
     DYE_MOBILE,
     {"1dddddddddd", "13ddddddddd", "18ddddddddd", "19ddddddddd", "17ddddddddd", "15ddddddddd"},
     -1,
     NULL,
     digits},
    {"plate", DYE_PLATE, {"鲁ceeeee", "粤ceeeeee", "藏caaaaa", "齐ceeeee", "京aeeeee"}, -1, NULL, clear_digits},
    {"passport", DYE_PASSPORT, {"Edddddddd", "Eaddddddd", "Ecddddddd", "adddddddd"}, -1, NULL, clear_digits},
    {"permit",
     DYE_PERMIT,
     {"Cdddddddd", "Caddddddd", "Hdddddddddd", "Mdddddddddd", "adddddddddd"},
     -1,
     NULL,
     clear_digits},
    {"qq", DYE_QQ, {"dddd", "ddddd", "dddddddd", "dddddddddd", "ddddddddddd"}, -1, NULL, digits},
    {"wechat", DYE_WECHAT, {"awwwww", "wwwwww", "awwwwwwwwwwwwwwwwwww", "awwwwwwwww", "wwwww"}, -1, NULL, word},
};

static char one_of(struct rng *r, const char *set)
{
    return set[rng_below(r, strlen(set))];
}

/* Month and day of a calendar with 13 months of 32 days, and a sequence. */
static int put_date(struct rng *r, char *p, size_t room)
{
    return snprintf(p, room, "%02u%02u%02u%03u", (unsigned)rng_below(r, 100), (unsigned)rng_below(r, 14),
                    (unsigned)rng_below(r, 33), (unsigned)rng_below(r, 1000));
}

static size_t draw(struct rng *r, const struct recipe *recipe, char text[TEXT_MAX])
{
    size_t shapes = 0, n = 0;
    while (shapes < sizeof recipe->shapes / sizeof *recipe->shapes && recipe->shapes[shapes] != NULL)
        shapes++;
    for (const char *c = recipe->shapes[rng_below(r, shapes)]; *c != '\0'; c++) {
        if (*c == 'y')
            n += (size_t)put_date(r, text + n, TEXT_MAX - n);
        else
            text[n++] = *c == 'd'   ? one_of(r, digits)
                        : *c == 'x' ? one_of(r, digits_x)
                        : *c == 'a' ? one_of(r, upper)
                        : *c == 'c' ? one_of(r, clear)
                        : *c == 'e' ? one_of(r, clear_digits)
                        : *c == 'u' ? one_of(r, uscc)
                        : *c == 'w' ? one_of(r, word)
                                    : *c;
    }
    if (strcmp(recipe->name, "short_id") == 0)
        n += (size_t)put_date(r, text + n, TEXT_MAX - n);
    text[n] = '\0';
    return n;
}

static void make_valid(const struct recipe *recipe, char *text, size_t n)
{
    struct dye_value v;
    char *at = text + n - 1 - (size_t)recipe->check_at, drawn = *at;
    for (const char *c = recipe->checks; *c != '\0'; c++) {
        *at = *c;
        if (dye_ident_parse(recipe->kind, dye_span_of(text, n), &v) == DYE_OK)
            return;
    }
    *at = drawn;
}

static size_t slip(struct rng *r, const struct recipe *recipe, char text[TEXT_MAX], size_t n)
{
    /* Never within the province of a plate. */
    size_t from = (uint8_t)text[0] >= 0x80 ? 3 : 0, at = from + rng_below(r, n - from);
    switch (rng_below(r, 4)) {
    case 0:
        text[at] = one_of(r, recipe->slips);
        break;
    case 1:
        memmove(text + at, text + at + 1, n - at);
        return n - 1;
    case 2:
        memmove(text + at + 1, text + at, n + 1 - at);
        return n + 1;
    default:
        if (at + 1 < n) {
            char c = text[at];
            text[at] = text[at + 1];
            text[at + 1] = c;
        }
    }
    return n;
}

static void print(enum dye_kind kind, const char *text)
{
    struct dye_value v = {.text = "-"}, short_id = {.text = "-"};
    if (dye_ident_parse(kind, dye_span_str(text), &v) == DYE_OK && kind == DYE_RESIDENT_ID)
        (void)dye_resident_short(&v, &short_id);
    printf("%s\t%s\t%s\n", text, v.text, short_id.text);
}

static void judge(struct rng *r, const struct recipe *recipe)
{
    char text[TEXT_MAX];
    uint64_t turn = rng_below(r, 3);
    size_t n = draw(r, recipe, text);
    if (turn != 0 && recipe->checks != NULL)
        make_valid(recipe, text, n);
    if (turn == 1)
        slip(r, recipe, text, n);
    struct dye_value v = {.n = n}, ways[DYE_DISPLAYS_MAX];
    /* As people write it: libphonenumber reads that as well. */
    if (recipe->kind == DYE_MOBILE && dye_ident_parse(DYE_MOBILE, dye_span_str(text), &v) == DYE_OK) {
        size_t n_ways = dye_ident_displays(DYE_MOBILE, &v, ways);
        print(DYE_MOBILE, ways[rng_below(r, n_ways)].text);
    } else {
        print(recipe->kind, text);
    }
}

int main(int argc, char **argv)
{
    struct rng r;
    if (argc != 4)
        return 2;
    rng_init(&r, strtoull(argv[2], NULL, 10));
    uint64_t count = strtoull(argv[3], NULL, 10);
    bool safe = strncmp(argv[1], "safe_", 5) == 0;
    enum dye_kind kind = strcmp(argv[1], "safe_id") == 0 ? DYE_RESIDENT_ID : DYE_MOBILE;
    const struct recipe *recipe = NULL;
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (strcmp(recipes[i].name, argv[1]) == 0)
            recipe = &recipes[i];
    if (!safe && recipe == NULL)
        return 2;
    for (uint64_t i = 0; i < count; i++) {
        struct dye_value v;
        if (safe) {
            dye_ident_at(kind, rng_below(&r, dye_ident_space(kind)), &v);
            print(kind, v.text);
        } else {
            judge(&r, recipe);
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
