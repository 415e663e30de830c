#include "locked.h"

#include "helped.h"
#include "listing.h"
#include "little.h"
#include "name.h"
#include "password.h"
#include "rar_head.h"
#include "whole.h"

#include <stdlib.h>

/* ---- what other programs read ---- */

struct programs {
    enum listing_form form;
    enum dye_helper list, read, test;
};
static const struct programs of_7z = {LISTING_7Z, DYE_HELPER_7Z_LIST, DYE_HELPER_7Z, DYE_HELPER_7Z_TEST};
static const struct programs of_rar = {LISTING_RAR, DYE_HELPER_RAR_LIST, DYE_HELPER_RAR, DYE_HELPER_RAR_TEST};

/* A file of the stream of all of them. */
struct cut {
    struct feed feed; /* first */
    struct feed *all;
    uint64_t left;
};

static bool cut_next(struct feed *f, struct dye_span *ret)
{
    struct cut *c = (struct cut *)f;
    if (c->left == 0)
        return false;
    if (!feed_pull(c->all, ret)) {
        f->broken = feed_fault(c->all) != NULL ? feed_fault(c->all) : "truncated";
        return false;
    }
    if (ret->n > c->left) {
        feed_push(c->all, dye_span_of(ret->p + c->left, ret->n - (size_t)c->left));
        ret->n = (size_t)c->left;
    }
    c->left -= ret->n;
    return true;
}

/* The files of the listing, one after the other out of `all`. */
static enum dye_status read_files(struct decoding *d, const struct listing *l, struct feed *all, const char *path,
                                  uint32_t depth)
{
    char *inner = malloc(DYE_PATH_MAX_BYTES + 1);
    struct cut *c = calloc(1, sizeof *c);
    enum dye_status status = inner != NULL && c != NULL ? DYE_OK : DYE_E_NOMEM;
    const char *name;
    size_t at = 0;
    struct dye_span rest;
    uint64_t bytes;
    while (status == DYE_OK && !d->over && listing_next(l, &at, &bytes, &name)) {
        name_join(path, name, inner, DYE_PATH_MAX_BYTES + 1);
        if (!decoding_count_entry(d)) {
            status = part_bare(d, inner, "limit: entries");
            break;
        }
        if (bytes == LISTING_FOLDER)
            continue;
        feed_init(&c->feed, cut_next);
        c->all = all;
        c->left = bytes;
        status = decoding_walk_inner(d, &c->feed, inner, depth + 1);
        while (status == DYE_OK && !d->over && feed_pull(&c->feed, &rest))
            ; /* the next file stands behind this one */
    }
    /* It wrote more than it had listed, or complained at the end: something of this is not what it was. */
    if (status == DYE_OK && !d->over && (feed_pull(all, &rest) || feed_fault(all) != NULL))
        status = part_bare(d, path, feed_fault(all) != NULL ? feed_fault(all) : "damaged");
    free(c);
    free(inner);
    return status;
}

/* *ret_fits: the helper read all of it. */
static enum dye_status try_password(struct whole *w, enum dye_helper test, const char *password, bool *ret_fits)
{
    struct helped h;
    const char *fault;
    struct dye_span piece;
    DYE_TRY(helped_open(w, test, password, &h, &fault));
    *ret_fits = false;
    if (fault != NULL)
        return DYE_OK;
    while (feed_pull(&h.feed, &piece))
        ;
    *ret_fits = helped_close(&h) == NULL;
    return DYE_OK;
}

/* DYE_END: this program with this password can't read it, and nothing was given. */
static enum dye_status read_by(struct whole *w, const struct programs *by, const char *password, const char *path,
                               uint32_t depth)
{
    struct helped h;
    struct listing l;
    const char *fault;
    bool fits = true;
    if (password != NULL)
        DYE_TRY(try_password(w, by->test, password, &fits));
    if (!fits)
        return DYE_END;
    DYE_TRY(helped_open(w, by->list, password, &h, &fault));
    if (fault != NULL)
        return DYE_END;
    listing_init(&l);
    enum dye_status status = listing_read(&l, by->form, &h.feed);
    fault = helped_close(&h);
    if (status == DYE_E_LIMIT || (status == DYE_OK && (fault != NULL || l.n == 0)))
        status = DYE_END;
    if (status == DYE_OK)
        status = helped_open(w, by->read, password, &h, &fault);
    if (status == DYE_OK && fault == NULL) {
        status = read_files(w->d, &l, &h.feed, path, depth);
        (void)helped_close(&h); /* what it had to say was read with its last bytes */
    } else if (status == DYE_OK) {
        status = DYE_END;
    }
    listing_done(&l);
    return status;
}

