/*
 * Text that somebody changes while it is scanned harms no memory, on any path: a file is looked at where it stands, and
 * its bytes may be other ones when they are read again. Behind the text is a page that can't be read, and what is hit
 * lies inside the text.
 */
#include "dye/scan.h"
#include "rng.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT = 48 << 10, ROUNDS = 150 };

static const struct {
    const char *text;
    enum dye_kind kind;
    enum dye_form form;
} values[] = {
    {"17412345678", DYE_MOBILE, DYE_PLAIN},
    {"11014619900307001x", DYE_RESIDENT_ID, DYE_PLAIN},
    {"110146900307001", DYE_RESIDENT_ID, DYE_FORM_SHORT},
    {"zhang-3@a-b.example.org", DYE_EMAIL, DYE_PLAIN},
    {"sf1234567890123", DYE_WAYBILL, DYE_PLAIN},
    {"0cc175b9c0f1b6a831c399e269772661", DYE_MOBILE, DYE_FORM_MD5},
    {"DMF1ucDxtqgxw5niaXcmYQ==", DYE_MOBILE, DYE_FORM_MD5_BASE64},
    {"174****5678", DYE_MOBILE, DYE_FORM_MASKED},
    {"1.7412345678e10", DYE_MOBILE, DYE_FORM_SCIENTIFIC},
};
enum { VALUES = sizeof values / sizeof *values };

/* What ordinary rows don't take: each leads into code of its own. */
static const char *const pieces[] = {
    "174 1234 5678",
    "174-1234-5678",
    "+86 17412345678",
    "008617412345678",
    "174xxxx5678",
    "174**xx5678",
    "110146********001x",
    "zhang-3(at)a-b.example[dot]org",
    "%E5%BC%A0%E4%B8%8917412345678",
    "\\u5f20\\u4e0917412345678",
    "１７４１２３４５６７８",
    "一七四一二三四五六七八",
    "幺拐四幺两三四五六七八",
    "\xd2\xbb\xc6\xdf\xcb\xc4\xd2\xbb\xb6\xfe\xc8\xfd\xcb\xc4\xce\xe5\xc1\xf9\xc6\xdf\xb0\xcb",
    "\xa3\xb1\xa3\xb7\xa3\xb4\xa3\xb1\xa3\xb2\xa3\xb3\xa3\xb4\xa3\xb5\xa3\xb6\xa3\xb7\xa3\xb8",
    "174\u200b1234\u200b5678",
    "174＊＊＊＊5678",
    "MTc0MTIzNDU2Nzgs5byg5LiJLDExMDE0NjE5OTAwMzA3MDAxeA==",
    "e10=17412345678&m=1.7412345678E+10",
    "\n",
    ",",
    "','",
    "----",
};
enum { PIECES = sizeof pieces / sizeof *pieces };

static struct dye_index_set set_of_values(const struct dye_index_keys *keys)
{
    struct dye_index_builder *b = dye_index_builder_new(keys, false);
    for (size_t i = 0; i < VALUES; i++) {
        struct dye_index_entry e = {.kind = (uint8_t)values[i].kind, .form = (uint8_t)values[i].form, .variant = 'A'};
        dye_index_entry_set(&e, keys, dye_span_str(values[i].text));
        assert_int_equal(dye_index_builder_add(b, dye_span_str("c"), &e), DYE_OK);
    }
    uint8_t *image = NULL;
    size_t n = 0;
    struct dye_index_set set = {{NULL, NULL}};
    assert_int_equal(dye_index_builder_image(b, &image, &n, NULL), DYE_OK);
    assert_int_equal(dye_index_take(image, n, keys, &set.part[0], NULL), DYE_OK);
    dye_index_builder_free(b);
    return set;
}

struct torn {
    uint8_t *text;
    uint64_t seed;
    atomic_bool over;
    uint64_t changes;
};

/* A race that is wanted: byte by byte, and by no function that a sanitizer knows. */
__attribute__((no_sanitize("thread"))) static void put_piece(struct rng *r, volatile uint8_t *text)
{
    bool value = rng_below(r, 2) == 0;
    const char *piece = value ? values[rng_below(r, VALUES)].text : pieces[rng_below(r, PIECES)];
    size_t n = strlen(piece), at = rng_below(r, TEXT - n);
    for (size_t i = 0; i < n; i++)
        text[at + i] = (uint8_t)piece[i];
}

__attribute__((no_sanitize("thread"))) static void *tear(void *arg)
{
    struct torn *t = arg;
    struct rng r;
    rng_init(&r, t->seed);
    for (; !atomic_load_explicit(&t->over, memory_order_relaxed); t->changes++) {
        if (rng_below(&r, 4) == 0)
            put_piece(&r, t->text);
        else
            ((volatile uint8_t *)t->text)[rng_below(&r, TEXT)] = (uint8_t)rng_u64(&r);
    }
    return NULL;
}

static enum dye_status inside(void *arg, const struct dye_hit *hit)
{
    ++*(uint64_t *)arg;
    assert_true(hit->start <= TEXT && hit->n <= TEXT - hit->start);
    return DYE_OK;
}

static void text_that_changes_meanwhile_harms_no_memory(void **state)
{
    (void)state;
    static const uint8_t secret[DYE_KEY_BYTES] = {7};
    struct dye_key key;
    struct dye_index_keys keys;
    struct rng r;
    uint64_t hits = 0, scans = 0;
    pthread_t thread;
    memcpy(key.bytes, secret, sizeof secret);
    dye_index_keys_init(&key, &keys);
    struct dye_index_set set = set_of_values(&keys);
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (TEXT + page - 1) / page * page;
    uint8_t *p = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint8_t *text = p + room - TEXT;
    assert_true(p != MAP_FAILED);
    assert_int_equal(mprotect(p + room, page, PROT_NONE), 0);
    struct torn t = {.text = text, .seed = rng_seed(11)};
    rng_init(&r, t.seed + 1);
    for (size_t i = 0; i < TEXT / 20; i++)
        put_piece(&r, text);
    assert_int_equal(pthread_create(&thread, NULL, tear, &t), 0);
    for (unsigned round = 0; round < ROUNDS; round++)
        for (enum dye_scan_path path = DYE_SCAN_SCALAR; path <= DYE_SCAN_AVX512; path++) {
            size_t from = rng_below(&r, 200);
            enum dye_status status =
                dye_scan_by(path, &set, UINT64_MAX, dye_span_of(text + from, TEXT - from), inside, &hits, NULL);
            assert_true(status == DYE_OK || status == DYE_E_USAGE);
            scans += status == DYE_OK;
        }
    atomic_store(&t.over, true);
    pthread_join(thread, NULL);
    printf("%llu scans, %llu changes, %llu hits\n", (unsigned long long)scans, (unsigned long long)t.changes,
           (unsigned long long)hits);
    assert_true(hits > 0 && t.changes > scans);
    dye_index_unref(set.part[0]);
    munmap(p, room + page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text_that_changes_meanwhile_harms_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
