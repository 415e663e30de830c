-- A courier branch's waybills. Needs people.sql; psql variables: seed, rows.

CREATE TABLE waybills (
    waybill text PRIMARY KEY,
    name text NOT NULL,
    phone text NOT NULL,
    address text NOT NULL,
    goods text NOT NULL DEFAULT '日用品',
    station text NOT NULL DEFAULT '济南历下营业部',
    sent_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO waybills
SELECT 'YT0000' || lpad((200000000 + n)::text, 9, '0'), name, phone, address,
       pick('{日用品,服装,文件,食品,电子产品,母婴用品}', :seed, n, 201),
       pick('{济南历下营业部,济南高新营业部,济南槐荫营业部}', :seed, n, 202),
       timestamptz '2025-06-01 08:00+08' + n * interval '1 minute'
FROM people(:seed, :rows);
ANALYZE;
