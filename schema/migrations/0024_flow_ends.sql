-- A flow between sources can end: what is planted, or withdrawn, upstream from then on does not come downstream. What
-- flowed before stays as it was.

ALTER TABLE dyetrace.source_flow ADD COLUMN ended_at timestamptz; -- NULL: it goes on
GRANT UPDATE (ended_at) ON dyetrace.source_flow TO dyetrace_seeder;
