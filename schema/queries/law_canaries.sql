-- How many distinct values of each kind in a dump are canaries'. $1 dump.
SELECT e.kind, count(DISTINCT (s.canary_id, s.variant))
FROM dyetrace.sighting s JOIN dyetrace.sighting_evidence e USING (sighting_id)
WHERE s.dump_id = $1 AND s.weak IS FALSE AND e.kind IN ('resident_id', 'mobile') AND e.form = 'plain'
  AND NOT dyetrace.canary_is_burned(s.canary_id, dyetrace.dump_came(s.dump_id))
GROUP BY e.kind
