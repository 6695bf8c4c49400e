-- Up Migration
-- 15日の特例（児童手当法8条3項・9条2項）の根拠: 住所の変更か、やむを得ない理由のどれか。確かめた資料とともに、請求ごとに持つ。
CREATE TABLE allowance.claim_ground (
  claim_id    bigint PRIMARY KEY REFERENCES allowance.claim,
  ground      text NOT NULL CHECK (ground IN ('addressChange', 'unavoidable')),
  reason      text CHECK (reason ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  evidence    text NOT NULL CHECK (length(evidence) BETWEEN 1 AND 200),
  base_on     date NOT NULL,
  last_day    date NOT NULL,
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT claim_ground_reason CHECK ((ground = 'unavoidable') = (reason IS NOT NULL)),
  CONSTRAINT claim_ground_days CHECK (last_day >= base_on),
  CONSTRAINT claim_ground_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.claim_ground IS '15日の特例で支給開始年月を決めた請求の、特例の根拠と、確かめた資料';
COMMENT ON COLUMN allowance.claim_ground.claim_id IS '請求';
COMMENT ON COLUMN allowance.claim_ground.ground IS '住所の変更（addressChange）か、災害その他やむを得ない理由（unavoidable）か';
COMMENT ON COLUMN allowance.claim_ground.reason IS 'やむを得ない理由（コード表 unavoidableReason の識別子）';
COMMENT ON COLUMN allowance.claim_ground.evidence IS '確かめた資料';
COMMENT ON COLUMN allowance.claim_ground.base_on IS '15日を数えるもとの日（事由の発生日、またはやむを得ない理由がやんだ日）';
COMMENT ON COLUMN allowance.claim_ground.last_day IS '15日の期限（閉庁日なら次の開庁日）';
COMMENT ON COLUMN allowance.claim_ground.entered_by IS '審査した職員';
COMMENT ON COLUMN allowance.claim_ground.approved_by IS '決裁した職員';
COMMENT ON COLUMN allowance.claim_ground.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT claim_ground_reason ON allowance.claim_ground IS 'やむを得ない理由は、どの理由かを必ず持つ。住所の変更には付けない。';
COMMENT ON CONSTRAINT claim_ground_two_people ON allowance.claim_ground IS '審査した人と決裁した人は別の人です。';
SELECT allowance.protect_rows('allowance.claim_ground', 'claim', 'claim_id');
GRANT SELECT, INSERT ON allowance.claim_ground TO hagukumi_allowance;

INSERT INTO allowance.code_domain VALUES ('unavoidableReason', '15日の特例のやむを得ない理由'), ('siblingExclusion', '算定対象から除かれる兄姉等');
INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by)
SELECT d, c, i, l, '2010-04-01', 1, 'initial.entry', 'initial.approval' FROM (VALUES
  ('unavoidableReason', '01', 'birth', '出生（出産前後で請求できなかった）'),
  ('unavoidableReason', '02', 'recipientDeath', '前の受給者の死亡'),
  ('unavoidableReason', '03', 'leftPublicService', '公務員でなくなった'),
  ('unavoidableReason', '04', 'leftInstitution', '施設などからの退所'),
  ('unavoidableReason', '05', 'enteredInstitution', '施設などへの入所・委託'),
  ('unavoidableReason', '06', 'livingTogetherPriority', '離婚協議中の同居'),
  ('unavoidableReason', '07', 'guardianAppointed', '未成年後見人の選任'),
  ('unavoidableReason', '08', 'parentDesignation', '父母指定'),
  ('unavoidableReason', '09', 'income', '所得の通知・更正を知った'),
  ('unavoidableReason', '10', 'universityAge', '大学生年代になった・卒業した'),
  ('unavoidableReason', '11', 'claimRefused', 'ほかの人の請求の却下'),
  ('unavoidableReason', '21', 'disaster', '災害'),
  ('unavoidableReason', '22', 'illness', '本人または家族の病気・けが'),
  ('unavoidableReason', '23', 'violence', '暴力からの避難'),
  ('unavoidableReason', '99', 'other', 'その他のやむを得ない理由'),
  ('siblingExclusion', '01', 'extendedPlacement', '措置の延長を受けている（延長者）'),
  ('siblingExclusion', '02', 'selfReliance', '児童自立生活援助を利用している'),
  ('siblingExclusion', '03', 'siblingHousehold', '兄姉だけの世帯で施設などに入っている'),
  ('cause', '33', 'declined', '受給の辞退'),
  ('cause', '34', 'decisionCancelled', '先の決定の取消')) x(d, c, i, l);

-- 算定対象者の要件は、日付のある2つの事実（監護に相当する世話・生計費の負担）と、除外に当たらないこと（施行規則1条の3の2）。
ALTER TABLE allowance.claim_child ADD COLUMN cost_from date, ADD COLUMN cost_to date,
  ADD COLUMN exclusion text CHECK (exclusion ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  ADD CONSTRAINT claim_child_cost CHECK (cost_to >= cost_from);
COMMENT ON COLUMN allowance.claim_child.support_from IS '監護に相当する世話の始め（算定対象者）';
COMMENT ON COLUMN allowance.claim_child.support_to IS '監護に相当する世話の終わり（算定対象者）';
COMMENT ON COLUMN allowance.claim_child.cost_from IS '生計費の負担の始め（算定対象者。空は世話と同じ日）';
COMMENT ON COLUMN allowance.claim_child.cost_to IS '生計費の負担の終わり（算定対象者）';
COMMENT ON COLUMN allowance.claim_child.exclusion IS '算定の対象から除かれる事情（コード表 siblingExclusion）';
COMMENT ON CONSTRAINT claim_child_cost ON allowance.claim_child IS '生計費の負担の終わりが、始めより前です。';
ALTER TABLE allowance.counted_sibling ADD COLUMN exclusion text;
COMMENT ON COLUMN allowance.counted_sibling.exclusion IS '算定の対象から除かれる事情（コード表 siblingExclusion）。あるうちは数えない。';

-- 居住の特例: 住民票がこの市にない人の、居住の事実（暴力からの避難、施設への入所）。確認された間は、この市に住所があるものとして扱う。
CREATE TABLE allowance.residence_exception (
  entry_id bigint NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  addressee_number allowance.addressee_number NOT NULL REFERENCES allowance.addressee,
  ground text NOT NULL CHECK (ground IN ('violence', 'facility')),
  evidence text NOT NULL CHECK (length(evidence) BETWEEN 1 AND 200),
  valid_from date NOT NULL,
  valid_to date,
  withdrawn boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
  entered_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entry_id, revision),
  CONSTRAINT residence_exception_period CHECK (valid_to >= valid_from),
  CONSTRAINT residence_exception_reason CHECK (revision = 1 OR reason <> '')
);
COMMENT ON TABLE allowance.residence_exception IS '居住の特例（住民票がこの市にない人の居住の事実）。二人目が確認したものだけが効く。どこに住んでいるかは書かない。';
COMMENT ON COLUMN allowance.residence_exception.entry_id IS '記載の番号';
COMMENT ON COLUMN allowance.residence_exception.revision IS '版（1から）';
COMMENT ON COLUMN allowance.residence_exception.addressee_number IS 'だれの台帳か（宛名番号）';
COMMENT ON COLUMN allowance.residence_exception.ground IS '暴力からの避難（violence）か、施設への入所（facility）か';
COMMENT ON COLUMN allowance.residence_exception.evidence IS '確かめた資料（保護命令、施設長の証明など）';
COMMENT ON COLUMN allowance.residence_exception.valid_from IS 'この市に住み始めた日';
COMMENT ON COLUMN allowance.residence_exception.valid_to IS 'この市に住んだ最後の日（空は続いている）';
COMMENT ON COLUMN allowance.residence_exception.withdrawn IS 'この記載を誤りとして取り消したか';
COMMENT ON COLUMN allowance.residence_exception.reason IS '直した・終えた・取り消した理由（2版からは必ず書く）';
COMMENT ON COLUMN allowance.residence_exception.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.residence_exception.recorded_at IS 'いつ知ったか（記録した時刻）';
CREATE INDEX residence_exception_addressee ON allowance.residence_exception (addressee_number);
CREATE TRIGGER entry_guard BEFORE INSERT ON allowance.residence_exception FOR EACH ROW EXECUTE FUNCTION allowance.entry_guard();
CREATE TRIGGER entry_overlap BEFORE INSERT ON allowance.residence_exception FOR EACH ROW EXECUTE FUNCTION allowance.entry_overlap_guard();
SELECT allowance.protect_rows('allowance.residence_exception', 'person', 'addressee_number');
GRANT SELECT, INSERT ON allowance.residence_exception TO hagukumi_allowance;

ALTER TABLE allowance.entry_confirmation DROP CONSTRAINT entry_confirmation_kind_check;
ALTER TABLE allowance.entry_confirmation ADD CONSTRAINT entry_confirmation_kind_check CHECK (kind IN ('contact', 'mailing_address', 'related_person',
  'note', 'coverage', 'child_circumstance', 'counted_sibling', 'welfare_name', 'document', 'former_inquiry', 'material_request', 'yearly_review',
  'annual_report', 'residence_exception'));

-- いまの記載と確認済みの記載: 0323 と同じ作り。兄姉等の表は列が増えたので作り直す。
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['counted_sibling', 'residence_exception'] LOOP
    EXECUTE format('CREATE OR REPLACE VIEW allowance.%I WITH (security_invoker = true) AS SELECT e.* FROM allowance.%I e
      WHERE NOT e.withdrawn AND NOT EXISTS (SELECT FROM allowance.%I later WHERE later.entry_id = e.entry_id AND later.revision > e.revision)',
      t || '_current', t, t);
    EXECUTE format('CREATE OR REPLACE VIEW allowance.%I WITH (security_invoker = true) AS SELECT e.* FROM allowance.%I e
      WHERE NOT e.withdrawn
        AND EXISTS (SELECT FROM allowance.entry_confirmation c WHERE c.entry_id = e.entry_id AND c.revision = e.revision)
        AND NOT EXISTS (SELECT FROM allowance.%I later JOIN allowance.entry_confirmation c ON c.entry_id = later.entry_id AND c.revision = later.revision
          WHERE later.entry_id = e.entry_id AND later.revision > e.revision)',
      t || '_confirmed', t, t);
    EXECUTE format('GRANT SELECT ON allowance.%I, allowance.%I TO hagukumi_desk, hagukumi_allowance', t || '_current', t || '_confirmed');
  END LOOP;
  COMMENT ON VIEW allowance.residence_exception_current IS 'いまの居住の特例（最後の版。取り消したものを除く）';
  COMMENT ON VIEW allowance.residence_exception_confirmed IS '確認済みの居住の特例';
END $$;
