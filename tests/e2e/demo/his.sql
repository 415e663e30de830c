-- A hospital's information system: patients, and their visits. Needs people.sql; psql variables: seed, rows.

CREATE TABLE patients (
    mrn text PRIMARY KEY,
    name text NOT NULL,
    sex text NOT NULL CHECK (sex IN ('男', '女')),
    birth_date date NOT NULL,
    id_card text,
    phone text,
    address text,
    registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE visits (
    visit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mrn text NOT NULL REFERENCES patients,
    department text NOT NULL,
    diagnosis text NOT NULL,
    visited_at timestamptz NOT NULL
);

INSERT INTO patients
SELECT 'H' || lpad((30000000 + n)::text, 9, '0'), name, sex, birth_date, id_card, phone, address,
       timestamptz '2025-01-01 08:00+08' + n * interval '5 minutes'
FROM people(:seed, :rows);

INSERT INTO visits (mrn, department, diagnosis, visited_at)
SELECT 'H' || lpad((30000000 + n)::text, 9, '0'),
       pick('{内科,外科,儿科,产科,眼科,骨科,皮肤科,急诊}', :seed, n, 101),
       pick('{上呼吸道感染,高血压,肠胃炎,骨折,近视,湿疹,体检,胃炎}', :seed, n, 102),
       timestamptz '2025-01-01 09:00+08' + n * interval '5 minutes'
FROM generate_series(1, :rows) AS n;
ANALYZE;
