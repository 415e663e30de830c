#ifndef TEST_STORY_H
#define TEST_STORY_H
/* story: a case of attribution written down in a few lines, for cmocka. */
#include "dye/attribute.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Everything is planted at DAY unless said otherwise and acquired at 100 DAY. */
enum { DAY = 86400, CAP = 4096 };
struct story {
    struct dye_attribute_source sources[CAP];
    struct dye_attribute_canary canaries[CAP];
    struct dye_attribute_holding holdings[CAP];
    struct dye_attribute_seen seen[CAP];
    struct dye_attribute_flow flows[CAP];
    struct dye_attribute_case c;
    struct dye_attribution got;
};

static inline int begin(void **state)
{
    struct story *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->c = (struct dye_attribute_case){
        .sources = s->sources,
        .canaries = s->canaries,
        .holdings = s->holdings,
        .seen = s->seen,
        .flows = s->flows,
        .records = 600,
        .acquired_at = 100 * DAY,
    };
    *state = s;
    return 0;
}

static inline int end(void **state)
{
    struct story *s = *state;
    dye_attribution_done(&s->got);
    free(s);
    return 0;
}

static inline uint32_t source(struct story *s, uint64_t population)
{
    s->sources[s->c.n_sources].population = population;
    return (uint32_t)s->c.n_sources++;
}

/* The first of n new canaries. */
static inline uint32_t canaries(struct story *s, uint32_t n)
{
    uint32_t first = (uint32_t)s->c.n_canaries;
    s->c.n_canaries += n;
    assert_true(s->c.n_canaries <= CAP);
    return first;
}

static inline void plant_at(struct story *s, uint32_t where, uint32_t first, uint32_t n, int64_t at)
{
    for (uint32_t i = 0; i < n; i++)
        s->holdings[s->c.n_holdings++] =
            (struct dye_attribute_holding){.canary = first + i, .source = where, .planted_at = at};
    assert_true(s->c.n_holdings <= CAP);
}

static inline void plant(struct story *s, uint32_t where, uint32_t first, uint32_t n)
{
    plant_at(s, where, first, n, DAY);
}

static inline void see(struct story *s, uint32_t first, uint32_t n, double probability)
{
    for (uint32_t i = 0; i < n; i++)
        s->seen[s->c.n_seen++] = (struct dye_attribute_seen){.canary = first + i, .probability = probability};
    assert_true(s->c.n_seen <= CAP);
}

static inline void run_with(struct story *s, const struct dye_attribute_params *p)
{
    assert_int_equal(dye_attribute(&s->c, p, &s->got, NULL), DYE_OK);
}

static inline void run(struct story *s)
{
    run_with(s, NULL);
}

static inline const struct dye_attribution_source *of(const struct story *s, uint32_t which)
{
    for (size_t i = 0; i < s->got.n; i++)
        if (s->got.sources[i].source == which)
            return &s->got.sources[i];
    return NULL;
}

static inline bool in_set(const struct story *s, uint32_t which)
{
    return of(s, which) != NULL && of(s, which)->in_set;
}

static inline void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) + DBL_MIN))
        fail_msg("got %.17g, want %.17g", got, want);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
