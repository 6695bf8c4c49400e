/**
 * 点検の規則: what in the access log a person should look at. Each rule is one statement over a span of time; what it finds is
 * raised once, however often it runs. A rule accuses nobody: it says where to ask.
 */

/** Changes when a rule or a threshold does; recorded with each run. */
export const LOG_RULES_VERSION = "2026-11-23.1";

export type LogRule = {
  readonly code: string;
  readonly name: string;
  /** What it looks for, with its threshold, for those who read the finding */
  readonly about: string;
  /** Also shown to 支援措置担当 */
  readonly protection?: boolean;
  /** Raised whenever somebody looks at the list, not with the month alone */
  readonly immediate?: boolean;
  /**
   * Rows (staff_id, addressee_number, first_at, last_at, occurrences, evidence, bucket) for $1 ≤ time < $2; $3 holidays.
   * Staff, person and bucket make a finding the same one.
   */
  readonly sql: string;
};

const EVIDENCE = "(array_agg(l.seq ORDER BY l.seq))[1:100]";
const SPAN = "min(l.processed_at) AS first_at, max(l.processed_at) AS last_at, count(*)::int AS occurrences";
const LOG = "FROM access.log l";
const IN_SPAN = "l.processed_at >= $1 AND l.processed_at < $2 AND $3::date[] IS NOT NULL";
const DAY = "to_char(l.processed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')";
const HOUR = "to_char(l.processed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24')";
const SEEN = "l.action IN ('read', 'update', 'export', 'print') AND l.addressee_number IS NOT NULL";

/** One finding for each member of staff, person and day. */
function perPerson(join: string, where = "true"): string {
  return `SELECT l.staff_id, l.addressee_number, ${SPAN}, ${EVIDENCE} AS evidence, ${DAY} AS bucket ${LOG} ${join}
    WHERE ${IN_SPAN} AND ${SEEN} AND ${where} GROUP BY l.staff_id, l.addressee_number, ${DAY}`;
}

const valid = (alias: string): string =>
  `${alias}.valid_from <= l.processed_at::date AND (${alias}.valid_to IS NULL OR ${alias}.valid_to >= l.processed_at::date)`;

/** Attempts at people who cannot be opened. */
function attempts(kind: "denied" | "protected"): string {
  return `SELECT c.staff_id, c.addressee_number, min(c.attempted_at) AS first_at, max(c.attempted_at) AS last_at, count(*)::int AS occurrences,
      coalesce((array_agg(l.seq ORDER BY l.seq) FILTER (WHERE l.seq IS NOT NULL))[1:100], '{}') AS evidence,
      to_char(c.attempted_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS bucket
    FROM access.closed_attempt c LEFT JOIN access.log l ON l.request_id = c.request_id AND l.staff_id = c.staff_id
    WHERE c.attempted_at >= $1 AND c.attempted_at < $2 AND $3::date[] IS NOT NULL AND c.kind = '${kind}' GROUP BY 1, 2, 7`;
}

/** Staff names and names of the register write the family name first, then a space of either width. */
const surname = (column: string): string => `split_part(translate(${column}, '　', ' '), ' ', 1)`;

