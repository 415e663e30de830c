#ifndef DYE_LOCATION_H
#define DYE_LOCATION_H
/*
 * location: where an original lies, as the database can hold it. A path is bytes and the database wants UTF-8: what is
 * none (a name in GBK, as scrapers leave them) is held with every byte but plain ASCII as %XX, and % as %25.
 */
#include <limits.h>

#define LOCATION_MAX (3 * PATH_MAX)

/* As it is when it is UTF-8. Cut off when it is longer than a path can be. */
void location_of(const char *path, char ret[LOCATION_MAX]);
/* Opens it for reading; -1 with errno. */
int location_open(const char *location);

#endif
