-- Up Migration
-- 支援措置の人の居場所を言う記載（連絡先・送付先・住所の部分・照会先）は、支援措置の照会の権限で開いていても、一時解除の間でなければ、
-- 職員の照会からは行ごと見えない。関門は住所（protected_address）と同じ一時解除だけ。

CREATE FUNCTION allowance.sheltered_open() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE numbers bigint[] := allowance.open_numbers(); s record; moment timestamptz;
BEGIN
  numbers := ARRAY(SELECT n FROM unnest(numbers) n WHERE allowance.is_protected(n));
  IF cardinality(numbers) = 0 THEN RETURN numbers; END IF;
  SELECT * INTO s FROM identity.session_now();
  IF NOT ('protection.lift' = ANY (s.permissions)) THEN RETURN numbers; END IF;
  moment := identity.clock();
  RETURN ARRAY(SELECT n FROM unnest(numbers) n WHERE NOT EXISTS (
    SELECT FROM allowance.protection_lift l JOIN allowance.protection_lift_answer a USING (lift_id)
    WHERE l.addressee_number = n AND l.requested_by = s.staff_id AND a.granted AND a.answered_at <= moment AND a.ends_at > moment
      AND NOT EXISTS (SELECT FROM allowance.protection_lift_end e WHERE e.lift_id = l.lift_id)));
END $$;
COMMENT ON FUNCTION allowance.sheltered_open() IS '開いている支援措置の人のうち、いまの職員に一時解除がない人（居場所を見せない人）';
ALTER FUNCTION allowance.sheltered_open() OWNER TO hagukumi_allowance;
REVOKE ALL ON FUNCTION allowance.sheltered_open() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allowance.sheltered_open() TO hagukumi_allowance, hagukumi_desk;

SELECT allowance.protect_rows(format('allowance.%I', t)::regclass, 'where',
  'addressee_number = ANY ((SELECT allowance.open_numbers())::bigint[]) AND addressee_number <> ALL ((SELECT allowance.sheltered_open())::bigint[])')
FROM unnest(ARRAY['contact', 'mailing_address', 'address_part', 'former_inquiry', 'material_request', 'tax_inquiry']) t;
