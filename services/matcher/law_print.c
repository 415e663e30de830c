/* law_print: legal counts for people, from the objects of law_json. */
#include "law_json.h"

#include <string.h>

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL && text[0] != '\0' ? text : "-";
}

static long long whole_of(const json_t *o, const char *key)
{
    return (long long)json_integer_value(json_object_get(o, key));
}

static bool is_true(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

/* "Art. 5(1)(3)", and a mark where it is to be verified. */
static void print_basis(const json_t *o)
{
    const char *certainty = text_of(o, "certainty");
    printf("%s%s%s", text_of(o, "article"), strcmp(certainty, "H") != 0 ? ", to be verified: " : "",
           strcmp(certainty, "H") != 0 ? certainty : "");
}

/* ---- a dump ---- */

static void print_known(const char *what, const json_t *n, const char *chinese)
{
    if (json_is_object(n))
        printf("  %-28s %12lld%s  %s\n", what, whole_of(n, "n"), is_true(n, "exact") ? "" : " (estimate)", chinese);
    else if (json_is_integer(n))
        printf("  %-28s %12lld  %s\n", what, (long long)json_integer_value(n), chinese);
    else
        printf("  %-28s %12s  %s\n", what, "not counted", chinese);
}

static void print_vector(const json_t *v)
{
    const json_t *distinct = json_object_get(v, "distinct"), *before = json_object_get(v, "seen_before");
    print_known("raw rows", json_object_get(v, "raw"), "原始条数");
    print_known("parseable", json_object_get(v, "parseable"), "可识别条数");
    print_known("distinct by resident_id", json_object_get(distinct, "resident_id"), "按身份证号去重");
    print_known("distinct by mobile", json_object_get(distinct, "mobile"), "按手机号去重");
    print_known("distinct by name+mobile", json_object_get(distinct, "name+mobile"), "按姓名和手机号去重");
    print_known("seen in earlier dumps", json_object_get(before, "name+mobile"), "见于此前数据 (name+mobile)");
    print_known("bare phones", json_object_get(v, "bare_phone"), "裸号");
    print_known("canary rows", json_object_get(v, "canary_rows"), "溯源标识记录, 不计入");
    print_known("identify nobody", json_object_get(v, "unidentified"), "不能识别特定自然人, 不计入");
    if (whole_of(v, "unread_parts") > 0)
        printf("  %lld part(s) not fully read: what is in them is not counted\n", whole_of(v, "unread_parts"));
}

static void print_score(const json_t *s, const char *chosen, const char *name)
{
    if (!is_true(s, "counted")) {
        printf("  %-14s not counted\n", name);
        return;
    }
    printf("%c %-14s %12lld %10lld %10lld %10lld %12lld  %s; by an insider %s%s\n",
           strcmp(chosen, name) == 0 ? '*' : ' ', name, whole_of(s, "records"), whole_of(s, "A"), whole_of(s, "B"),
           whole_of(s, "C"), whole_of(s, "score"), text_of(s, "level"), text_of(s, "insider_level"),
           is_true(s, "exact") ? "" : " (estimate)");
}

static void print_notice(const json_t *n)
{
    long long amount = whole_of(n, "amount");
    printf("  %s to %s by %s (", text_of(n, "title"), text_of(n, "to"), text_of(n, "deadline"));
    if (amount > 0)
        printf("%lld ", amount);
    printf("%s%s; ", text_of(n, "clock"), is_true(n, "by_calendar") ? "" : ", holidays not known");
    print_basis(n);
    printf("): %s\n", text_of(n, "content"));
}

static void print_proof(const json_t *p)
{
    size_t i;
    const json_t *e;
    printf("  to be proven item by item: %lld of %s %s (class %s)\n", whole_of(p, "items"), text_of(p, "information"),
           text_of(p, "title"), text_of(p, "class"));
    json_array_foreach(json_object_get(p, "places"), i, e)
        printf("    %lld in %s %s\n", whole_of(e, "items"), text_of(e, "part"), text_of(e, "column"));
}

void law_count_print(const json_t *o)
{
    size_t i;
    const json_t *e;
    printf("legal count (reference) 法律计数(参考) of %s, law %s: %s\n", text_of(o, "dump"), text_of(o, "law"),
           text_of(o, "title"));
    print_vector(json_object_get(o, "vector"));
    printf("columns\n");
    json_array_foreach(json_object_get(o, "columns"), i, e)
    {
        printf("  %-9s %12lld  %s %s", text_of(e, "class"), whole_of(e, "filled"), text_of(e, "part"),
               text_of(e, "name"));
        if (json_object_get(e, "information") != NULL) {
            printf(": %s (", text_of(e, "title"));
            print_basis(e);
            putchar(')');
        }
        putchar('\n');
    }
    printf("  %-14s %12s %10s %10s %10s %12s  were one person to have obtained it all\n", "key", "records", "A", "B",
           "C", "score");
    json_array_foreach(json_object_get(o, "scores"), i, e) print_score(e, text_of(o, "key"), text_of(e, "key"));
    print_score(json_object_get(o, "certain"), "", "certain alone");
    json_array_foreach(json_object_get(o, "excluded"), i, e)
    {
        printf("  left out: %lld %s (", whole_of(e, "records"), text_of(e, "why"));
        print_basis(e);
        printf(")\n");
    }
    json_array_foreach(json_object_get(o, "proof"), i, e) print_proof(e);
    printf("notices, known since %s\n", text_of(o, "known_at"));
    json_array_foreach(json_object_get(o, "notices"), i, e) print_notice(e);
    printf("The law counts what a person did, not a dump: dyetrace case.\n");
}

/* ---- a person ---- */

static void print_step(const json_t *s)
{
    printf("  %-8s %s", text_of(s, "did"), text_of(s, "dump"));
    if (json_is_string(json_object_get(s, "to")))
        printf(" to %s", text_of(s, "to"));
    printf(": %s %lld", text_of(s, "why"), whole_of(s, "records"));
    if (json_object_get(s, "A") != NULL)
        printf(" (A %lld, B %lld, C %lld)", whole_of(s, "A"), whole_of(s, "B"), whole_of(s, "C"));
    printf("%s: ", is_true(s, "in_duty") ? ", in duty" : "");
    print_basis(s);
    putchar('\n');
}

void law_person_print(const json_t *o)
{
    size_t i, j;
    const json_t *e, *article;
    const json_t *duty = json_object_get(o, "in_duty"), *below = json_object_get(o, "below");
    printf("%s%s%s: %s %s\n", text_of(o, "person"), is_true(o, "insider") ? ", insider" : "",
           is_true(o, "lawful_business") ? ", lawful business" : "", text_of(o, "level"),
           json_string_value(json_object_get(o, "level_title")));
    json_array_foreach(json_object_get(o, "steps"), i, e) print_step(e);
    printf("  A %lld, B %lld, C %lld: score %lld", whole_of(o, "A"), whole_of(o, "B"), whole_of(o, "C"),
           whole_of(o, "score"));
    if (is_true(o, "insider"))
        printf(" (in duty %lld)", whole_of(duty, "score"));
    printf("; income %s, profit %s %s\n", text_of(o, "income"), text_of(o, "profit"), text_of(o, "currency"));
    json_array_foreach(json_object_get(o, "reached"), i, e)
    {
        printf("  %s by %s:", text_of(e, "level"), text_of(e, "test"));
        json_array_foreach(json_object_get(e, "articles"), j, article)
            printf("%s %s", j > 0 ? " and" : "", json_string_value(article));
        putchar('\n');
    }
    if (json_is_object(below)) {
        printf("  below the thresholds: %s (", text_of(below, "title"));
        print_basis(below);
        printf(")\n");
    }
}
