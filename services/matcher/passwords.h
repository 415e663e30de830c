#ifndef MATCHER_PASSWORDS_H
#define MATCHER_PASSWORDS_H
/*
 * passwords: what is tried on encrypted archives: given by the user, by the lines of a file, and by the words of the
 * post that offered the dump. Held in memory only: never stored, logged or put on a command line.
 */
#include "decoder.h"
#include "options.h"

struct passwords_given {
    const char *words[OPTION_LIST_MAX + 1]; /* --password, from argv; ends with NULL */
    const char *file;                       /* --password-file: one a line, or NULL */
    const char *post;                       /* --post: a text file, or NULL */
};

struct password_list {
    const char *at[DECODER_PASSWORDS];
    size_t n;
};

/*
 * In the order above, each once, and one that is not ASCII also in GB18030, as programs in China take it; what is more
 * than fits is left out. Blanks the words in argv, which other users can see. DYE_E_IO, DYE_E_USAGE (a file that is no
 * text or beyond 1 MiB); _done in either case.
 */
DYE_MUST_CHECK enum dye_status password_list_gather(const struct passwords_given *given, struct password_list *ret,
                                                    struct dye_error *err);
void password_list_free(struct password_list *l); /* wipes */

/* Rows for a verb's table of options. */
#define PASSWORD_OPTIONS(given)                                                                                        \
    {"password", "P...", "tried on what is encrypted; may be repeated", (given).words, NULL},                          \
        {"password-file", "FILE", "passwords to try, one a line", &(given).file, NULL},                                \
    {                                                                                                                  \
        "post", "FILE", "the text that offered the dump: its words are tried as passwords", &(given).post, NULL        \
    }

#endif
