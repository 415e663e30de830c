#include "corpus.h"

#include "put.h"

/* ---- cells ---- */

static const struct somebody *anybody(struct corpus_dump *d)
{
    if (d->who != NULL)
        return &d->stock->people[d->who - d->stock->registry->canary];
    return &d->stock->people[rng_below(&d->rng, PEOPLE)];
}

static char *put_name(struct corpus_dump *d, char *to)
{
    return put_text(to, anybody(d)->name[d->charset]);
}

static char *put_home(struct corpus_dump *d, char *to)
{
    const struct stock *s = d->stock;
    if (d->who != NULL || rng_below(&d->rng, 8) == 0)
        return put_text(to, anybody(d)->home[d->charset]);
    to = put_text(to, s->elsewhere[d->charset][rng_below(&d->rng, ELSEWHERE)]);
    to = put_number(to, 1 + rng_below(&d->rng, 30));
    *to++ = '-';
    return put_number(to, 101 + rng_below(&d->rng, 3000));
}

static char *put_mobile(struct corpus_dump *d, char *to)
{
    for (;;) {
        const char *p = registry_prefixes[rng_below(&d->rng, PREFIXES)];
        uint64_t rest = rng_below(&d->rng, 100000000);
        uint64_t head = (uint64_t)(p[0] - '0') * 100 + (uint64_t)(p[1] - '0') * 10 + (uint64_t)(p[2] - '0');
        if (!registry_has(d->stock->registry, head * 100000000 + rest))
            return put_digits(put(to, p, 3), rest, 8);
    }
}

static char *put_id(struct corpus_dump *d, char *to)
{
    static const unsigned weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    uint64_t number;
    unsigned sum;
    do {
        put(to, anybody(d)->county, 6);
        put(to + 6, anybody(d)->birth, 8);
        put_digits(to + 14, 1 + rng_below(&d->rng, 998), 3);
        number = sum = 0;
        for (size_t i = 0; i < 17; i++) {
            number = 10 * number + (uint64_t)(to[i] - '0');
            sum += weight[i] * (unsigned)(to[i] - '0');
        }
    } while (registry_has(d->stock->registry, number));
    to[17] = "10X98765432"[sum % 11];
    return to + 18;
}

/* A canary's has six letters and six or seven digits: never this. */
static char *put_email(struct corpus_dump *d, char *to)
{
    uint64_t letters = 4 + rng_below(&d->rng, 6), bits = rng_u64(&d->rng);
    for (uint64_t i = 0; i < letters; i++, bits /= 26)
        *to++ = (char)('a' + bits % 26);
    to = put_digits(to, rng_below(&d->rng, 1000), 3);
    return rng_below(&d->rng, 2) ? PUT(to, "@example.com") : PUT(to, "@mail.example.net");
}

static char *put_order(struct corpus_dump *d, char *to)
{
    to = PUT(to, "2025");
    to = put_digits(to, 101 + 100 * rng_below(&d->rng, 12) + rng_below(&d->rng, 28), 4);
    return put_digits(to, rng_below(&d->rng, 100000000), 8);
}

static char *put_time(struct corpus_dump *d, char *to, uint64_t row)
{
    uint64_t second = row % 86400;
    to = put_digits(PUT(to, "2025-11-"), 1 + rng_below(&d->rng, 20), 2);
    to = put_digits(PUT(to, " "), second / 3600, 2);
    to = put_digits(PUT(to, ":"), second / 60 % 60, 2);
    return put_digits(PUT(to, ":"), second % 60, 2);
}

static char *put_ip(struct corpus_dump *d, char *to)
{
    uint64_t bits = rng_u64(&d->rng);
    to = put_number(PUT(to, "10."), bits & 255);
    to = put_number(PUT(to, "."), bits >> 8 & 255);
    return put_number(PUT(to, "."), bits >> 16 & 255);
}

/* ---- masked cells ---- */

static char *put_masked_name(struct corpus_dump *d, char *to, struct text name)
{
    const struct text *word = d->stock->word[d->charset];
    size_t wide = d->charset == 1 ? 2 : 3; /* bytes of an ideograph; all names are of common ones */
    switch (rng_below(&d->rng, 6)) {
    case 0:
        return put_stars(put(to, name.p, wide), 1);
    case 1:
        return put_stars(put(to, name.p, wide), name.n / wide - 1);
    case 2:
        return put(put_stars(to, name.n / wide - 1), name.p + name.n - wide, wide);
    case 3:
        return put_text(put(to, name.p, wide), word[rng_below(&d->rng, 2) ? SIR : MADAM]);
    case 4:
        return put_text(put(to, name.p, wide), word[SOME]);
    default:
        to = put_stars(put(to, name.p, wide), 1);
        return name.n > 2 * wide ? put(to, name.p + 2 * wide, wide) : to;
    }
}

