#ifndef BENCH_RECALL_WRITING_H
#define BENCH_RECALL_WRITING_H
/* writing: other characters for the same text: ICU's transliterations, and digits that are not ASCII's. */
#include <stddef.h>

/* By one of at most four of ICU's ids. */
void writing_transliterate(const char *id, const char *text, char *ret, size_t cap);
/* In traditional characters. */
void writing_traditional(const char *text, char *ret, size_t cap);

/* Each digit as one of ten words, everything else as it is. */
void writing_digits(const char *text, const char *const words[10], char *ret);
extern const char *const writing_full_width[10],
    *const writing_circled[10], *const writing_circled_all[10], *const writing_bold[10],
                                                                    *const writing_double_struck[10],
                                                                        *const writing_superscript[10],
                                                                            *const writing_written[10],
                                                                                *const writing_written_zero[10],
                                                                                    *const writing_formal[10],
                                                                                        *const writing_spoken[10];

#endif
