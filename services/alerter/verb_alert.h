#ifndef DYE_ALERTER_VERB_H
#define DYE_ALERTER_VERB_H

int verb_alert(int argc, char **argv);

#endif
