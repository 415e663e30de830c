#include "crew.h"

#include "dye/buf.h"
#include "dye/key.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { SMALL_BYTES = 128 << 10, PAGE_BYTES = 1 << 20, SPARE = 6 };

enum state { FREE, WAITING, TAKEN, DONE };

struct crew_page {
    struct crew *crew;
    uint64_t turn; /* which of all chunks */
    enum state state;
    struct dye_chunk chunk;
    struct dye_layout layout;
    struct dye_chunk_memory memory; /* of its bytes; has none before it is first used */
    struct dye_buf text;            /* where that is another */
    struct file_view *view;         /* where its bytes stand, or NULL */
    uint64_t at;                    /* in there */
    char *part;
    struct dye_buf lines;
    struct dye_scan_stats stats;
    enum dye_status status;
};

struct source { /* of chunks that stand in the view */
    crew_next_fn next;
    void *arg;
    const char *part;
    bool ended;
};

struct crew {
    size_t max;
    crew_fn fn;
    void *arg;
    FILE *to;
    pthread_mutex_t lock;             /* guards states, the three counts, source, status, stats, ending, writing */
    pthread_cond_t work, moved, room; /* a page waits, or may be begun; one was written; half of them are free */
    pthread_cond_t over;              /* the source has ended */
    struct source *source;            /* or NULL */
    uint64_t given, begun, written;   /* turns */
    bool ending, writing;
    enum dye_status status; /* of the first chunk that failed */
    struct dye_scan_stats stats;
    struct file_view *view; /* of the source; closed when all is written */
    pthread_t threads[CREW_THREADS_MAX];
    size_t n_threads, n_pages;
    struct crew_page pages[CREW_THREADS_MAX + SPARE]; /* the one of a turn: turn % n_pages */
};

static struct crew_page *page_of(struct crew *c, uint64_t turn)
{
    return &c->pages[turn % c->n_pages];
}

static void add_stats(struct dye_scan_stats *to, const struct dye_scan_stats *s)
{
    to->bytes += s->bytes;
    to->tokens += s->tokens;
    to->maybes += s->maybes;
    to->hits += s->hits;
}

static enum dye_status put(FILE *to, struct dye_buf *lines)
{
    bool wrote = lines->n == 0 || fwrite(lines->p, 1, lines->n, to) == lines->n;
    dye_buf_clear(lines);
    return wrote ? DYE_OK : DYE_E_IO;
}

/* Holding the lock, which is given up while it writes: by one thread at a time, from the page whose turn it is. What is
 * written is done with. */
static void write_pages(struct crew *c)
{
    if (c->writing)
        return;
    c->writing = true;
    for (struct crew_page *p; c->written < c->given && (p = page_of(c, c->written))->state == DONE; c->written++) {
        if (c->status == DYE_OK) {
            pthread_mutex_unlock(&c->lock);
            enum dye_status status = put(c->to, &p->lines);
            if (p->view != NULL)
                file_view_release(p->view, p->at + p->chunk.bytes.n);
            pthread_mutex_lock(&c->lock);
            c->status = status != DYE_OK ? status : p->status;
        }
        add_stats(&c->stats, &p->stats);
        p->state = FREE;
        pthread_cond_broadcast(&c->moved);
    }
    if (c->given - c->written <= c->n_pages / 2)
        pthread_cond_signal(&c->room);
    if (c->source != NULL)
        pthread_cond_signal(&c->work);
    c->writing = false;
}

enum dye_status crew_write(struct crew_page *p, const char *line, size_t n)
{
    struct crew *c = p->crew;
    assert(n <= CREW_LINE_MAX);
    enum dye_status status = dye_buf_append(&p->lines, line, n);
    if (status != DYE_E_LIMIT)
        return status;
    pthread_mutex_lock(&c->lock);
    while (c->written != p->turn)
        pthread_cond_wait(&c->moved, &c->lock);
    status = c->status;
    pthread_mutex_unlock(&c->lock);
    if (status == DYE_OK)
        status = put(c->to, &p->lines);
    return status == DYE_OK ? dye_buf_append(&p->lines, line, n) : status;
}

