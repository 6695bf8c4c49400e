-- Up Migration
-- 受託者の利用者は、どう作られたかにかかわらず受託者として扱う。委託に結び付いていなければ作業指示を始められず、何もできない。
CREATE OR REPLACE FUNCTION interchange.order_in_hand(staff text) RETURNS TABLE (tied boolean, order_number text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM interchange.contractor_account_period p WHERE p.staff_id = staff AND identity.today() BETWEEN p.valid_from AND p.valid_to)
      OR EXISTS (SELECT FROM identity.staff s WHERE s.staff_id = staff AND s.kind = 'contractor'),
    (SELECT u.order_number FROM interchange.order_use u JOIN interchange.work_order w USING (order_number)
     WHERE u.staff_id = staff AND u.ended_at IS NULL AND identity.today() BETWEEN w.valid_from AND w.valid_to)
$$;