/* ---- what libarchive reads ---- */

/* Looks through all headers, and with `drain` through the data too. */
static enum dye_status look(struct whole *w, enum sniff_format format, struct dye_span locks, bool drain,
                            bool *ret_locked, bool *ret_fails)
{
    struct container_budget budget = w->d->budget; /* what it costs is not what it gives */
    struct container *c = container_open_whole(w, format, &budget);
    struct dye_span piece;
    enum container_next next = CONTAINER_ENTRY;
    if (c == NULL)
        return DYE_E_NOMEM;
    container_lock(c, locks);
    for (uint64_t n = 0; n <= w->d->limits->entries && (next = container_next(c)) <= CONTAINER_BAD_ENTRY; n++) {
        if (!drain || next != CONTAINER_ENTRY || container_entry_is(c) != ENTRY_FILE)
            continue;
        while (feed_pull(container_entry_feed(c), &piece))
            ;
        *ret_fails = *ret_fails || container_entry_feed(c)->broken != NULL;
    }
    *ret_locked = container_is_locked(c);
    *ret_fails = *ret_fails || next == CONTAINER_BROKEN;
    container_close(c);
    return DYE_OK;
}

static enum dye_status read_plainly(struct whole *w, enum sniff_format format, struct dye_span locks, const char *path,
                                    uint32_t depth)
{
    struct container *c = format == SNIFF_7Z ? container_open_whole(w, format, &w->d->budget)
                                             : container_open(whole_feed(w, 0), format, &w->d->budget);
    if (c == NULL)
        return DYE_E_NOMEM;
    container_lock(c, locks);
    enum dye_status status = decoding_enter(w->d, c, &w->feed, path, depth);
    container_close(c);
    return status;
}

/* Behind the 7z: its signature's header says where the other one ends (7zFormat.txt). */
static bool has_tail(const struct whole *w)
{
    enum { START_BYTES = 32, NEXT_AT = 12 };
    uint8_t start[START_BYTES];
    if (!whole_read(w, 0, start, sizeof start))
        return false;
    uint64_t at = little64(start + NEXT_AT), n = little64(start + NEXT_AT + 8), left = w->bytes - START_BYTES;
    return at <= left && n < left - at;
}

