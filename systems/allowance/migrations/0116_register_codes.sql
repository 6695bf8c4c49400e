-- Up Migration
-- コード表・決定の内訳・住所の部分。
CREATE TABLE allowance.code_domain (
  domain text PRIMARY KEY CHECK (domain ~ '^[a-z][A-Za-z]{1,29}$'),
  name   text NOT NULL CHECK (name <> '')
);
COMMENT ON TABLE allowance.code_domain IS 'コード表の種類';
COMMENT ON COLUMN allowance.code_domain.domain IS '種類の識別子';
COMMENT ON COLUMN allowance.code_domain.name IS '種類の名前';
INSERT INTO allowance.code_domain VALUES
  ('program', '事業'),
  ('caseState', '状態'),
  ('processing', '処理選択'),
  ('movement', '異動'),
  ('reception', '受理区分'),
  ('cause', '事由（請求・額改定・消滅・訂正）'),
  ('refusalCause', '却下事由'),
  ('holdCause', '差止事由'),
  ('relation', '続柄'),
  ('relatedRole', '関係区分'),
  ('living', '同居別居'),
  ('apartReason', '別居理由'),
  ('care', '監護区分'),
  ('livelihood', '生計関係'),
  ('healthInsurance', '健康保険種別'),
  ('pensionKind', '年金加入種別'),
  ('employeeClass', '被用区分'),
  ('incomeClass', '所得判定区分'),
  ('verdict', '判定区分'),
  ('annualReception', '現況受理区分'),
  ('paymentMethod', '支払方法区分'),
  ('childChange', '児童増減区分'),
  ('unpaidClaim', '未支払請求区分'),
  ('mailingCause', '送付先の理由'),
  ('siblingEnd', '算定対象の終わりの事由'),
  ('document', '書類'),
  ('nameKind', '氏名区分'),
  ('era', '元号区分'),
  ('lotForm', '地番編集');

