#ifndef DYE_STATUS_H
#define DYE_STATUS_H
/*
 * status: how every function of the library says what happened, and what the caller may still do.
 *
 * A function that can fail returns enum dye_status and takes `struct dye_error *err` last. `err` may be NULL; it is
 * written only on failure and holds one line without personal data. Outputs named ret_* are untouched on failure.
 * Programming errors are asserts, not statuses.
 */
#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define DYE_MUST_CHECK __attribute__((warn_unused_result))
#define DYE_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define DYE_CLEANUP(fn) __attribute__((cleanup(fn)))
#else
#define DYE_MUST_CHECK
#define DYE_PRINTF(fmt, first)
#error "dyetrace needs a compiler with __attribute__((cleanup))"
#endif

/* What is exported from libdyetrace.so; everything else is built hidden. */
#define DYE_API __attribute__((visibility("default")))

/* Grouped by what the caller may still do. */
enum dye_status {
    DYE_OK = 0,
    DYE_STOPPED,    /* a callback asked to stop; the object stays usable */
    DYE_END,        /* nothing more to read */
    DYE_E_RECORD,   /* this record or value is bad: go on with the next */
    DYE_E_STREAM,   /* the input is damaged from here on: what came before is good */
    DYE_E_LIMIT,    /* a stated limit was reached: what came before is good */
    DYE_E_AGAIN,    /* a passing condition: the same call may succeed later */
    DYE_E_USAGE,    /* the request makes no sense: tell the user, change nothing */
    DYE_E_NOTFOUND, /* what was asked for does not exist */
    DYE_E_IO,       /* the operating system refused */
    DYE_E_DATABASE, /* the database refused or is away */
    DYE_E_CONFIG,   /* the configuration is wrong */
    DYE_E_KEY,      /* a key is missing or is not the right one */
    DYE_E_NOMEM,    /* out of memory; state unchanged */
    DYE_E_BUG       /* should not happen: report it */
};

struct dye_error {
    enum dye_status status;
    char message[256]; /* one line, NUL-terminated, no personal data */
};

/* Set *err (when not NULL) to a formatted one-line message and return `status`. Control bytes become '?'. */
DYE_API enum dye_status dye_fail(struct dye_error *err, enum dye_status status, const char *fmt, ...) DYE_PRINTF(3, 4);

/* A short constant name, such as "limit"; never NULL. */
DYE_API const char *dye_status_name(enum dye_status status);

/* The exit status of the command line contract for `status`: 0 done, 2 usage, 3 environment, 4 internal. */
DYE_API int dye_status_exit(enum dye_status status);

#define DYE_FAIL(err, status, ...) return dye_fail((err), (status), __VA_ARGS__)

/* Leave the enclosing function with the status of `call` unless it is DYE_OK. */
#define DYE_TRY(call)                                                                                                  \
    do {                                                                                                               \
        enum dye_status dye_try_status_ = (call);                                                                      \
        if (dye_try_status_ != DYE_OK)                                                                                 \
            return dye_try_status_;                                                                                    \
    } while (0)

#endif
