#ifndef DECODE_PASSWORD_H
#define DECODE_PASSWORD_H
/* password: what is tried on an encrypted zip. Private to the decode layer. */
#include "whole.h"

#include "dye/password.h"

enum { PASSWORDS_MAX = 256 };
struct passwords {
    const char *at[PASSWORDS_MAX];
    size_t n;
    uint8_t words[16 << 10]; /* of the comment, one after the other */
    size_t words_n;
};

/* The passwords of the input and the words of the zip's comment. */
void passwords_of_zip(struct whole *w, struct passwords *ret);
void passwords_done(struct passwords *p); /* wipes */

#endif
