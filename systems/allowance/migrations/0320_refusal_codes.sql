-- Up Migration
-- 却下には、いつも却下事由のコードがある。職員が案を変えて却下にするときも、コード表にあるものだけを使える。
INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by)
VALUES ('refusalCause', '09', 'cancelledOnly', '先の決定の取消し（代わりの決定なし）', '2010-04-01', 1, 'initial.entry', 'initial.approval');

CREATE FUNCTION allowance.filing_refusal_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM allowance.code_last c WHERE c.domain = 'refusalCause' AND c.identifier = NEW.override ->> 'reasonCode'
       AND c.valid_from <= NEW.judged_on AND (c.valid_to IS NULL OR c.valid_to >= NEW.judged_on)) THEN
    RAISE EXCEPTION '却下の理由コード % は、% に使えるコードではありません', NEW.override ->> 'reasonCode', NEW.judged_on
      USING ERRCODE = 'HG057', CONSTRAINT = 'filing_refusal_code';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION allowance.filing_refusal_code() IS '案を変えて却下（届出では不受理）にする審査は、却下事由のコードがその日に使えるときだけ書ける。';
CREATE TRIGGER filing_refusal_code AFTER INSERT ON allowance.filing_examination FOR EACH ROW
  WHEN (NEW.override ->> 'outcome' = 'refuse') EXECUTE FUNCTION allowance.filing_refusal_code();
