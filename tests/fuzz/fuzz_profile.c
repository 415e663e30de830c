/* A profile's text: whatever is read is written again as the same profile, and a persona can follow it. */
#include "dye/profile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const struct dye_sector sector = {.name = "fuzz",
                                         .columns = 4,
                                         .column = {{.name = "mrn", .kind = DYE_MRN},
                                                    {.name = "name", .kind = DYE_NAME},
                                                    {.name = "phone", .kind = DYE_MOBILE},
                                                    {.name = "address", .kind = DYE_ADDRESS}}};

static void follow(const struct dye_profile *p)
{
    static const struct dye_key key = {{1}};
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    struct dye_persona persona;
    struct dye_prf draw;
    must(m != NULL && dye_persona_make(m, 7, NULL, 20000, &persona, NULL) == DYE_OK);
    dye_prf_init(&draw, &key, "fuzz", 7);
    dye_profile_adopt(p, &sector, &draw, &persona);
    for (size_t i = 0; i < sector.columns; i++) {
        struct dye_value cell;
        must(dye_sector_cell(&sector.column[i], &persona, &cell) == DYE_OK && cell.n <= DYE_VALUE_MAX_BYTES);
    }
    dye_persona_maker_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dye_profile *p = NULL, *again = NULL;
    struct dye_buf once, twice;
    if (size > 1 << 16 || dye_profile_read(dye_span_of(data, size), &p, NULL) != DYE_OK)
        return 0;
    dye_buf_init(&once, 1 << 20, false);
    dye_buf_init(&twice, 1 << 20, false);
    must(dye_profile_write(p, &once) == DYE_OK);
    must(dye_profile_read(dye_buf_span(&once), &again, NULL) == DYE_OK);
    must(dye_profile_write(again, &twice) == DYE_OK);
    must(dye_span_equal(dye_buf_span(&once), dye_buf_span(&twice)));
    follow(p);
    dye_profile_free(p);
    dye_profile_free(again);
    dye_buf_done(&once);
    dye_buf_done(&twice);
    return 0;
}
