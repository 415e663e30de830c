#ifndef DYE_CANARY_NAME_TABLE_H
#define DYE_CANARY_NAME_TABLE_H
/*
 * name_table: what names are made of. Private to the layer; frozen, because a change is a change of every persona.
 */
#include <stddef.h>
#include <stdint.h>

struct table_surname {
    const char *text;
    uint32_t weight;
};
extern const struct table_surname table_surnames[];
extern const size_t table_surnames_n;

struct table_given {
    const char *const *whole; /* names, the commonest first */
    size_t n;
    const char *first, *second, *single; /* characters of three bytes, the commonest first */
};
struct table_generation {
    int until; /* born before this year */
    unsigned single_percent, whole_percent;
    struct table_given of[2]; /* men, women */
};
extern const struct table_generation table_generations[];
extern const size_t table_generations_n;

struct table_list {
    const char *const *text;
    size_t n;
};
extern const struct table_list table_uyghur[2], table_tibetan[2]; /* men, women */

/* The pinyin of one Chinese character of these tables, without its tone; "" for another. */
const char *table_latin(const char *character);

#endif
