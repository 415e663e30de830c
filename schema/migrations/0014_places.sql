-- Where a field stands in what was rendered: its row, or its page, and its field of the row, from 1. NULL where bytes
-- are counted.

ALTER TABLE dyetrace.sighting_evidence
    ADD COLUMN row_number bigint CHECK (row_number > 0),
    ADD COLUMN field_number integer CHECK (field_number > 0);
