#include "pacing.h"

static bool is_held(const struct pacing_item *i, const struct pacing_rule *rule)
{
    return i->dump_told_s < rule->cooldown_s || i->sources_told_s < rule->cooldown_s;
}

size_t pacing_pick(const struct pacing_item *item, size_t n, const struct pacing_rule *rule, bool *ret_goes)
{
    bool urgent = false;
    bool due = false;
    for (size_t i = 0; i < n; i++) {
        urgent = urgent || item[i].urgent;
        due = due || (!is_held(&item[i], rule) && item[i].waited_s >= rule->window_s);
    }
    size_t picked = 0;
    for (size_t i = 0; i < n; i++) {
        bool goes = urgent ? item[i].urgent : due && !is_held(&item[i], rule);
        ret_goes[i] = goes && picked < PACING_MAX_ALERTS;
        picked += ret_goes[i];
    }
    return picked;
}

int64_t backoff_ms(unsigned attempt, int64_t first_ms, double random)
{
    int64_t wait = first_ms;
    for (unsigned i = 1; i < attempt && wait < BACKOFF_MAX_MS; i++)
        wait *= 2;
    if (wait > BACKOFF_MAX_MS)
        wait = BACKOFF_MAX_MS;
    return wait - (int64_t)(random * (double)wait / 2);
}
