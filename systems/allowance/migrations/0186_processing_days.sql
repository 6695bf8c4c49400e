-- Up Migration
-- 標準処理期間（行政手続法6条）は、日付のある市の設定にする。はじめの値は、いままでの定数と同じ（どの手続も30日、20日から知らせる）。
INSERT INTO allowance.setting (name, valid_from, revision, value, entered_by, approved_by) VALUES
  ('processingDays', '2010-04-01', 1, '{"standard": 30, "warn": 20, "procedures": {}}', 'hagukumi.initial', 'hagukumi.review');
