/* Lanes with AVX-512, eight tokens at a time. Compiled for processors that may lack it: called only for the path that
 * window_of_path has asked for. */
#include "lanes_walk.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512                                                                                                         \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx512vbmi,gfni,avx2,bmi,bmi2,popcnt,lzcnt")))

AVX512 INLINE __m512i all(uint64_t word)
{
    return _mm512_set1_epi64((int64_t)word);
}

AVX512 INLINE int64_t word_at(const uint8_t *p)
{
    int64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

AVX512 INLINE __m512i four(__m128i a, __m128i b, __m128i c, __m128i d)
{
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
    __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(c), d, 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

/* Words at so many bytes from `base`. Eight loads: gathers take longer on most processors. */
AVX512 INLINE __m512i gather(const void *base, __m512i offsets)
{
    const uint8_t *p = base;
    uint64_t at[EIGHT];
    _mm512_storeu_si512(at, offsets);
    return four(
        _mm_set_epi64x(word_at(p + at[1]), word_at(p + at[0])), _mm_set_epi64x(word_at(p + at[3]), word_at(p + at[2])),
        _mm_set_epi64x(word_at(p + at[5]), word_at(p + at[4])), _mm_set_epi64x(word_at(p + at[7]), word_at(p + at[6])));
}

/* ---- XXH3, as probe.h has it ---- */

/* Two words of each of eight tokens. */
struct words {
    __m512i first, second;
};

AVX512 INLINE struct words words_of(const __m128i pairs[EIGHT])
{
    __m512i even = four(pairs[0], pairs[2], pairs[4], pairs[6]), odd = four(pairs[1], pairs[3], pairs[5], pairs[7]);
    return (struct words){_mm512_unpacklo_epi64(even, odd), _mm512_unpackhi_epi64(even, odd)};
}

/* The two halves of a product of 128 bits, one over the other. */
AVX512 INLINE __m512i fold(__m512i a, __m512i b)
{
    const __m512i low = all(UINT32_MAX);
    __m512i a1 = _mm512_srli_epi64(a, 32), b1 = _mm512_srli_epi64(b, 32);
    __m512i p = _mm512_mul_epu32(a, b), q = _mm512_mul_epu32(a1, b), r = _mm512_mul_epu32(a, b1);
    __m512i s = _mm512_add_epi64(q, _mm512_srli_epi64(p, 32));
    __m512i t = _mm512_add_epi64(r, _mm512_and_si512(s, low));
    __m512i high = _mm512_add_epi64(_mm512_mul_epu32(a1, b1), _mm512_srli_epi64(s, 32));
    high = _mm512_add_epi64(high, _mm512_srli_epi64(t, 32));
    return _mm512_xor_si512(high, _mm512_mask_blend_epi32(0xaaaa, p, _mm512_slli_epi64(t, 32)));
}

AVX512 INLINE void finish(__m512i h, uint64_t *ret)
{
    h = _mm512_xor_si512(h, _mm512_srli_epi64(h, 37));
    h = _mm512_mullo_epi64(h, all(UINT64_C(0x165667919e3779f9)));
    h = _mm512_xor_si512(h, _mm512_srli_epi64(h, 32));
    _mm512_storeu_si512(ret, _mm512_max_epu64(h, all(1))); /* 0 is no probe */
}

/* Of 9 to 16 bytes: the first eight and the last. */
AVX512 INLINE void hash_short(const struct scan *s, struct words w, __m512i bytes, uint64_t *ret)
{
    const __m512i turned = _mm512_set4_epi32(0x08090a0b, 0x0c0d0e0f, 0x00010203, 0x04050607);
    uint64_t secret[4];
    memcpy(secret, s->keys->probe_secret + 24, sizeof secret);
    __m512i a = _mm512_xor_si512(w.first, all(secret[0] ^ secret[1]));
    __m512i b = _mm512_xor_si512(w.second, all(secret[2] ^ secret[3]));
    __m512i h = _mm512_add_epi64(_mm512_add_epi64(bytes, _mm512_shuffle_epi8(a, turned)), b);
    finish(_mm512_add_epi64(h, fold(a, b)), ret);
}

/* Of 17 to 32 bytes: the first sixteen and the last. */
AVX512 INLINE void hash_long(const struct scan *s, struct words start, struct words end, __m512i bytes, uint64_t *ret)
{
    uint64_t secret[4];
    memcpy(secret, s->keys->probe_secret, sizeof secret);
    __m512i first = fold(_mm512_xor_si512(start.first, all(secret[0])), _mm512_xor_si512(start.second, all(secret[1])));
    __m512i last = fold(_mm512_xor_si512(end.first, all(secret[2])), _mm512_xor_si512(end.second, all(secret[3])));
    __m512i h = _mm512_mullo_epi64(bytes, all(UINT64_C(0x9e3779b185ebca87)));
    finish(_mm512_add_epi64(h, _mm512_add_epi64(first, last)), ret);
}

AVX512 INLINE __m128i pair_at(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

AVX512 INLINE void mobiles_512(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t at = 0; at < n; at += EIGHT) {
        __m128i pairs[EIGHT];
        for (unsigned i = 0; i < EIGHT; i++) {
            const uint8_t *p = token_start(s, tokens[at + i]);
            pairs[i] = _mm_set_epi64x(word_at(p + 3), word_at(p));
        }
        hash_short(s, words_of(pairs), all(11), ret + at);
    }
}

/* The last is a digit, which has the bit of small letters anyway, or a letter. */
AVX512 INLINE void ids_512(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t at = 0; at < n; at += EIGHT) {
        __m128i starts[EIGHT], ends[EIGHT];
        for (unsigned i = 0; i < EIGHT; i++) {
            const uint8_t *p = token_start(s, tokens[at + i]);
            starts[i] = pair_at(p);
            ends[i] = pair_at(p + 2);
        }
        struct words end = words_of(ends);
        end.second = _mm512_or_si512(end.second, all(UINT64_C(0x20) << 56));
        hash_long(s, words_of(starts), end, all(18), ret + at);
    }
}

AVX512 INLINE __m512i bytes_of(const token *tokens)
{
    __m256i t = _mm256_loadu_si256((const __m256i *)(const void *)tokens);
    return _mm512_cvtepu32_epi64(_mm256_srli_epi32(t, 16));
}

/* Addresses of 9 to 16 bytes. */
AVX512 INLINE void short_512(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t at = 0; at < n; at += EIGHT) {
        __m128i pairs[EIGHT];
        for (unsigned i = 0; i < EIGHT; i++) {
            token t = tokens[at + i];
            const uint8_t *p = token_start(s, t);
            pairs[i] = _mm_set_epi64x(word_at(p + TOKEN_BYTES(t) - 8), word_at(p));
        }
        hash_short(s, words_of(pairs), bytes_of(tokens + at), ret + at);
    }
}

