#include "pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct list {
    struct pool_job *first, **last;
};

struct thread {
    struct pool *pool;
    void *context;
    pthread_t id;
};

struct pool {
    pthread_mutex_t lock; /* guards waiting, finished, ending */
    pthread_cond_t wake;
    struct list waiting, finished;
    bool ending;
    size_t busy; /* the loop's thread only */
    int fd;
    struct event *event;
    struct thread *threads;
    size_t n;
};

static void list_init(struct list *l)
{
    l->first = NULL;
    l->last = &l->first;
}

static void list_push(struct list *l, struct pool_job *job)
{
    job->next = NULL;
    *l->last = job;
    l->last = &job->next;
}

static struct pool_job *list_pop(struct list *l)
{
    struct pool_job *job = l->first;
    if (job != NULL && (l->first = job->next) == NULL)
        l->last = &l->first;
    return job;
}

static void *thread_main(void *arg)
{
    struct thread *t = arg;
    struct pool *p = t->pool;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        struct pool_job *job;
        while (!p->ending && p->waiting.first == NULL)
            pthread_cond_wait(&p->wake, &p->lock);
        if (p->ending)
            break;
        job = list_pop(&p->waiting);
        pthread_mutex_unlock(&p->lock);
        job->work(job, t->context);
        pthread_mutex_lock(&p->lock);
        list_push(&p->finished, job);
        uint64_t one = 1;
        ssize_t n = write(p->fd, &one, sizeof one);
        assert(n == sizeof one);
        (void)n;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void hand_back(struct pool *p, struct list *from)
{
    for (;;) {
        pthread_mutex_lock(&p->lock);
        struct pool_job *job = list_pop(from);
        pthread_mutex_unlock(&p->lock);
        if (job == NULL)
            return;
        p->busy--;
        job->done(job);
    }
}

static void on_finished(evutil_socket_t fd, short what, void *arg)
{
    struct pool *p = arg;
    uint64_t n;
    (void)what;
    if (read(fd, &n, sizeof n) == sizeof n)
        hand_back(p, &p->finished);
}

enum dye_status pool_new(struct event_base *loop, void *const contexts[], size_t threads, struct pool **ret,
                         struct dye_error *err)
{
    struct pool *p = calloc(1, sizeof *p);
    struct thread *t = calloc(threads, sizeof *t);
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct event *event = p != NULL && fd >= 0 ? event_new(loop, fd, EV_READ | EV_PERSIST, on_finished, p) : NULL;
    if (p == NULL || t == NULL || event == NULL) {
        if (fd >= 0)
            close(fd);
        free(t);
        free(p);
        DYE_FAIL(err, DYE_E_NOMEM, "threads: out of memory");
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    list_init(&p->waiting);
    list_init(&p->finished);
    p->fd = fd;
    p->event = event;
    p->threads = t;
    event_add(event, NULL);
    /* Signals are the loop's. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int why = 0;
    for (; why == 0 && p->n < threads; p->n += why == 0) {
        t[p->n] = (struct thread){.pool = p, .context = contexts[p->n]};
        why = pthread_create(&t[p->n].id, NULL, thread_main, &t[p->n]);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (why != 0) {
        pool_free(p);
        DYE_FAIL(err, DYE_E_IO, "threads: %s", strerror(why));
    }
    *ret = p;
    return DYE_OK;
}

void pool_push(struct pool *p, struct pool_job *job)
{
    p->busy++;
    pthread_mutex_lock(&p->lock);
    list_push(&p->waiting, job);
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

size_t pool_busy(const struct pool *p)
{
    return p->busy;
}

void pool_free(struct pool *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->n; i++)
        pthread_join(p->threads[i].id, NULL);
    hand_back(p, &p->finished);
    hand_back(p, &p->waiting);
    event_free(p->event);
    close(p->fd);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p->threads);
    free(p);
}
