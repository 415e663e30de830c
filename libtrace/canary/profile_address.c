/*
 * profile_address: an address of one of a table's people, part by part as the profile has counted them.
 */
#include "profile_follow.h"
#include "profile_pick.h"

#include <stdio.h>

static const char *next_part(const struct dye_profile *profile, const char *column, const char *region,
                             const char *before, const char *from, bool head, struct dye_prf *draw)
{
    struct widening w = {.p = profile, .column = column, .facet = "step", .draw = draw, .no_region = region[0] == '\0'};
    char context[2 * ADDRESS_PART_BYTES + 16];
    const char *to = NULL;
    if (head && region[0] != '\0') {
        snprintf(context, sizeof context, "%s|%.*s", region, ADDRESS_PART_BYTES, from);
        to = profile_widen(&w, context, false);
    }
    snprintf(context, sizeof context, "%.*s>|%.*s", ADDRESS_PART_BYTES, before, ADDRESS_PART_BYTES, from);
    if (to == NULL && before[0] != '\0')
        to = profile_widen(&w, context, false);
    snprintf(context, sizeof context, "|%.*s", ADDRESS_PART_BYTES, from);
    if (to == NULL)
        to = profile_widen(&w, context, false);
    snprintf(context, sizeof context, ":%s", last_character(from));
    return to != NULL ? to : profile_widen(&w, context, true);
}

/* The floor as often as in that house, the door as often as anywhere. */
static bool append_door(const struct dye_profile *profile, const char *column, const char *narrow, const char *wide,
                        struct dye_prf *draw, struct dye_value *ret)
{
    const char *tail =
        profile_pick(profile, profile_find(profile, column, "tail", wide), dye_prf_u64(draw), false, NULL, NULL);
    const struct profile_group *here = profile_find(profile, column, "stem", narrow);
    const char *stem = profile_pick(profile, here, dye_prf_u64(draw), true, NULL, NULL);
    if (stem == NULL)
        stem = profile_pick_rest(profile, profile_find(profile, column, "stem", wide), here, dye_prf_u64(draw), false);
    return tail != NULL && stem != NULL && stem[0] != '-' && profile_append(ret, stem) && profile_append(ret, tail);
}

static bool append_number(const struct dye_profile *profile, const char *column, const char *place, const char *from,
                          const char *to, struct dye_prf *draw, struct dye_value *ret)
{
    char narrow[2 * ADDRESS_PART_BYTES + 2], wide[16], made[12];
    snprintf(narrow, sizeof narrow, "%.*s@%.*s", ADDRESS_PART_BYTES, place, ADDRESS_PART_BYTES, to);
    const struct profile_group *of_place = profile_find(profile, column, "number", narrow);
    if (of_place == NULL && profile_find(profile, column, "stem", narrow) == NULL)
        snprintf(narrow, sizeof narrow, "%.*s>%.*s", ADDRESS_PART_BYTES, from, ADDRESS_PART_BYTES, to);
    snprintf(wide, sizeof wide, "%.4s>%.4s", last_character(from), last_character(to));
    const char *magnitude =
        profile_pick(profile, profile_find(profile, column, "magnitude", wide), dye_prf_u64(draw), false, NULL, NULL);
    bool large = magnitude != NULL && magnitude[0] >= '3';
    const struct profile_group *here = profile_find(profile, column, "number", narrow);
    const char *number = profile_pick(profile, here, dye_prf_u64(draw), true, NULL, NULL);
    if (number == NULL && large && append_door(profile, column, narrow, wide, draw, ret))
        return true;
    if (number == NULL)
        number =
            profile_pick_rest(profile, profile_find(profile, column, "number", wide), here, dye_prf_u64(draw), true);
    if (number != NULL)
        return profile_append(ret, number);
    if (magnitude == NULL || strlen(magnitude) != 2 || !dye_is_digit((uint8_t)magnitude[0]))
        return false;
    size_t digits = (size_t)(magnitude[0] - '0');
    made[0] = magnitude[1];
    for (size_t i = 1; i < digits; i++)
        made[i] = (char)('0' + dye_prf_below(draw, 10));
    made[digits] = '\0';
    return profile_append(ret, made);
}

static bool make_address(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                         struct dye_prf *draw, struct dye_value *ret)
{
    char context[ADDRESS_PART_BYTES + 16];
    const char *before = "", *from = ADDRESS_START, *place = "";
    bool head = true;
    snprintf(context, sizeof context, "%s|" ADDRESS_START, row->region);
    const char *region = profile_find(profile, column, "step", context) != NULL ? row->region
                         : row->region[0] != '\0'                               ? "~"
                                                                                : "";
    ret->n = 0;
    for (int parts = 0; parts < ADDRESS_PARTS_MAX; parts++) {
        const char *to = next_part(profile, column, region, before, from, head, draw);
        if (to == NULL)
            return false;
        if (strcmp(to, ADDRESS_END) == 0)
            return ret->n > 0;
        bool number = strncmp(to, ADDRESS_NUMBER, strlen(ADDRESS_NUMBER)) == 0;
        if (number)
            to += strlen(ADDRESS_NUMBER);
        const char *text = to;
        if (strcmp(to, ADDRESS_PROVINCE) == 0)
            text = dye_region_province(row->area);
        else if (strcmp(to, ADDRESS_PREFECTURE) == 0)
            text = dye_region_prefecture(row->area);
        if (text == NULL || (number && !append_number(profile, column, place, from, to, draw, ret)) ||
            !profile_append(ret, text))
            return false;
        struct address_part part[ADDRESS_PARTS_MAX];
        size_t n;
        head = head && !number && address_split(dye_span_str(text), part, &n) && part[0].head;
        before = from;
        from = to;
        place = strlen(to) >= ADDRESS_PLACE_BYTES ? to : place;
    }
    return false;
}

void profile_follow_address(const struct dye_profile *profile, const char *column, const struct profile_row *row,
                            struct dye_prf *draw, struct dye_value *address)
{
    struct dye_value made, canonical;
    for (int tries = 0; tries < 8; tries++)
        if (make_address(profile, column, row, draw, &made) &&
            dye_ident_parse(DYE_ADDRESS, dye_value_span(&made), &canonical) == DYE_OK) {
            *address = made;
            return;
        }
}
