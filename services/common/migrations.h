#ifndef DYE_MIGRATIONS_H
#define DYE_MIGRATIONS_H
/*
 * migrations: schema/migrations, compiled in, in order. Forward only; a file that was applied is never changed, and
 * the ledger's checksum says so.
 */
struct migration {
    const char *name;   /* "0001_registry" */
    const char *sha256; /* of the file, hex */
    const char *sql;
};
extern const struct migration migrations[]; /* ends with a NULL name */
#endif
