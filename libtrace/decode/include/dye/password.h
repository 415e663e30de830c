#ifndef DYE_PASSWORD_H
#define DYE_PASSWORD_H
/*
 * password: sellers put an archive's password into the post that offers it, or into the archive's comment: the words of
 * such a text, as candidates.
 */
#include "dye/span.h"
#include "dye/status.h"

typedef enum dye_status (*dye_password_fn)(void *arg, const char *word);

/*
 * Calls fn with each candidate in `text` (UTF-8): what stands between white space or Chinese punctuation, without the
 * quotes and stops around it; what stands in it behind a last ':' or '='; and runs of ASCII inside Chinese. 3 to 64
 * bytes each, some more than once. The word is valid inside the call. Returns DYE_OK or what fn returned.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_password_words(struct dye_span text, dye_password_fn fn, void *arg);

#endif
