#include "encrypted.h"

#include "little.h"
#include "name.h"
#include "xml.h"

#include "dye/buf.h"
#include "dye/key.h"

#include <stdlib.h>

enum {
    INFO_MAX_BYTES = 1 << 16,
    HASH_MAX = EVP_MAX_MD_SIZE,
    FIELD_MAX = 64, /* a salt, a key, an encrypted verifier */
    SEGMENT_BYTES = 4096,
    SPINS_STANDARD = 50000,
    SPINS_MAX = 1000000, /* ten times what Office asks for */
};

struct field {
    uint8_t p[FIELD_MAX + 32];
    size_t n;
};

struct scheme {
    bool agile, known;
    const EVP_MD *data_hash, *hash;
    unsigned key_bits, data_key_bits;
    unsigned spins;
    struct field data_salt, salt, verifier, verifier_hash, key_value;
};

/* ---- what the file says ---- */

static void decode_base64(const char *text, struct field *ret)
{
    uint8_t plain[3 * (FIELD_MAX / 3 + 8)];
    size_t n = strlen(text);
    int got = n % 4 == 0 && n <= sizeof plain / 3 * 4 ? EVP_DecodeBlock(plain, (const uint8_t *)text, (int)n) : 0;
    while (got > 0 && n > 0 && text[n - 1] == '=') {
        n--;
        got--;
    }
    ret->n = got > 0 && got <= FIELD_MAX ? (size_t)got : 0;
    memcpy(ret->p, plain, ret->n);
}

static const EVP_MD *hash_of(const char *name)
{
    if (name == NULL)
        return NULL;
    return strcmp(name, "SHA512") == 0                               ? EVP_sha512()
           : strcmp(name, "SHA384") == 0                             ? EVP_sha384()
           : strcmp(name, "SHA256") == 0                             ? EVP_sha256()
           : strcmp(name, "SHA1") == 0 || strcmp(name, "SHA-1") == 0 ? EVP_sha1()
                                                                     : NULL;
}

static void take_field(const char **atts, const char *name, struct field *ret)
{
    const char *text = xml_att(atts, name);
    if (text != NULL)
        decode_base64(text, ret);
}

static unsigned take_number(const char **atts, const char *name)
{
    const char *text = xml_att(atts, name);
    unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 0;
    return n <= SPINS_MAX ? (unsigned)n : 0;
}

static bool is_aes_cbc(const char **atts)
{
    const char *cipher = xml_att(atts, "cipherAlgorithm"), *chaining = xml_att(atts, "cipherChaining");
    return cipher != NULL && chaining != NULL && strcmp(cipher, "AES") == 0 && strcmp(chaining, "ChainingModeCBC") == 0;
}

static enum dye_status agile_start(void *arg, const char *name, const char **atts)
{
    struct scheme *s = arg;
    if (strcmp(name, "keyData") == 0 && is_aes_cbc(atts)) {
        s->data_hash = hash_of(xml_att(atts, "hashAlgorithm"));
        s->data_key_bits = take_number(atts, "keyBits");
        take_field(atts, "saltValue", &s->data_salt);
    } else if (strcmp(name, "encryptedKey") == 0 && is_aes_cbc(atts)) {
        s->hash = hash_of(xml_att(atts, "hashAlgorithm"));
        s->key_bits = take_number(atts, "keyBits");
        s->spins = take_number(atts, "spinCount");
        take_field(atts, "saltValue", &s->salt);
        take_field(atts, "encryptedVerifierHashInput", &s->verifier);
        take_field(atts, "encryptedVerifierHashValue", &s->verifier_hash);
        take_field(atts, "encryptedKeyValue", &s->key_value);
    }
    return DYE_OK;
}

static bool no_more(struct feed *f, struct dye_span *ret)
{
    (void)f, (void)ret;
    return false;
}

static bool is_key_size(unsigned bits)
{
    return bits == 128 || bits == 192 || bits == 256;
}

static enum dye_status read_agile(struct dye_span xml, struct scheme *s)
{
    static const struct xml_events events = {.start = agile_start};
    struct feed feed = {.next = no_more, .waiting = {xml}};
    const char *fault;
    DYE_TRY(xml_read(&feed, &events, s, &fault));
    s->agile = true;
    s->known = fault == NULL && s->hash != NULL && s->data_hash != NULL && is_key_size(s->key_bits) &&
               is_key_size(s->data_key_bits) && s->spins > 0 && s->salt.n >= 8 && s->data_salt.n >= 8 &&
               s->verifier.n >= s->salt.n && s->verifier.n % 16 == 0 && s->verifier_hash.n % 16 == 0 &&
               s->verifier_hash.n >= (size_t)EVP_MD_get_size(s->hash) && s->key_value.n % 16 == 0 &&
               s->key_value.n >= s->data_key_bits / 8;
    return DYE_OK;
}

