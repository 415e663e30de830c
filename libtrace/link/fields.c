#include "fields.h"

void fields_init(struct fields *f)
{
    f->n = 0;
    dye_buf_init(&f->utf8, 4 * DYE_RECORD_MAX_BYTES, true);
    dye_buf_init(&f->folded, 4 * DYE_RECORD_MAX_BYTES, true);
    dye_buf_init(&f->mended, 4 * DYE_MENDED_MAX_BYTES, true);
}

void fields_done(struct fields *f)
{
    dye_buf_done(&f->utf8);
    dye_buf_done(&f->folded);
    dye_buf_done(&f->mended);
    dye_wipe(f->print, sizeof f->print);
    f->n = 0;
}

static void print(struct fields *f, const struct dye_index_keys *keys, struct dye_span form, uint8_t head, uint8_t tail)
{
    if (f->n == f->max)
        return;
    struct fields_print *p = &f->print[f->n++];
    *p = (struct fields_print){.head = head, .tail = tail};
    dye_fp(keys, form, p->fp);
}

static void show(struct fields_shown *shown, const struct dye_index_keys *keys, struct dye_span value)
{
    uint8_t fp[DYE_FP_BYTES];
    dye_fp(keys, value, fp);
    if (shown->n == 0)
        memcpy(shown->fp, fp, sizeof fp);
    if (shown->n < 2 && (shown->n == 0 || memcmp(shown->fp, fp, sizeof fp) != 0))
        shown->n++;
}

/* One to three ideographs and what hides the others. */
static bool is_masked_name(const struct dye_trait *t)
{
    size_t seen = 0;
    for (size_t i = 0; i < t->bytes.n; i++)
        if (t->bytes.text[i] != '*' && ((uint8_t)t->bytes.text[i] < 0x80 || seen++ == 9))
            return false;
    return true;
}

/* What a field says beside its whole self. */
static void add_traits(struct fields *f, const struct dye_index_keys *keys, struct dye_span text,
                       struct dye_span folded)
{
    struct dye_trait trait, parts[DYE_TRAIT_PARTS_MAX];
    struct dye_value v;
    bool number = text.n >= 11 && text.n <= 32 && folded.n >= 11 && dye_is_digit(folded.p[folded.n / 2]);
    if (dye_trait_mask(text, &trait)) {
        print(f, keys, dye_value_span(&trait.bytes), trait.head, trait.tail);
        if (is_masked_name(&trait))
            show(&f->names, keys, dye_value_span(&trait.bytes));
    }
    if (text.n >= 8 && text.n <= 40 && dye_is_digit(text.p[0]) && dye_trait_date(text, &trait))
        print(f, keys, dye_value_span(&trait.bytes), 0, 0);
    size_t n = folded.n >= 9 && folded.p[0] >= 0x80 ? dye_trait_address(folded, parts) : 0;
    for (size_t i = 0; i < n; i++)
        print(f, keys, dye_value_span(&parts[i].bytes), 0, 0);
    if (dye_trait_is_name(folded))
        show(&f->names, keys, folded);
    if (number && dye_ident_parse(DYE_MOBILE, text, &v) == DYE_OK)
        show(&f->mobiles, keys, dye_value_span(&v));
    if (number && dye_ident_parse(DYE_RESIDENT_ID, text, &v) == DYE_OK)
        show(&f->ids, keys, dye_value_span(&v));
    dye_wipe(&trait, sizeof trait);
    dye_wipe(&v, sizeof v);
}

static enum dye_status add(struct fields *f, const struct dye_index_keys *keys, struct dye_span text)
{
    if (f->n == f->max || text.n == 0 || text.n > 2 * DYE_VALUE_MAX_BYTES)
        return DYE_OK;
    dye_buf_clear(&f->folded);
    enum dye_status status = dye_text_fold(text, &f->folded);
    if (status != DYE_OK)
        return status == DYE_E_LIMIT ? DYE_OK : status;
    if (f->folded.n > 0 && f->folded.n <= DYE_VALUE_MAX_BYTES)
        print(f, keys, dye_buf_span(&f->folded), 0, 0);
    add_traits(f, keys, text, dye_buf_span(&f->folded));
    return DYE_OK;
}

/* Of what hides a character of a name, in glued rows. */
static size_t star(const uint8_t *p, size_t n)
{
    static const char *const stars[] = {"*", "＊", "×", "●"};
    for (size_t i = 0; i < sizeof stars / sizeof *stars; i++)
        if (n >= strlen(stars[i]) && memcmp(p, stars[i], strlen(stars[i])) == 0)
            return strlen(stars[i]);
    return 0;
}

/* Where a stretch of ideographs ends that begins at i, and of stars, as a masked name has them. */
static size_t ideographs_end(struct dye_span text, size_t i, size_t *ret_ideographs)
{
    for (*ret_ideographs = 0; i < text.n;) {
        bool ideograph = i + 2 < text.n && text.p[i] >= 0xe3 && text.p[i] <= 0xe9;
        size_t used = ideograph ? 3 : star(text.p + i, text.n - i);
        if (used == 0)
            break;
        *ret_ideographs += ideograph;
        i += used;
    }
    return i;
}

