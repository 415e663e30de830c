#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void privilege_harden(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

enum dye_status privilege_drop(uid_t uid, gid_t gid, struct dye_error *err)
{
    if (geteuid() != 0 || uid == 0)
        return DYE_OK;
    struct passwd *user = getpwuid(uid);
    int groups = user != NULL ? initgroups(user->pw_name, gid) : setgroups(0, NULL);
    if (groups != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        DYE_FAIL(err, DYE_E_IO, "user %u: can't become it: %s", (unsigned)uid, strerror(errno));
    if (setuid(0) == 0)
        DYE_FAIL(err, DYE_E_BUG, "user %u: root could be had back", (unsigned)uid);
    return DYE_OK;
}
