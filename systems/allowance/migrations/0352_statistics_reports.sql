-- Up Migration
-- 国・都道府県に出した数字の控え。数字そのものと、作った時点（known_at）を残す。同じ時点で作り直せば、必ず同じ数字になる（A132・M30）。
CREATE TABLE allowance.statistics_report (
  report_no      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('grant', 'annual')),
  fiscal_year    integer NOT NULL CHECK (fiscal_year BETWEEN 2010 AND 2049),
  known_at       timestamptz NOT NULL,
  figures        jsonb NOT NULL,
  figures_digest allowance.digest NOT NULL,
  note           text NOT NULL CHECK (btrim(note) <> '' AND char_length(note) <= 400),
  made_by        allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (report_no, figures_digest, made_by),
  CONSTRAINT statistics_report_moment CHECK (known_at <= recorded_at)
);
COMMENT ON TABLE allowance.statistics_report IS '統計の報告（案）。数字は集計だけで、個人の番号も氏名も入らない。';
COMMENT ON COLUMN allowance.statistics_report.report_no IS '報告の番号';
COMMENT ON COLUMN allowance.statistics_report.kind IS '種類。grant 交付金の計算、annual 事業年報';
COMMENT ON COLUMN allowance.statistics_report.fiscal_year IS '年度（西暦）';
COMMENT ON COLUMN allowance.statistics_report.known_at IS 'この時刻までに記録されたことだけで作った';
COMMENT ON COLUMN allowance.statistics_report.figures IS '報告した数字';
COMMENT ON COLUMN allowance.statistics_report.figures_digest IS '数字のハッシュ（承認はこれに結びつく）';
COMMENT ON COLUMN allowance.statistics_report.note IS '何のための報告か（申請・実績・年報、文書の番号など）';
COMMENT ON COLUMN allowance.statistics_report.made_by IS '作った職員';
COMMENT ON COLUMN allowance.statistics_report.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT statistics_report_moment ON allowance.statistics_report IS 'まだ来ていない時点の報告は作れません';

CREATE TABLE allowance.statistics_report_approval (
  report_no      integer NOT NULL,
  figures_digest allowance.digest NOT NULL,
  made_by        allowance.operator NOT NULL,
  approved_by    allowance.operator NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT statistics_report_approval_once PRIMARY KEY (report_no),
  CONSTRAINT statistics_report_approval_of_figures FOREIGN KEY (report_no, figures_digest, made_by)
    REFERENCES allowance.statistics_report (report_no, figures_digest, made_by),
  CONSTRAINT statistics_report_approval_two_people CHECK (made_by <> approved_by)
);
COMMENT ON TABLE allowance.statistics_report_approval IS '統計の報告の承認（作った人とは別の人）。';
COMMENT ON COLUMN allowance.statistics_report_approval.report_no IS '報告の番号';
COMMENT ON COLUMN allowance.statistics_report_approval.figures_digest IS '承認した人が見た数字のハッシュ';
COMMENT ON COLUMN allowance.statistics_report_approval.made_by IS '作った職員';
COMMENT ON COLUMN allowance.statistics_report_approval.approved_by IS '承認した職員';
COMMENT ON COLUMN allowance.statistics_report_approval.recorded_at IS '記録した時刻';
COMMENT ON CONSTRAINT statistics_report_approval_once ON allowance.statistics_report_approval IS 'この報告は、もう承認されています';
COMMENT ON CONSTRAINT statistics_report_approval_of_figures ON allowance.statistics_report_approval IS '承認は、見た数字に結びつきます';
COMMENT ON CONSTRAINT statistics_report_approval_two_people ON allowance.statistics_report_approval IS '報告は、作った人とは別の人が承認します';

GRANT SELECT, INSERT ON allowance.statistics_report, allowance.statistics_report_approval TO hagukumi_allowance;
