#ifndef DYE_CLI_VERBS_H
#define DYE_CLI_VERBS_H
/*
 * verbs: what `dyetrace-home` does, one file each. argv[0] is the verb; the result is the exit status.
 */
int verb_init(int argc, char **argv);
int verb_up(int argc, char **argv);
int verb_down(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_token(int argc, char **argv);
int verb_audit(int argc, char **argv);
int verb_exclusion(int argc, char **argv);

/* Becomes `program --once argv`, after it has started the home's cluster where it has one. */
int exec_zone(const char *program, int argc, char **argv);

#endif
