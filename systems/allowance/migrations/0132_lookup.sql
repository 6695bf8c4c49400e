-- Up Migration
-- 検索のための写し（lookup）。台帳から作り直せる。職員の役割からは見えず、検索の関数（0133）だけが読む。
CREATE SCHEMA lookup;
COMMENT ON SCHEMA lookup IS '検索のための写し。台帳（allowance）から作り直せる。';
GRANT USAGE ON SCHEMA lookup TO hagukumi_allowance;

-- 異体字。組は「異体字・基になる字」の2文字。検索のときだけ同じとみなし、記録と表示の字は変えない。
CREATE TABLE lookup.variant_source (
  source text PRIMARY KEY,
  pairs  text NOT NULL
);
COMMENT ON TABLE lookup.variant_source IS '異体字の出典ごとの組（空白区切り）';
COMMENT ON COLUMN lookup.variant_source.pairs IS '「異体字・基になる字」の2文字の組';
-- 出典: 戸籍法施行規則別表第二（人名用漢字のうち、常用漢字の異体字と併記された字）／常用漢字表（括弧に入れて添えられた康熙字典体など、旧の字体）／
--       姓名（住民の氏名によく出る異体字。この製品で選んだもの）
INSERT INTO lookup.variant_source VALUES
  ('戸籍法施行規則別表第二', '乘乗 亞亜 佛仏 來来 傳伝 僞偽 價価 儉倹 兒児 冨富 凉涼 剩剰 劍剣 勳勲 卷巻 卽即 單単 嚴厳 圈圏 國国
    圓円 團団 埜野 增増 壘塁 壞壊 壯壮 壽寿 奧奥 奬奨 孃嬢 寢寝 實実 寬寛 將将 專専 峯峰 峽峡 嶋島 巢巣
    帶帯 廣広 廳庁 彈弾 彌弥 從従 徵徴 德徳 恆恒 惠恵 惡悪 愼慎 應応 懷懐 戰戦 戲戯 拂払 拔抜 拜拝 揭掲
    搖揺 搜捜 擊撃 攝摂 收収 敍叙 晚晩 晝昼 曆暦 曉暁 條条 榮栄 樂楽 樣様 橫横 檢検 櫻桜 步歩 歷歴 每毎
    氣気 涉渉 淚涙 淨浄 渴渇 溫温 滯滞 澁渋 濕湿 瀧滝 瀨瀬 燈灯 燒焼 爭争 爲為 狀状 狹狭 獸獣 疊畳 瘦痩
    盃杯 盜盗 盡尽 眞真 碎砕 祕秘 禪禅 禮礼 稻稲 穗穂 粹粋 綠緑 緖緒 緣縁 縣県 縱縦 纖繊 聽聴 臟臓 與与
    莊荘 萬万 薗園 薰薫 藏蔵 藝芸 藥薬 虛虚 衞衛 裝装 覽覧 謠謡 讓譲 賣売 賴頼 轉転 郞郎 醉酔 釀醸 錄録
    鍊錬 鎭鎮 鑄鋳 陷陥 險険 雜雑 靜静 顯顕 飜翻 駈駆 騷騒 驗験 髮髪 鷄鶏 黃黄 黑黒 默黙 齊斉 龍竜 亙亘
    凜凛 堯尭 巖巌 晄晃 檜桧 槇槙 禱祷 祿禄 穰穣 萠萌 遙遥'),
  ('常用漢字表', '圍囲 醫医 壹壱 隱隠 營営 驛駅 鹽塩 歐欧 毆殴 假仮 畫画 會会 繪絵 擴拡 殼殻 覺覚 學学 嶽岳 勸勧 觀観
    關関 歡歓 顏顔 歸帰 龜亀 舊旧 據拠 擧挙 挾挟 鄕郷 區区 驅駆 徑径 溪渓 經経 繼継 莖茎 螢蛍 輕軽 缺欠
    權権 獻献 效効 鑛鉱 號号 濟済 齋斉 劑剤 册冊 參参 慘惨 棧桟 蠶蚕 贊賛 殘残 絲糸 齒歯 辭辞 舍舎 寫写
    釋釈 肅粛 處処 稱称 證証 觸触 囑嘱 晉晋 圖図 隨随 髓髄 數数 樞枢 聲声 竊窃 淺浅 潛潜 踐践 錢銭 雙双
    總総 聰聡 屬属 續続 墮堕 體体 對対 臺台 擇択 澤沢 擔担 膽胆 斷断 癡痴 遲遅 蟲虫 敕勅 遞逓 鐵鉄 點点
    當当 黨党 鬭闘 獨独 讀読 屆届 繩縄 貳弐 惱悩 腦脳 霸覇 廢廃 麥麦 發発 蠻蛮 濱浜 甁瓶 變変 邊辺 辨弁
    瓣弁 辯弁 寶宝 豐豊 襃褒 滿満 譯訳 餘余 譽誉 亂乱 兩両 獵猟 勵励 隸隷 靈霊 齡齢 戀恋 爐炉 勞労 樓楼
    灣湾 强強 戶戸 淸清 靑青 姬姫 彥彦 尙尚 閱閲 銳鋭 悅悦 稅税 說説 脫脱 敎教 產産 內内'),
  ('姓名', '髙高 﨑崎 嵜崎 碕崎 斎斉 斋斉 亝斉 邉辺 濵浜 𠮷吉 嶌島 桒桑 曾曽 栁柳 桺柳 圡土 閒間 舘館 枩松 柗松
    圀国 銕鉄 渊淵 渕淵 藪薮 籔薮 鷗鴎 蘆芦 籠篭 竃竈 鰺鯵 麴麹 蠟蝋 濤涛 檮梼 桝枡 鹼鹸 鉤鈎 蠣蛎 萊莱
    舩船 楳梅 兔兎 劔剣 剱剣 釼剣 苅刈 夘卯 㐂喜 崗岡 昻昂 朖朗 槗橋 瑤瑶 艷艶 乕虎 裡裏 靏鶴 靍鶴 鸖鶴
    栢柏 畊耕 蔣蒋 冲沖 曻昇 燿耀 珎珍 璢瑠 皋皐 晧皓 穐秋 秌秋 罐缶 鑒鑑 俠侠 俱倶 剝剥 吞呑 噓嘘 屛屏
    幷并 摑掴 灌潅 焰焔 簞箪 繫繋 蟬蝉 軀躯 醬醤 頸頚 頰頬 顚顛 驒騨 鶯鴬 麩麸 諫諌 壻婿 廏厩 廐厩 莵菟
    埓埒 冝宜 宻密 惪徳 冩写 荢苧 菷帚 杤栃 橡栃 鉃鉄 尓爾 弍弐 﨟臈 緜綿 昿曠 鬪闘 禰祢 邨村 躰体 軆体
    欝鬱 煕熙 熈熙 凞熙 曵曳 恊協 勛勲 峩峨 畧略 嵓巌 巗巌 啟啓 甞嘗 糺糾 舖舗 蕋蕊 蘂蕊 鷆鷏');

CREATE VIEW lookup.variant AS
SELECT left(pair, 1) AS variant, right(pair, 1) AS base, source
FROM lookup.variant_source, regexp_split_to_table(btrim(pairs), '\s+') AS pair;
COMMENT ON VIEW lookup.variant IS '異体字と基になる字（1行に1組）';

-- 字の並びは関数の中に書き込む（表を読む関数は索引に使えないため）。組を足したら、この手続きと refill をもう一度動かす。
CREATE PROCEDURE lookup.write_fold_name() LANGUAGE plpgsql AS $write$
DECLARE variants text; bases text;
BEGIN
  SELECT string_agg(v.variant, '' ORDER BY v.variant COLLATE "C"), string_agg(v.base, '' ORDER BY v.variant COLLATE "C") INTO variants, bases
  FROM lookup.variant v;
  EXECUTE format($fold$
    CREATE OR REPLACE FUNCTION lookup.fold_name(typed text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $body$
    DECLARE folded text := lower(normalize(regexp_replace(typed, U&'[\FE00-\FE0F\+0E0100-\+0E01EF]', '', 'g'), NFKC));
    BEGIN
      -- 多くの氏名には異体字がない。あるときだけ置き換える。
      IF folded ~ %L THEN folded := translate(folded, %L, %L); END IF;
      folded := translate(folded, 'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖヵヶ', 'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶカケ');
      WHILE folded ~ '[^々[:space:]]々' LOOP folded := regexp_replace(folded, '([^々[:space:]])々', '\1\1'); END LOOP;
      RETURN btrim(regexp_replace(normalize(folded, NFKC), '[[:space:]]+', ' ', 'g'));
    END $body$
  $fold$, '[' || variants || ']', variants, bases);
END $write$;
COMMENT ON PROCEDURE lookup.write_fold_name() IS '異体字の表から、氏名をたたむ関数を書く';
CALL lookup.write_fold_name();
COMMENT ON FUNCTION lookup.fold_name(text) IS '検索のために氏名をたたむ: 異体字・異体字セレクタ・互換漢字・全角半角・ひらがなとカタカナ・々。空白は1つ残す。';

-- カナ: 全角半角・ひらがな・清濁（ガ＝カ、ヂ＝ジ）・拗促音（ャ＝ヤ、ッ＝ツ）・旧かな（ヰヱヲ）・長音。
-- 長音は書き方をそろえる: オー＝オウ＝オオ、エー＝エイ＝エエ、ユー＝ユウ。短い音とは区別する（オノとオオノは別）。
CREATE FUNCTION lookup.fold_kana(typed text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE folded text := translate(normalize(typed, NFKC), 'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ', 'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ');
BEGIN
  folded := translate(normalize(translate(folded, 'ヂヅ', 'ジズ'), NFD), U&'\3099\309A', '');
  folded := translate(lower(folded), 'ァィゥェォッャュョヮヵヶヰヱヲ‐‑–—―−-', 'アイウエオツヤユヨワカケイエオーーーーーーー');
  folded := regexp_replace(folded, '[^ア-ンー0-9a-z[:space:]]', '', 'g');
  IF folded ~ 'ー' THEN
    folded := regexp_replace(folded, 'ー+', 'ー', 'g');
    folded := regexp_replace(folded, '(?<=[アカサタナハマヤラワ])ー', 'ア', 'g');
    folded := regexp_replace(folded, '(?<=[イキシチニヒミリエケセテネヘメレ])ー', 'イ', 'g');
    folded := regexp_replace(folded, '(?<=[ウクスツヌフムユルオコソトノホモヨロ])ー', 'ウ', 'g');
    folded := replace(folded, 'ー', '');
  END IF;
  IF folded ~ '[オコソトノホモヨロ]オ|[エケセテネヘメレ]エ' THEN
    folded := regexp_replace(folded, '(?<=[オコソトノホモヨロ])オ', 'ウ', 'g');
    folded := regexp_replace(folded, '(?<=[エケセテネヘメレ])エ', 'イ', 'g');
  END IF;
  RETURN btrim(regexp_replace(folded, '[[:space:]]+', ' ', 'g'));
END $$;
COMMENT ON FUNCTION lookup.fold_kana(text) IS '検索のためにカナをたたむ。空白は1つ残す。';

CREATE FUNCTION lookup.fold_address(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(normalize(translate(lower(normalize(typed, NFKC)), '一二三四五六七八九〇‐‑–—―−ー ', '1234567890-------'), NFKC), '(丁目|番地の|番地|番|号|-)+', '-', 'g'), '-');
COMMENT ON FUNCTION lookup.fold_address(text) IS '検索のために住所をたたむ: 全角半角・空白・漢数字の1から9。丁目・番・号は線と同じにする。';

CREATE TABLE lookup.person_key (
  addressee_number bigint NOT NULL,
  kana       text COLLATE "C" NOT NULL,
  kana_given text COLLATE "C" NOT NULL,
  name       text COLLATE "C" NOT NULL,
  name_given text COLLATE "C" NOT NULL,
  birth_date date,
  ward_code  text NOT NULL,
  wards      text[] NOT NULL,
  protected  boolean NOT NULL,
  address    text NOT NULL
);
COMMENT ON TABLE lookup.person_key IS '検索の鍵。一人につき、これまでの氏名とカナの書き方ごとに1行。';
COMMENT ON COLUMN lookup.person_key.address IS 'たたんだいまの住所（ほかの鍵に添えて絞り込む）。支援措置の人の住所は写さない。';
COMMENT ON COLUMN lookup.person_key.kana IS 'たたんだカナ（姓と名を続けて）';
COMMENT ON COLUMN lookup.person_key.kana_given IS 'たたんだカナの名（姓と名の区切りがあるとき）';
COMMENT ON COLUMN lookup.person_key.ward_code IS 'いまの住所の区';
COMMENT ON COLUMN lookup.person_key.wards IS 'かかわりのある区（住所・受給者の所管区・請求や届出の区）。絞り込みに使い、見てよいかは別に確かめる。';
COMMENT ON COLUMN lookup.person_key.protected IS '支援措置';
CREATE INDEX person_key_number ON lookup.person_key (addressee_number);
CREATE INDEX person_key_kana ON lookup.person_key (kana);
CREATE INDEX person_key_kana_given ON lookup.person_key (kana_given) WHERE kana_given <> '';
CREATE INDEX person_key_name ON lookup.person_key (name);
CREATE INDEX person_key_name_given ON lookup.person_key (name_given) WHERE name_given <> '';
CREATE INDEX person_key_birth ON lookup.person_key (birth_date);
ALTER TABLE lookup.person_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE lookup.person_key FORCE ROW LEVEL SECURITY;
ALTER TABLE lookup.variant_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE lookup.variant_source FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON lookup.person_key TO hagukumi_allowance;
GRANT SELECT ON lookup.variant_source, lookup.variant TO hagukumi_allowance;

CREATE FUNCTION lookup.after_space(folded text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN position(' ' IN folded) = 0 THEN '' ELSE replace(substr(folded, position(' ' IN folded) + 1), ' ', '') END;
COMMENT ON FUNCTION lookup.after_space(text) IS '名の部分（最初の空白より後）';

-- 台帳から写す。同じ人を何度写しても同じになる。
CREATE FUNCTION lookup.take(numbers bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CREATE TEMP TABLE lookup_now ON COMMIT DROP AS
  SELECT n.number, l.birth_date, l.ward_code, l.protected,
    CASE WHEN l.protected THEN '' ELSE lookup.fold_address(l.address) END AS address
  FROM unnest(numbers) AS n (number)
  CROSS JOIN LATERAL (
    SELECT * FROM (
      SELECT CASE WHEN h.birth_date_unknown THEN NULL ELSE h.birth_date END AS birth_date, h.ward_code, h.protected, h.address
      FROM allowance.person_history h WHERE h.addressee_number = n.number ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p
    UNION ALL SELECT * FROM (
      SELECT NULL::date, o.ward_code, false, o.address FROM allowance.organization_history o WHERE o.addressee_number = n.number ORDER BY o.revision DESC LIMIT 1) q
    LIMIT 1) l;
  ANALYZE pg_temp.lookup_now;
  UPDATE lookup.person_key k SET birth_date = n.birth_date, ward_code = n.ward_code, protected = n.protected, address = n.address,
    wards = CASE WHEN n.ward_code = ANY (k.wards) THEN k.wards ELSE k.wards || n.ward_code END
  FROM pg_temp.lookup_now n
  WHERE k.addressee_number = n.number AND (k.birth_date, k.ward_code, k.protected, k.address) IS DISTINCT FROM (n.birth_date, n.ward_code, n.protected, n.address);
  INSERT INTO lookup.person_key (addressee_number, kana, kana_given, name, name_given, birth_date, ward_code, wards, protected, address)
  -- 姓と名に分けてたたむ。同じ姓や名は一度だけたたむので、全件の取り込みでも速い。
  WITH spelling AS (
    SELECT h.addressee_number AS number, translate(h.kana, '　', ' ') AS kana, translate(h.name, '　', ' ') AS name
    FROM pg_temp.lookup_now n JOIN allowance.person_history h ON h.addressee_number = n.number
    UNION SELECT o.addressee_number, translate(o.kana, '　', ' '), translate(o.name, '　', ' ')
    FROM pg_temp.lookup_now n JOIN allowance.organization_history o ON o.addressee_number = n.number),
  part AS MATERIALIZED (
    SELECT number, split_part(kana, ' ', 1) AS kana_family, lookup.after_space(kana) AS kana_given,
           split_part(name, ' ', 1) AS name_family, lookup.after_space(name) AS name_given FROM spelling),
  kana AS MATERIALIZED (SELECT t AS typed, replace(lookup.fold_kana(t), ' ', '') AS folded FROM (SELECT kana_family AS t FROM part UNION SELECT kana_given FROM part) x),
  name AS MATERIALIZED (SELECT t AS typed, replace(lookup.fold_name(t), ' ', '') AS folded FROM (SELECT name_family AS t FROM part UNION SELECT name_given FROM part) x),
  folded AS (
    SELECT DISTINCT p.number, kf.folded || kg.folded AS kana, kg.folded AS kana_given, nf.folded || ng.folded AS name, ng.folded AS name_given
    FROM part p JOIN kana kf ON kf.typed = p.kana_family JOIN kana kg ON kg.typed = p.kana_given
    JOIN name nf ON nf.typed = p.name_family JOIN name ng ON ng.typed = p.name_given),
  elsewhere AS (
    SELECT w.number, array_agg(DISTINCT w.ward_code) AS wards FROM (
      SELECT r.addressee_number::bigint AS number, r.ward_code FROM allowance.recipient r JOIN pg_temp.lookup_now n ON n.number = r.addressee_number
      UNION ALL SELECT k.claimant_number, k.ward_code FROM allowance.claim k JOIN pg_temp.lookup_now n ON n.number = k.claimant_number
      UNION ALL SELECT f.claimant_number, f.ward_code FROM allowance.filing f JOIN pg_temp.lookup_now n ON n.number = f.claimant_number) w
    GROUP BY w.number)
  SELECT f.number, f.kana, f.kana_given, f.name, f.name_given, n.birth_date, n.ward_code,
    CASE WHEN n.ward_code = ANY (e.wards) THEN e.wards ELSE coalesce(e.wards, '{}') || n.ward_code END, n.protected, n.address
  FROM folded f JOIN pg_temp.lookup_now n ON n.number = f.number LEFT JOIN elsewhere e ON e.number = f.number
  WHERE NOT EXISTS (SELECT FROM lookup.person_key k WHERE k.addressee_number = f.number AND k.kana = f.kana AND k.name = f.name);
  DROP TABLE pg_temp.lookup_now;
END $$;
COMMENT ON FUNCTION lookup.take(bigint[]) IS '宛名番号の人を台帳から検索の鍵に写す';

CREATE FUNCTION lookup.taken() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM lookup.take(ARRAY(SELECT DISTINCT n.addressee_number FROM new_rows n));
  RETURN NULL;
END $$;
CREATE TRIGGER lookup_taken AFTER INSERT ON allowance.person_history REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lookup.taken();
CREATE TRIGGER lookup_taken AFTER INSERT ON allowance.organization_history REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lookup.taken();

CREATE FUNCTION lookup.ward_taken() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE lookup.person_key k SET wards = k.wards || n.ward_code
  FROM (SELECT DISTINCT (to_jsonb(x) ->> TG_ARGV[0])::bigint AS number, x.ward_code FROM new_rows x) n
  WHERE k.addressee_number = n.number AND NOT n.ward_code = ANY (k.wards);
  RETURN NULL;
END $$;
CREATE TRIGGER lookup_ward AFTER INSERT ON allowance.recipient REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lookup.ward_taken('addressee_number');
CREATE TRIGGER lookup_ward AFTER INSERT ON allowance.claim REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lookup.ward_taken('claimant_number');
CREATE TRIGGER lookup_ward AFTER INSERT ON allowance.filing REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lookup.ward_taken('claimant_number');

CREATE PROCEDURE lookup.refill() LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM lookup.person_key;
  PERFORM lookup.take(ARRAY(SELECT a.addressee_number FROM allowance.addressee a));
END $$;
COMMENT ON PROCEDURE lookup.refill() IS '検索の鍵を台帳から作り直す';
CALL lookup.refill();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA lookup FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA lookup FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA lookup TO hagukumi_allowance;
GRANT EXECUTE ON PROCEDURE lookup.refill() TO hagukumi_allowance;
