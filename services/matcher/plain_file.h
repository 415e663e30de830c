#ifndef MATCHER_PLAIN_FILE_H
#define MATCHER_PLAIN_FILE_H
/*
 * plain_file: a file that is looked at where it stands, cut into the chunks that the chunker would cut, without looking
 * at more of it than where they end: the threads that look through them do. What can't be mapped goes the chunker's way.
 *
 * Not for: who needs records (ingest), and UTF-16.
 */
#include "crew.h"

struct plain_file {
    struct crew *crew;
    struct dye_chunker *chunker; /* at the start of the part, and made for tokens alone (dye_chunker_ignore_records) */
    const char *part;            /* its name */
    int fd;
    uint64_t at;        /* where the part begins in the file */
    uint64_t most;      /* bytes of it that may be read */
    size_t target, max; /* the chunker's */
};

/*
 * Hands the crew all chunks up to where one does not end with a line, as the last one seldom does; the chunker goes on
 * from there. Returns how many bytes that were, 0 for none and where this can't be done. A fault of the crew's ends it,
 * and is kept by the crew. Cost here: the sample is read, and of each chunk the line that its target stands in.
 */
uint64_t plain_file_read(const struct plain_file *f);

#endif
