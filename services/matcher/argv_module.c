/*
 * argv_module: puts a password where another program expects it, and where nobody else sees it.
 *
 * Some programs take a password on their command line alone, and every user of the machine may read that in /proc. This
 * is loaded into them (LD_PRELOAD), after exec and before main: their command line has HELPER_PASSWORD for the
 * password, and what main sees there is what waited at the standard input. What /proc shows is the memory that the
 * kernel wrote, which stays as it is; the password stands in memory that others can't read, and from here on not even
 * other processes of the same user.
 */
#include "helper_password.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static char password[HELPER_PASSWORD_MAX_BYTES + 2];

/* The C library hands constructors what it hands main. */
__attribute__((constructor)) static void take_password(int argc, char **argv)
{
    size_t n = 0;
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    for (ssize_t got; n < sizeof password - 1 && (got = read(STDIN_FILENO, password + n, sizeof password - 1 - n)) > 0;)
        n += (size_t)got;
    password[n > 0 ? n - 1 : 0] = '\0'; /* without the line's end */
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], HELPER_PASSWORD) == 0)
            argv[i] = password;
}
