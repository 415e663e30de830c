/*
 * email: one address. Canonical: lower-case ASCII, local part of RFC 5322 atoms (at most 64 bytes), domain of at least
 * two labels (at most 255), the last of them not all digits. Quoted local parts and address literals don't occur.
 *
 * Default space: six letters and four digits at the example domains, which RFC 2606 reserves; any other local part is
 * as safe there. For tests: a table's reader filters them out at once, so production plants pools.
 */
#include "kind.h"
#include "spelling.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, LABEL_MAX = 63 };
#define LOCALS (UINT64_C(26) * 26 * 26 * 26 * 26 * 26 * 10000)

static const char *const domains[] = {"example.com", "example.org", "example.net"};
enum { DOMAINS = sizeof domains / sizeof *domains };

static bool is_local(const char *p, size_t n)
{
    if (n == 0 || n > LOCAL_MAX || p[0] == '.' || p[n - 1] == '.')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '.' ? p[i + 1] == '.' : !dye_is_alnum((uint8_t)p[i]) && strchr("!#$%&'*+-/=?^_`{|}~", p[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_domain(const char *p, size_t n)
{
    if (n == 0 || n > DOMAIN_MAX)
        return false;
    size_t start = 0, labels = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && p[i] != '.') {
            if (!dye_is_alnum((uint8_t)p[i]) && p[i] != '-')
                return false;
            continue;
        }
        size_t length = i - start;
        if (length == 0 || length > LABEL_MAX || p[start] == '-' || p[i - 1] == '-')
            return false;
        if (i == n && (length < 2 || spelling_digits(p + start, length)))
            return false;
        labels++;
        start = i + 1;
    }
    return labels >= 2;
}

static enum dye_status parse(struct dye_span text, struct dye_value *ret)
{
    struct spelling s;
    if (!spelling_read(text, &s))
        return DYE_E_RECORD;
    const char *sign = memchr(s.text, '@', s.n);
    if (sign == NULL)
        return DYE_E_RECORD;
    size_t local = (size_t)(sign - s.text);
    if (!is_local(s.text, local) || !is_domain(sign + 1, s.n - local - 1))
        return DYE_E_RECORD;
    for (size_t i = 0; i < s.n; i++)
        s.text[i] = (char)dye_to_lower((uint8_t)s.text[i]);
    value_set(ret, s.text, s.n);
    return DYE_OK;
}

static uint64_t space(void)
{
    return LOCALS * DOMAINS;
}

static void at(uint64_t i, struct dye_value *ret)
{
    char address[32];
    const char *domain = domains[i % DOMAINS];
    i /= DOMAINS;
    put_digits(address + 6, 4, i % 10000);
    i /= 10000;
    for (int k = 5; k >= 0; k--) {
        address[k] = (char)('a' + i % 26);
        i /= 26;
    }
    address[10] = '@';
    size_t n = strlen(domain);
    memcpy(address + 11, domain, n);
    value_set(ret, address, 11 + n);
}

/* Whatever the local part: nobody has an address at these domains. */
static bool is_safe(const struct dye_value *v)
{
    struct dye_value again;
    const char *sign = strchr(v->text, '@');
    if (sign == NULL || parse(dye_value_span(v), &again) != DYE_OK || strcmp(v->text, again.text) != 0)
        return false;
    for (size_t d = 0; d < DOMAINS; d++)
        if (strcmp(sign + 1, domains[d]) == 0)
            return true;
    return false;
}

/* Of the local part alone; many write three or four stars whatever they hide. */
static const char *const masks[] = {"#%",      "#%#",      "##%",    "###%", "#~***", "##~***",
                                    "###~***", "###~****", "#~***#", "~***", NULL};

const struct kind_row kind_email = {.name = "email",
                                    .scanned = true,
                                    .hashed = true,
                                    .parse = parse,
                                    .masks = masks,
                                    .masked_before = '@',
                                    .space = space,
                                    .at = at,
                                    .is_safe = is_safe};