static void look_through(struct crew *c, struct crew_page *p)
{
    if (p->view != NULL)
        p->chunk.bytes.p = p->chunk.text.p = file_view_at(p->view, p->at, p->chunk.bytes.n);
    enum dye_status status = c->fn(c->arg, &p->chunk, p->part, p, &p->stats);
    if (p->view != NULL && !file_view_whole(p->view))
        status = DYE_E_IO; /* whatever was found in what is not there */
    pthread_mutex_lock(&c->lock);
    p->status = status;
    p->state = DONE;
    write_pages(c);
    pthread_mutex_unlock(&c->lock);
}

/* Holding the lock: the next page that waits, in order of turns; NULL for none. */
static struct crew_page *next_waiting(struct crew *c)
{
    if (c->begun < c->written)
        c->begun = c->written;
    while (c->begun < c->given) {
        struct crew_page *p = page_of(c, c->begun++);
        if (p->state == WAITING) {
            p->state = TAKEN;
            return p;
        }
    }
    return NULL;
}

/* Makes a free page that of the next turn. */
static bool begin_page(struct crew *c, struct crew_page *p, const char *part, struct file_view *view)
{
    free(p->part);
    p->part = strdup(part);
    p->view = view;
    p->stats = (struct dye_scan_stats){0};
    p->turn = c->given;
    return p->part != NULL;
}

/* Holding the lock: the source's next chunk, when a page is free for it; NULL for none. */
static struct crew_page *next_of_source(struct crew *c)
{
    struct source *s = c->source;
    if (s == NULL || s->ended || c->given - c->written == c->n_pages)
        return NULL;
    struct crew_page *p = page_of(c, c->given);
    s->ended = c->status != DYE_OK || !s->next(s->arg, &p->chunk, &p->at);
    if (!s->ended && !begin_page(c, p, s->part, c->view)) {
        c->status = DYE_E_NOMEM;
        s->ended = true;
    }
    if (s->ended) {
        pthread_cond_signal(&c->over);
        return NULL;
    }
    p->layout = *p->chunk.layout;
    p->chunk.layout = &p->layout;
    p->state = TAKEN;
    c->begun = ++c->given;
    return p;
}