/* Addresses of 17 to 32 bytes. */
AVX512 INLINE void long_512(const struct scan *s, const token *tokens, size_t n, uint64_t *ret)
{
    for (size_t at = 0; at < n; at += EIGHT) {
        __m128i starts[EIGHT], ends[EIGHT];
        for (unsigned i = 0; i < EIGHT; i++) {
            token t = tokens[at + i];
            const uint8_t *p = token_start(s, t);
            starts[i] = pair_at(p);
            ends[i] = pair_at(p + TOKEN_BYTES(t) - 16);
        }
        hash_long(s, words_of(starts), words_of(ends), bytes_of(tokens + at), ret + at);
    }
}

/* ---- filters ---- */

AVX512 INLINE uint64_t look_512(const struct dye_index_filter *f, const uint64_t *probes, size_t n)
{
    const __m512i one = all(1), words = all(f->n_words);
    uint64_t passes = 0;
    for (size_t at = 0; at < n; at += EIGHT) {
        __m512i probe = _mm512_loadu_si512(probes + at);
        __m512i mixed = _mm512_mullo_epi64(probe, all(UINT64_C(0x9e3779b97f4a7c15))); /* dye_filter_bits */
        __m512i bits = _mm512_or_si512(_mm512_rolv_epi64(one, _mm512_srli_epi64(mixed, 58)),
                                       _mm512_rolv_epi64(one, _mm512_srli_epi64(mixed, 52)));
        bits = _mm512_or_si512(bits, _mm512_rolv_epi64(one, _mm512_srli_epi64(mixed, 46)));
        bits = _mm512_or_si512(bits, _mm512_rolv_epi64(one, _mm512_srli_epi64(mixed, 40)));
        /* Less than 2^32 words: the upper half of the product of 128 bits is that of two of 64. */
        __m512i low = _mm512_srli_epi64(_mm512_mul_epu32(probe, words), 32);
        __m512i high = _mm512_mul_epu32(_mm512_srli_epi64(probe, 32), words);
        __m512i which = _mm512_srli_epi64(_mm512_add_epi64(high, low), 32);
        __m512i found = gather(f->words, _mm512_slli_epi64(which, 3));
        passes |= (uint64_t)_mm512_testn_epi64_mask(_mm512_andnot_si512(found, bits), bits) << at;
    }
    return passes & low_bits(n);
}

/* ---- addresses ---- */

enum { SIGNS = 256 }; /* at a time */

struct addresses { /* of 9 to 16 bytes, of 17 to 32, and others that are whole */
    size_t n_short, n_long, n_other;
    token shorts[SIGNS + SLACK], longs[SIGNS + SLACK], others[SIGNS + SLACK];
};

AVX512 INLINE size_t put(token *list, size_t n, __mmask8 which, __m256i tokens)
{
    _mm256_storeu_si256((__m256i *)(void *)(list + n), _mm256_maskz_compress_epi32(which, tokens));
    return n + (unsigned)__builtin_popcount(which);
}

