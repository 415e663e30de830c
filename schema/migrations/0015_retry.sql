-- A dump that is decoded again: a part that could not be entered makes way for what is inside it, and the last chunk of
-- one that was cut short is matched once more with what follows.
GRANT DELETE ON dyetrace.part TO dyetrace_matcher;
GRANT UPDATE (start, bytes, records, done_at) ON dyetrace.chunk TO dyetrace_matcher;
