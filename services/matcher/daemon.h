#ifndef DYE_MATCHER_DAEMON_H
#define DYE_MATCHER_DAEMON_H
/*
 * daemon: one loop (spool, registry notifications, timers, signals), one thread that keeps the registry live, and
 * `matcher.workers` threads that take dumps. First TERM drains: each dump in hand ends with its present chunk and goes
 * on at the next start. Second TERM quits. Returns the exit status.
 */
int matcher_daemon(int argc, char **argv);

#endif
