-- Up Migration
-- 利用者の報告: 評価書で宣言した利用者数の幅（10〜50人）と、超えた時の知らせ。
ALTER TABLE identity.policy
  ADD COLUMN users_least integer NOT NULL DEFAULT 10,
  ADD COLUMN users_most integer NOT NULL DEFAULT 50,
  ADD CONSTRAINT policy_users_band CHECK (users_least BETWEEN 0 AND users_most AND users_most <= 100000);
COMMENT ON COLUMN identity.policy.users_least IS '評価書で宣言した利用者数の下限（人）';
COMMENT ON COLUMN identity.policy.users_most IS '評価書で宣言した利用者数の上限（人）。超えると知らせる。';
COMMENT ON CONSTRAINT policy_users_band ON identity.policy IS '宣言した利用者数は、0以上で、下限が上限を超えない整数にしてください。';
GRANT UPDATE (users_least, users_most) ON identity.policy TO hagukumi_identity;

INSERT INTO access.journal_rule (action_prefix, kind) VALUES ('account', 'event'), ('signOn', 'setting'), ('users', 'setting');

-- 利用者: 在籍し、止められておらず、その日に効く権限を一つでも持つ人。
CREATE FUNCTION identity.users_on(day date) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*)::integer FROM identity.staff s
  WHERE identity.active_on(s.staff_id, day) AND EXISTS (SELECT FROM identity.rights_on(s.staff_id, day))
$$;
COMMENT ON FUNCTION identity.users_on(date) IS 'その日の利用者数（在籍し、停止がなく、有効な権限を一つでも持つ人）';
REVOKE ALL ON FUNCTION identity.users_on(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.users_on(date) TO hagukumi_identity;