/* The digits that are seen are drawn; a canary may well have them. */
static char *put_masked_mobile(struct corpus_dump *d, char *to)
{
    char m[12];
    if (d->who != NULL)
        put(m, d->who->mobile, 11);
    else
        put_digits(put(m, registry_prefixes[rng_below(&d->rng, PREFIXES)], 3), rng_below(&d->rng, 100000000), 8);
    switch (rng_below(&d->rng, 8)) {
    case 0:
        return put(put_stars(to, 7), m + 7, 4);
    case 1:
        return put_stars(put(to, m, 7), 4);
    case 2:
        return put(put_stars(put(to, m, 3), 5), m + 8, 3);
    case 3:
        return put(PUT(put(to, m, 3), "xxxx"), m + 7, 4);
    default:
        return put(put_stars(put(to, m, 3), 4), m + 7, 4);
    }
}

static char *put_masked_id(struct corpus_dump *d, char *to)
{
    static const struct {
        size_t head, tail;
    } masks[] = {{6, 4}, {6, 4}, {3, 4}, {4, 4}, {1, 1}};
    char last[4];
    size_t way = (size_t)rng_below(&d->rng, sizeof masks / sizeof *masks), head = masks[way].head,
           tail = masks[way].tail;
    put_digits(last, rng_below(&d->rng, 1000), 3);
    last[3] = "0123456789X"[rng_below(&d->rng, 11)];
    to = put_stars(put(to, anybody(d)->county, head), 18 - head - tail);
    return put(to, (d->who != NULL ? d->who->id + 14 : last) + 4 - tail, tail);
}

static char *put_birth(struct corpus_dump *d, char *to)
{
    const char *birth = anybody(d)->birth;
    const struct text *word = d->stock->word[d->charset];
    uint64_t way = rng_below(&d->rng, 4);
    static const char between[] = {'-', '/', '.'};
    to = put(to, birth, 4);
    if (way == 3) {
        to = put(put_text(to, word[YEAR]), birth + 4, 2);
        return put_text(put(put_text(to, word[MONTH]), birth + 6, 2), word[DAY]);
    }
    *to++ = between[way];
    to = put(to, birth + 4, 2);
    *to++ = between[way];
    return put(to, birth + 6, 2);
}

static char *put_masked_email(struct corpus_dump *d, char *to)
{
    char whole[64];
    size_t shown = 2 + (size_t)rng_below(&d->rng, 2);
    *put_email(d, whole) = '\0';
    const char *email = d->who != NULL ? d->who->email : whole, *at = strchr(email, '@');
    return put(put_stars(put(to, email, shown), shown + 1), at, strlen(at));
}

/* ---- rows ---- */

static char *shop(struct corpus_dump *d, uint64_t row, char *to)
{
    to = put_name(d, PUT(put_number(to, row), ","));
    to = put_mobile(d, PUT(to, ","));
    to = put_id(d, PUT(to, ","));
    to = put_email(d, PUT(to, ","));
    to = put_home(d, PUT(to, ","));
    return put_order(d, PUT(to, ","));
}

static char *sold(struct corpus_dump *d, uint64_t row, char *to)
{
    (void)row;
    to = put_mobile(d, PUT(put_name(d, to), "----"));
    to = put_id(d, PUT(to, "----"));
    return put_home(d, PUT(to, "----"));
}

static char *orders(struct corpus_dump *d, uint64_t row, char *to)
{
    to = put_number(PUT(to, "INSERT INTO `orders` VALUES ("), row);
    to = put_order(d, PUT(to, ",'"));
    to = put_name(d, PUT(to, "','"));
    to = put_mobile(d, PUT(to, "','"));
    to = put_home(d, PUT(to, "','"));
    return PUT(put_time(d, PUT(to, "','"), row), "');");
}

static char *users(struct corpus_dump *d, uint64_t row, char *to)
{
    to = put_number(PUT(to, "{\"uid\":"), row);
    to = put_name(d, PUT(to, ",\"name\":\""));
    to = put_mobile(d, PUT(to, "\",\"phone\":\""));
    to = put_email(d, PUT(to, "\",\"email\":\""));
    to = put_id(d, PUT(to, "\",\"id_card\":\""));
    return PUT(put_ip(d, PUT(to, "\",\"ip\":\"")), "\"}");
}

