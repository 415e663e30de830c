-- What a part holds, as counts (dye/census.h): no value of any person. A chunk's are stored with the chunk, so that a
-- crash neither loses nor repeats them; a part's are their sum.
-- census: {"parseable", "uncounted": [cells, records, identifiers], "columns": [{"column", "name", "says", "newest",
-- "cells": {cell: n}}], "kinds": [{"kinds": [...], "records"}], "prefixes": [{"kind", "prefix", "n"}]}

ALTER TABLE dyetrace.chunk ADD COLUMN census jsonb;
ALTER TABLE dyetrace.part
    ADD COLUMN format text NOT NULL DEFAULT '', -- what it was rendered from; '' for bytes as they stand
    ADD COLUMN layout text,
    ADD COLUMN parseable bigint CHECK (parseable >= 0),
    ADD COLUMN census jsonb;
GRANT UPDATE (format, layout, parseable, census) ON dyetrace.part TO dyetrace_matcher;
GRANT UPDATE (census) ON dyetrace.chunk TO dyetrace_matcher;
