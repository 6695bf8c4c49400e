-- Up Migration
-- 連携の合意・提供先・委託などを画面で変えるときの申請と、別の人の答え。申請した内容のハッシュに答えが結びつく。
-- あわせて、変更の履歴（評価書 別添2 と同じ六つの項目）と、特定個人情報保護評価の記録を持つ。個人の行はない。
CREATE TABLE interchange.proposal (
  proposal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        interchange.code NOT NULL,
  content     jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object' AND length(content::text) <= 60000),
  digest      interchange.digest NOT NULL,
  reason      text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 400),
  timing      text NOT NULL CHECK (timing IN ('before', 'after')),
  proposed_by interchange.operator NOT NULL,
  proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (proposal_id, digest, proposed_by)
);
COMMENT ON TABLE interchange.proposal IS '二人で決めることの申請。内容は変えられない（直すなら断って、新しく申請する）。';
COMMENT ON COLUMN interchange.proposal.proposal_id IS '申請の番号';
COMMENT ON COLUMN interchange.proposal.kind IS '種類（agreement 連携の合意、outlet 提供先・移転先、assessment 評価の記録、ほか）';
COMMENT ON COLUMN interchange.proposal.content IS '内容（符号・日付・言葉。個人の情報は書かない）';
COMMENT ON COLUMN interchange.proposal.digest IS '種類と内容のハッシュ';
COMMENT ON COLUMN interchange.proposal.reason IS '理由';
COMMENT ON COLUMN interchange.proposal.timing IS '評価書の提出の時期: before 事前、after 事後';
COMMENT ON COLUMN interchange.proposal.proposed_by IS '申請した職員';
COMMENT ON COLUMN interchange.proposal.proposed_at IS '申請の時刻';

CREATE TABLE interchange.proposal_answer (
  proposal_id bigint PRIMARY KEY,
  digest      interchange.digest NOT NULL,
  proposed_by interchange.operator NOT NULL,
  granted     boolean NOT NULL,
  note        text NOT NULL DEFAULT '' CHECK (length(note) <= 300),
  answered_by interchange.operator NOT NULL,
  answered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT proposal_of_content FOREIGN KEY (proposal_id, digest, proposed_by) REFERENCES interchange.proposal (proposal_id, digest, proposed_by),
  CONSTRAINT proposal_two_people CHECK (NOT granted OR answered_by <> proposed_by)
);
COMMENT ON TABLE interchange.proposal_answer IS '申請への答え。承認は申請した人とは別の職員が、見た内容のハッシュを添えて行う（断るのは本人でもよい）。';
COMMENT ON COLUMN interchange.proposal_answer.proposal_id IS '申請の番号';
COMMENT ON COLUMN interchange.proposal_answer.digest IS '答えた人が見た内容のハッシュ';
COMMENT ON COLUMN interchange.proposal_answer.proposed_by IS '申請した職員';
COMMENT ON COLUMN interchange.proposal_answer.granted IS '承認したか';
COMMENT ON COLUMN interchange.proposal_answer.note IS '添え書き';
COMMENT ON COLUMN interchange.proposal_answer.answered_by IS '答えた職員';
COMMENT ON COLUMN interchange.proposal_answer.answered_at IS '答えた時刻';
COMMENT ON CONSTRAINT proposal_two_people ON interchange.proposal_answer IS '申請した人は承認できません';

CREATE TABLE interchange.configuration_change (
  change_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_on   date NOT NULL,
  item         text NOT NULL CHECK (length(btrim(item)) BETWEEN 1 AND 200),
  before_text  text NOT NULL CHECK (length(before_text) BETWEEN 1 AND 20000),
  after_text   text NOT NULL CHECK (length(after_text) BETWEEN 1 AND 20000),
  timing       text NOT NULL CHECK (timing IN ('before', 'after')),
  reason       text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 400),
  important    boolean NOT NULL,
  entered_by   interchange.operator NOT NULL,
  approved_by  interchange.operator NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT configuration_change_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE interchange.configuration_change IS '設定の変更の履歴。評価書 別添2 と同じ六つの項目（変更日・項目・変更前・変更後・提出時期・変更の理由）。';
COMMENT ON COLUMN interchange.configuration_change.change_id IS '変更の番号';
COMMENT ON COLUMN interchange.configuration_change.changed_on IS '変更日';
COMMENT ON COLUMN interchange.configuration_change.item IS '項目';
COMMENT ON COLUMN interchange.configuration_change.before_text IS '変更前の記載';
COMMENT ON COLUMN interchange.configuration_change.after_text IS '変更後の記載';
COMMENT ON COLUMN interchange.configuration_change.timing IS '提出時期: before 事前、after 事後';
COMMENT ON COLUMN interchange.configuration_change.reason IS '変更の理由';
COMMENT ON COLUMN interchange.configuration_change.important IS '重要な変更か（項目・相手・委託先の変更）。評価の再実施の仕事になる';
COMMENT ON COLUMN interchange.configuration_change.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.configuration_change.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.configuration_change.recorded_at IS '記録した時刻';

CREATE TABLE interchange.assessment (
  assessment_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  assessed_on    date NOT NULL,
  result         text NOT NULL CHECK (length(btrim(result)) BETWEEN 1 AND 2000),
  through_change bigint NOT NULL CHECK (through_change >= 0),
  entered_by     interchange.operator NOT NULL,
  approved_by    interchange.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT assessment_two_people CHECK (entered_by <> approved_by)
);
COMMENT ON TABLE interchange.assessment IS '特定個人情報保護評価の実施の記録。これより後の重要な変更は、再実施の仕事として残る。';
COMMENT ON COLUMN interchange.assessment.assessment_id IS '評価の番号';
COMMENT ON COLUMN interchange.assessment.assessed_on IS '実施した日';
COMMENT ON COLUMN interchange.assessment.result IS '結果';
COMMENT ON COLUMN interchange.assessment.through_change IS 'どの変更までを含めて評価したか（変更の番号、0は変更の前）';
COMMENT ON COLUMN interchange.assessment.entered_by IS '入力した職員';
COMMENT ON COLUMN interchange.assessment.approved_by IS '承認した職員';
COMMENT ON COLUMN interchange.assessment.recorded_at IS '記録した時刻';

GRANT SELECT, INSERT ON interchange.proposal, interchange.proposal_answer, interchange.configuration_change, interchange.assessment TO hagukumi_interchange;
