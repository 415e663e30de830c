#include "dialect.h"

#include <strings.h>

enum { LINES = 256, LINE_MAX_BYTES = 4096 };

/*
 * DOMAIN 1. `weight` ranks those that fit equally well: what stands in values too (a time's colon, a date's slash, the
 * blanks of an address) gives way to what does not, a doubled one goes before a single one.
 */
static const struct candidate {
    const char *text, *gb18030, *big5;
    double weight;
} candidates[] = {
    {"\x01", NULL, NULL, 1},  {"\t", NULL, NULL, 1},
    {"----", NULL, NULL, 1},  {"||", NULL, NULL, 1},
    {" # ", NULL, NULL, 1},   {"|", NULL, NULL, 0.97},
    {"::", NULL, NULL, 0.97}, {"^", NULL, NULL, 0.95},
    {",", NULL, NULL, 0.95},  {"，", "\xa3\xac", "\xa1\x41", 0.94},
    {";", NULL, NULL, 0.93},  {"~", NULL, NULL, 0.9},
    {"---", NULL, NULL, 0.9}, {":", NULL, NULL, 0.7},
    {"/", NULL, NULL, 0.6},   {" ", NULL, NULL, 0.6},
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

static const char *written_in(const struct candidate *c, enum dye_charset charset)
{
    if (charset == DYE_CHARSET_GB18030 && c->gb18030 != NULL)
        return c->gb18030;
    return charset == DYE_CHARSET_BIG5 && c->big5 != NULL ? c->big5 : c->text;
}

void dialect_delimiter(struct dialect *d, const struct dye_layout *l)
{
    d->delimiter = l->delimiter;
    d->delimiter_n = l->delimiter_n;
    if (l->delimiter[0] < 0x80)
        return;
    for (size_t i = 0; i < CANDIDATES; i++)
        if (candidates[i].gb18030 != NULL) {
            d->delimiter = (const uint8_t *)written_in(&candidates[i], d->charset);
            d->delimiter_n = strlen((const char *)d->delimiter);
        }
}

static bool has_two_byte_characters(enum dye_charset c)
{
    return c == DYE_CHARSET_GB18030 || c == DYE_CHARSET_BIG5 || c == DYE_CHARSET_MIXED || c == DYE_CHARSET_UNKNOWN;
}

/* The delimiter at or after i, not in a character; SIZE_MAX for none. */
static size_t find(const struct dialect *d, const uint8_t *p, size_t i, size_t end)
{
    /* Below 0x40 no byte is the second of a character, but of four a second or fourth is a digit. */
    if (!has_two_byte_characters(d->charset) || d->delimiter[0] < 0x30 || d->delimiter[0] == ':' ||
        d->delimiter[0] == ';') {
        const uint8_t *at = d->delimiter_n == 1 ? memchr(p + i, d->delimiter[0], end - i)
                                                : memmem(p + i, end - i, d->delimiter, d->delimiter_n);
        return at != NULL ? (size_t)(at - p) : SIZE_MAX;
    }
    while (end - i >= d->delimiter_n) {
        if (memcmp(p + i, d->delimiter, d->delimiter_n) == 0)
            return i;
        i += dye_charset_step(d->charset, p + i, end - i);
        if (i > end)
            break;
    }
    return SIZE_MAX;
}

static bool is_spaces(const struct dialect *d)
{
    return d->delimiter_n == 1 && d->delimiter[0] == ' ';
}

/* i is behind an opening quote: past the closing one that ends the field, or 0. */
static size_t closing(struct dialect *d, const uint8_t *p, size_t i, size_t end)
{
    if (d->hopeless != NULL && p + i < d->hopeless)
        return 0;
    while (i < end) {
        const uint8_t *quote = memchr(p + i, d->quote, end - i);
        if (quote == NULL)
            break;
        size_t at = (size_t)(quote - p), run = at;
        while (run < end && p[run] == d->quote)
            run++;
        if ((run - at) % 2 == 1 &&
            (run == end || (end - run >= d->delimiter_n && memcmp(p + run, d->delimiter, d->delimiter_n) == 0)))
            return run;
        i = run;
    }
    d->hopeless = p + end;
    return 0;
}

size_t dialect_next(struct dialect *d, const uint8_t *p, size_t at, size_t end, size_t *ret_end, bool *ret_quoted)
{
    size_t from = at, after = 0;
    if (d->quote != 0 && at < end && p[at] == d->quote)
        after = closing(d, p, at + 1, end);
    *ret_quoted = after != 0;
    size_t found = find(d, p, after != 0 ? after : from, end);
    *ret_end = after != 0 ? after : found != SIZE_MAX ? found : end;
    if (found == SIZE_MAX)
        return SIZE_MAX;
    size_t next = found + d->delimiter_n;
    while (is_spaces(d) && next < end && p[next] == ' ')
        next++;
    return is_spaces(d) && next == end ? SIZE_MAX : next;
}

/* ---- the delimiter of a sample ---- */

struct lines {
    struct dye_span at[LINES];
    size_t n;
};

/* Where the line at `at` ends: before its LF or, with `joined`, before the first LF that no quote hides. */
static const uint8_t *line_end(struct dye_span s, size_t at, bool joined)
{
    const uint8_t *lf = memchr(s.p + at, '\n', s.n - at);
    size_t quotes = 0;
    for (size_t i = at; joined && lf != NULL; i = (size_t)(lf - s.p), lf = memchr(lf + 1, '\n', s.n - i - 1)) {
        for (; s.p + i < lf; i++)
            quotes += s.p[i] == '"';
        if (quotes % 2 == 0)
            break;
    }
    return lf;
}

/* Those that are not empty; the last is left out when the sample may have cut it. `joined`: a line whose quotes are
 * open goes on in the next. */
static void split(struct dye_span s, bool joined, struct lines *ret)
{
    ret->n = 0;
    for (size_t at = 0; at < s.n && ret->n < LINES;) {
        const uint8_t *lf = line_end(s, at, joined);
        size_t end = lf != NULL ? (size_t)(lf - s.p) : s.n, next = end + 1;
        if (lf == NULL && ret->n >= 3)
            break;
        if (end > at && s.p[end - 1] == '\r')
            end--;
        if (end > at)
            ret->at[ret->n++] = dye_span_of(s.p + at, end - at < LINE_MAX_BYTES ? end - at : LINE_MAX_BYTES);
        at = next;
    }
}

static size_t digits(const uint8_t *p, size_t n, size_t at, int step)
{
    size_t count = 0;
    while (at < n && dye_is_digit(p[at]) && count < 3) {
        count++;
        at += (size_t)step; /* wraps below 0 */
    }
    return count;
}

/* The colon of a time or of a URL, the slash of a date or of a URL. */
static bool is_inside_a_value(const struct dialect *d, struct dye_span line, size_t at)
{
    if (d->delimiter_n != 1 || (d->delimiter[0] != ':' && d->delimiter[0] != '/'))
        return false;
    if (at + 1 < line.n && line.p[at + 1] == '/')
        return true;
    if (d->delimiter[0] == '/' && at > 0 && (line.p[at - 1] == '/' || line.p[at - 1] == ':'))
        return true;
    size_t before = at > 0 ? digits(line.p, line.n, at - 1, -1) : 0, behind = digits(line.p, line.n, at + 1, 1);
    if (d->delimiter[0] == ':')
        return before == 2 && behind == 2;
    return before > 0 && behind > 0;
}

/* How often the line has it outside of quotes. */
static size_t count(struct dialect *d, struct dye_span line, size_t *inside)
{
    size_t n = 0, end;
    bool quoted;
    for (size_t at = 0, next; (next = dialect_next(d, line.p, at, line.n, &end, &quoted)) != SIZE_MAX; at = next) {
        bool in = is_inside_a_value(d, line, end);
        *inside += in;
        n += !in && !(is_spaces(d) && end == 0);
    }
    return n;
}

/* How well it parts the lines: 0 to 1. *ret_mode: delimiters in most lines. */
static double fit(struct dialect *d, const struct lines *lines, size_t *ret_mode)
{
    enum { MOST = 512 };
    uint16_t lines_with[MOST] = {0};
    size_t some = 0, mode = 0, inside = 0;
    for (size_t i = 0; i < lines->n; i++) {
        size_t n = count(d, lines->at[i], &inside);
        n = n < MOST ? n : MOST - 1;
        some += n > 0;
        lines_with[n]++;
    }
    for (size_t n = 1; n < MOST; n++)
        if (lines_with[n] > 0 && (mode == 0 || lines_with[n] > lines_with[mode]))
            mode = n;
    *ret_mode = mode;
    if (mode == 0 || inside > some)
        return 0;
    return ((double)lines_with[mode] + (double)some) / (2 * (double)lines->n);
}

/* Whether it never stands alone: half of a doubled one. */
static bool is_always_doubled(uint8_t b, const struct lines *lines)
{
    for (size_t i = 0; i < lines->n; i++)
        for (size_t k = 0, run; k < lines->at[i].n; k += run + (run == 0)) {
            for (run = 0; k + run < lines->at[i].n && lines->at[i].p[k + run] == b; run++)
                ;
            if (run % 2 == 1)
                return false;
        }
    return true;
}

/* Quotes that are doubled come in pairs: one is left that a later line closes. */
static bool is_left_open(struct dye_span line, size_t at, uint8_t quote)
{
    size_t n = 0;
    for (; at < line.n; at++)
        n += line.p[at] == quote;
    return n % 2 == 1;
}

/* Fields that begin and end with it, in quotes all of them: one such line is enough. */
static bool has_quotes(struct dialect *d, const struct lines *lines, uint8_t quote)
{
    struct dialect with = *d;
    with.quote = quote;
    for (size_t i = 0; i < lines->n; i++) {
        struct dye_span line = lines->at[i];
        for (size_t at = 0, next = 0, end; next != SIZE_MAX; at = next) {
            bool quoted;
            next = dialect_next(&with, line.p, at, line.n, &end, &quoted);
            if (quoted)
                return true;
            if (at < line.n && line.p[at] == quote && is_left_open(line, at, quote))
                return true;
        }
    }
    return false;
}

/* Apostrophes stand before numbers in spreadsheets' exports, and in names: only those at both ends of most fields that
 * begin with one are quotes. */
static bool is_quoted_by_apostrophes(struct dialect *d, const struct lines *lines)
{
    struct dialect with = *d;
    size_t whole = 0, half = 0;
    with.quote = '\'';
    for (size_t i = 0; i < lines->n; i++) {
        struct dye_span line = lines->at[i];
        for (size_t at = 0, next = 0, end; next != SIZE_MAX; at = next) {
            bool quoted;
            next = dialect_next(&with, line.p, at, line.n, &end, &quoted);
            whole += quoted;
            half += !quoted && at < line.n && line.p[at] == '\'';
        }
    }
    return whole >= lines->n && half * 10 <= whole;
}

/* How well the best delimiter parts the lines; 0 when none does. */
static double best_delimiter(const struct lines *lines, struct dye_layout *ret)
{
    static const double at_least = 0.55;
    double best = 0;
    for (size_t i = 0; i < CANDIDATES; i++) {
        const struct candidate *c = &candidates[i];
        struct dialect d = {.charset = layout_charset(ret), .quote = '"'};
        d.delimiter = (const uint8_t *)written_in(c, d.charset);
        d.delimiter_n = strlen((const char *)d.delimiter);
        if (d.delimiter_n == 1 && (*d.delimiter == '|' || *d.delimiter == ':') &&
            is_always_doubled(*d.delimiter, lines))
            continue;
        size_t mode = 0;
        double f = fit(&d, lines, &mode);
        bool is_weak = c->weight <= 0.7;
        if (mode == 0 || (is_weak && f < 0.9))
            continue;
        double score = f * c->weight * (mode == 1 ? 0.95 : 1);
        if (score <= best || f < at_least)
            continue;
        best = score;
        memcpy(ret->delimiter, d.delimiter, d.delimiter_n);
        ret->delimiter_n = (uint8_t)d.delimiter_n;
    }
    return best;
}

bool dialect_detect(struct dye_span sample, struct dye_layout *ret)
{
    struct lines lines;
    split(sample, false, &lines);
    double best = best_delimiter(&lines, ret);
    bool quoted = sample.n > 0 && memchr(sample.p, '"', sample.n) != NULL;
    if (best < 0.9 && quoted) { /* line ends inside of fields may be why */
        struct dye_layout other = *ret;
        struct lines records;
        split(sample, true, &records);
        double joined = best_delimiter(&records, &other);
        if (joined > best) {
            best = joined;
            lines = records;
            *ret = other;
        }
    }
    if (best == 0)
        return false;
    struct dialect d = {.charset = layout_charset(ret), .delimiter = ret->delimiter, .delimiter_n = ret->delimiter_n};
    ret->quote = is_spaces(&d)                          ? 0
                 : has_quotes(&d, &lines, '"')          ? '"'
                 : is_quoted_by_apostrophes(&d, &lines) ? '\''
                                                        : 0;
    dialect_detect_header(sample, ret);
    return true;
}

/* ---- the header ---- */

/* What columns of people are called: words that a name contains, and whole names (pinyin initials). */
static const char *const parts_of_names[] = {
    "姓名",     "名字",    "手机",   "电话",   "身份证",  "证件",   "地址",    "住址",     "邮箱",     "银行",
    "卡号",     "性别",    "年龄",   "生日",   "出生",    "日期",   "时间",    "编号",     "单号",     "保单",
    "车牌",     "学校",    "单位",   "公司",   "部门",    "医院",   "病历",    "科室",     "备注",     "金额",
    "民族",     "籍贯",    "省份",   "城市",   "区县",    "邮编",   "账号",    "帐号",     "密码",     "用户",
    "客户",     "收件",    "寄件",   "快递",   "型号",    "类型",   "状态",    "序号",     "收货",     "联系",
    "护照",     "微信",    "name",   "phone",  "mobile",  "tel",    "email",   "mail",     "address",  "addr",
    "idcard",   "id_card", "card",   "gender", "birth",   "date",   "time",    "city",     "province", "user",
    "password", "account", "number", "code",   "waybill", "policy", "patient", "passport", "company"};
static const char *const whole_names[] = {"id",   "no",    "sex",  "age",  "qq",  "xm",   "sjh", "sj",   "sfz",
                                          "sfzh", "sfzhm", "dz",   "yhkh", "khh", "xb",   "nl",  "csrq", "csny",
                                          "dh",   "lxdh",  "lxfs", "yx",   "zjh", "zjhm", "mz",  "jg",   "bz",
                                          "cph",  "gzdw",  "hjdz", "jtzz", "xh",  "rq",   "sj",  "kh"};

static bool contains(struct dye_span s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.n; i++)
        if (strncasecmp((const char *)s.p + i, word, n) == 0)
            return true;
    return false;
}

