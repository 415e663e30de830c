-- How a dump came. A hand-over that was interrupted is the same one when it is repeated, so while the dump is open an
-- equal row is taken instead of a second one. What the spool handed over has its place there until it is put away, so for
-- the spool ($11) an equal row is the same hand-over also when the dump is complete. $1 a fresh id, $2 dump, $3 location,
-- $4 label, $5 feed, $6 origin, $7 seller, $8 price, $9 basis, $10 acquired_at or NULL.
WITH same AS (
    SELECT a.acquisition_id
    FROM dyetrace.acquisition a JOIN dyetrace.dump d USING (dump_id)
    WHERE a.dump_id = $2 AND (d.state = 'open' OR $11::boolean)
      AND (a.location, a.label, a.feed, a.origin, a.seller, a.price, a.basis)
          IS NOT DISTINCT FROM ($3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text)
    LIMIT 1
), added AS (
    INSERT INTO dyetrace.acquisition (acquisition_id, dump_id, location, label, feed, origin, seller, price, basis,
                                      acquired_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10::timestamptz, now())
    WHERE NOT EXISTS (SELECT FROM same)
    RETURNING acquisition_id
)
SELECT acquisition_id FROM same UNION ALL SELECT acquisition_id FROM added