CREATE TABLE allowance.code (
  domain      text NOT NULL REFERENCES allowance.code_domain,
  code        text NOT NULL CHECK (code ~ '^[0-9A-Z]{1,8}$'),
  identifier  text NOT NULL CHECK (identifier ~ '^[a-z][A-Za-z0-9]{0,39}$'),
  label       text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
  valid_from  date NOT NULL,
  valid_to    date,
  revision    smallint NOT NULL CHECK (revision >= 1),
  entered_by  allowance.operator NOT NULL,
  approved_by allowance.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (domain, code, valid_from, revision),
  CONSTRAINT code_period CHECK (valid_to >= valid_from),
  CONSTRAINT code_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE allowance.code IS 'コード表（事由・却下・消滅・差止・状態・処理選択・異動・続柄・別居理由・健康保険・年金など）。日付つき、二人で決める。プログラムを変えずに足せる。';
COMMENT ON COLUMN allowance.code.domain IS 'コードの種類';
COMMENT ON COLUMN allowance.code.code IS 'コード';
COMMENT ON COLUMN allowance.code.identifier IS '台帳の記載での識別子';
COMMENT ON COLUMN allowance.code.label IS '画面と帳票での名前';
COMMENT ON COLUMN allowance.code.valid_from IS '使い始める日';
COMMENT ON COLUMN allowance.code.valid_to IS '最後に使える日（空は続いている）';
COMMENT ON COLUMN allowance.code.revision IS '版';
COMMENT ON COLUMN allowance.code.entered_by IS '入力した職員';
COMMENT ON COLUMN allowance.code.approved_by IS '承認した職員（入力した人とは別の人）';
COMMENT ON COLUMN allowance.code.recorded_at IS '記録した時刻';
INSERT INTO allowance.code (domain, code, identifier, label, valid_from, revision, entered_by, approved_by)
SELECT domain, code, identifier, label, '2010-04-01', 1, 'initial.entry', 'initial.approval' FROM (VALUES
  ('program', '01', 'individual', '児童手当（一般受給者）'),
  ('program', '02', 'corporateGuardian', '児童手当（法人である未成年後見人）'),
  ('program', '03', 'institution', '児童手当（施設等受給者）'),
  ('caseState', '01', 'requested', '請求中'),
  ('caseState', '02', 'receiving', '受給中'),
  ('caseState', '03', 'refused', '却下'),
  ('caseState', '04', 'withdrawn', '取下げ'),
  ('caseState', '05', 'extinguished', '消滅'),
  ('caseState', '06', 'held', '差止中'),
  ('processing', '01', 'receive', '認定請求の受付'),
  ('processing', '02', 'certify', '認定'),
  ('processing', '03', 'refuse', '却下'),
  ('processing', '04', 'increase', '額改定（増額）'),
  ('processing', '05', 'decrease', '額改定（減額）'),
  ('processing', '06', 'extinguish', '消滅'),
  ('processing', '07', 'correct', '訂正'),
  ('processing', '08', 'withdraw', '取下げ'),
  ('processing', '09', 'hold', '差止・保留'),
  ('processing', '10', 'release', '差止・保留の解除'),
  ('processing', '11', 'receiveIncrease', '額改定請求の受付'),
  ('processing', '12', 'account', '振込先口座の登録・変更'),
  ('processing', '13', 'coverage', '保険・年金の変更'),
  ('processing', '14', 'related', '関係者の変更'),
  ('processing', '15', 'child', '児童の状況の変更'),
  ('processing', '16', 'annualReport', '現況届の受理'),
  ('processing', '17', 'yearlyReview', '年度別審査'),
  ('processing', '18', 'report', '届出の受付'),
  ('processing', '19', 'unpaid', '未支払の請求'),
  ('movement', '1', 'new', '新規'),
  ('movement', '2', 'increase', '増額'),
  ('movement', '3', 'decrease', '減額'),
  ('movement', '4', 'end', '消滅'),
  ('movement', '5', 'change', '変更'),
  ('movement', '6', 'hold', '差止'),
  ('movement', '7', 'correct', '訂正'),
  ('movement', '8', 'refuse', '却下・取下げ'),
  ('reception', '1', 'counter', '窓口'),
  ('reception', '2', 'post', '郵送'),
  ('reception', '3', 'online', '電子申請'),
  ('reception', '4', 'exOfficio', '職権'),
  ('cause', '01', 'birth', '出生'),
  ('cause', '02', 'moveIn', '転入'),
  ('cause', '03', 'moveInFromAbroad', '国外からの転入'),
  ('cause', '04', 'recipientDeath', '受給者の死亡'),
  ('cause', '05', 'leftPublicService', '公務員の退職'),
  ('cause', '06', 'leftInstitution', '施設などの退所'),
  ('cause', '07', 'enteredInstitution', '施設などへの入所・委託'),
  ('cause', '08', 'livingTogetherPriority', '同居優先'),
  ('cause', '09', 'guardianAppointed', '未成年後見人の選任'),
  ('cause', '10', 'parentDesignation', '父母指定'),
  ('cause', '11', 'incomeBelowUpperLimit', '所得が所得上限限度額未満になった'),
  ('cause', '12', 'taxCorrection', '所得の更正'),
  ('cause', '13', 'disaster', '災害'),
  ('cause', '14', 'becameUniversityAge', '大学生年代になった'),
  ('cause', '15', 'graduated', '卒業'),
  ('cause', '16', 'turnedThree', '3歳到達'),
  ('cause', '17', 'fiscalYearEnd12', '小学校修了'),
  ('cause', '18', 'fiscalYearEnd15', '中学校修了'),
  ('cause', '19', 'fiscalYearEnd18', '18歳年度末'),
  ('cause', '20', 'fiscalYearEnd22', '22歳年度末'),
  ('cause', '21', 'childDeath', '児童の死亡'),
  ('cause', '22', 'careEnded', '監護・生計同一の終わり'),
  ('cause', '23', 'childAbroad', '児童の国外転出'),
  ('cause', '24', 'studyAbroadLimit', '留学の期間の上限'),
  ('cause', '25', 'supportEnded', '監護相当・生計費の負担の終わり'),
  ('cause', '26', 'movedOut', '転出'),
  ('cause', '27', 'becamePublicServant', '公務員になった'),
  ('cause', '28', 'detained', '拘禁'),
  ('cause', '29', 'income', '所得の判定の変更'),
  ('cause', '30', 'reform', '法改正'),
  ('cause', '31', 'factsChanged', '事実の変更による訂正'),
  ('cause', '99', 'other', 'その他'),
  ('refusalCause', '01', 'noCare', '監護・生計の関係がない'),
  ('refusalCause', '02', 'notMainEarner', '生計中心者でない'),
  ('refusalCause', '03', 'alreadyPaid', 'ほかの人がすでに受給している'),
  ('refusalCause', '04', 'noAddress', '住所がない'),
  ('refusalCause', '05', 'publicServant', '公務員（所属庁から支給）'),
  ('refusalCause', '06', 'income', '所得が上限以上'),
  ('refusalCause', '07', 'childNotEligible', '児童が支給の要件を満たさない'),
  ('refusalCause', '08', 'documentsMissing', '書類がそろわない'),
  ('refusalCause', '99', 'other', 'その他'),
  ('holdCause', '01', 'annualReportMissing', '現況届が未提出'),
  ('holdCause', '02', 'reportMissing', '届出が未提出'),
  ('holdCause', '03', 'documentMissing', '書類が未提出'),
  ('holdCause', '04', 'whereaboutsUnknown', '居所が分からない'),
  ('holdCause', '05', 'returnedTransfer', '振込不能'),
  ('holdCause', '99', 'other', 'その他'),
  ('relation', '02', 'head', '世帯主'),
  ('relation', '11', 'husband', '夫'),
  ('relation', '12', 'wife', '妻'),
  ('relation', '20', 'child', '子'),
  ('relation', '2020', 'grandchild', '孫'),
  ('relation', '51', 'father', '父'),
  ('relation', '52', 'mother', '母'),
  ('relation', '61', 'grandfather', '祖父'),
  ('relation', '62', 'grandmother', '祖母'),
  ('relation', '71', 'elderBrother', '兄'),
  ('relation', '72', 'elderSister', '姉'),
  ('relation', '73', 'youngerBrother', '弟'),
  ('relation', '74', 'youngerSister', '妹'),
  ('relation', '98', 'ward', '被後見人'),
  ('relation', '99', 'other', 'その他'),
  ('relatedRole', '01', 'spouse', '配偶者'),
  ('relatedRole', '02', 'otherParent', 'もう一方の父母'),
  ('relatedRole', '03', 'parentDesignee', '父母指定者'),
  ('relatedRole', '04', 'minorGuardian', '未成年後見人'),
  ('relatedRole', '05', 'adultGuardian', '成年後見人等'),
  ('relatedRole', '06', 'agent', '代理人'),
  ('relatedRole', '07', 'cohabitant', '同居人'),
  ('relatedRole', '11', 'child', '児童'),
  ('relatedRole', '12', 'counted', '算定対象の兄姉等'),
  ('relatedRole', '99', 'other', 'その他'),
  ('living', '1', 'together', '同居'),
  ('living', '2', 'apart', '別居'),
  ('apartReason', '01', 'work', '単身赴任'),
  ('apartReason', '02', 'schooling', '就学'),
  ('apartReason', '03', 'divorceTalks', '離婚協議中'),
  ('apartReason', '04', 'violence', '暴力からの避難'),
  ('apartReason', '05', 'medical', '入院・療養'),
  ('apartReason', '06', 'studyAbroad', '海外留学'),
  ('apartReason', '99', 'other', 'その他'),
  ('care', '1', 'custody', '監護'),
  ('care', '2', 'equivalent', '監護に相当する世話'),
  ('care', '0', 'none', '監護していない'),
  ('livelihood', '1', 'common', '生計同一'),
  ('livelihood', '2', 'maintained', '生計維持'),
  ('livelihood', '0', 'none', 'なし'),
  ('healthInsurance', '1', 'national', '国民健康保険'),
  ('healthInsurance', '2', 'association', '全国健康保険協会管掌健康保険'),
  ('healthInsurance', '3', 'society', '組合管掌健康保険'),
  ('healthInsurance', '4', 'mutualAid', '共済組合'),
  ('healthInsurance', '5', 'nationalSociety', '国民健康保険組合'),
  ('healthInsurance', '6', 'seamen', '船員保険'),
  ('healthInsurance', '7', 'lateElderly', '後期高齢者医療'),
  ('healthInsurance', '8', 'none', 'なし（生活保護など）'),
  ('healthInsurance', '9', 'other', 'その他'),
  ('pensionKind', '1', 'national', '国民年金'),
  ('pensionKind', '2', 'employees', '厚生年金'),
  ('pensionKind', '3', 'privateSchool', '厚生年金（私立学校教職員共済）'),
  ('pensionKind', '4', 'publicServant', '厚生年金（公務員共済）'),
  ('pensionKind', '5', 'dependent', '国民年金（第3号）'),
  ('pensionKind', '8', 'none', 'なし'),
  ('pensionKind', '9', 'other', 'その他'),
  ('employeeClass', '1', 'employee', '被用者'),
  ('employeeClass', '2', 'nonEmployee', '被用者等でない者'),
  ('incomeClass', '0', 'notJudged', '判定しない'),
  ('incomeClass', '1', 'normal', '所得制限限度額未満'),
  ('incomeClass', '2', 'special', '所得制限限度額以上（特例給付）'),
  ('incomeClass', '3', 'over', '所得上限限度額以上'),
  ('verdict', '1', 'certify', '認定'),
  ('verdict', '2', 'refuse', '却下'),
  ('verdict', '3', 'increase', '増額改定'),
  ('verdict', '4', 'decrease', '減額改定'),
  ('verdict', '5', 'extinguish', '消滅'),
  ('verdict', '6', 'correct', '訂正'),
  ('annualReception', '1', 'submitted', '届出'),
  ('annualReception', '2', 'publicRecords', '公簿で確認'),
  ('annualReception', '3', 'exempt', '提出不要'),
  ('annualReception', '9', 'notSubmitted', '未提出'),
  ('paymentMethod', '0', 'none', '口座なし'),
  ('paymentMethod', '1', 'transfer', '口座振込'),
  ('childChange', '0', 'same', '変わらない'),
  ('childChange', '1', 'added', '増'),
  ('childChange', '2', 'removed', '減'),
  ('unpaidClaim', '0', 'none', '請求なし'),
  ('unpaidClaim', '1', 'claimed', '請求あり'),
  ('mailingCause', '01', 'hospital', '入院・入所'),
  ('mailingCause', '02', 'work', '単身赴任・勤務先'),
  ('mailingCause', '03', 'guardian', '後見人・代理人あて'),
  ('mailingCause', '04', 'temporary', '一時的な滞在'),
  ('mailingCause', '05', 'safety', '安全のため'),
  ('mailingCause', '99', 'other', 'その他'),
  ('siblingEnd', '01', 'graduated', '卒業・退学'),
  ('siblingEnd', '02', 'careEnded', '監護に相当する世話の終わり'),
  ('siblingEnd', '03', 'costEnded', '生計費の負担の終わり'),
  ('siblingEnd', '04', 'fiscalYearEnd22', '22歳年度末'),
  ('siblingEnd', '05', 'died', '死亡'),
  ('siblingEnd', '06', 'married', '婚姻・独立'),
  ('siblingEnd', '99', 'other', 'その他'),
  ('document', '01', 'identity', '本人確認書類'),
  ('document', '02', 'powerOfAttorney', '委任状'),
  ('document', '03', 'insurance', '健康保険・年金の加入が分かるもの'),
  ('document', '04', 'passbook', '通帳・キャッシュカードの写し'),
  ('document', '05', 'apartStatement', '別居監護申立書'),
  ('document', '06', 'supportStatement', '監護相当・生計費の負担についての確認書'),
  ('document', '07', 'studyAbroad', '海外留学に関する申立書'),
  ('document', '08', 'livingTogetherPriority', '同居優先の確認書類'),
  ('document', '09', 'guardianship', '未成年後見人の選任が分かるもの'),
  ('document', '10', 'placement', '措置・委託の決定通知書'),
  ('document', '11', 'publicServiceEnd', '公務員でなくなったことが分かるもの'),
  ('document', '12', 'formerEnd', '前住所地の消滅通知書'),
  ('document', '99', 'other', 'その他'),
  ('nameKind', '1', 'register', '住民票の氏名'),
  ('nameKind', '2', 'alias', '通称'),
  ('nameKind', '3', 'former', '旧氏'),
  ('nameKind', '4', 'real', '本名'),
  ('nameKind', '5', 'organization', '名称（法人・施設）'),
  ('nameKind', '9', 'other', 'その他'),
  ('era', '1', 'meiji', '明治'),
  ('era', '2', 'taisho', '大正'),
  ('era', '3', 'showa', '昭和'),
  ('era', '4', 'heisei', '平成'),
  ('era', '5', 'reiwa', '令和'),
  ('lotForm', '1', 'numberAndHouse', 'N番M号'),
  ('lotForm', '2', 'numberAndBranchHouse', 'N番M-L号'),
  ('lotForm', '3', 'lot', 'N番地'),
  ('lotForm', '4', 'lotBranch', 'N番地のM'),
  ('lotForm', '5', 'lotHyphen', 'N番地M'),
  ('lotForm', '6', 'hyphen2', 'N-M'),
  ('lotForm', '7', 'hyphen3', 'N-M-L'),
  ('lotForm', '8', 'number', 'N番'),
  ('lotForm', '9', 'verbatim', '分けられないまま')) x(domain, code, identifier, label);

CREATE FUNCTION allowance.code_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allowance.code_last o WHERE o.domain = NEW.domain
               AND (o.code = NEW.code) <> (o.identifier = NEW.identifier)
               AND o.valid_from <= coalesce(NEW.valid_to, 'infinity') AND coalesce(o.valid_to, 'infinity') >= NEW.valid_from) THEN
    RAISE EXCEPTION 'コード % と識別子 % は、同じ時期に別の組で使われています', NEW.code, NEW.identifier USING ERRCODE = 'HG032', CONSTRAINT = 'code_one_meaning';
  END IF;
  IF EXISTS (SELECT FROM allowance.code_last o WHERE o.domain = NEW.domain AND o.code = NEW.code AND o.valid_from <> NEW.valid_from
               AND o.valid_from <= coalesce(NEW.valid_to, 'infinity') AND coalesce(o.valid_to, 'infinity') >= NEW.valid_from) THEN
    RAISE EXCEPTION 'コード % の期間が重なっています', NEW.code USING ERRCODE = 'HG032', CONSTRAINT = 'code_one_meaning';
  END IF;
  RETURN NEW;
