#ifndef DYE_SEEDER_VERBS_H
#define DYE_SEEDER_VERBS_H
/* verbs: what `dyetrace-seeder --once` does, one file each; the result is the exit status. */
int verb_source(int argc, char **argv);
int verb_profile(int argc, char **argv); /* `source profile` */
int verb_plan(int argc, char **argv);
int verb_seed(int argc, char **argv);
int verb_seed_shared(int argc, char **argv); /* seed --shared */
int verb_plant(int argc, char **argv);
int verb_plant_shared(int argc, char **argv); /* plant --shared */
int verb_rotate(int argc, char **argv);
int verb_withdraw(int argc, char **argv);
int verb_health(int argc, char **argv);
int verb_canary(int argc, char **argv);
int verb_pool(int argc, char **argv);
int verb_table(int argc, char **argv);
int verb_exclusion(int argc, char **argv); /* `exclusion make` and `list` */
#endif
