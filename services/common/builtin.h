#ifndef DYE_SECTORS_H
#define DYE_SECTORS_H
/* sectors: config/sectors, compiled in. */
struct builtin_sector {
    const char *name;
    const char *text;
};
extern const struct builtin_sector builtin_sectors[]; /* ends with a NULL name */
#endif
