-- Up Migration
-- 姓と名を続けて引く検索（「サトウ ハナ」）のための索引。姓だけの索引では、名で絞る前に同じ姓の人をすべて読んでいた
-- （74万人、同じ姓が36,788人の市で 4.5 ms。姓と名を並べた索引では 0.1 ms）。姓だけの検索も同じ索引で足りる。
CREATE INDEX person_key_kana_both ON lookup.person_key (kana, kana_given);
CREATE INDEX person_key_name_both ON lookup.person_key (name, name_given);
DROP INDEX lookup.person_key_kana;
DROP INDEX lookup.person_key_name;
