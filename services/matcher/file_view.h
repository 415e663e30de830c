#ifndef MATCHER_FILE_VIEW_H
#define MATCHER_FILE_VIEW_H
/*
 * file_view: a file's bytes as they stand in the page cache, without a copy.
 *
 * A copy costs as much as a third of what it takes to look through the bytes. What is mapped may go away, though: a
 * file that becomes shorter, or a disk that fails, sends SIGBUS to who looks. Zeros take the place of such pages then,
 * and file_view_whole says so: nobody crashes, and nothing that was found may be told as all there is.
 *
 * Not for: who must see bytes that nobody changes meanwhile. Who looks reads each byte as it is then, perhaps twice; a
 * file that is written anew with as many bytes, or is shorter only while nobody looks, is whole. Nor for hugetlbfs,
 * whose pages can't be mended.
 * One at a time in a process, whose handler of SIGBUS it is while it is open.
 */
#include "dye/status.h"

#include <stdbool.h>
#include <stdint.h>

struct file_view;

/* All of a file, as long as it is now; fd stays open until the view is closed. DYE_E_NOMEM; DYE_E_LIMIT while another
 * one is open; DYE_E_IO where it can't be mapped, as what is empty or no file can't. */
DYE_MUST_CHECK enum dye_status file_view_open(int fd, struct file_view **ret);
uint64_t file_view_bytes(const struct file_view *v);
/* n bytes from `at` on, both inside the view. Any thread. O(n / 64 KiB) page faults. */
const uint8_t *file_view_at(const struct file_view *v, uint64_t at, size_t n);
/* What is before `before` is not looked at any more, nor released again: its memory goes back, many pages at a time.
 * One thread at a time. */
void file_view_release(struct file_view *v, uint64_t before);
/* Whether all that was looked at was there. Any thread. */
bool file_view_whole(const struct file_view *v);
/* Takes NULL. */
void file_view_close(struct file_view *v);

#endif