/* Of a field in which ideographs and digits stand without anything between them: each stretch of ideographs. */
static enum dye_status add_stretches(struct fields *f, const struct dye_index_keys *keys, struct dye_span text)
{
    for (size_t i = 0, ideographs; i < text.n;) {
        size_t end = ideographs_end(text, i, &ideographs);
        if (ideographs > 0 && end - i >= 4 && end - i < text.n)
            DYE_TRY(add(f, keys, dye_span_of(text.p + i, end - i)));
        i = end > i ? end : i + 1;
    }
    return DYE_OK;
}

static enum dye_status add_words(struct fields *f, const struct dye_index_keys *keys, struct dye_span text)
{
    DYE_TRY(add(f, keys, text));
    for (size_t i = 0, start = 0; i <= text.n; i++) {
        if (i < text.n && text.p[i] != ' ')
            continue;
        if (i > start && i - start < text.n)
            DYE_TRY(add(f, keys, dye_span_of(text.p + start, i - start)));
        start = i + 1;
    }
    return add_stretches(f, keys, text);
}

/* Bytes of the delimiter at p, 0 if there is none. */
static size_t delimiter(const uint8_t *p, size_t n)
{
    static const char *const wide[] = {"，", "；", "：", "｜", "　"};
    if (strchr(",\t|;:^#~<>{}[]()=\"'`\r\n\x01", p[0]) != NULL) /* NUL too */
        return 1;
    if (n >= 2 && memcmp(p, "--", 2) == 0)
        return 2;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (n >= strlen(wide[i]) && memcmp(p, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    return 0;
}

/* p is at a quote: up to its partner, or 0 when there is none. */
static size_t quoted(const uint8_t *p, size_t n)
{
    const uint8_t *close = memchr(p + 1, p[0], n - 1);
    return close != NULL ? (size_t)(close - p) : 0;
}

/* At everything that delimits anywhere. */
static enum dye_status cut(struct fields *f, const struct dye_index_keys *keys)
{
    const uint8_t *p = f->utf8.p;
    size_t n = f->utf8.n, start = 0;
    for (size_t i = 0; i <= n;) {
        size_t step = i < n ? delimiter(p + i, n - i) : 1;
        if (step == 0) {
            i++;
            continue;
        }
        DYE_TRY(add_words(f, keys, dye_span_of(p + start, i - start)));
        size_t inside = i == start && i < n && (p[i] == '"' || p[i] == '\'') ? quoted(p + i, n - i) : 0;
        if (inside > 1)
            DYE_TRY(add_words(f, keys, dye_span_of(p + i + 1, inside - 1)));
        /* On into the quotes: if they weren't a pair, the pieces count. */
        i += step;
        start = i;
    }
    return DYE_OK;
}

/* As the layout has them. */
static enum dye_status read_out(struct fields *f, const struct dye_index_keys *keys, const struct dye_records *r,
                                size_t start, size_t end)
{
    enum { LONGEST = 1 << 20 };
    struct dye_field fields[DYE_FIELDS_MAX];
    size_t n = r->end - r->start <= LONGEST ? dye_record_fields(r, fields) : 0;
    for (size_t i = 0; i < n; i++) {
        if (fields[i].n == 0 || fields[i].start < start || fields[i].start + fields[i].n > end)
            continue;
        dye_buf_clear(&f->utf8);
        dye_buf_clear(&f->mended);
        enum dye_status status = dye_field_value(r, &fields[i], &f->utf8);
        if (status == DYE_E_LIMIT)
            continue;
        DYE_TRY(status);
        DYE_TRY(add_words(f, keys, dye_buf_span(&f->utf8)));
        if (dye_text_mend(dye_buf_span(&f->utf8), &f->mended) != DYE_MOJIBAKE_NONE)
            DYE_TRY(add_words(f, keys, dye_buf_span(&f->mended)));
    }
    return DYE_OK;
}

static void clear(struct fields *f)
{
    f->n = 0;
    f->max = FIELDS_CUT_MAX;
    f->names.n = f->mobiles.n = f->ids.n = 0;
}

static enum dye_status decode_and_cut(struct fields *f, const struct dye_index_keys *keys, enum dye_charset charset,
                                      struct dye_span text)
{
    if (text.n == 0)
        return DYE_OK;
    dye_buf_clear(&f->utf8);
    enum dye_status status = dye_text_to_utf8(dye_charset_of_record(charset, text), text, &f->utf8);
    return status == DYE_OK || status == DYE_E_LIMIT ? cut(f, keys) : status;
}

enum dye_status fields_read_near(struct fields *f, const struct dye_index_keys *keys, enum dye_charset charset,
                                 struct dye_span before, struct dye_span after)
{
    clear(f);
    DYE_TRY(decode_and_cut(f, keys, charset, before));
    return decode_and_cut(f, keys, charset, after);
}

enum dye_status fields_read(struct fields *f, const struct dye_index_keys *keys, const struct dye_records *r,
                            size_t start, size_t end)
{
    enum dye_charset charset = dye_charset_is_wide(r->layout.charset) ? DYE_CHARSET_UTF8 : r->layout.charset;
    struct dye_span record = dye_span_of(r->text.p + start, end - start);
    clear(f);
    DYE_TRY(decode_and_cut(f, keys, charset, record));
    f->max = FIELDS_MAX;
    return read_out(f, keys, r, start, end);
}

const struct fields_print *fields_find(const struct fields *f, const uint8_t fp[DYE_INDEX_FP_BYTES])
{
    for (size_t i = 0; i < f->n; i++)
        if (memcmp(f->print[i].fp, fp, DYE_INDEX_FP_BYTES) == 0)
            return &f->print[i];
    return NULL;
}
