#include "index_file.h"

#include "home.h"
#include "key_file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct index_file {
    struct dye_index *index;
    const char *path;
    pthread_t reader;
    pthread_mutex_t joining;
    bool joined;
    atomic_bool checked; /* joined, and it is whole */
    enum dye_status status;
    struct dye_error why;
};

/* The home's key, for an index that does not carry its own. */
static enum dye_status home_keys(const struct common_options *common, struct dye_index_keys *ret, struct dye_error *err)
{
    struct home h;
    char path[HOME_PATH_MAX];
    DYE_CLEANUP(dye_key_wipe) struct dye_key k = {0};
    DYE_TRY(home_open(common->home, common->config, &h, err));
    DYE_TRY(home_path(&h, path, err, "zones/matcher/index.key"));
    DYE_TRY(key_file_read(path, &k, err));
    dye_index_keys_init(&k, ret);
    return DYE_OK;
}

static enum dye_status name_it(const char *path, enum dye_status status, const struct dye_error *why,
                               struct dye_error *err)
{
    bool named = strncmp(why->message, path, strlen(path)) == 0;
    return dye_fail(err, status, "%s%s%s", named ? "" : path, named ? "" : ": ", why->message);
}

static void *read_all(void *arg)
{
    struct index_file *f = arg;
    f->status = dye_index_verify(f->index, &f->why);
    return NULL;
}

enum dye_status index_file_open(const char *path, const struct common_options *common, struct index_file **ret,
                                struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    struct dye_index *index;
    struct dye_error why = {0};
    enum dye_status status = dye_index_map(path, NULL, &index, &why);
    if (status == DYE_E_KEY) {
        DYE_TRY(home_keys(common, &keys, err));
        status = dye_index_map(path, &keys, &index, &why);
    }
    if (status != DYE_OK)
        return name_it(path, status, &why, err);
    struct index_file *f = calloc(1, sizeof *f);
    if (f == NULL) {
        dye_index_unref(index);
        DYE_FAIL(err, DYE_E_NOMEM, "%s: out of memory", path);
    }
    *f = (struct index_file){.index = index, .path = path, .joining = PTHREAD_MUTEX_INITIALIZER};
    if (pthread_create(&f->reader, NULL, read_all, f) != 0) { /* then at once */
        f->joined = true;
        (void)read_all(f);
        atomic_store(&f->checked, f->status == DYE_OK);
    }
    *ret = f;
    return DYE_OK;
}

struct dye_index *index_file_index(const struct index_file *f)
{
    return f->index;
}

enum dye_status index_file_check(struct index_file *f, struct dye_error *err)
{
    if (atomic_load_explicit(&f->checked, memory_order_acquire))
        return DYE_OK;
    pthread_mutex_lock(&f->joining);
    if (!f->joined)
        (void)pthread_join(f->reader, NULL);
    f->joined = true;
    pthread_mutex_unlock(&f->joining);
    if (f->status != DYE_OK)
        return name_it(f->path, f->status, &f->why, err);
    atomic_store_explicit(&f->checked, true, memory_order_release);
    return DYE_OK;
}

void index_file_close(struct index_file *f)
{
    if (f == NULL)
        return;
    (void)!index_file_check(f, NULL); /* the thread reads what is then unmapped */
    dye_index_unref(f->index);
    pthread_mutex_destroy(&f->joining);
    free(f);
}
