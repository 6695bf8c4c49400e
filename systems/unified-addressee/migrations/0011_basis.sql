-- Up Migration
-- 番号法の根拠の表。利用（別表）、情報照会と情報提供（別表第二、2024-05-27 からは第十九条第八号に基づく命令 第二条の表）を、いつからいつまでの行として持つ。
-- 項の番号が法令で確かめられていない行は confirmed = false とし、市が確かめて行を替える。表にないものは、頼むことも応じることもできない。
CREATE TABLE unified.basis (
  basis_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  role        text NOT NULL CHECK (role IN ('use', 'inquire', 'provide')),
  law         text NOT NULL CHECK (length(law) BETWEEN 1 AND 100),
  item        text NOT NULL CHECK (length(item) BETWEEN 1 AND 40),
  party       text NOT NULL CHECK (party ~ '^[a-z][A-Za-z]{2,39}$'),
  party_name  text NOT NULL CHECK (length(party_name) BETWEEN 1 AND 100),
  office      text NOT NULL CHECK (office ~ '^[a-z][A-Za-z]{2,39}$'),
  office_name text NOT NULL CHECK (length(office_name) BETWEEN 1 AND 100),
  information text NOT NULL CHECK (information ~ '^[a-z][A-Za-z]{2,39}$'),
  confirmed   boolean NOT NULL,
  valid_from  date NOT NULL,
  valid_to    date,
  entered_by  unified.operator NOT NULL,
  approved_by unified.operator NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT basis_period CHECK (valid_to >= valid_from),
  CONSTRAINT basis_two_people CHECK (approved_by <> entered_by),
  CONSTRAINT basis_once EXCLUDE USING gist (int8range(hashtextextended(role || '/' || party || '/' || office || '/' || information, 0),
    hashtextextended(role || '/' || party || '/' || office || '/' || information, 0), '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)
);
COMMENT ON TABLE unified.basis IS '番号法の根拠。だれが、どの事務のために、何の情報を扱えるか。終わりの日だけを後から書ける。';
COMMENT ON COLUMN unified.basis.basis_id IS '番号';
COMMENT ON COLUMN unified.basis.role IS 'use 個人番号の利用、inquire こちらからの情報照会、provide こちらからの情報提供';
COMMENT ON COLUMN unified.basis.law IS '法令と表';
COMMENT ON COLUMN unified.basis.item IS '項';
COMMENT ON COLUMN unified.basis.party IS '利用者・情報提供者・情報照会者の符号';
COMMENT ON COLUMN unified.basis.party_name IS 'その名前';
COMMENT ON COLUMN unified.basis.office IS '事務の符号';
COMMENT ON COLUMN unified.basis.office_name IS '事務';
COMMENT ON COLUMN unified.basis.information IS '特定個人情報の符号';
COMMENT ON COLUMN unified.basis.confirmed IS '項の番号を法令で確かめたか';
COMMENT ON COLUMN unified.basis.valid_from IS 'いつから';
COMMENT ON COLUMN unified.basis.valid_to IS 'いつまで（空は続いている）';
COMMENT ON COLUMN unified.basis.entered_by IS '入力した職員';
COMMENT ON COLUMN unified.basis.approved_by IS '確かめた職員';
COMMENT ON COLUMN unified.basis.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT basis_period ON unified.basis IS '終わりの日は始まりの日より後です';
COMMENT ON CONSTRAINT basis_two_people ON unified.basis IS '入力した人は確かめられません';
COMMENT ON CONSTRAINT basis_once ON unified.basis IS '同じ相手・事務・情報の根拠の期間が重なっています';

INSERT INTO unified.basis (role, law, item, party, party_name, office, office_name, information, confirmed, valid_from, valid_to, entered_by, approved_by)
SELECT role, law, item, party, party_name, office, office_name, information, confirmed, valid_from::date, valid_to::date, 'assessment', 'installation' FROM (VALUES
  ('use', '番号法9条1項 別表第一', '56', 'municipality', '市町村長', 'childAllowance', '児童手当の支給に関する事務', 'individualNumber', true, '2016-01-01', '2024-05-26'),
  ('use', '番号法9条1項 別表', '81', 'municipality', '市町村長', 'childAllowance', '児童手当の支給に関する事務', 'individualNumber', false, '2024-05-27', NULL),
  ('inquire', '番号法19条8号 別表第二', '74', 'municipality', '市町村長', 'childAllowance', '児童手当の支給に関する事務', 'localTax', true, '2017-11-13', '2024-05-26'),
  ('inquire', '番号法19条8号 別表第二', '74', 'municipality', '市町村長', 'childAllowance', '児童手当の支給に関する事務', 'residentRecord', true, '2017-11-13', '2024-05-26'),
  ('inquire', '番号法19条8号 別表第二', '75', 'pensionService', '厚生労働大臣・日本年金機構・共済組合等', 'childAllowance', '児童手当の支給に関する事務', 'pension', true, '2017-11-13', '2024-05-26'),
  ('inquire', '番号法第十九条第八号に基づく命令 第2条の表', '106', 'municipality', '市町村長', 'childAllowance', '児童手当の支給に関する事務', 'localTax', false, '2024-05-27', NULL),
  ('inquire', '番号法第十九条第八号に基づく命令 第2条の表', '106', 'municipality', '市町村長', 'childAllowance', '児童手当の支給に関する事務', 'residentRecord', false, '2024-05-27', NULL),
  ('inquire', '番号法第十九条第八号に基づく命令 第2条の表', '107', 'pensionService', '厚生労働大臣・日本年金機構・共済組合等', 'childAllowance', '児童手当の支給に関する事務', 'pension', false, '2024-05-27', NULL),
  ('provide', '番号法19条8号 別表第二', '26', 'prefecturalGovernor', '都道府県知事等', 'publicAssistance', '生活保護の決定及び実施、費用の徴収', 'childAllowance', true, '2017-11-13', '2024-05-26'),
  ('provide', '番号法19条8号 別表第二', '30', 'socialWelfareCouncil', '社会福祉協議会', 'hardshipLoan', '生計困難者に対する資金の貸付', 'childAllowance', true, '2017-11-13', '2024-05-26'),
  ('provide', '番号法19条8号 別表第二', '87', 'prefecturalGovernor', '都道府県知事等', 'chinaReturnee', '中国残留邦人等支援給付', 'childAllowance', true, '2017-11-13', '2024-05-26'),
  ('provide', '番号法19条8号 別表第二', '106', 'studentServices', '日本学生支援機構', 'scholarship', '学資の貸与及び支給', 'childAllowance', true, '2017-11-13', '2024-05-26'),
  ('provide', '番号法第十九条第八号に基づく命令 第2条の表', '42', 'prefecturalGovernor', '都道府県知事等', 'publicAssistance', '生活保護の決定及び実施、費用の徴収', 'childAllowance', false, '2024-05-27', NULL),
  ('provide', '番号法第十九条第八号に基づく命令 第2条の表', '要確認（旧30）', 'socialWelfareCouncil', '社会福祉協議会', 'hardshipLoan', '生計困難者に対する資金の貸付', 'childAllowance', false, '2024-05-27', NULL),
  ('provide', '番号法第十九条第八号に基づく命令 第2条の表', '要確認（旧87）', 'prefecturalGovernor', '都道府県知事等', 'chinaReturnee', '中国残留邦人等支援給付', 'childAllowance', false, '2024-05-27', NULL),
  ('provide', '番号法第十九条第八号に基づく命令 第2条の表', '要確認（旧106）', 'studentServices', '日本学生支援機構', 'scholarship', '学資の貸与及び支給', 'childAllowance', false, '2024-05-27', NULL)
) AS x (role, law, item, party, party_name, office, office_name, information, confirmed, valid_from, valid_to);

CREATE TABLE unified.basis_judgement (
  judgement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id   text NOT NULL CHECK (length(request_id) BETWEEN 1 AND 120),
  role         text NOT NULL CHECK (role IN ('inquire', 'provide')),
  party        text NOT NULL CHECK (length(party) BETWEEN 1 AND 40),
  office       text NOT NULL CHECK (length(office) BETWEEN 1 AND 40),
  information  text NOT NULL CHECK (length(information) BETWEEN 1 AND 40),
  asked_on     date NOT NULL,
  basis_id     bigint REFERENCES unified.basis,
  asked_by     unified.operator NOT NULL,
  judged_at    timestamptz NOT NULL
);
COMMENT ON TABLE unified.basis_judgement IS '照会・提供の求めのたびに、根拠の表と照らした記録。断ったものも残す。';
COMMENT ON COLUMN unified.basis_judgement.judgement_id IS '番号';
COMMENT ON COLUMN unified.basis_judgement.request_id IS '依頼の番号';
COMMENT ON COLUMN unified.basis_judgement.role IS 'inquire 情報照会、provide 情報提供';
COMMENT ON COLUMN unified.basis_judgement.party IS '相手';
COMMENT ON COLUMN unified.basis_judgement.office IS '相手またはこちらの事務';
COMMENT ON COLUMN unified.basis_judgement.information IS '求められた情報';
COMMENT ON COLUMN unified.basis_judgement.asked_on IS 'いつの根拠で照らしたか';
COMMENT ON COLUMN unified.basis_judgement.basis_id IS '合った根拠（空は、ないので断った）';
COMMENT ON COLUMN unified.basis_judgement.asked_by IS '処理した人・処理';
COMMENT ON COLUMN unified.basis_judgement.judged_at IS '照らした時刻';
GRANT SELECT ON unified.basis, unified.basis_judgement TO hagukumi_addressee;
GRANT INSERT ON unified.basis, unified.basis_judgement TO hagukumi_addressee;
GRANT UPDATE (valid_to) ON unified.basis TO hagukumi_addressee;
