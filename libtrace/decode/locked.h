#ifndef DECODE_LOCKED_H
#define DECODE_LOCKED_H
/*
 * locked: archives that may be encrypted, or that libarchive can't wholly read: zip, 7z, rar. Private to the decode
 * layer.
 *
 * A zip is decrypted by libarchive; the check of a password in it is a byte or two, so one is believed only when an
 * entry came out whole. An encrypted 7z or rar, and a rar that libarchive fails on, are read by other programs
 * (helped.h): one tries the password, one lists what is inside, one writes all of it, and the listing says where a file
 * ends. No password that fits, or no program: the entries are unread, "encrypted".
 */
#include "decoding.h"

enum dye_status locked_read_zip(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status locked_read_7z(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status locked_read_rar(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

#endif
