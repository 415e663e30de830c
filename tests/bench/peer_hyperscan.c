/* hyperscan: `peer_hyperscan LIST FILE`: the literals of LIST, one a line, looked for in FILE by Hyperscan's literal
 * interface, and how often they were found. Its compile time is part of its time. */
#include <hs/hs.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 256 << 20 };

static char *map(const char *path, size_t *ret_n)
{
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        exit(3);
    *ret_n = (size_t)st.st_size;
    char *p = mmap(NULL, *ret_n, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return p == MAP_FAILED ? NULL : p;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    ++*(unsigned long long *)arg;
    return 0;
}

int main(int argc, char **argv)
{
    size_t list_n, text_n, n = 0;
    if (argc != 3)
        return 2;
    const char *list = map(argv[1], &list_n), *text = map(argv[2], &text_n);
    for (size_t i = 0; i < list_n; i++)
        n += list[i] == '\n';
    const char **literals = calloc(n, sizeof *literals);
    size_t *lengths = calloc(n, sizeof *lengths);
    unsigned *flags = calloc(n, sizeof *flags), *ids = calloc(n, sizeof *ids);
    const char *p = list;
    for (size_t i = 0; i < n; i++) {
        const char *end = memchr(p, '\n', list_n - (size_t)(p - list));
        literals[i] = p;
        lengths[i] = (size_t)(end - p);
        ids[i] = (unsigned)i;
        p = end + 1;
    }
    hs_database_t *db = NULL;
    hs_compile_error_t *error = NULL;
    hs_scratch_t *scratch = NULL;
    if (hs_compile_lit_multi(literals, flags, ids, lengths, (unsigned)n, HS_MODE_BLOCK, NULL, &db, &error) !=
            HS_SUCCESS ||
        hs_alloc_scratch(db, &scratch) != HS_SUCCESS)
        return 1;
    unsigned long long found = 0;
    for (size_t at = 0; at < text_n; at += PIECE) /* its lengths are 32 bits; what lies across a border is left out */
        if (hs_scan(db, text + at, (unsigned)(text_n - at < PIECE ? text_n - at : PIECE), 0, scratch, on_match,
                    &found) != HS_SUCCESS)
            return 1;
    printf("%llu\n", found);
    return 0;
}
