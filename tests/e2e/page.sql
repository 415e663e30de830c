-- What page.mjs looks at: two owners, a dump for each verdict. All of it is made up.
BEGIN;
SET search_path = dyetrace;
SELECT source_add('hospital', 'lake-hospital/his/outpatient', 'hospital', 100000);
SELECT source_add('hospital', 'lake-hospital/his/pharmacy', 'hospital', 40000);
SELECT source_add('courier', 'swift-courier/waybills', 'courier', 100000);
SELECT epoch_next('page test');
INSERT INTO canary (canary_id, serial, type, owner_id, sector, epoch)
SELECT format('c%s', lpad(to_hex(n * 7919), 8, '0')), n, CASE WHEN n = 99 THEN 'control' ELSE 'exclusive' END, o.owner_id,
       o.name, 1
FROM generate_series(1, 99) n
JOIN owner o ON o.name = CASE WHEN n BETWEEN 60 AND 98 THEN 'courier' ELSE 'hospital' END;
INSERT INTO log_leaf SELECT n, decode(repeat('ab', 32), 'hex') FROM generate_series(0, 97) n;
INSERT INTO placement (canary_id, source_id, owner_id, planted_at, state, leaf_index, nonce, values_hash)
SELECT c.canary_id, s.source_id, s.owner_id, '2026-01-10T08:00:00Z', 'planted', c.serial - 1, decode(repeat('00', 32), 'hex'),
       decode(repeat('11', 32), 'hex')
FROM canary c
JOIN source s ON s.path = CASE WHEN c.serial <= 40 THEN 'lake-hospital/his/outpatient'
                               WHEN c.serial < 60 THEN 'lake-hospital/his/pharmacy' ELSE 'swift-courier/waybills' END
WHERE c.type <> 'control';

INSERT INTO dump (dump_id, sha256, bytes, epoch, canaries, state, verdict, parts, records, threshold_bits, opened_at, completed_at)
SELECT d.id, sha256(convert_to(d.id, 'UTF8')), d.bytes, 1, 99, d.state, d.verdict, d.parts, d.records, 36.2,
       '2026-03-02T09:00:00Z'::timestamptz - d.n * interval '1 hour',
       CASE WHEN d.state = 'complete' THEN '2026-03-02T09:01:00Z'::timestamptz END
FROM (VALUES (1, 'd00000000000000a1', 1482752, 'complete', 'partly', 3, 20013),
             (2, 'd00000000000000a2', 88123, 'complete', 'read', 1, 1287),
             (3, 'd00000000000000a3', 612, 'complete', 'read', 1, 9),
             (4, 'd00000000000000a4', 7340032, 'complete', 'read', 1, 98000),
             (5, 'd00000000000000a5', 5242880, 'complete', 'read', 1, 41250),
             (6, 'd00000000000000a6', 73400320, 'open', NULL, 1, 0)) d (n, id, bytes, state, verdict, parts, records);
INSERT INTO acquisition (acquisition_id, dump_id, location, label, feed, seller, price, basis, acquired_at)
VALUES ('q1', 'd00000000000000a1', '/vault/1', '门诊 3 月 一手', 'forum-7', 'seller-31', '2400 CNY', '案件 A-17', '2026-03-02T08:30:00Z'),
       ('q2', 'd00000000000000a2', '/vault/2', 'mixed list, 1,287 rows', 'channel-2', NULL, NULL, 'case A-17', '2026-02-27T11:00:00Z'),
       ('q3', 'd00000000000000a3', '/vault/3', 'sample post', 'forum-7', NULL, NULL, 'case A-17', '2026-02-20T06:12:00Z'),
       ('q4', 'd00000000000000a4', '/vault/4', 'odd list', 'forum-9', NULL, NULL, 'case A-18', '2026-02-18T06:12:00Z'),
       ('q5', 'd00000000000000a5', '/vault/5', '<img src=x onerror="document.title=1">面单', 'channel-4', 'seller-8', '0.9 CNY a row', 'case A-18', '2026-02-17T16:40:00Z'),
       ('q6', 'd00000000000000a6', '/vault/6', 'big archive', 'forum-7', NULL, NULL, 'case A-19', '2026-03-02T08:59:00Z');
INSERT INTO part (dump_id, ordinal, path, charset, bytes, records, verdict, reason)
VALUES ('d00000000000000a1', 0, '门诊/2026-02.csv', 'GB18030', 4811776, 20000, 'read', ''),
       ('d00000000000000a1', 1, 'readme.txt', 'UTF-8', 512, 13, 'read', ''),
       ('d00000000000000a1', 2, 'scan.rar', NULL, 300, 0, 'unread', 'encrypted: no password'),
       ('d00000000000000a2', 0, '', 'UTF-8', 88123, 1287, 'read', ''),
       ('d00000000000000a3', 0, '', 'UTF-8', 612, 9, 'read', ''),
       ('d00000000000000a4', 0, '', 'UTF-8', 7340032, 98000, 'read', ''),
       ('d00000000000000a5', 0, 'waybills.sql', 'UTF-8', 9242880, 41250, 'read', ''),
       ('d00000000000000a6', 0, '', NULL, NULL, NULL, NULL, '');

