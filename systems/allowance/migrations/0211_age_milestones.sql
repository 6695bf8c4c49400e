-- Up Migration
-- 年齢到達管理。一括処理が書く通知の材料と、暦の初めの内容。
ALTER TABLE allowance.case_notice ALTER COLUMN filing_id DROP NOT NULL;
ALTER TABLE allowance.case_notice ADD COLUMN mass_run_no integer REFERENCES allowance.mass_run;
ALTER TABLE allowance.case_notice ADD CONSTRAINT case_notice_one_origin CHECK (num_nonnulls(filing_id, mass_run_no) = 1);
COMMENT ON COLUMN allowance.case_notice.mass_run_no IS '一括処理が書いた通知のとき、その番号（受付によるときは空）';
COMMENT ON CONSTRAINT case_notice_one_origin ON allowance.case_notice IS '通知の材料は、受付か一括処理の、どちらか一つから生まれます';
CREATE INDEX case_notice_mass_run ON allowance.case_notice (mass_run_no) WHERE mass_run_no IS NOT NULL;

-- 知らせる種類は表に持ち、後の更新ファイルが足せるようにする。
CREATE TABLE allowance.notice_kind (
  kind text PRIMARY KEY CHECK (kind ~ '^[a-z][A-Za-z0-9]{2,39}$'),
  name text NOT NULL CHECK (name <> '')
);
COMMENT ON TABLE allowance.notice_kind IS '通知の材料の種類';
COMMENT ON COLUMN allowance.notice_kind.kind IS '種類';
COMMENT ON COLUMN allowance.notice_kind.name IS '名前';
INSERT INTO allowance.notice_kind VALUES
  ('designationReceived', '父母指定者指定届の受理'), ('otherParentEnded', '同居優先による、もう一方の親への通知'), ('informMunicipality', '他の市区町村への連絡'),
  ('informEmployer', '所属庁への連絡・案内'), ('claimInvited', '請求の案内'), ('decidedExOfficio', '職権の決定の通知'),
  ('unpaidGranted', '未支払児童手当支給決定通知書'), ('unpaidRefused', '未支払児童手当請求却下通知書'), ('donationRegistered', '寄附の申出の受理'),
  ('specialCollectionNotice', '特別徴収の事前の通知'), ('moveOutGuide', '転出の案内'), ('employeeClassChanged', '被用区分の変更'),
  ('supportConfirmationInvited', '監護相当・生計費の負担についての確認書の案内（18歳年度末）');
ALTER TABLE allowance.case_notice DROP CONSTRAINT IF EXISTS case_notice_kind_check;
ALTER TABLE allowance.case_notice ADD CONSTRAINT case_notice_kind FOREIGN KEY (kind) REFERENCES allowance.notice_kind;
GRANT SELECT ON allowance.notice_kind TO hagukumi_allowance, hagukumi_desk;

CREATE INDEX IF NOT EXISTS claim_child_graduation ON allowance.claim_child (graduation_month) WHERE graduation_month IS NOT NULL;

INSERT INTO allowance.mass_schedule (job_code, valid_from, revision, name, cycle, months, day, grace_days, after_jobs, note, entered_by, approved_by) VALUES
  ('supportInvitations', '2024-10-01', 1, '18歳年度末の確認書の案内', 'yearly', '{3}', 5, 10, '{}',
   '18歳の年度末を迎える子を、4月からも算定対象者として数えると額が変わる受給者に、確認書（様式第7号の2など）の案内を送る。4月16日ごろまでに出してもらう。', 'hagukumi.initial', 'hagukumi.review'),
  ('ageMilestones', '2024-10-01', 1, '年齢到達の減額・消滅', 'monthly', '{1,2,3,4,5,6,7,8,9,10,11,12}', 20, 10, '{}',
   'その月に3歳・18歳年度末・22歳年度末・卒業予定・留学の限度を迎える人のいる受給者について、翌月分からの減額・消滅を決める。異動の取込を済ませてから行う。', 'hagukumi.initial', 'hagukumi.review');