END $$;
CREATE VIEW allowance.code_last WITH (security_invoker = true) AS
SELECT DISTINCT ON (domain, code, valid_from) * FROM allowance.code ORDER BY domain, code, valid_from, revision DESC;
COMMENT ON VIEW allowance.code_last IS 'コードの、期間ごとの最後の版';
CREATE TRIGGER code_guard BEFORE INSERT ON allowance.code FOR EACH ROW EXECUTE FUNCTION allowance.code_guard();

-- 決定の内訳（改定情報の内訳1から4）。額は決定の月額と必ず合い、人数は算定基礎児童数と必ず合う。
CREATE TABLE allowance.decision_breakdown (
  decision_id      bigint PRIMARY KEY REFERENCES allowance.decision,
  base_children    smallint NOT NULL,
  counted_siblings smallint NOT NULL CHECK (counted_siblings BETWEEN 0 AND 30),
  count_1  smallint NOT NULL CHECK (count_1 >= 0),
  amount_1 integer  NOT NULL CHECK (amount_1 >= 0),
  count_2  smallint NOT NULL CHECK (count_2 >= 0),
  amount_2 integer  NOT NULL CHECK (amount_2 >= 0),
  count_3  smallint NOT NULL CHECK (count_3 >= 0),
  amount_3 integer  NOT NULL CHECK (amount_3 >= 0),
  count_4  smallint NOT NULL CHECK (count_4 >= 0),
  amount_4 integer  NOT NULL CHECK (amount_4 >= 0),
  income_class text NOT NULL CHECK (income_class IN ('normal', 'special', 'over', 'notJudged')),
  rule_version text NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT decision_breakdown_count CHECK (base_children = count_1 + count_2 + count_3 + count_4)
);
COMMENT ON TABLE allowance.decision_breakdown IS '決定の内訳。1=3歳未満（第1・2子）、2=3歳以上（第1・2子）、3=第3子以降（3歳未満）、4=第3子以降（3歳以上）。令和6年9月分までは 1=3歳未満、2=3歳から小学校修了前（第1・2子）、3=同（第3子以降）、4=中学生。特例給付も年齢の欄に入れる。';
COMMENT ON COLUMN allowance.decision_breakdown.decision_id IS '決定';
COMMENT ON COLUMN allowance.decision_breakdown.base_children IS '算定基礎児童数（手当の対象になる児童。人）';
COMMENT ON COLUMN allowance.decision_breakdown.counted_siblings IS '算定対象の兄姉等の数（人。手当の対象ではない）';
COMMENT ON COLUMN allowance.decision_breakdown.count_1 IS '算定基礎児童数内訳1（人）';
COMMENT ON COLUMN allowance.decision_breakdown.amount_1 IS '手当月額内訳1（円）';
COMMENT ON COLUMN allowance.decision_breakdown.count_2 IS '算定基礎児童数内訳2（人）';
COMMENT ON COLUMN allowance.decision_breakdown.amount_2 IS '手当月額内訳2（円）';
COMMENT ON COLUMN allowance.decision_breakdown.count_3 IS '算定基礎児童数内訳3（人）';
COMMENT ON COLUMN allowance.decision_breakdown.amount_3 IS '手当月額内訳3（円）';
COMMENT ON COLUMN allowance.decision_breakdown.count_4 IS '算定基礎児童数内訳4（人）';
COMMENT ON COLUMN allowance.decision_breakdown.amount_4 IS '手当月額内訳4（円）';
COMMENT ON COLUMN allowance.decision_breakdown.income_class IS 'その月の所得判定区分';
COMMENT ON COLUMN allowance.decision_breakdown.rule_version IS '計算した法の版';
COMMENT ON COLUMN allowance.decision_breakdown.recorded_at IS '記録した時刻';
CREATE FUNCTION allowance.decision_breakdown_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad bigint;
BEGIN
  SELECT n.decision_id INTO bad FROM new_rows n JOIN allowance.decision d USING (decision_id)
  WHERE d.monthly_total IS DISTINCT FROM n.amount_1 + n.amount_2 + n.amount_3 + n.amount_4 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '決定 % の内訳の合計が手当月額と合いません', bad USING ERRCODE = 'HG033', CONSTRAINT = 'decision_breakdown_total';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_breakdown_guard AFTER INSERT ON allowance.decision_breakdown
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION allowance.decision_breakdown_guard();

