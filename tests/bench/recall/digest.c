#include "digest.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    enum digest_of of;
    const char *name, *before, *behind;
    bool lower;
} texts[DIGEST_TEXTS] = {
    {DIGEST_MOBILE, "mobile", "", "", false},
    {DIGEST_MOBILE, "mobile of +86", "+86", "", false},
    {DIGEST_MOBILE, "mobile of 86", "86", "", false},
    {DIGEST_MOBILE, "mobile of 0086", "0086", "", false},
    {DIGEST_MOBILE, "mobile with LF", "", "\n", false},
    {DIGEST_ID, "ID", "", "", false},
    {DIGEST_ID, "ID with x", "", "", true},
    {DIGEST_ID, "ID with LF", "", "\n", false},
    {DIGEST_EMAIL, "e-mail", "", "", false},
    {DIGEST_EMAIL, "e-mail with LF", "", "\n", false},
};
enum written { HEX, CAPITALS, BASE64 };
static const struct {
    const char *digest, *name;
    enum written as;
    size_t from, to; /* of the hex; 0: all of it */
} ways[DIGEST_WAYS] = {
    {"MD5", "MD5 hex", HEX, 0, 0},
    {"MD5", "MD5 HEX", CAPITALS, 0, 0},
    {"MD5", "MD5 base64", BASE64, 0, 0},
    {"MD5", "MD5's middle hex", HEX, 8, 24},
    {"MD5", "MD5's middle HEX", CAPITALS, 8, 24},
    {"SHA1", "SHA-1 hex", HEX, 0, 0},
    {"SHA1", "SHA-1 HEX", CAPITALS, 0, 0},
    {"SHA1", "SHA-1 base64", BASE64, 0, 0},
    {"SHA256", "SHA-256 hex", HEX, 0, 0},
    {"SHA256", "SHA-256 HEX", CAPITALS, 0, 0},
    {"SHA256", "SHA-256 base64", BASE64, 0, 0},
    {"SM3", "SM3 hex", HEX, 0, 0},
    {"SM3", "SM3 HEX", CAPITALS, 0, 0},
    {"SM3", "SM3 base64", BASE64, 0, 0},
};

enum digest_of digest_of(size_t i)
{
    return texts[i / DIGEST_WAYS].of;
}

void digest_name(size_t i, char *ret, size_t cap)
{
    snprintf(ret, cap, "%s, %s", texts[i / DIGEST_WAYS].name, ways[i % DIGEST_WAYS].name);
}

void digest_write(size_t i, const struct person *p, char ret[DIGEST_MAX_BYTES])
{
    const size_t what = i / DIGEST_WAYS, way = i % DIGEST_WAYS;
    const char *const values[] = {[DIGEST_MOBILE] = p->mobile, [DIGEST_ID] = p->id, [DIGEST_EMAIL] = p->email};
    char text[128];
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    snprintf(text, sizeof text, "%s%s%s", texts[what].before, values[texts[what].of], texts[what].behind);
    for (char *at = text; texts[what].lower && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    if (EVP_Digest(text, strlen(text), raw, &n, EVP_get_digestbyname(ways[way].digest), NULL) != 1)
        abort();
    if (ways[way].as == BASE64) {
        EVP_EncodeBlock((unsigned char *)ret, raw, (int)n);
        return;
    }
    size_t from = ways[way].from / 2, to = ways[way].to > 0 ? ways[way].to / 2 : n;
    for (size_t k = from; k < to; k++)
        snprintf(ret + 2 * (k - from), 3, ways[way].as == CAPITALS ? "%02X" : "%02x", raw[k]);
}
