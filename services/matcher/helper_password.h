#ifndef MATCHER_HELPER_PASSWORD_H
#define MATCHER_HELPER_PASSWORD_H
/* helper_password: what helper.c and the module that it loads into other programs (argv_module.c) agree on. */

#define HELPER_PASSWORD "*" /* what a command line has in its place */
enum { HELPER_PASSWORD_MAX_BYTES = 512 };

#endif
