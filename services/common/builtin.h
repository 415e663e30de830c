#ifndef DYE_BUILTIN_H
#define DYE_BUILTIN_H
/* builtin: config/sectors and config/law, compiled in. */
struct builtin {
    const char *name;
    const char *text;
};
extern const struct builtin builtin_sectors[], builtin_laws[]; /* each ends with a NULL name */
#endif