static enum dye_status read_either(struct decoding *d, struct feed *in, const char *path, uint32_t depth,
                                   enum sniff_format format, const struct programs *by, bool older)
{
    enum { ENTRIES_MAX = 1 << 24 };
    struct whole *w = malloc(sizeof *w);
    const char *fault = NULL;
    bool locked = false, fails = false, costly = false;
    if (w == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = whole_take(d, in, w, &fault);
    if (status != DYE_OK || fault != NULL) {
        free(w);
        return status != DYE_OK ? status : part_bare(d, path, fault);
    }
    struct dye_buf marks;
    dye_buf_init(&marks, ENTRIES_MAX, false);
    if (format == SNIFF_RAR && !older)
        status = rar_head_read(w, &marks, &costly);
    struct dye_span locks = dye_buf_span(&marks);
    if (status == DYE_OK)
        status = look(w, format, locks, older && helped_is_offered(d), &locked, &fails);
    enum dye_status helped = DYE_END;
    if (status == DYE_OK && helped_is_offered(d)) {
        for (size_t i = 0; locked && !costly && i < d->input->from->n_passwords && helped == DYE_END; i++)
            helped = read_by(w, by, d->input->from->passwords[i], path, depth);
        if (!locked && fails && older && helped == DYE_END)
            helped = read_by(w, by, NULL, path, depth);
    }
    if (status == DYE_OK)
        status = helped != DYE_END ? helped : read_plainly(w, format, locks, path, depth);
    if (status == DYE_OK && !d->over && format == SNIFF_7Z && has_tail(w))
        status = part_bare(d, path, "trailing data");
    dye_buf_done(&marks);
    whole_done(w);
    free(w);
    return status;
}

enum dye_status locked_read_7z(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    return read_either(d, in, path, depth, SNIFF_7Z, &of_7z, false);
}

enum dye_status locked_read_rar(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    /* Of the older format libarchive lacks the filters: whether it gets through is seen by letting it. Of the newer one
     * it does not see what is encrypted, and where nothing can be sought, nobody does. */
    bool older = feed_peek(in).p[6] == 0;
    const struct dye_decode_input *from = d->input->from;
    if (from->read_at == NULL && from->spill_write == NULL) {
        struct container *c = container_open(in, SNIFF_RAR, &d->budget);
        if (c == NULL)
            return DYE_E_NOMEM;
        enum dye_status status = decoding_enter(d, c, in, path, depth);
        container_close(c);
        return status;
    }
    return read_either(d, in, path, depth, SNIFF_RAR, &of_rar, older);
}

/* ---- zip ---- */

/* Whether the first encrypted entry comes out whole, or 64 MiB of it. */
static enum dye_status zip_fits(struct whole *w, const char *password, bool *ret_fits)
{
    enum { ENOUGH = 64 << 20 };
    struct container_budget budget = w->d->budget;
    struct container *c = container_open_zip(whole_feed(w, 0), &password, 1, &budget);
    struct dye_span piece;
    if (c == NULL)
        return DYE_E_NOMEM;
    *ret_fits = false;
    for (uint64_t n = 0; n <= w->d->limits->entries && container_next(c) <= CONTAINER_BAD_ENTRY; n++) {
        if (!container_is_locked(c) || container_entry_is(c) != ENTRY_FILE)
            continue;
        struct feed *f = container_entry_feed(c);
        for (uint64_t got = 0; got < ENOUGH && feed_pull(f, &piece); got += piece.n)
            ;
        *ret_fits = feed_fault(f) == NULL;
        break;
    }
    container_close(c);
    return DYE_OK;
}

static enum dye_status read_locked_zip(struct whole *w, const char *path, uint32_t depth)
{
    struct passwords p;
    bool fits = false;
    enum dye_status status = DYE_OK;
    passwords_of_zip(w, &p);
    for (size_t i = 0; status == DYE_OK && !fits && i < p.n; i++) {
        status = zip_fits(w, p.at[i], &fits);
        if (fits) { /* first; other entries may have other ones */
            const char *right = p.at[i];
            memmove(p.at + 1, p.at, i * sizeof *p.at);
            p.at[0] = right;
        }
    }
    struct container *c =
        status == DYE_OK ? container_open_zip(whole_feed(w, 0), p.at, fits ? p.n : 0, &w->d->budget) : NULL;
    if (status == DYE_OK && c == NULL)
        status = DYE_E_NOMEM;
    if (status == DYE_OK)
        status = decoding_enter(w->d, c, &w->feed, path, depth);
    if (c != NULL)
        container_close(c);
    passwords_done(&p);
    return status;
}

/* The first entry's flags say whether it is encrypted: all of one archive usually are, or none. */
static bool begins_locked(struct dye_span head)
{
    size_t at = head.n >= 8 && memcmp(head.p, "PK\x07\x08", 4) == 0 ? 4 : 0;
    return head.n > at + 6 && memcmp(head.p + at, "PK\x03\x04", 4) == 0 && (head.p[at + 6] & 1) != 0;
}

enum dye_status locked_read_zip(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    const struct dye_decode_input *from = d->input->from;
    if (begins_locked(feed_peek(in)) && (from->read_at != NULL || from->spill_write != NULL)) {
        struct whole *w = malloc(sizeof *w);
        const char *fault = NULL;
        if (w == NULL)
            return DYE_E_NOMEM;
        enum dye_status status = whole_take(d, in, w, &fault);
        if (status == DYE_OK && fault == NULL) {
            status = read_locked_zip(w, path, depth);
            whole_done(w);
        } else if (status == DYE_OK) {
            status = part_bare(d, path, fault);
        }
        free(w);
        return status;
    }
    struct container *c = container_open_zip(in, from->passwords, from->n_passwords, &d->budget);
    if (c == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = decoding_enter(d, c, in, path, depth);
    container_close(c);
    return status;
}
