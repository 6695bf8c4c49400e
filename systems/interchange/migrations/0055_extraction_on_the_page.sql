-- Up Migration
-- データの抽出を、コマンドだけでなく画面でも行う。道は閉じた一覧の一行で、よりどころは一件かぎりの承認願（データ使用承認願）だけである。
INSERT INTO interchange.leaving_route (route_code, name, basis, channel, purpose, row_cap) VALUES
  ('takeExtraction', '支給の状態と支払の抽出（画面）', 'extraction', 'medium', 'payment', 20000);
