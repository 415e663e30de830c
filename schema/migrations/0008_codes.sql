-- Shared canaries: where several sources hold copies of one table, each holder has variant A or B of a shared canary,
-- by a code that tells holders who join (dye/code.h). What is here serves scoring, and is no secret to the matcher: the
-- bias is the chance that a holder got variant B; which it got is its placement's variant.

CREATE TABLE dyetrace.code (
    code_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    epoch bigint NOT NULL UNIQUE REFERENCES dyetrace.epoch, -- the code is a function of the persona key and this
    holders integer NOT NULL CHECK (holders >= 2),
    colluders integer NOT NULL CHECK (colluders BETWEEN 1 AND holders),
    epsilon double precision NOT NULL CHECK (epsilon > 0 AND epsilon < 1),
    survival double precision NOT NULL CHECK (survival > 0 AND survival <= 1),
    surviving bigint NOT NULL CHECK (surviving > 0), -- positions wanted in a dump
    positions bigint NOT NULL CHECK (positions >= surviving)
);

CREATE TABLE dyetrace.code_position (
    code_id bigint NOT NULL REFERENCES dyetrace.code,
    position bigint NOT NULL CHECK (position >= 0),
    canary_id text NOT NULL UNIQUE REFERENCES dyetrace.canary,
    bias double precision NOT NULL CHECK (bias > 0 AND bias < 1),
    serial_b bigint NOT NULL UNIQUE, -- the serial that variant B has its identifiers from; A has the canary's own
    PRIMARY KEY (code_id, position)
);

-- A variant's resident ID must not be a third person's: what the seeder asks before it commits a batch.
CREATE INDEX fingerprint_resident_id ON dyetrace.fingerprint (fp) WHERE kind = 'resident_id' AND form = 'plain';

GRANT SELECT ON dyetrace.code, dyetrace.code_position TO dyetrace_seeder, dyetrace_matcher, dyetrace_auditor;
GRANT INSERT ON dyetrace.code, dyetrace.code_position TO dyetrace_seeder;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
