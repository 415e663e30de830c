#include "region.h"

#include "kind.h"

#include <assert.h>
#include <pthread.h>

extern const unsigned char dye_prefectures_text[];
extern const size_t dye_prefectures_text_bytes;

struct prefecture {
    unsigned code;
    bool divided;
    char province[32];
    char name[64];
};

enum { PREFECTURES_MAX = 400 };
static struct prefecture prefectures[PREFECTURES_MAX];
static size_t prefectures_n;
static unsigned divided[PREFECTURES_MAX];
static size_t divided_n;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* One field of a line, moving past its end. The data is compiled in, so a misfit is a mistake of ours. */
static struct dye_span field(const char **at, const char *end)
{
    const char *start = *at;
    while (*at < end && **at != '\t' && **at != '\n')
        ++*at;
    struct dye_span f = dye_span_of(start, (size_t)(*at - start));
    if (*at < end && **at == '\t')
        ++*at;
    return f;
}

static void keep(char *ret, size_t cap, struct dye_span f)
{
    assert(f.n > 0 && f.n < cap);
    memcpy(ret, f.p, f.n);
    ret[f.n] = '\0';
    (void)cap;
}

static void load(void)
{
    const char *at = (const char *)dye_prefectures_text;
    const char *end = at + dye_prefectures_text_bytes;
    while (at < end) {
        assert(prefectures_n < PREFECTURES_MAX);
        struct prefecture *p = &prefectures[prefectures_n++];
        struct dye_span code = field(&at, end);
        assert(code.n == 4);
        p->code = (unsigned)read_digits((const char *)code.p, code.n);
        assert(prefectures_n == 1 || p->code > p[-1].code);
        keep(p->province, sizeof p->province, field(&at, end));
        keep(p->name, sizeof p->name, field(&at, end));
        p->divided = field(&at, end).n == 0;
        if (p->divided)
            divided[divided_n++] = p->code;
        at++; /* the line's end */
    }
}

static const struct prefecture *find(unsigned code)
{
    pthread_once(&once, load);
    size_t low = 0, high = prefectures_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (prefectures[mid].code < code)
            low = mid + 1;
        else
            high = mid;
    }
    return low < prefectures_n && prefectures[low].code == code ? &prefectures[low] : NULL;
}

/* The first four digits of an area code; 0, which is no prefecture, when they are none. */
static unsigned code_of(const char *area)
{
    for (int i = 0; i < 4; i++)
        if (!dye_is_digit((uint8_t)area[i]))
            return 0;
    return (unsigned)read_digits(area, 4);
}

const char *dye_region_province(const char *area)
{
    const struct prefecture *p = find(code_of(area));
    return p != NULL ? p->province : NULL;
}

const char *dye_region_prefecture(const char *area)
{
    const struct prefecture *p = find(code_of(area));
    return p != NULL ? p->name : NULL;
}

size_t region_divided_count(void)
{
    pthread_once(&once, load);
    return divided_n;
}

unsigned region_divided_at(size_t i)
{
    pthread_once(&once, load);
    assert(i < divided_n);
    return divided[i];
}

bool region_is_divided(unsigned code)
{
    const struct prefecture *p = find(code);
    return p != NULL && p->divided;
}

void dye_region_at(size_t i, char ret[5])
{
    put_digits(ret, 4, region_divided_at(i));
    ret[4] = '\0';
}