export const logRules: readonly LogRule[] = [
  {
    code: "deniedAttempt",
    name: "閲覧を禁じた人を開こうとした",
    about: "閲覧を禁じられた職員が、その人を開こうとしました（「見つかりません」と答えました）。",
    protection: true,
    immediate: true,
    sql: attempts("denied"),
  },
  {
    code: "protectedAttempt",
    name: "支援措置の人を開こうとした",
    about: "支援措置の照会の権限がない職員が、対象の人を開こうとしました（「見つかりません」と答えました）。",
    protection: true,
    immediate: true,
    sql: attempts("protected"),
  },
  {
    code: "closedOften",
    name: "開けない番号を続けて試した",
    about: "範囲の外の人やいない番号を、1時間に5回以上開こうとしました。",
    sql: `SELECT c.staff_id, NULL::bigint AS addressee_number, min(c.attempted_at) AS first_at, max(c.attempted_at) AS last_at,
        count(*)::int AS occurrences, '{}'::bigint[] AS evidence, to_char(c.attempted_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24') AS bucket
      FROM access.closed_attempt c WHERE c.attempted_at >= $1 AND c.attempted_at < $2 AND $3::date[] IS NOT NULL GROUP BY 1, 7 HAVING count(*) >= 5`,
  },
  {
    code: "ownRecord",
    name: "職員本人または世帯の人",
    about:
      "職員本人、届け出のある親族・近隣の人、または本人と同じ世帯の人（前に同じ世帯だった人を含む）の情報を開きました。",
    sql: `WITH near AS MATERIALIZED (
        SELECT r.staff_id, r.addressee_number, r.valid_from, r.valid_to FROM access.staff_relation r WHERE r.staff_id IS NOT NULL
        UNION SELECT r.staff_id, q.addressee_number, r.valid_from, r.valid_to FROM access.staff_relation r
          JOIN LATERAL (SELECT h.household_number FROM allowance.person_history h WHERE h.addressee_number = r.addressee_number AND h.resident_state = 1
                        ORDER BY h.history_no DESC, h.revision DESC LIMIT 1) p ON r.relation = 'self'
          JOIN allowance.person_history q ON q.household_number = p.household_number)
      ${perPerson("JOIN near r ON r.staff_id = l.staff_id AND r.addressee_number = l.addressee_number", valid("r"))}`,
  },
  {
    code: "colleague",
    name: "ほかの職員",
    about: "ほかの職員の本人の情報を開きました。",
    sql: perPerson(
      "JOIN access.staff_relation r ON r.addressee_number = l.addressee_number AND r.relation = 'self'",
      `r.staff_id <> l.staff_id AND ${valid("r")}`,
    ),
  },
  {
    code: "watched",
    name: "だれが見ても点検する人",
    about: "報道された事案など、だれが見ても点検すると決めた人の情報を開きました。",
    sql: perPerson(
      "JOIN access.staff_relation r ON r.addressee_number = l.addressee_number AND r.relation = 'watched'",
      valid("r"),
    ),
  },
  {
    code: "rareSurname",
    name: "珍しい姓が同じ",
    about: "職員と姓が同じ人で、その姓の人が住民の0.5%より少ない場合です（住民が1,000人以上のとき）。",
    // Step by step, each kept: joined in one piece the planner compared every look with every resident (30 s for 46,000 rows).
    sql: `WITH person AS MATERIALIZED (SELECT DISTINCT ON (h.addressee_number) h.addressee_number, ${surname("h.name")} AS surname
        FROM allowance.person_history h ORDER BY h.addressee_number, h.history_no DESC, h.revision DESC),
      rare AS MATERIALIZED (SELECT surname FROM person GROUP BY surname
        HAVING count(*) * 200 < (SELECT count(*) FROM person) AND (SELECT count(*) FROM person) >= 1000),
      looked AS MATERIALIZED (SELECT DISTINCT l.staff_id, l.addressee_number, ${surname("l.staff_name")} AS surname ${LOG} WHERE ${IN_SPAN} AND ${SEEN}),
      own AS MATERIALIZED (SELECT staff_id, addressee_number, surname FROM looked JOIN rare USING (surname)),
      same AS MATERIALIZED (SELECT staff_id, addressee_number FROM own JOIN person USING (addressee_number, surname))
      ${perPerson("JOIN same USING (staff_id, addressee_number)")}`,
  },
  {
    code: "protectedTouched",
    name: "支援措置の人を開いた",
    about: "支援措置の対象の人の情報を開きました。権限のある職員も、すべて点検します。",
    protection: true,
    sql: `WITH person AS MATERIALIZED (SELECT DISTINCT l.addressee_number ${LOG} WHERE ${IN_SPAN} AND ${SEEN}),
      sheltered AS MATERIALIZED (SELECT addressee_number FROM person WHERE allowance.is_protected(addressee_number))
      ${perPerson("JOIN sheltered USING (addressee_number)")}`,
  },
  {
    code: "massViewing",
    name: "短い時間に多くの人を開いた",
    about: "1時間に60件を超えて開きました。",
    sql: `SELECT l.staff_id, NULL::bigint AS addressee_number, ${SPAN}, ${EVIDENCE} AS evidence, ${HOUR} AS bucket ${LOG}
      WHERE ${IN_SPAN} AND l.operation = 'openCase' AND l.action = 'read' GROUP BY l.staff_id, ${HOUR} HAVING count(DISTINCT l.request_id) > 60`,
  },
  {
    code: "massSearch",
    name: "短い時間に多く検索した",
    about: "1時間に60回を超えて検索しました。",
    sql: `SELECT l.staff_id, NULL::bigint AS addressee_number, ${SPAN}, ${EVIDENCE} AS evidence, ${HOUR} AS bucket ${LOG}
      WHERE ${IN_SPAN} AND l.action = 'search' GROUP BY l.staff_id, ${HOUR} HAVING count(*) > 60`,
  },
  {
    code: "numberWalk",
    name: "続き番号を順に開いた",
    about: "1時間に、続いた宛名番号の人を15人以上開きました。",
    sql: `WITH opened AS (SELECT l.staff_id, ${HOUR} AS bucket, l.addressee_number AS n, min(l.processed_at) AS at, min(l.seq) AS seq ${LOG}
        WHERE ${IN_SPAN} AND l.operation = 'openCase' AND l.action = 'read' AND l.addressee_number IS NOT NULL GROUP BY 1, 2, 3),
      island AS (SELECT *, n - row_number() OVER (PARTITION BY staff_id, bucket ORDER BY n) AS start FROM opened)
      SELECT staff_id, NULL::bigint AS addressee_number, min(at) AS first_at, max(at) AS last_at, count(*)::int AS occurrences,
        (array_agg(seq ORDER BY seq))[1:100] AS evidence, bucket || '/' || start AS bucket
      FROM island GROUP BY staff_id, bucket, start HAVING count(*) >= 15`,
  },
  {
    code: "manyViewers",
    name: "多くの職員が同じ人を見た",
    about: "1日に4人以上の職員が、受け付けた案件のない同じ人を開きました。",
    sql: `SELECT NULL::text AS staff_id, l.addressee_number, ${SPAN}, ${EVIDENCE} AS evidence, ${DAY} AS bucket ${LOG}
      WHERE ${IN_SPAN} AND l.operation = 'openCase' AND l.action = 'read' AND l.case_ref = '' GROUP BY l.addressee_number, ${DAY}
      HAVING count(DISTINCT l.staff_id) >= 4`,
  },
  {
    code: "offHours",
    name: "夜間・休日の利用",
    about: "7時30分から20時までの外、または土日・祝日・年末年始に、人の情報を開きました。",
    sql: `SELECT l.staff_id, NULL::bigint AS addressee_number, ${SPAN}, ${EVIDENCE} AS evidence, ${DAY} AS bucket ${LOG}
      WHERE ${IN_SPAN} AND ${SEEN} AND ((l.processed_at AT TIME ZONE 'Asia/Tokyo')::time NOT BETWEEN '07:30' AND '20:00'
        OR extract(isodow FROM l.processed_at AT TIME ZONE 'Asia/Tokyo') >= 6 OR (l.processed_at AT TIME ZONE 'Asia/Tokyo')::date = ANY ($3::date[]))
      GROUP BY l.staff_id, ${DAY}`,
  },
  {
    code: "otherPurpose",
    name: "「その他」の処理事由が多い",
    about: "期間の中で20件以上開き、その1割を超える5件以上が「その他」です。",
    sql: `SELECT l.staff_id, NULL::bigint AS addressee_number, min(l.processed_at) AS first_at, max(l.processed_at) AS last_at,
        count(DISTINCT l.request_id) FILTER (WHERE l.purpose_code = 'other')::int AS occurrences,
        coalesce((array_agg(l.seq ORDER BY l.seq) FILTER (WHERE l.purpose_code = 'other'))[1:100], '{}') AS evidence,
        to_char(min(l.processed_at) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') AS bucket ${LOG}
      WHERE ${IN_SPAN} AND l.operation = 'openCase' AND l.action = 'read' GROUP BY l.staff_id
      HAVING count(DISTINCT l.request_id) >= 20 AND count(DISTINCT l.request_id) FILTER (WHERE l.purpose_code = 'other') >= 5
        AND count(DISTINCT l.request_id) FILTER (WHERE l.purpose_code = 'other') * 10 > count(DISTINCT l.request_id)`,
  },
  {
    code: "sameText",
    name: "同じ説明を繰り返した",
    about: "期間の中で、同じ文の説明を20回以上書きました。",
    sql: `SELECT l.staff_id, NULL::bigint AS addressee_number, min(l.processed_at) AS first_at, max(l.processed_at) AS last_at,
        count(DISTINCT l.request_id)::int AS occurrences, ${EVIDENCE} AS evidence,
        to_char(min(l.processed_at) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') || '/' || md5(l.purpose_text) AS bucket ${LOG}
      WHERE ${IN_SPAN} AND l.operation = 'openCase' AND l.purpose_text <> '' GROUP BY l.staff_id, l.purpose_text HAVING count(DISTINCT l.request_id) >= 20`,
  },
  {
    code: "refusedOften",
    name: "断られた操作が多い",
    about: "1時間に5回以上、権限や処理事由がないために断られました。",
    sql: `SELECT l.staff_id, NULL::bigint AS addressee_number, ${SPAN}, ${EVIDENCE} AS evidence, ${HOUR} AS bucket ${LOG}
      WHERE ${IN_SPAN} AND l.action = 'refused' GROUP BY l.staff_id, ${HOUR} HAVING count(*) >= 5`,
  },
  {
    code: "afterSilence",
    name: "長く使わなかった職員の利用",
    about: "60日以上使っていなかった職員が、人の情報を開きました。",
    sql: `SELECT f.staff_id, NULL::bigint AS addressee_number, f.first_at, f.first_at AS last_at, 1 AS occurrences, ARRAY[f.seq] AS evidence,
        to_char(f.first_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS bucket
      FROM (SELECT DISTINCT ON (l.staff_id) l.staff_id, l.processed_at AS first_at, l.seq ${LOG} WHERE ${IN_SPAN} AND ${SEEN} ORDER BY l.staff_id, l.seq) f
      CROSS JOIN LATERAL (SELECT max(b.processed_at) AS at FROM access.log b WHERE b.staff_id = f.staff_id AND b.processed_at < f.first_at) before
      WHERE before.at < f.first_at - interval '60 days'`,
  },
  {
    code: "logInFailures",
    name: "ログインの失敗が多い",
    about: "1日に5回以上、ログインに失敗しました。",
    sql: `SELECT staff_id, NULL::bigint AS addressee_number, first_at, last_at, failures AS occurrences, '{}'::bigint[] AS evidence, day::text AS bucket
      FROM access.log_in_failures($1, $2, 5) WHERE $3::date[] IS NOT NULL`,
  },
];

const byCode: ReadonlyMap<string, LogRule> = new Map(logRules.map((rule) => [rule.code, rule]));

/** A rule by its code; of a finding of an older version the code stands for itself. */
export function ruleOf(code: string): Pick<LogRule, "name" | "about"> {
  return byCode.get(code) ?? { name: code, about: "" };
}
