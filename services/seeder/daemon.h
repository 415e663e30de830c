#ifndef DYE_SEEDER_DAEMON_H
#define DYE_SEEDER_DAEMON_H
/* daemon: plants what is committed and not planted yet, now and then, until TERM. Returns the exit status. */
int seeder_daemon(int argc, char **argv);
#endif
