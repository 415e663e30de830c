#include "xml_shape.h"

uint64_t xml_place(uint64_t parent, const char *name)
{
    uint64_t h = parent ^ UINT64_C(0xcbf29ce484222325); /* FNV-1a: nothing is at stake but a column */
    for (; *name != '\0'; name++)
        h = (h ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
    return h != 0 ? h : 1;
}

static uint32_t find(struct xml_shape *s, uint64_t place)
{
    uint32_t i = (uint32_t)(place % XML_SHAPES);
    for (uint32_t tries = 0; tries < XML_SHAPES; tries++, i = (i + 1) % XML_SHAPES) {
        if (s->seen[i].place == place)
            return i;
        if (s->seen[i].place != 0)
            continue;
        s->seen[i].place = place;
        s->n++;
        return i;
    }
    return XML_SHAPES;
}

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

void xml_shape_begin(struct xml_shape *s, const char *name)
{
    uint32_t depth = s->depth++;
    if (depth >= XML_DEPTH_MAX)
        return;
    uint64_t parent = depth > 0 ? s->open[depth - 1].serial : 0;
    uint64_t place = xml_place(depth > 0 ? s->open[depth - 1].place : 0, name);
    uint32_t i = find(s, place);
    if (depth == 0)
        s->book = strcmp(local(name), "Workbook") == 0;
    if (s->book && depth == 3 && strcmp(local(name), "Row") == 0)
        s->rows = place;
    if (i < XML_SHAPES) {
        struct xml_seen *seen = &s->seen[i];
        seen->repeats += seen->count > 0 && seen->parent == parent;
        seen->parent = parent;
        seen->depth = depth;
        seen->count++;
    }
    s->open[depth].place = place;
    s->open[depth].serial = ++s->serial;
    s->open[depth].seen = i;
}

void xml_shape_text(struct xml_shape *s, size_t n)
{
    for (uint32_t i = 0; i < s->depth && i < XML_DEPTH_MAX; i++)
        if (s->open[i].seen < XML_SHAPES)
            s->seen[s->open[i].seen].text += n;
}

void xml_shape_end(struct xml_shape *s)
{
    s->depth -= s->depth > 0;
}

static bool is_record(const struct xml_seen *s)
{
    return s->repeats > 0 && s->text / s->count <= XML_RECORD_TEXT_MAX;
}

uint64_t xml_shape_record(const struct xml_shape *s)
{
    uint64_t most = 0;
    const struct xml_seen *best = NULL;
    if (s->rows != 0)
        return s->rows;
    for (uint32_t i = 0; i < XML_SHAPES; i++)
        if (is_record(&s->seen[i]) && s->seen[i].text > most)
            most = s->seen[i].text;
    for (uint32_t i = 0; i < XML_SHAPES; i++)
        if (is_record(&s->seen[i]) && s->seen[i].text >= most - most / 2 &&
            (best == NULL || s->seen[i].depth < best->depth))
            best = &s->seen[i];
    return best != NULL ? best->place : 0;
}
