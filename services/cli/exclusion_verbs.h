#ifndef EXCLUSION_VERBS_H
#define EXCLUSION_VERBS_H
/* exclusion_verbs: the parts of `exclusion` that are no zone's: argv[0] is the word after it. The exit status. */
int verb_exclusion_filter(int argc, char **argv);
int verb_exclusion_log(int argc, char **argv);
int verb_exclusion_report(int argc, char **argv);
#endif
