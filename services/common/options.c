#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(const struct verb_spec *v)
{
    printf("usage: dyetrace %s\n\n%s\n\n", v->usage, v->meaning);
    for (const struct option_spec *o = v->options; o != NULL && o->name != NULL; o++) {
        if (o->meaning == NULL)
            continue;
        char left[64];
        snprintf(left, sizeof left, "%s%s %s", o->name[1] == '\0' ? "-" : "--", o->name,
                 o->value != NULL ? o->value : "");
        printf("  %-24s %s\n", left, o->meaning);
    }
    printf("  %-24s %s\n", "--home DIR", "the home (default $DYETRACE_HOME, else $XDG_DATA_HOME/dyetrace)");
    printf("  %-24s %s\n", "--config FILE", "another configuration file than the home's");
    printf("  %-24s %s\n", "--json", "one JSON object a line on standard output");
}

enum dye_status options_usage(const struct verb_spec *v, struct dye_error *err)
{
    static const char before[] = "usage: dyetrace ";
    const int verb = (int)strcspn(v->usage, " ");
    if (sizeof before + strlen(v->usage) > sizeof err->message)
        DYE_FAIL(err, DYE_E_USAGE, "%.*s: it is not used so (see dyetrace %.*s --help)", verb, v->usage, verb,
                 v->usage);
    DYE_FAIL(err, DYE_E_USAGE, "%s%s", before, v->usage);
}

static enum dye_status set_text(const struct option_spec *o, const char *value, struct dye_error *err)
{
    const size_t most = strcmp(o->value + 1, "...") == 0 ? OPTION_LIST_MAX : 1;
    size_t i = 0;
    while (i < most && o->text[i] != NULL)
        i++;
    if (i == most && most == 1)
        DYE_FAIL(err, DYE_E_USAGE, "--%s: it is given twice", o->name);
    if (i == most)
        DYE_FAIL(err, DYE_E_USAGE, "--%s: more than %d of them", o->name, OPTION_LIST_MAX);
    o->text[i] = value;
    return DYE_OK;
}

/* An empty name of a home is a variable that nobody set: the default home is not what was meant. */
static enum dye_status check_common(const struct common_options *common, struct dye_error *err)
{
    if (common->home != NULL && common->home[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "--home: wants a value (DIR)");
    if (common->config != NULL && common->config[0] == '\0')
        DYE_FAIL(err, DYE_E_USAGE, "--config: wants a value (FILE)");
    return DYE_OK;
}

enum dye_status options_parse(const struct verb_spec *v, int argc, char **argv, struct common_options *common,
                              int *ret_args, struct dye_error *err)
{
    const struct option_spec shared[] = {{"home", "DIR", NULL, &common->home, NULL},
                                         {"config", "FILE", NULL, &common->config, NULL},
                                         {"json", NULL, NULL, NULL, &common->json},
                                         {NULL, NULL, NULL, NULL, NULL}};
    int args = 0;
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (only_words || word[0] != '-' || word[1] == '\0') {
            argv[++args] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_words = true;
            continue;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            print_help(v);
            return DYE_STOPPED;
        }
        const char *name = word[1] == '-' ? word + 2 : word + 1;
        size_t n = strcspn(name, "=");
        const struct option_spec *found = NULL;
        const struct option_spec *tables[] = {v->options, shared};
        for (size_t t = 0; t < 2 && found == NULL; t++)
            for (const struct option_spec *o = tables[t]; o != NULL && o->name != NULL; o++)
                if (strlen(o->name) == n && memcmp(o->name, name, n) == 0) {
                    found = o;
                    break;
                }
        if (found == NULL)
            DYE_FAIL(err, DYE_E_USAGE, "%s: unknown option (see dyetrace %.*s --help)", word,
                     (int)strcspn(v->usage, " "), v->usage);
        if (found->value == NULL) {
            if (name[n] == '=')
                DYE_FAIL(err, DYE_E_USAGE, "--%s: takes no value", found->name);
            *found->flag = true;
        } else if (name[n] == '=' || i + 1 < argc) {
            DYE_TRY(set_text(found, name[n] == '=' ? name + n + 1 : argv[++i], err));
        } else {
            DYE_FAIL(err, DYE_E_USAGE, "%s: wants a value (%s)", word, found->value);
        }
    }
    if (args < v->min_args || (v->max_args >= 0 && args > v->max_args))
        return options_usage(v, err);
    *ret_args = args;
    return check_common(common, err);
}

enum dye_status option_int(const char *name, const char *text, long long min, long long max, long long *ret,
                           struct dye_error *err)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || v < min || v > max)
        DYE_FAIL(err, DYE_E_USAGE, "%s: a whole number from %lld to %lld is wanted", name, min, max);
    *ret = v;
    return DYE_OK;
}
