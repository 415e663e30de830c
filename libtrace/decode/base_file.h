#ifndef DECODE_BASE_FILE_H
#define DECODE_BASE_FILE_H
/*
 * base_file: a `whole` as a file that SQLite can read and do nothing else with. Private to the decode layer.
 *
 * No journal, no log, no lock, no other file; it is never written. Where the file is shorter than its header claims,
 * zeros follow, which SQLite takes for damaged pages and no more: what stands before them is had.
 */
#include "whole.h"

#include <sqlite3.h>

struct base_file {
    sqlite3_vfs vfs; /* first */
    const struct whole *whole;
    uint64_t claimed; /* bytes, by the header */
    char name[32];
};

/* Makes SQLite know it, under a name of its own, until _done. `whole` is borrowed. False: no memory. */
bool base_file_init(struct base_file *f, const struct whole *whole);
void base_file_done(struct base_file *f);
/* The header claims more than there is. */
bool base_file_is_short(const struct base_file *f);

#endif