static bool is_known_name(struct dye_span s)
{
    enum { LONGEST = 48 };
    if (s.n > LONGEST)
        return false;
    for (size_t i = 0; i < sizeof parts_of_names / sizeof *parts_of_names; i++)
        if (contains(s, parts_of_names[i]))
            return true;
    for (size_t i = 0; i < sizeof whole_names / sizeof *whole_names; i++)
        if (s.n == strlen(whole_names[i]) && contains(s, whole_names[i]))
            return true;
    return false;
}

static size_t most_digits(struct dye_span s)
{
    size_t most = 0;
    for (size_t i = 0, run = 0; i < s.n; i++) {
        run = dye_is_digit(s.p[i]) ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

enum { HEADER_COLUMNS = 64 };

/* The line's fields without quotes and blanks; at most HEADER_COLUMNS of them. */
static size_t cut(struct dialect *d, struct dye_span line, struct dye_span *ret)
{
    size_t n = 0;
    for (size_t at = 0, next = 0, end; next != SIZE_MAX && n < HEADER_COLUMNS; at = next) {
        bool quoted;
        next = dialect_next(d, line.p, at, line.n, &end, &quoted);
        size_t start = at + quoted;
        end -= quoted;
        while (start < end && line.p[start] == ' ')
            start++;
        while (end > start && line.p[end - 1] == ' ')
            end--;
        ret[n++] = dye_span_of(line.p + start, end - start);
    }
    return n;
}

/*
 * The first line names the columns when one of its fields is a name that columns have and none is a value; or when
 * where the other lines have numbers it has none.
 */
static bool is_header(struct dialect *d, const struct lines *lines)
{
    enum { LONG_NUMBER = 5 };
    struct dye_span first[HEADER_COLUMNS], row[HEADER_COLUMNS];
    size_t n = cut(d, lines->at[0], first), known = 0, numbers[HEADER_COLUMNS] = {0};
    struct dye_buf utf8, mended;
    dye_buf_init(&utf8, 4 * LINE_MAX_BYTES, true);
    dye_buf_init(&mended, 4 * LINE_MAX_BYTES, true);
    bool is = true;
    for (size_t i = 0; i < n && is; i++) {
        is = most_digits(first[i]) < LONG_NUMBER && memchr(first[i].p, '@', first[i].n) == NULL;
        dye_buf_clear(&utf8);
        dye_buf_clear(&mended);
        if (!is || first[i].n == 0 || dye_text_to_utf8(d->charset, first[i], &utf8) != DYE_OK)
            continue;
        (void)dye_text_mend(dye_buf_span(&utf8), &mended);
        known += is_known_name(dye_buf_span(mended.n > 0 ? &mended : &utf8));
    }
    dye_buf_done(&utf8);
    dye_buf_done(&mended);
    if (!is || known * 3 >= n)
        return is && known > 0;
    for (size_t k = 1; k < lines->n; k++) {
        size_t fields = cut(d, lines->at[k], row);
        for (size_t i = 0; i < fields && i < n; i++)
            numbers[i] += most_digits(row[i]) >= LONG_NUMBER;
    }
    for (size_t i = 0; i < n; i++)
        if (lines->n >= 3 && numbers[i] * 10 >= (lines->n - 1) * 8)
            return true;
    return false;
}

static void name_columns(struct dye_span sample, bool known, struct dye_layout *ret)
{
    struct lines lines;
    split(sample, ret->quote != 0, &lines);
    ret->has_header = false;
    ret->header_n = 0;
    if (lines.n == 0)
        return;
    struct dialect d = {.charset = dye_charset_of_record(layout_charset(ret), lines.at[0]), .quote = ret->quote};
    dialect_delimiter(&d, ret);
    if (!known && !is_header(&d, &lines))
        return;
    ret->has_header = true;
    for (size_t at = 0, next = 0, end; next != SIZE_MAX; at = next) {
        bool quoted;
        next = dialect_next(&d, lines.at[0].p, at, lines.at[0].n, &end, &quoted);
        if (!layout_header_add(ret, dye_span_of(lines.at[0].p + at + quoted, end - at - 2 * (size_t)quoted)))
            break;
    }
}

void dialect_detect_header(struct dye_span sample, struct dye_layout *ret)
{
    name_columns(sample, false, ret);
}

void dialect_take_header(struct dye_span sample, struct dye_layout *ret)
{
    name_columns(sample, true, ret);
}
