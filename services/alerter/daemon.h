#ifndef DYE_ALERTER_DAEMON_H
#define DYE_ALERTER_DAEMON_H

int alerter_daemon(int argc, char **argv);

#endif
