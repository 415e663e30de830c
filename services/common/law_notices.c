/* law_notices: of a law file, what has to be told to whom and until when. */
#include "decimal.h"
#include "law_file.h"

#include <string.h>
#include <time.h>

static const struct {
    const char *unit;
    enum dye_law_clock clock;
    uint64_t most;
} clocks[] = {{"hour", DYE_LAW_HOURS, 8760},
              {"hours", DYE_LAW_HOURS, 8760},
              {"working day", DYE_LAW_WORKING_DAYS, 1000},
              {"working days", DYE_LAW_WORKING_DAYS, 1000}};

/* "at once", "4 hours", "30 working days" */
static enum dye_status read_clock(struct yaml_doc *d, const yaml_node_t *map, struct dye_law_notice *n,
                                  struct dye_error *err)
{
    const char *text;
    char number[16];
    DYE_TRY(yaml_doc_get_text(d, map, "clock", NULL, &text, err));
    if (strcmp(text, "at once") == 0)
        return DYE_OK;
    size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        uint64_t amount;
        if (digits == 0 || digits >= sizeof number || text[digits] != ' ' ||
            strcmp(text + digits + 1, clocks[i].unit) != 0)
            continue;
        memcpy(number, text, digits);
        number[digits] = '\0';
        if (!decimal_read(number, 0, clocks[i].most, &amount))
            break;
        n->clock = clocks[i].clock;
        n->amount = (uint32_t)amount;
        return DYE_OK;
    }
    return yaml_doc_fail(d, yaml_doc_get(d, map, "clock"), err,
                         "`clock` wants at once, a number of hours, or of working days");
}

static enum dye_status add_notice(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    static const char *const known[] = {"name",      "title",   "to",      "clock", "article",
                                        "certainty", "content", "persons", "of",    NULL};
    struct dye_law *law = arg;
    struct dye_law_notice *n = &law->notice[law->notices];
    const char *of;
    DYE_TRY(yaml_doc_only_keys(d, item, known, err));
    DYE_TRY(yaml_doc_copy_text(n->name, sizeof n->name, d, item, "name", NULL, err));
    DYE_TRY(yaml_doc_copy_text(n->title, sizeof n->title, d, item, "title", "", err));
    DYE_TRY(yaml_doc_copy_text(n->to, sizeof n->to, d, item, "to", NULL, err));
    DYE_TRY(yaml_doc_copy_text(n->content, sizeof n->content, d, item, "content", "", err));
    DYE_TRY(law_basis_read(d, item, &n->basis, err));
    DYE_TRY(read_clock(d, item, n, err));
    DYE_TRY(yaml_doc_get_number(d, item, "persons", 0, 100000000000ULL, false, 1, &n->persons, err));
    DYE_TRY(yaml_doc_get_text(d, item, "of", "", &of, err));
    n->rule = -1;
    for (size_t i = 0; i < law->rules; i++)
        if (strcmp(law->rule[i].name, of) == 0)
            n->rule = (int)i;
    if (of[0] != '\0' && n->rule < 0)
        return yaml_doc_fail(d, yaml_doc_get(d, item, "of"), err, "`of`: no information is named `%.40s`", of);
    law->notices++;
    return DYE_OK;
}

/* ---- calendar ---- */

enum { DAY = 86400 };

static bool read_day(const char *text, size_t n, int64_t *ret)
{
    char day[11];
    if (n != 10)
        return false;
    memcpy(day, text, n);
    day[n] = '\0';
    return moment_read(day, ret);
}

struct days {
    uint32_t *dates;
    size_t *n;
};

/* 2026-01-01, or 2026-01-01..2026-01-03 */
static enum dye_status add_days(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct days *days = arg;
    const char *text = yaml_doc_text(item);
    const char *dots = text != NULL ? strstr(text, "..") : NULL;
    int64_t from, to;
    if (text == NULL || !read_day(text, dots != NULL ? (size_t)(dots - text) : strlen(text), &from) ||
        !(dots == NULL || read_day(dots + 2, strlen(dots + 2), &to)))
        return yaml_doc_fail(d, item, err, "a day such as 2026-01-31, or two with .. between, is wanted");
    if (dots == NULL)
        to = from;
    for (int64_t at = from; at <= to; at += DAY) {
        struct tm tm = {0};
        if (*days->n == DYE_LAW_DAYS_MAX)
            return yaml_doc_fail(d, item, err, "more than %d days", DYE_LAW_DAYS_MAX);
        gmtime_r(&(time_t){at}, &tm);
        days->dates[(*days->n)++] = (uint32_t)((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday);
    }
    return DYE_OK;
}

static enum dye_status add_year(struct yaml_doc *d, yaml_node_t *item, void *arg, struct dye_error *err)
{
    struct dye_law *law = arg;
    const char *text = yaml_doc_text(item);
    uint64_t year;
    if (text == NULL || !decimal_read(text, 0, 9999, &year) || year == 0)
        return yaml_doc_fail(d, item, err, "a year is wanted");
    if (law->calendar.first_year == 0)
        law->calendar.first_year = (int32_t)year;
    law->calendar.last_year = (int32_t)year;
    return DYE_OK;
}

static enum dye_status read_offset(struct yaml_doc *d, const yaml_node_t *map, int32_t *ret, struct dye_error *err)
{
    char moment[32];
    const char *text;
    int64_t at;
    DYE_TRY(yaml_doc_get_text(d, map, "offset", NULL, &text, err));
    snprintf(moment, sizeof moment, "1970-01-01T00:00:00%.6s", text);
    if (strlen(text) != 6 || !moment_read(moment, &at))
        return yaml_doc_fail(d, yaml_doc_get(d, map, "offset"), err, "`offset` wants hours and minutes, as +08:00");
    *ret = (int32_t)-at;
    return DYE_OK;
}

enum dye_status law_notices_read(struct yaml_doc *d, const yaml_node_t *root, struct dye_law *law,
                                 struct dye_error *err)
{
    static const char *const known[] = {"offset", "years", "holidays", "working", NULL};
    const yaml_node_t *calendar = yaml_doc_get(d, root, "calendar");
    struct days holidays = {law->calendar.holiday, &law->calendar.holidays};
    struct days working = {law->calendar.working, &law->calendar.workings};
    DYE_TRY(yaml_doc_each(d, root, "notices", DYE_LAW_NOTICES_MAX, add_notice, law, err));
    if (calendar == NULL)
        return DYE_OK;
    DYE_TRY(yaml_doc_only_keys(d, calendar, known, err));
    DYE_TRY(read_offset(d, calendar, &law->calendar.offset_seconds, err));
    DYE_TRY(yaml_doc_each(d, calendar, "years", 2, add_year, law, err));
    DYE_TRY(yaml_doc_each(d, calendar, "holidays", DYE_LAW_DAYS_MAX, add_days, &holidays, err));
    return yaml_doc_each(d, calendar, "working", DYE_LAW_DAYS_MAX, add_days, &working, err);
}