static void take_bytes(struct field *f, const uint8_t *p, size_t n)
{
    memcpy(f->p, p, n);
    f->n = n;
}

static void read_standard(struct dye_span info, struct scheme *s)
{
    enum { SALT_BYTES = 16, HASH_BYTES = 20, HASH_ROOM = 32, ALGORITHM_AES = 0x6600 };
    size_t header = info.n >= 4 ? little32(info.p) : 0;
    if (header < 32 || header > info.n - 4 || info.n - 4 - header < 4 + SALT_BYTES + SALT_BYTES + 4 + HASH_ROOM)
        return;
    const uint8_t *h = info.p + 4, *v = h + header;
    s->key_bits = little32(h + 16);
    s->hash = EVP_sha1();
    s->spins = SPINS_STANDARD;
    take_bytes(&s->salt, v + 4, SALT_BYTES);
    take_bytes(&s->verifier, v + 4 + SALT_BYTES, SALT_BYTES);
    take_bytes(&s->verifier_hash, v + 8 + 2 * SALT_BYTES, HASH_ROOM);
    s->known = (little32(h + 8) & 0xff00) == ALGORITHM_AES && is_key_size(s->key_bits) && little32(v) == SALT_BYTES;
}

static enum dye_status read_info(struct cfb *c, struct scheme *s)
{
    struct cfb_entry *e = cfb_find(c, 0, "EncryptionInfo");
    struct cfb_stream *in = e != NULL ? cfb_read(c, e) : NULL;
    struct dye_buf info;
    struct dye_span piece;
    enum dye_status status = DYE_OK;
    if (in == NULL)
        return e != NULL ? DYE_E_NOMEM : DYE_OK;
    dye_buf_init(&info, INFO_MAX_BYTES, false);
    while (feed_pull(&in->feed, &piece) && dye_buf_append(&info, piece.p, piece.n) == DYE_OK)
        ;
    cfb_stream_free(in);
    if (info.n > 8 && info.p[0] == 4 && info.p[2] == 4)
        status = read_agile(dye_span_of(info.p + 8, info.n - 8), s);
    else if (info.n > 8 && info.p[0] >= 2 && info.p[0] <= 4 && info.p[2] == 2)
        read_standard(dye_span_of(info.p + 8, info.n - 8), s);
    dye_buf_done(&info);
    return status;
}

/* ---- keys ---- */

static bool digest(const EVP_MD *md, EVP_MD_CTX *ctx, struct dye_span a, struct dye_span b, uint8_t ret[HASH_MAX])
{
    return EVP_DigestInit_ex(ctx, md, NULL) == 1 && EVP_DigestUpdate(ctx, a.p, a.n) == 1 &&
           EVP_DigestUpdate(ctx, b.p, b.n) == 1 && EVP_DigestFinal_ex(ctx, ret, NULL) == 1;
}

