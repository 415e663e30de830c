/*
 * hostile FOLDER: runs the sandboxed decoder on every case of FOLDER/cases.tsv and says what came of it, as TAP.
 *
 * What it gives is cut into chunks, records and fields as ingest does it. Each case has to end within its time with a
 * verdict for every part; bytes and ordinals have to add up, those of the chunks too; the reasons have to be among
 * those that the case allows; no decoder may crash; and none of the processes may hold 512 MiB.
 */
#include "decoder.h"
#include "dye/chunker.h"
#include "helper.h"

#include <fcntl.h>
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 30, RSS_MAX_KIB = 512 << 10, REASONS_BYTES = 512 };

static char self[4096];
static const char *folder;

struct outcome { /* in memory that both processes share: a pipe */
    uint64_t parts, bytes;
    long rss_kib;
    bool ended, adds_up;
    char reasons[REASONS_BYTES];
};

struct seen {
    struct outcome *o;
    struct dye_chunker *chunker;
    uint64_t in_part, chunked;
    bool open;
};

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    static struct dye_field fields[DYE_FIELDS_MAX];
    struct seen *s = arg;
    struct dye_records r;
    dye_records_init(&r, chunk->layout, chunk->text);
    while (dye_records_next(&r)) {
        size_t n = dye_record_fields(&r, fields);
        for (size_t i = 0; i < n; i++)
            s->o->adds_up = s->o->adds_up && fields[i].start + fields[i].n <= chunk->text.n;
    }
    s->chunked += chunk->bytes.n;
    return DYE_OK;
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    struct seen *s = arg;
    s->o->adds_up = s->o->adds_up && !s->open && part->ordinal == s->o->parts;
    s->o->parts++;
    s->open = true;
    s->in_part = s->chunked = 0;
    dye_chunker_begin_part(s->chunker, part);
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct seen *s = arg;
    s->o->adds_up = s->o->adds_up && s->open && bytes.n > 0;
    s->in_part += bytes.n;
    s->o->bytes += bytes.n;
    return dye_chunker_feed(s->chunker, bytes);
}

/* Each reason once, parted by ';'. */
static void add_reason(struct outcome *o, const char *reason)
{
    size_t have = strlen(o->reasons), n = strlen(reason);
    for (const char *at = o->reasons; n > 0 && (at = strstr(at, reason)) != NULL; at += n)
        if ((at == o->reasons || at[-1] == ';') && (at[n] == '\0' || at[n] == ';'))
            return;
    if (n > 0 && have + n + 2 < REASONS_BYTES)
        snprintf(o->reasons + have, REASONS_BYTES - have, "%s%s", have > 0 ? ";" : "", reason);
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct seen *s = arg;
    enum dye_verdict want = end->reason[0] == '\0' ? DYE_READ : s->in_part > 0 ? DYE_PARTLY : DYE_UNREAD;
    DYE_TRY(dye_chunker_finish(s->chunker));
    s->o->adds_up =
        s->o->adds_up && s->open && end->bytes == s->in_part && s->chunked == s->in_part && end->verdict == want;
    s->open = false;
    if (dye_chunker_cut_a_record(s->chunker))
        add_reason(s->o, "limit: record");
    add_reason(s->o, end->reason);
    return DYE_OK;
}

static void decode(const char *path, struct outcome *o)
{
    struct seen seen = {.o = o};
    seen.chunker = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &seen);
    const struct dye_decode_events events = {on_begin, on_data, on_end, &seen};
    const char *words[] = {"wrong", "1234"};
    const struct decoder decoder = {.self_exe = self,
                                    .tmp_folder = folder,
                                    .spill_bytes = 64 << 20,
                                    .seconds = SECONDS,
                                    .passwords = words,
                                    .n_passwords = 2};
    struct dye_decode_limits limits;
    struct dye_error err = {0};
    struct rusage use;
    dye_decode_limits_default(&limits);
    limits.output_bytes = 256 << 20;
    limits.ratio_free_bytes = 16 << 20;
    limits.entries = 5000;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    o->adds_up = true;
    o->ended = fd >= 0 && seen.chunker != NULL && decoder_run(&decoder, fd, &limits, &events, NULL, &err) == DYE_OK;
    o->adds_up = o->adds_up && !seen.open && o->parts > 0;
    if (o->reasons[0] == '\0')
        snprintf(o->reasons, sizeof o->reasons, "read");
    dye_chunker_free(seen.chunker);
    getrusage(RUSAGE_CHILDREN, &use);
    o->rss_kib = use.ru_maxrss;
    getrusage(RUSAGE_SELF, &use);
    o->rss_kib = use.ru_maxrss > o->rss_kib ? use.ru_maxrss : o->rss_kib;
}

/* In a process of its own, so that its memory and its time are its own. */
static bool run(const char *path, struct outcome *ret)
{
    int ends[2];
    *ret = (struct outcome){0};
    if (pipe(ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        struct outcome o = {0};
        alarm(SECONDS + 10);
        decode(path, &o);
        _exit(write(ends[1], &o, sizeof o) == (ssize_t)sizeof o ? 0 : 1);
    }
    close(ends[1]);
    bool whole = pid > 0 && read(ends[0], ret, sizeof *ret) == (ssize_t)sizeof *ret;
    close(ends[0]);
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && whole;
}

static bool matches(const char *pattern, const char *text)
{
    regex_t re;
    char anchored[1024];
    snprintf(anchored, sizeof anchored, "^(%s)$", pattern);
    if (regcomp(&re, anchored, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return found;
}

static bool judge(const char *name, const char *want, long *high)
{
    char path[8192];
    struct outcome o;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const char *fault = NULL;
    if (!run(path, &o) || !o.ended)
        fault = "no end";
    else if (!o.adds_up)
        fault = "it does not add up";
    else if (strstr(o.reasons, "crashed") != NULL || strstr(o.reasons, "protocol") != NULL)
        fault = "a crash";
    else if (strstr(o.reasons, "limit: time") != NULL || strstr(o.reasons, "limit: cpu") != NULL)
        fault = "a hang";
    else if (o.rss_kib >= RSS_MAX_KIB)
        fault = "too much memory";
    else if (!matches(want, o.reasons))
        fault = "another reason";
    *high = o.rss_kib > *high ? o.rss_kib : *high;
    static unsigned n;
    printf("%sok %u - %s: %s\n", fault != NULL ? "not " : "", ++n, name, o.reasons);
    if (fault != NULL)
        printf("# %s: %" PRIu64 " parts, %" PRIu64 " bytes, %ld KiB; wanted %s\n", fault, o.parts, o.bytes, o.rss_kib,
               want);
    fflush(stdout);
    return fault == NULL;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], DECODER_CHILD_ARG) == 0)
        return decoder_child_main(argc, argv);
    if (argc > 1 && strcmp(argv[1], HELPER_CHILD_ARG) == 0)
        return helper_child_main(argc, argv);
    char path[4096], line[2048];
    if (argc != 2 || readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
        return 2;
    folder = argv[1];
    snprintf(path, sizeof path, "%s/cases.tsv", folder);
    FILE *f = fopen(path, "r");
    unsigned n = 0, bad = 0;
    long high = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *tab = strchr(line, '\t');
        if (tab == NULL)
            break;
        *tab = '\0';
        tab[1 + strcspn(tab + 1, "\n")] = '\0';
        bad += !judge(line, tab + 1, &high);
        n++;
    }
    if (f != NULL)
        fclose(f);
    printf("# %u cases, most memory of a process %ld KiB\n1..%u\n", n, high, n);
    return bad == 0 && n > 0 ? 0 : 1;
}
