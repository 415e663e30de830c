-- Contacts: line, caller (0: not known), when.
SELECT l.line, CASE WHEN length(k.caller) = 8 THEN ('x' || encode(k.caller, 'hex'))::bit(64)::bigint ELSE 0 END,
       floor(extract(epoch FROM k.contacted_at))::bigint
FROM dyetrace.contact k
JOIN dyetrace.contact_lines() l
  ON l.canary_id = k.canary_id
 AND l.medium = CASE k.channel WHEN 'email' THEN 'email' WHEN 'parcel' THEN 'parcel' ELSE 'mobile' END