static void put32(uint8_t p[4], uint32_t v)
{
    for (int i = 0; i < 4; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

/* 2.3.4.7 and 2.3.4.11: the hash that all keys of a password are made from. */
static bool stretch(const struct scheme *s, EVP_MD_CTX *ctx, struct dye_span wide_password, uint8_t h[HASH_MAX])
{
    size_t n = (size_t)EVP_MD_get_size(s->hash);
    bool ok = digest(s->hash, ctx, dye_span_of(s->salt.p, s->salt.n), wide_password, h);
    for (uint32_t i = 0; ok && i < s->spins; i++) {
        uint8_t number[4];
        put32(number, i);
        ok = digest(s->hash, ctx, dye_span_of(number, 4), dye_span_of(h, n), h);
    }
    return ok;
}

static bool decipher(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t iv[16], const struct field *in,
                     uint8_t *ret)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool ok = ctx != NULL && EVP_DecryptInit_ex(ctx, cipher, NULL, key, iv) == 1 &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 && EVP_DecryptUpdate(ctx, ret, &n, in->p, (int)in->n) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

static const EVP_CIPHER *cbc(unsigned bits)
{
    return bits == 128 ? EVP_aes_128_cbc() : bits == 192 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

static const EVP_CIPHER *ecb(unsigned bits)
{
    return bits == 128 ? EVP_aes_128_ecb() : bits == 192 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
}

/* 2.3.4.13: one of the three values that are encrypted under the password, each under a key of its own. */
static bool open_field(const struct scheme *s, EVP_MD_CTX *ctx, const uint8_t h[HASH_MAX], const char block[8],
                       const struct field *in, uint8_t ret[FIELD_MAX])
{
    uint8_t key[HASH_MAX + 32], iv[FIELD_MAX + 16];
    size_t n = (size_t)EVP_MD_get_size(s->hash);
    memset(key, 0x36, sizeof key);
    memset(iv, 0x36, sizeof iv);
    memcpy(iv, s->salt.p, s->salt.n);
    return digest(s->hash, ctx, dye_span_of(h, n), dye_span_of(block, 8), key) &&
           (memset(key + n, 0x36, sizeof key - n), decipher(cbc(s->key_bits), key, iv, in, ret));
}

static bool fits_agile(const struct scheme *s, EVP_MD_CTX *ctx, struct dye_span password, uint8_t key[FIELD_MAX])
{
    uint8_t h[HASH_MAX], input[FIELD_MAX], want[FIELD_MAX], got[HASH_MAX];
    return stretch(s, ctx, password, h) &&
           open_field(s, ctx, h, "\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79", &s->verifier, input) &&
           open_field(s, ctx, h, "\xd7\xaa\x0f\x6d\x30\x61\x34\x4e", &s->verifier_hash, want) &&
           digest(s->hash, ctx, dye_span_of(input, s->salt.n), dye_span_of(NULL, 0), got) &&
           memcmp(got, want, (size_t)EVP_MD_get_size(s->hash)) == 0 &&
           open_field(s, ctx, h, "\x14\x6e\x0b\xe7\xab\xac\xd0\xd6", &s->key_value, key);
}

static bool fits_standard(const struct scheme *s, EVP_MD_CTX *ctx, struct dye_span password, uint8_t key[FIELD_MAX])
{
    enum { HASH_BYTES = 20, BLOCK = 64 };
    uint8_t h[HASH_MAX], halves[2 * HASH_MAX], pad[BLOCK], zero[4] = {0}, input[FIELD_MAX], want[FIELD_MAX];
    uint8_t got[HASH_MAX];
    const struct dye_span none = {NULL, 0};
    if (!stretch(s, ctx, password, h) || !digest(s->hash, ctx, dye_span_of(h, HASH_BYTES), dye_span_of(zero, 4), h))
        return false;
    for (int half = 0; half < 2; half++) {
        memset(pad, half == 0 ? 0x36 : 0x5c, sizeof pad);
        for (int i = 0; i < HASH_BYTES; i++)
            pad[i] ^= h[i];
        if (!digest(s->hash, ctx, dye_span_of(pad, BLOCK), none, halves + half * HASH_BYTES))
            return false;
    }
    memcpy(key, halves, 32);
    return decipher(ecb(s->key_bits), key, NULL, &s->verifier, input) &&
           decipher(ecb(s->key_bits), key, NULL, &s->verifier_hash, want) &&
           digest(s->hash, ctx, dye_span_of(input, s->verifier.n), none, got) && memcmp(got, want, HASH_BYTES) == 0;
}

/* UTF-8, well-formed, as UTF-16LE; the length of what fits. */
static size_t widen(const char *s, uint8_t *ret, size_t cap)
{
    size_t n = 0;
    const uint8_t *p = (const uint8_t *)s;
    while (*p != 0 && n + 4 <= cap) {
        unsigned more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
        uint32_t c = more == 0 ? *p : *p & (0x3fu >> more);
        for (p++; more > 0; more--)
            c = c << 6 | (*p++ & 0x3f);
        uint32_t units[2] = {c, 0};
        if (c >= 0x10000) {
            units[0] = 0xd800 + ((c - 0x10000) >> 10);
            units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        for (int i = 0; i < (c >= 0x10000 ? 2 : 1); i++) {
            ret[n++] = (uint8_t)units[i];
            ret[n++] = (uint8_t)(units[i] >> 8);
        }
    }
    return n;
}

static bool find_key(const struct dye_decode_input *from, const struct scheme *s, uint8_t key[FIELD_MAX])
{
    enum { PASSWORD_MAX_UNITS = 255 };
    uint8_t wide[2 * PASSWORD_MAX_UNITS + 4];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool found = false;
    for (size_t i = 0; ctx != NULL && !found && i <= from->n_passwords; i++) {
        const char *password = i == 0 ? "VelvetSweatshop" : from->passwords[i - 1]; /* 2.4.2.3: Excel's own */
        if (!name_is_utf8(dye_span_str(password)))
            continue;
        struct dye_span w = dye_span_of(wide, widen(password, wide, sizeof wide));
        found = s->agile ? fits_agile(s, ctx, w, key) : fits_standard(s, ctx, w, key);
    }
    dye_wipe(wide, sizeof wide);
    EVP_MD_CTX_free(ctx);
    return found;
}

/* ---- the package ---- */

/* 4,096 bytes of the stream, less at its end. */
static size_t gather(struct encrypted *e, uint8_t in[SEGMENT_BYTES])
{
    size_t n = 0;
    while (n < SEGMENT_BYTES) {
        if (e->piece.n == 0 && !feed_pull(&e->in->feed, &e->piece))
            break;
        size_t take = e->piece.n < SEGMENT_BYTES - n ? e->piece.n : SEGMENT_BYTES - n;
        memcpy(in + n, e->piece.p, take);
        e->piece = dye_span_of(e->piece.p + take, e->piece.n - take);
        n += take;
    }
    return n;
}

/* 2.3.4.15: each segment has an initialization vector of its own. */
static bool set_segment(struct encrypted *e)
{
    uint8_t iv[HASH_MAX + 16], number[4];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    put32(number, e->segment++);
    memset(iv, 0x36, sizeof iv);
    bool ok = ctx != NULL && digest(e->hash, ctx, dye_span_of(e->salt, e->salt_n), dye_span_of(number, 4), iv) &&
              EVP_DecryptInit_ex(e->cipher, cbc((unsigned)e->key_n * 8), NULL, e->key, iv) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

static bool next(struct feed *f, struct dye_span *ret)
{
    struct encrypted *e = (struct encrypted *)f;
    uint8_t in[SEGMENT_BYTES];
    int got = 0;
    if (e->left == 0)
        return false;
    size_t n = gather(e, in) & ~(size_t)15;
    if (n == 0) {
        f->broken = e->in->feed.broken != NULL ? e->in->feed.broken : "truncated";
        return false;
    }
    if ((e->agile && !set_segment(e)) || EVP_CIPHER_CTX_set_padding(e->cipher, 0) != 1 ||
        EVP_DecryptUpdate(e->cipher, e->out, &got, in, (int)n) != 1 || got <= 0) {
        f->broken = "damaged";
        return false;
    }
    *ret = dye_span_of(e->out, (uint64_t)got < e->left ? (size_t)got : (size_t)e->left);
    e->left -= ret->n;
    return true;
}

static enum dye_status begin(struct cfb *c, const struct scheme *s, const uint8_t key[FIELD_MAX],
                             struct encrypted **ret, const char **ret_fault)
{
    struct cfb_entry *entry = cfb_find(c, 0, "EncryptedPackage");
    struct encrypted *e = calloc(1, sizeof *e);
    if (e == NULL || entry == NULL || (e->in = cfb_read(c, entry)) == NULL ||
        (e->cipher = EVP_CIPHER_CTX_new()) == NULL) {
        encrypted_close(e);
        return entry == NULL ? DYE_OK : DYE_E_NOMEM;
    }
    e->feed.next = next;
    e->agile = s->agile;
    e->hash = s->data_hash;
    e->key_n = (s->agile ? s->data_key_bits : s->key_bits) / 8;
    e->salt_n = s->data_salt.n;
    memcpy(e->key, key, e->key_n);
    memcpy(e->salt, s->data_salt.p, e->salt_n);
    uint8_t head[8];
    size_t n = 0;
    while (n < sizeof head && (e->piece.n > 0 || feed_pull(&e->in->feed, &e->piece))) {
        head[n++] = *e->piece.p;
        e->piece = dye_span_of(e->piece.p + 1, e->piece.n - 1);
    }
    e->left = n == sizeof head ? little64(head) : 0;
    if (!s->agile && EVP_DecryptInit_ex(e->cipher, ecb(s->key_bits), NULL, e->key, NULL) != 1) {
        encrypted_close(e);
        *ret_fault = "unsupported";
        return DYE_OK;
    }
    *ret = e;
    return DYE_OK;
}

enum dye_status encrypted_open(const struct dye_decode_input *from, struct cfb *c, struct encrypted **ret,
                               const char **ret_fault)
{
    struct scheme s = {.agile = false};
    uint8_t key[FIELD_MAX] = {0};
    *ret = NULL;
    *ret_fault = "encrypted";
    DYE_TRY(read_info(c, &s));
    if (!s.known) {
        *ret_fault = "unsupported";
        return DYE_OK;
    }
    enum dye_status status = find_key(from, &s, key) ? begin(c, &s, key, ret, ret_fault) : DYE_OK;
    dye_wipe(key, sizeof key);
    return status;
}

void encrypted_close(struct encrypted *e)
{
    if (e == NULL)
        return;
    cfb_stream_free(e->in);
    EVP_CIPHER_CTX_free(e->cipher);
    dye_wipe(e, sizeof *e);
    free(e);
}
