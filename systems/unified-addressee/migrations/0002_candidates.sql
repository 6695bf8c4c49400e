-- Up Migration
-- 転出と転入を繰り返す人: 終わりは、その後に登録がなければ終わり。
CREATE OR REPLACE FUNCTION unified.candidates(key text, born date, of_system text, see_protected boolean)
  RETURNS TABLE (addressee_number bigint, kana text, birth_year integer, history_no integer, newest boolean, ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.addressee_number::bigint, h.kana, extract(year FROM h.birth_date)::int, h.history_no, h.history_no = now.history_no,
    EXISTS (SELECT FROM unified.non_resident_end e WHERE e.addressee_number = h.addressee_number AND e.recorded_at > now.changed_at)
  FROM unified.non_resident_history h JOIN unified.non_resident n ON n.addressee_number = h.addressee_number
  CROSS JOIN LATERAL (SELECT m.history_no, m.barred, m.changed_at FROM unified.non_resident_history m WHERE m.addressee_number = h.addressee_number
                      ORDER BY m.history_no DESC LIMIT 1) now
  WHERE h.name_key LIKE replace(replace(replace(key, '\', ''), '%', ''), '_', '') || '%' AND length(key) >= 3 AND (born IS NULL OR h.birth_date = born)
    AND (n.system_code = of_system OR NOT now.barred)
    AND (see_protected OR NOT EXISTS (SELECT FROM unified.non_resident_history b WHERE b.addressee_number = h.addressee_number AND b.protected))
    AND NOT access.is_denied(h.addressee_number)
  ORDER BY h.addressee_number, h.history_no DESC LIMIT 20
$$;