static void *thread_main(void *arg)
{
    struct crew *c = arg;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        struct crew_page *p = next_waiting(c);
        if (p == NULL)
            p = next_of_source(c);
        if (p != NULL) {
            pthread_mutex_unlock(&c->lock);
            look_through(c, p);
            pthread_mutex_lock(&c->lock);
        } else if (c->ending) {
            break;
        } else {
            pthread_cond_wait(&c->work, &c->lock);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static size_t processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

enum dye_status crew_new(size_t max_bytes, crew_fn fn, void *arg, FILE *to, struct crew **ret, struct dye_error *err)
{
    struct crew *c = calloc(1, sizeof *c);
    if (c == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "threads: out of memory");
    c->max = max_bytes;
    c->fn = fn;
    c->arg = arg;
    c->to = to;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    pthread_cond_init(&c->moved, NULL);
    pthread_cond_init(&c->room, NULL);
    pthread_cond_init(&c->over, NULL);
    size_t want = processors();
    want = want < 2 ? 0 : want < CREW_THREADS_MAX ? want : CREW_THREADS_MAX;
    c->n_pages = want + SPARE;
    for (size_t i = 0; i < c->n_pages; i++) {
        c->pages[i].crew = c;
        dye_buf_init(&c->pages[i].lines, PAGE_BYTES, false);
        dye_buf_init(&c->pages[i].text, 2 * max_bytes + 16, true);
    }
    /* With fewer threads than wanted, or none, it only takes longer. */
    while (c->n_threads < want && pthread_create(&c->threads[c->n_threads], NULL, thread_main, c) == 0)
        c->n_threads++;
    *ret = c;
    return DYE_OK;
}

static void memory_free(struct dye_chunk_memory *m)
{
    if (m->p != NULL)
        dye_wipe(m->p, m->high);
    free(m->p);
}

void crew_free(struct crew *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->ending = true;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < c->n_threads; i++)
        pthread_join(c->threads[i], NULL);
    file_view_close(c->view);
    for (size_t i = 0; i < c->n_pages; i++) {
        struct crew_page *p = &c->pages[i];
        memory_free(&p->memory);
        free(p->part);
        dye_buf_done(&p->text);
        dye_buf_done(&p->lines);
    }
    pthread_cond_destroy(&c->over);
    pthread_cond_destroy(&c->room);
    pthread_cond_destroy(&c->moved);
    pthread_cond_destroy(&c->work);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* Makes the page hold all that the chunk is, whatever becomes of the chunker. */
static enum dye_status keep(struct crew *c, struct crew_page *p, struct dye_chunker *chunker)
{
    p->layout = *p->chunk.layout;
    p->chunk.layout = &p->layout;
    if (p->chunk.text.p != p->chunk.bytes.p) {
        dye_buf_clear(&p->text);
        DYE_TRY(dye_buf_append(&p->text, p->chunk.text.p, p->chunk.text.n));
        p->chunk.text = dye_buf_span(&p->text);
        p->chunk.bytes.p = NULL; /* nobody looks at them, only how many they are */
        return DYE_OK;
    }
    if (p->memory.p == NULL)
        p->memory = (struct dye_chunk_memory){.p = malloc(c->max)};
    if (p->memory.p == NULL)
        return DYE_E_NOMEM;
    dye_chunker_swap(chunker, &p->memory);
    return DYE_OK;
}

/* A page for a chunk, when one is free. */
static enum dye_status begin(struct crew *c, const struct dye_chunk *chunk, const char *part, struct crew_page **ret)
{
    pthread_mutex_lock(&c->lock);
    if (c->given - c->written == c->n_pages)
        while (c->given - c->written > c->n_pages / 2) /* then for several, and not woken for each */
            pthread_cond_wait(&c->room, &c->lock);
    enum dye_status status = c->status;
    struct crew_page *p = *ret = page_of(c, c->given);
    pthread_mutex_unlock(&c->lock);
    DYE_TRY(status);
    p->chunk = *chunk; /* nobody else looks at a free page */
    return begin_page(c, p, part, NULL) ? DYE_OK : DYE_E_NOMEM;
}

static void give(struct crew *c, struct crew_page *p, bool by_itself)
{
    pthread_mutex_lock(&c->lock);
    p->state = by_itself ? TAKEN : WAITING;
    c->given++;
    if (!by_itself)
        pthread_cond_signal(&c->work);
    pthread_mutex_unlock(&c->lock);
    if (by_itself)
        look_through(c, p);
}

enum dye_status crew_take(struct crew *c, struct dye_chunker *chunker, const struct dye_chunk *chunk, const char *part)
{
    bool by_itself = c->n_threads == 0 || chunk->text.n < SMALL_BYTES;
    struct crew_page *p;
    DYE_TRY(begin(c, chunk, part, &p));
    if (!by_itself)
        DYE_TRY(keep(c, p, chunker));
    give(c, p, by_itself);
    return DYE_OK;
}

enum dye_status crew_read(struct crew *c, struct file_view *view, crew_next_fn next, void *arg, const char *part)
{
    struct source s = {.next = next, .arg = arg, .part = part};
    assert(c->view == NULL);
    pthread_mutex_lock(&c->lock);
    c->view = view;
    c->source = &s;
    pthread_cond_broadcast(&c->work);
    while (!s.ended) {
        struct crew_page *p = c->n_threads == 0 ? next_of_source(c) : NULL;
        if (p != NULL) {
            pthread_mutex_unlock(&c->lock);
            look_through(c, p);
            pthread_mutex_lock(&c->lock);
        } else if (!s.ended) {
            pthread_cond_wait(&c->over, &c->lock);
        }
    }
    c->source = NULL;
    enum dye_status status = c->status;
    pthread_mutex_unlock(&c->lock);
    return status;
}

enum dye_status crew_finish(struct crew *c, struct dye_scan_stats *stats)
{
    pthread_mutex_lock(&c->lock);
    while (c->written < c->given)
        pthread_cond_wait(&c->moved, &c->lock);
    if (c->view != NULL && !file_view_whole(c->view) && c->status == DYE_OK)
        c->status = DYE_E_IO; /* who looked for the next chunk may be the only one to have met it */
    file_view_close(c->view);
    c->view = NULL;
    add_stats(stats, &c->stats);
    c->stats = (struct dye_scan_stats){0};
    enum dye_status status = c->status;
    pthread_mutex_unlock(&c->lock);
    return status;
}
