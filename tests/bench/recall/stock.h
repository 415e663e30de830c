#ifndef BENCH_RECALL_STOCK_H
#define BENCH_RECALL_STOCK_H
/* stock: the texts that corpus.h's rows are put together from, in both of its charsets. */
#include "registry.h"

enum {
    STOCK_CHARSETS = 2, /* UTF-8, GB18030 */
    OWN = CANARIES,     /* names that canaries bear come first */
    PEOPLE = 1 << 15,
    ELSEWHERE = 3000 /* communities of which no canary is */
};

struct text {
    const char *p;
    size_t n;
};
struct somebody {
    struct text name[STOCK_CHARSETS], home[STOCK_CHARSETS];
    char county[7], birth[9]; /* of their ID */
};
enum word { SIR, MADAM, SOME, DEAR, PHONE_IS, PLEASE, ENDS_IN, PARCEL, FULL_STOP, YEAR, MONTH, DAY, WORDS };
struct stock { /* immutable once made: any number of threads */
    const struct registry *registry;
    struct somebody *people;
    struct text elsewhere[STOCK_CHARSETS][ELSEWHERE], word[STOCK_CHARSETS][WORDS];
    char *arena;
    size_t used;
};

/* Draws the people from r; keeps the registry. NULL when memory is gone or a text can't be written in GB18030. */
struct stock *stock_new(const struct registry *g, struct rng *r);
void stock_free(struct stock *s);

#endif