-- 住所の部分。つなげると、必ず連携で届いた住所の1行に戻る。
CREATE TABLE allowance.town (
  ward_code  text NOT NULL CHECK (ward_code ~ '^[0-9]{6}$'),
  town_code  integer NOT NULL CHECK (town_code BETWEEN 1 AND 999999),
  town_name  text NOT NULL CHECK (town_name <> ''),
  PRIMARY KEY (ward_code, town_code),
  UNIQUE (ward_code, town_name)
);
COMMENT ON TABLE allowance.town IS '町丁目（市の中の番号。初めて届いた順に区ごとに付け、変えない）';
COMMENT ON COLUMN allowance.town.ward_code IS '住所区コード';
COMMENT ON COLUMN allowance.town.town_code IS '住所町丁目コード';
COMMENT ON COLUMN allowance.town.town_name IS '住所町丁目漢字';
CREATE TABLE allowance.address_part (
  addressee_number  allowance.addressee_number NOT NULL,
  history_no        integer NOT NULL,
  revision          smallint NOT NULL,
  municipality_name text NOT NULL,
  town_ward_code    text,
  town_code         integer,
  lot_form          text NOT NULL CHECK (lot_form IN ('numberAndHouse', 'numberAndBranchHouse', 'lot', 'lotBranch', 'lotHyphen', 'hyphen2', 'hyphen3', 'number', 'verbatim')),
  block             text NOT NULL,
  house             text NOT NULL,
  branch            text NOT NULL,
  building          text NOT NULL,
  PRIMARY KEY (addressee_number, history_no, revision),
  FOREIGN KEY (addressee_number, history_no, revision) REFERENCES allowance.person_history,
  FOREIGN KEY (town_ward_code, town_code) REFERENCES allowance.town
);
COMMENT ON TABLE allowance.address_part IS '住所の部分（住民の履歴の版ごとに一つ）。番・号・枝は届いたままの文字（全角・半角）で持つ。';
COMMENT ON COLUMN allowance.address_part.addressee_number IS '宛名番号';
COMMENT ON COLUMN allowance.address_part.history_no IS '住民の履歴番号';
COMMENT ON COLUMN allowance.address_part.revision IS '住民の履歴の版';
COMMENT ON COLUMN allowance.address_part.municipality_name IS '住所自治体漢字（市と区）';
COMMENT ON COLUMN allowance.address_part.town_ward_code IS '町丁目の住所区コード';
COMMENT ON COLUMN allowance.address_part.town_code IS '住所町丁目コード';
COMMENT ON COLUMN allowance.address_part.lot_form IS '地番編集（番・号・枝のつなぎ方）';
COMMENT ON COLUMN allowance.address_part.block IS '住所番';
COMMENT ON COLUMN allowance.address_part.house IS '住所号';
COMMENT ON COLUMN allowance.address_part.branch IS '住所枝';
COMMENT ON COLUMN allowance.address_part.building IS '住所方書';

ALTER TABLE allowance.decision_breakdown ENABLE ROW LEVEL SECURITY;
ALTER TABLE allowance.decision_breakdown FORCE ROW LEVEL SECURITY;
CREATE POLICY desk_open ON allowance.decision_breakdown FOR SELECT TO hagukumi_desk
  USING (EXISTS (SELECT FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id)
                 WHERE d.decision_id = decision_breakdown.decision_id AND r.addressee_number = ANY ((SELECT access.open_numbers())::bigint[])));
ALTER TABLE allowance.address_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE allowance.address_part FORCE ROW LEVEL SECURITY;
CREATE POLICY desk_open ON allowance.address_part FOR SELECT TO hagukumi_desk USING (addressee_number = ANY ((SELECT access.open_numbers())::bigint[]));
GRANT SELECT ON allowance.code_domain, allowance.code, allowance.code_last, allowance.town, allowance.decision_breakdown, allowance.address_part TO hagukumi_desk;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA allowance TO hagukumi_allowance;