static char *masked(struct corpus_dump *d, uint64_t row, char *to)
{
    size_t between = strlen(d->between);
    struct rng *r = &d->rng;
    to = put(put_number(to, row), d->between, between);
    bool own = rng_below(r, 2);
    const struct somebody *who = own && d->who == NULL ? &d->stock->people[rng_below(r, OWN)] : anybody(d);
    struct text name = who->name[d->charset];
    uint64_t how = rng_below(r, 6);
    to = how < 2 ? put_masked_name(d, to, name) : how < 5 ? put_text(to, name) : to;
    bool mobile = rng_below(r, 4) > 0;
    to = put(to, d->between, between);
    to = mobile ? put_masked_mobile(d, to) : to;
    to = put(to, d->between, between);
    to = !mobile || rng_below(r, 8) == 0 ? put_masked_id(d, to) : to;
    to = put(to, d->between, between);
    to = rng_below(r, 10) == 0 ? put_birth(d, to) : to;
    to = put(to, d->between, between);
    to = rng_below(r, 10) == 0 ? put_masked_email(d, to) : to;
    to = put(to, d->between, between);
    return rng_below(r, 8) == 0 ? put_home(d, to) : to;
}

static char *hashed(struct corpus_dump *d, uint64_t row, char *to)
{
    static const size_t lengths[] = {40, 64, 64, 16};
    to = put_hex(PUT(put_number(to, row), ","), &d->rng, 32, "0123456789abcdef");
    size_t n = lengths[rng_below(&d->rng, 4)];
    to = put_hex(PUT(to, ","), &d->rng, n, rng_below(&d->rng, 2) ? "0123456789ABCDEF" : "0123456789abcdef");
    return PUT(put_base64(PUT(to, ","), &d->rng, 22), "==");
}

static char *app_log(struct corpus_dump *d, uint64_t row, char *to)
{
    to = put_digits(PUT(put_time(d, to, row), "."), rng_below(&d->rng, 1000), 3);
    to = put_hex(PUT(to, " INFO  [trace="), &d->rng, 32, "0123456789abcdef");
    to = put_masked_mobile(d, PUT(to, "] notify: mobile="));
    to = put_order(d, PUT(to, " order="));
    to = put_ip(d, PUT(to, " ip="));
    return PUT(put_number(PUT(to, " cost="), rng_below(&d->rng, 900)), "ms");
}

static char *posts(struct corpus_dump *d, uint64_t row, char *to)
{
    const struct text *word = d->stock->word[d->charset];
    struct text name = anybody(d)->name[d->charset];
    (void)row;
    if (rng_below(&d->rng, 2)) {
        to = put_text(put_masked_name(d, put_text(to, word[DEAR]), name), word[PARCEL]);
        to = put_digits(put_text(to, word[ENDS_IN]), rng_below(&d->rng, 10000), 4);
        return put_text(to, word[FULL_STOP]);
    }
    to = put_text(put_text(to, name), word[PHONE_IS]);
    to = put_text(put_masked_mobile(d, to), word[PLEASE]);
    return put_text(put_home(d, to), word[FULL_STOP]);
}

static const struct {
    const char *name;
    char *(*row)(struct corpus_dump *d, uint64_t row, char *to);
    unsigned percent;
    bool is_masked;
} files[CORPUS_FILES] = {{"shop.csv", shop, 20, false},     {"sold.txt", sold, 10, false},
                         {"orders.sql", orders, 10, false}, {"users.jsonl", users, 10, false},
                         {"masked.txt", masked, 30, true},  {"hashed.csv", hashed, 10, false},
                         {"app.log", app_log, 7, true},     {"posts.txt", posts, 3, true}};

const char *corpus_file_name(size_t file)
{
    return files[file].name;
}

size_t corpus_file_rows(size_t file)
{
    return CORPUS_DUMP_ROWS / 100 * files[file].percent;
}

bool corpus_file_is_masked(size_t file)
{
    return files[file].is_masked;
}

void corpus_dump_init(struct corpus_dump *d, const struct stock *s, uint64_t seed, uint64_t number)
{
    static const char *const betweens[] = {",", "----", "\t", "|"};
    *d = (struct corpus_dump){.stock = s, .charset = number % 4 == 3, .between = betweens[number / 4 % 4]};
    rng_init(&d->rng, seed ^ (number + 1) * UINT64_C(0xd1342543de82ef95));
}

size_t corpus_row(struct corpus_dump *d, size_t file, uint64_t row, char *to)
{
    char *end = files[file].row(d, row, to);
    *end++ = '\n';
    return (size_t)(end - to);
}

size_t corpus_true_row(struct corpus_dump *d, size_t file, uint64_t row, uint32_t canary, char *to)
{
    d->who = &d->stock->registry->canary[canary];
    size_t n = corpus_row(d, file, row, to);
    d->who = NULL;
    return n;
}
