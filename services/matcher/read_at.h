#ifndef MATCHER_READ_AT_H
#define MATCHER_READ_AT_H
/* read_at: bytes of a file that is read at places of its own, by several at a time. */
#include <stddef.h>
#include <stdint.h>

/* As many of n bytes from `at` on as there are: fewer behind the end of the file, and where it can't be read. */
size_t read_at(int fd, uint64_t at, uint8_t *p, size_t n);

#endif
