#include "limiter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct window {
    char address[64]; /* an IPv6 address with its zone fits; "" is free */
    int64_t began_ms;
    unsigned tries;
};

struct limiter {
    unsigned tries;
    int64_t window_ms;
    size_t n;
    struct window rows[];
};

struct limiter *limiter_new(unsigned tries, int64_t window_ms, size_t addresses_max)
{
    struct limiter *l = calloc(1, sizeof *l + addresses_max * sizeof l->rows[0]);
    if (l == NULL)
        return NULL;
    l->tries = tries;
    l->window_ms = window_ms;
    l->n = addresses_max;
    return l;
}

void limiter_free(struct limiter *l)
{
    free(l);
}

static bool is_current(const struct limiter *l, const struct window *w, const char *address, int64_t now_ms)
{
    return w->tries != 0 && now_ms - w->began_ms < l->window_ms &&
           strncmp(w->address, address, sizeof w->address - 1) == 0;
}

bool limiter_full(const struct limiter *l, const char *address, int64_t now_ms)
{
    for (size_t i = 0; i < l->n; i++)
        if (is_current(l, &l->rows[i], address, now_ms))
            return l->rows[i].tries >= l->tries;
    return false;
}

bool limiter_take(struct limiter *l, const char *address, int64_t now_ms)
{
    struct window *oldest = &l->rows[0];
    for (size_t i = 0; i < l->n; i++) {
        struct window *w = &l->rows[i];
        if (is_current(l, w, address, now_ms)) {
            if (w->tries >= l->tries)
                return false;
            w->tries++;
            return true;
        }
        if (w->tries == 0 || (oldest->tries != 0 && w->began_ms < oldest->began_ms))
            oldest = w;
    }
    snprintf(oldest->address, sizeof oldest->address, "%s", address);
    oldest->began_ms = now_ms;
    oldest->tries = 1;
    return true;
}
