#ifndef DECODE_RAR_HEAD_H
#define DECODE_RAR_HEAD_H
/*
 * rar_head: which files of a RAR 5 are encrypted ("RAR 5.0 archive format", 2013-). libarchive does not look, and would
 * give what they are encrypted to. Private to the decode layer.
 */
#include "whole.h"

#include "dye/buf.h"

/* Appends a byte an entry, in order: whether it is encrypted. What is behind a header that makes no sense is left out,
 * and what is behind as many headers as `ret` has room for. *ret_costly: trying a password takes longer than any honest
 * archive asks for. DYE_OK or DYE_E_NOMEM. */
enum dye_status rar_head_read(const struct whole *w, struct dye_buf *ret, bool *ret_costly);

#endif
