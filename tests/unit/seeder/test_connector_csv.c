#include "../../../services/seeder/connector_csv.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

struct journal { /* what the note was told */
    int notes;
    bool complete;
    enum dye_status answer; /* to the second one */
    char name[128];
    int files, hidden; /* in the directory at that time */
};

static void count_files(const char *directory, int *ret_files, int *ret_hidden)
{
    DIR *d = opendir(directory);
    assert_non_null(d);
    *ret_files = *ret_hidden = 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        *ret_files += n > 4 && strcmp(e->d_name + n - 4, ".csv") == 0;
        *ret_hidden += n > 4 && e->d_name[0] == '.' && strcmp(e->d_name + n - 4, ".tmp") == 0;
    }
    closedir(d);
}

static enum dye_status on_note(void *arg, const char *directory, const char *name, bool complete, struct dye_error *err)
{
    struct journal *j = arg;
    (void)err;
    j->notes++;
    j->complete = complete;
    snprintf(j->name, sizeof j->name, "%s", name);
    count_files(directory, &j->files, &j->hidden);
    return complete ? j->answer : DYE_OK;
}

static const struct dye_sector sector = {.name = "x",
                                         .table = "people",
                                         .columns = 1,
                                         .column = {{.name = "phone", .what = DYE_COLUMN_KIND, .kind = DYE_MOBILE}}};
static const struct dye_persona persona = {.value[DYE_MOBILE] = {"17420000000", 11}};

static struct connector connector_new(void)
{
    struct connector c = {.kind = CONNECTOR_CSV};
    snprintf(c.directory, sizeof c.directory, "/tmp/dye.csv.XXXXXX");
    assert_non_null(mkdtemp(c.directory));
    return c;
}

static void connector_done(const struct connector *c, const struct journal *j)
{
    char path[800];
    snprintf(path, sizeof path, "%s/%s", c->directory, j->name);
    unlink(path);
    struct dye_error err;
    assert_int_equal(connector_csv_discard(c->directory, j->name, &err), DYE_OK);
    assert_int_equal(rmdir(c->directory), 0);
}

static enum dye_status plant(const struct connector *c, struct journal *j, enum connector_outcome *ret)
{
    struct dye_error err;
    const struct connector_batch b = {.sector = &sector, .personas = &persona, .n = 1, .note = on_note, .note_arg = j};
    *ret = CONNECTOR_PENDING;
    return connector_csv_plant(c, &b, ret, &err);
}

static void a_file_is_on_record_before_it_has_its_name(void **state)
{
    (void)state;
    struct connector c = connector_new();
    struct journal j = {0};
    enum connector_outcome outcome;
    int files, hidden_files;
    assert_int_equal(plant(&c, &j, &outcome), DYE_OK);
    assert_int_equal(outcome, CONNECTOR_DONE);
    assert_int_equal(j.notes, 2);
    assert_true(j.complete);
    assert_int_equal(j.files, 0);
    assert_int_equal(j.hidden, 1);
    count_files(c.directory, &files, &hidden_files);
    assert_int_equal(files, 1);
    assert_int_equal(hidden_files, 0);
    connector_done(&c, &j);
}

static void a_file_that_is_not_on_record_is_not_dropped(void **state)
{
    (void)state;
    struct connector c = connector_new();
    struct journal j = {.answer = DYE_E_DATABASE};
    enum connector_outcome outcome;
    int files, hidden_files;
    bool waits = false;
    struct dye_error err;
    assert_int_equal(plant(&c, &j, &outcome), DYE_E_DATABASE);
    assert_int_equal(outcome, CONNECTOR_PENDING);
    count_files(c.directory, &files, &hidden_files);
    assert_int_equal(files, 0);
    assert_int_equal(connector_csv_waits(c.directory, j.name, &waits, &err), DYE_OK);
    assert_true(waits);
    connector_done(&c, &j);
}

static void a_file_that_the_importer_took_is_not_dropped_again(void **state)
{
    (void)state;
    struct connector c = connector_new();
    struct journal j = {0};
    enum connector_outcome outcome;
    char path[800];
    int files, hidden_files;
    bool waits = true;
    struct dye_error err;
    assert_int_equal(plant(&c, &j, &outcome), DYE_OK);
    snprintf(path, sizeof path, "%s/%s", c.directory, j.name);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(connector_csv_waits(c.directory, j.name, &waits, &err), DYE_OK);
    assert_false(waits);
    assert_int_equal(connector_csv_release(c.directory, j.name, &err), DYE_OK);
    count_files(c.directory, &files, &hidden_files);
    assert_int_equal(files + hidden_files, 0);
    connector_done(&c, &j);
}

static void a_directory_that_is_away_says_nothing_of_its_files(void **state)
{
    (void)state;
    bool waits = true;
    struct dye_error err;
    assert_int_equal(connector_csv_waits("/tmp/dye.csv.none", "x.csv", &waits, &err), DYE_E_IO);
    assert_int_equal(connector_csv_release("/tmp/dye.csv.none", "x.csv", &err), DYE_E_IO);
    assert_true(waits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_on_record_before_it_has_its_name),
        cmocka_unit_test(a_file_that_is_not_on_record_is_not_dropped),
        cmocka_unit_test(a_file_that_the_importer_took_is_not_dropped_again),
        cmocka_unit_test(a_directory_that_is_away_says_nothing_of_its_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