-- serials a..b of a dump, every 1,000 bytes: a mobile as md5, a name, and for each third a disagreeing address
CREATE TEMP TABLE found AS
SELECT 'd00000000000000a1' AS dump, n AS serial, false AS weak FROM generate_series(1, 8) n
UNION ALL SELECT 'd00000000000000a1', 9, true
UNION ALL SELECT 'd00000000000000a2', n, false FROM (VALUES (5), (45)) v (n)
UNION ALL SELECT 'd00000000000000a4', 99, false
UNION ALL SELECT 'd00000000000000a5', n, false FROM generate_series(60, 78) n;
INSERT INTO sighting (dump_id, part, canary_id, variant, owner_id, start, length, bits, probability, weak)
SELECT f.dump, 0, c.canary_id, 'A', c.owner_id, c.serial * 1013, 90,
       CASE WHEN f.weak THEN 28.1 ELSE 61.2 - CASE WHEN c.serial % 3 = 0 THEN 4.1 ELSE 0 END END,
       CASE WHEN f.weak THEN 0.31 ELSE 0.9999997 END, f.weak
FROM found f JOIN canary c USING (serial);
INSERT INTO sighting_evidence (sighting_id, n, owner_id, kind, form, bits, start, length)
SELECT s.sighting_id, e.n, s.owner_id, e.kind, e.form, e.bits, s.start + e.n * 20, CASE WHEN e.bits > 0 THEN 12 ELSE 0 END
FROM sighting s JOIN canary c USING (canary_id)
JOIN LATERAL (VALUES (0, 'mobile', CASE WHEN s.weak THEN 'masked' ELSE 'md5' END, CASE WHEN s.weak THEN 15.6 ELSE 48.7 END),
                     (1, 'name', 'plain', 12.5), (2, 'address', 'token', -4.1)) e (n, kind, form, bits)
  ON e.n < 2 OR (c.serial % 3 = 0 AND NOT s.weak);

INSERT INTO attribution (dump_id, epoch, acquired_at, verdict, power, controls, unexplained)
VALUES ('d00000000000000a1', 1, '2026-03-02T08:30:00Z', 'attributed', 0.9997, 0, 0),
       ('d00000000000000a2', 1, '2026-02-27T11:00:00Z', 'insufficient', 0.71, 0, 0),
       ('d00000000000000a3', 1, '2026-02-20T06:12:00Z', 'not-covered', 0.0036, 0, 0),
       ('d00000000000000a4', 1, '2026-02-18T06:12:00Z', 'control-hit', 0.99, 1, 0),
       ('d00000000000000a5', 1, '2026-02-17T16:40:00Z', 'attributed', 0.9999, 0, 0);
INSERT INTO attribution_source (dump_id, source_id, owner_id, rank, in_set, undecided, seen, planted, posterior, log10_lr,
                                p_value, baseline, power, leaked, leaked_low, leaked_high, taken_after)
SELECT v.dump, s.source_id, s.owner_id, v.rank, v.in_set, v.undecided, v.seen, v.planted, v.posterior, v.lr, v.p, v.baseline,
       v.power, v.leaked, v.low, v.high, '2026-01-10T08:00:00Z'
FROM (VALUES ('d00000000000000a1', 'lake-hospital/his/outpatient', 1, true, 0, 8, 40, 0.99999997, 23.61, 3.2e-27, 0.9993, 0.9997, 20000, 10480, 34760),
             ('d00000000000000a1', 'lake-hospital/his/pharmacy', 2, false, 0, 0, 19, 0.0008, -0.79, 1.0, 0.0, 0.94, 0, 0, 6720),
             ('d00000000000000a2', 'lake-hospital/his/outpatient', 1, false, 1, 1, 40, 0.41, 2.11, 0.004, 0.62, 0.71, 2500, 440, 12880),
             ('d00000000000000a2', 'lake-hospital/his/pharmacy', 2, false, 1, 1, 19, 0.39, 2.02, 0.0019, 0.62, 0.55, 2105, 370, 9860),
             ('d00000000000000a5', 'swift-courier/waybills', 1, true, 0, 19, 39, 0.99999999, 44.02, 1e-40, 0.99999, 0.9999, 48718, 33870, 63790))
     v (dump, path, rank, in_set, undecided, seen, planted, posterior, lr, p, baseline, power, leaked, low, high)
JOIN source s USING (path);
COMMIT;
