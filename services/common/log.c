#include "log.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *program_name = "dyetrace";
static enum log_level least_level = LOG_WARN_;
static bool opened;

void log_open(const char *program, enum log_level least)
{
    program_name = program;
    least_level = least;
    opened = true;
}

void log_event(enum log_level level, const char *event, const char *fields, ...)
{
    if (level < least_level)
        return;
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const char quote = 0x01; /* for the format's own: those in a value are told from them, so that none ends it */
    char line[1024];
    char format[512];
    size_t n_format = 0;
    for (const char *c = fields; *c != '\0' && n_format < sizeof format - 1; c++)
        format[n_format++] = *c == '"' ? quote : *c;
    format[n_format] = '\0';
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    char at[32];
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", &utc);
    int n = opened ? snprintf(line, sizeof line, "at=%s.%03ldZ program=%s pid=%d level=%s event=%s ", at,
                              now.tv_nsec / 1000000, program_name, (int)getpid(), names[level], event)
                   : snprintf(line, sizeof line, "dyetrace: %s: ", event);
    size_t used = n > 0 ? (size_t)n : 0;
    va_list ap;
    va_start(ap, fields);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* but for its quotes it is `fields`, which is checked */
    n = vsnprintf(line + used, sizeof line - used - 1, format, ap);
#pragma GCC diagnostic pop
    va_end(ap);
    used = strlen(line);
    for (size_t i = 0; i < used; i++)
        if (line[i] == quote)
            line[i] = '"';
        else if (line[i] == '"')
            line[i] = '\'';
        else if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
    line[used++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, used);
    (void)written; /* a log that can't be written has nowhere to say so */
}

int complain(const struct dye_error *err)
{
    fprintf(stderr, "dyetrace: %s\n", err->message);
    return dye_status_exit(err->status);
}

static bool reader_has_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int end_output(int code)
{
    struct dye_error err;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || code > 1) /* then something else is told already */
        return code;
    if (reader_has_gone()) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    dye_fail(&err, DYE_E_IO, "output: can't be written in full");
    return complain(&err);
}
