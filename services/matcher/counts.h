#ifndef DYE_COUNTS_H
#define DYE_COUNTS_H
/*
 * counts: a census (dye/census.h) as JSON, as it is stored with a chunk and as `decode` prints it:
 *
 *   {"parseable": 9, "uncounted": [0, 0, 0],
 *    "columns": [{"column": 0, "name": "...", "says": "mobile", "newest": 20260131, "cells": {"mobile": 9}}],
 *    "kinds": [{"kinds": ["mobile", "name"], "records": 9}], "prefixes": [{"kind": "mobile", "prefix": "174", "n": 9}]}
 *
 * "says" and "newest" are left out where nothing is known.
 */
#include "dye/buf.h"
#include "dye/census.h"

#define COUNTS_MAX_BYTES (2u << 20) /* a census with all its limits reached is below 1 MiB */

/* Appends it. DYE_E_LIMIT or DYE_E_NOMEM from the buffer. */
DYE_MUST_CHECK enum dye_status counts_append(const struct dye_census *c, struct dye_buf *ret);

#endif