/* What address() in lanes.c says of eight signs; returns which of them take a second look. */
AVX512 INLINE __mmask8 eight_addresses(const struct window *w, const token *signs, __mmask8 live, struct addresses *a)
{
    const __m512i seven = all(7), one = all(1), limit = all(ADDRESS_SHORT);
    __m512i sign = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(const void *)signs));
    __m512i last = _mm512_sub_epi64(sign, one), first = _mm512_add_epi64(sign, one);
    __m512i to = _mm512_sub_epi64(_mm512_srli_epi64(last, 3), seven), from = _mm512_srli_epi64(first, 3);
    __m512i up = _mm512_andnot_si512(last, seven), down = _mm512_and_si512(first, seven);
    __m512i local = _mm512_sllv_epi64(gather(w->m[LOCAL], to), up);
    __m512i starts = _mm512_sllv_epi64(gather(w->m[STARTS], to), up);
    __m512i domain = _mm512_srlv_epi64(gather(w->m[DOMAIN], from), down);
    __m512i ends = _mm512_srlv_epi64(gather(w->m[ENDS], from), down);
    /* How many bits are set from the top of the one, and from the bottom of the other: past them is a bit that is not.
     */
    __m512i before = _mm512_lzcnt_epi64(_mm512_or_si512(_mm512_xor_si512(local, all(UINT64_MAX)), one));
    __m512i past = _mm512_andnot_si512(domain, _mm512_add_epi64(domain, one));
    __m512i behind = _mm512_sub_epi64(all(63), _mm512_lzcnt_epi64(past));
    __m512i at_start = _mm512_sllv_epi64(starts, _mm512_sub_epi64(before, one)); /* its top bit */
    __mmask8 good = _mm512_mask_cmple_epu64_mask(_mm512_movepi64_mask(at_start) & live, before, limit);
    good = _mm512_mask_test_epi64_mask(_mm512_mask_cmple_epu64_mask(good, behind, limit), ends, past);
    __m512i bytes = _mm512_add_epi64(_mm512_add_epi64(before, behind), one);
    __m256i tokens =
        _mm512_cvtepi64_epi32(_mm512_or_si512(_mm512_sub_epi64(sign, before), _mm512_slli_epi64(bytes, 16)));
    __mmask8 brief = _mm512_mask_cmple_epu64_mask(good, _mm512_sub_epi64(bytes, all(9)), seven);
    __mmask8 middle = _mm512_mask_cmple_epu64_mask(good, _mm512_sub_epi64(bytes, all(17)), all(15));
    a->n_short = put(a->shorts, a->n_short, brief, tokens);
    a->n_long = put(a->longs, a->n_long, middle, tokens);
    a->n_other = put(a->others, a->n_other, good & ~brief & ~middle, tokens);
    return live & ~good;
}

/* Behind a list stands its first token as often as one more vector may read. */
INLINE void fill(token *list, size_t n)
{
    for (size_t i = 0; n > 0 && i < EIGHT; i++)
        list[n + i] = list[0];
}

AVX512 INLINE enum dye_status addresses_512(struct scan *s)
{
    struct window *w = &s->w;
    struct addresses a;
    if ((s->classes & (CLASS(EMAIL) | CLASS(OTHER))) == 0)
        return DYE_OK;
    fill(w->ats, w->n_ats);
    for (size_t at = 0; at < w->n_ats; at += SIGNS) {
        size_t n = w->n_ats - at < SIGNS ? w->n_ats - at : SIGNS;
        a.n_short = a.n_long = a.n_other = 0;
        for (size_t i = 0; i < n; i += EIGHT) {
            const token *signs = w->ats + at + i;
            __mmask8 second_look = eight_addresses(w, signs, (__mmask8)low_bits(n - i < EIGHT ? n - i : EIGHT), &a);
            for (unsigned left = second_look; left != 0; left &= left - 1)
                DYE_TRY(address_at(s, signs[__builtin_ctz(left)]));
        }
        fill(a.shorts, a.n_short);
        fill(a.longs, a.n_long);
        DYE_TRY(lane(s, a.shorts, a.n_short, &s->address, 0, short_512, look_512));
        DYE_TRY(lane(s, a.longs, a.n_long, &s->address, 0, long_512, look_512));
        DYE_TRY(lane(s, a.others, a.n_other, &s->address, 0, hash_addresses, look_512));
    }
    return DYE_OK;
}

AVX512 enum dye_status lanes_avx512(struct scan *s)
{
    struct window *w = &s->w;
    fill(w->mobiles, w->n_mobiles);
    fill(w->ids, w->n_ids);
    DYE_TRY(lane(s, w->mobiles, w->n_mobiles, &s->mobile, 11, mobiles_512, look_512));
    DYE_TRY(lane(s, w->ids, w->n_ids, &s->id, 18, ids_512, look_512));
    DYE_TRY(lane(s, w->lane[LANE_DIGEST], w->n[LANE_DIGEST], &s->digest, 0, hash_runs, look_512));
    DYE_TRY(lane(s, w->lane[LANE_OTHER], w->n[LANE_OTHER], &s->other, 0, hash_runs, look_512));
    return addresses_512(s);
}
#endif
