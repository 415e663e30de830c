#ifndef DYE_MATCHER_VERBS_H
#define DYE_MATCHER_VERBS_H
/* verbs: what `dyetrace-matcher --once` and, offline, `dyetrace-scan --once` do, one file each; the result is the exit
 * status. */
int verb_ingest(int argc, char **argv);
int verb_retry(int argc, char **argv);
int verb_index(int argc, char **argv);
int verb_lineage(int argc, char **argv);
int verb_sightings(int argc, char **argv);
int verb_attribute(int argc, char **argv);
int verb_unread(int argc, char **argv);
int verb_parts(int argc, char **argv);
int verb_retro(int argc, char **argv);
int verb_touch(int argc, char **argv);
int verb_accounts(int argc, char **argv);
int verb_contact(int argc, char **argv);
int verb_estimate(int argc, char **argv);
int verb_count(int argc, char **argv);
int verb_case(int argc, char **argv);
int verb_scan(int argc, char **argv); /* these two are dyetrace-scan's */
int verb_decode(int argc, char **argv);
#endif
