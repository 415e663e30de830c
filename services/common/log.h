#ifndef DYE_LOG_H
#define DYE_LOG_H
/*
 * log: one `key=value` line an event, on stderr (which `dyetrace up` points at home/log/<daemon>.log).
 *
 * There is no way to log free text from a record: callers give event names, ids, counts and error messages that were
 * made without personal data. Thread-safe: one write a line.
 */
#include "dye/status.h"

#include <stdint.h>

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/* The daemon's name, in every line. Where it is not called, in a verb, a line is `dyetrace: <event>: <fields>`, and
 * nothing below a warning is printed. */
void log_open(const char *program, enum log_level least);

/* log_event(LOG_INFO_, "dump.complete", "dump=%s parts=%d", id, n): fields are `key=value` separated by spaces; a value
 * that may hold spaces is written "\"%s\"", and quotes inside it come out as apostrophes. `fields` is at most 511
 * bytes; a line of more than 1,023 bytes is cut. */
void log_event(enum log_level level, const char *event, const char *fields, ...) DYE_PRINTF(3, 4);

/* For people, on stderr: `dyetrace: <what>: <why>`. Returns the exit status for err. */
int complain(const struct dye_error *err);
/* The last of a program: its exit status, unless standard output did not take all that was printed. Whoever read it and
 * has gone, as `head` does, knows: then the program ends by SIGPIPE, without a word. */
int end_output(int code);

#endif
