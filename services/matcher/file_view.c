#include "file_view.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALL_BYTES = 64 << 10, RELEASE_BYTES = 16 << 20 };

struct file_view {
    int fd;
    uint8_t *p;
    uint64_t bytes, released;
    size_t page; /* bytes */
    atomic_bool torn;
    struct sigaction before; /* what SIGBUS did */
};

static struct file_view *_Atomic looked_at;

/* Puts zeros where the page of an address is not there. */
static bool mend(struct file_view *v, uintptr_t address)
{
    uintptr_t page = address & ~(uintptr_t)(v->page - 1);
    if (page - (uintptr_t)v->p >= v->bytes)
        return false;
    atomic_store(&v->torn, true); /* before anybody can see them */
    return mmap((void *)page, v->page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

/* For any other address, and for a signal that somebody sent, what would have happened without us. */
static void on_bus(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    struct file_view *v = atomic_load(&looked_at);
    bool sent = info->si_code <= 0;
    if (v != NULL && !sent && mend(v, (uintptr_t)info->si_addr))
        return;
    if (v == NULL || sigaction(signal_number, &v->before, NULL) != 0)
        signal(signal_number, SIG_DFL);
    if (sent)
        raise(signal_number); /* else it faults again */
}

enum dye_status file_view_open(int fd, struct file_view **ret)
{
    struct sigaction handler = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 || (uint64_t)st.st_size > SIZE_MAX)
        return DYE_E_IO;
    struct file_view *v = calloc(1, sizeof *v), *none = NULL;
    if (v == NULL)
        return DYE_E_NOMEM;
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        free(v);
        return DYE_E_IO;
    }
    v->fd = fd;
    v->page = (size_t)sysconf(_SC_PAGESIZE);
    v->p = p;
    v->bytes = (uint64_t)st.st_size;
    if (!atomic_compare_exchange_strong(&looked_at, &none, v)) {
        munmap(p, (size_t)st.st_size);
        free(v);
        return DYE_E_LIMIT;
    }
    sigemptyset(&handler.sa_mask);
    (void)sigaction(SIGBUS, &handler, &v->before);
    *ret = v;
    return DYE_OK;
}

uint64_t file_view_bytes(const struct file_view *v)
{
    return v->bytes;
}

const uint8_t *file_view_at(const struct file_view *v, uint64_t at, size_t n)
{
    const volatile uint8_t *p = v->p + at;
    for (size_t i = 0; i < n; i += CALL_BYTES) /* memory is called ahead only of pages that are there */
        (void)p[i];
    return v->p + at;
}

void file_view_release(struct file_view *v, uint64_t before)
{
    uint64_t n = before > v->released ? (before - v->released) / RELEASE_BYTES * RELEASE_BYTES : 0;
    if (n > 0)
        (void)madvise(v->p + v->released, (size_t)n, MADV_DONTNEED);
    v->released += n;
}

bool file_view_whole(const struct file_view *v)
{
    struct stat st;
    return !atomic_load(&v->torn) && fstat(v->fd, &st) == 0 && (uint64_t)st.st_size >= v->bytes;
}

void file_view_close(struct file_view *v)
{
    if (v == NULL)
        return;
    (void)sigaction(SIGBUS, &v->before, NULL);
    atomic_store(&looked_at, NULL);
    munmap(v->p, (size_t)v->bytes);
    free(v);
}
