#ifndef BENCH_RECALL_CORPUS_H
#define BENCH_RECALL_CORPUS_H
/*
 * corpus: dumps without a canary in them, as much like dumps with one as can be: the same prefixes, counties, families,
 * names and communities, whole numbers of which none is a canary's, and masks that show what a canary's would. A dump
 * has CORPUS_DUMP_ROWS rows in eight files of stated shares; every fourth dump is GB18030, the others UTF-8, and the
 * delimiter of the masked rows goes round. A row follows from the seed, the dump and what was drawn before in it.
 *
 *   shop.csv     20 %   number, name, mobile, ID, e-mail, address, order: all whole
 *   sold.txt     10 %   name----mobile----ID----address
 *   orders.sql   10 %   INSERT of order, name, mobile, address, time
 *   users.jsonl  10 %   uid, name, phone, email, id_card, ip
 *   masked.txt   30 %   number and, by lot, name (half of them a canary's own, a third masked), masked mobile, masked
 *                       ID, birth date, masked e-mail, address
 *   hashed.csv   10 %   number, columns of MD5, SHA-1 or SHA-256, base64: random bits, as digests of strangers are
 *   app.log       7 %   time, level, a trace of 32 hex digits, masked mobile, order, address of a machine, duration
 *   posts.txt     3 %   sentences with names, masked mobiles and last digits
 *
 * Addresses are from the canaries' communities in one row of eight and of others else, as in a city of some five
 * hundred communities. Written by hand for speed: with chunker, scanner and linker a row takes about
 * a microsecond. Shares no code with the matcher.
 */
#include "stock.h"

enum { CORPUS_DUMP_ROWS = 1000000, CORPUS_FILES = 8, CORPUS_ROW_MAX_BYTES = 1024 };

const char *corpus_file_name(size_t file);
size_t corpus_file_rows(size_t file); /* in a dump */

struct corpus_dump {
    const struct stock *stock;
    struct rng rng;
    unsigned charset; /* 0 UTF-8, 1 GB18030 */
    const char *between;
    const struct person *who; /* whose row it is; NULL: nobody's */
};
void corpus_dump_init(struct corpus_dump *d, const struct stock *s, uint64_t seed, uint64_t number);
/* Writes a row with its line end, at most CORPUS_ROW_MAX_BYTES; returns its bytes. Rows are asked for in order. */
size_t corpus_row(struct corpus_dump *d, size_t file, uint64_t row, char *to);

/* A file whose rows show nothing whole; and such a row of a canary, masked by the same lots as a stranger's. */
bool corpus_file_is_masked(size_t file);
size_t corpus_true_row(struct corpus_dump *d, size_t file, uint64_t row, uint32_t canary, char *to);

#endif
