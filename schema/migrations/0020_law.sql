-- Cases: what persons, by pseudonym, did with which dump, for the legal count (dye/law.h). No name, no number of anybody:
-- who a pseudonym is stands in the case file, not here. The matcher's role alone reads them; an act is never changed,
-- only voided, with a reason.

CREATE TABLE dyetrace.law_case (
    case_id text PRIMARY KEY CHECK (case_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' AND case_id !~ '[0-9]{7}'),
    title text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE dyetrace.case_person (
    case_id text NOT NULL REFERENCES dyetrace.law_case,
    pseudonym text NOT NULL CHECK (pseudonym ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' AND pseudonym !~ '[0-9]{7}'),
    insider boolean NOT NULL DEFAULT false,
    lawful_business boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, pseudonym)
);

CREATE TABLE dyetrace.case_act (
    act_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id text NOT NULL,
    pseudonym text NOT NULL,
    did text NOT NULL CHECK (did IN ('obtained', 'sold', 'provided')),
    dump_id text NOT NULL REFERENCES dyetrace.dump,
    other text CHECK (other <> pseudonym), -- from whom, or to whom; NULL: not known
    happened_at timestamptz,
    income_cents bigint NOT NULL DEFAULT 0 CHECK (income_cents >= 0),
    records bigint CHECK (records > 0), -- of the dump's; NULL: all
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    voided_at timestamptz,
    voided_why text,
    CHECK ((voided_at IS NULL) = (voided_why IS NULL)),
    FOREIGN KEY (case_id, pseudonym) REFERENCES dyetrace.case_person,
    FOREIGN KEY (case_id, other) REFERENCES dyetrace.case_person
);
CREATE INDEX case_act_case ON dyetrace.case_act (case_id);

ALTER TABLE dyetrace.law_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.case_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.case_act ENABLE ROW LEVEL SECURITY;
CREATE POLICY zones ON dyetrace.law_case TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.case_person TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.case_act TO dyetrace_matcher USING (true);

GRANT SELECT, INSERT ON dyetrace.law_case, dyetrace.case_person, dyetrace.case_act TO dyetrace_matcher;
GRANT UPDATE (insider, lawful_business) ON dyetrace.case_person TO dyetrace_matcher;
GRANT UPDATE (voided_at, voided_why) ON dyetrace.case_act TO dyetrace_matcher;
