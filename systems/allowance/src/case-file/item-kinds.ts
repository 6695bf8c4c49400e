/**
 * 記録される項目の種類 (評価書 II2④): each kind of item with the reason why the office needs it, and which items of 別添1 and which tables
 * beside it are of that kind. A dictionary for those who check the assessment: nothing reads personal data by it.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

export type ItemKind =
  | "individualNumber"
  | "internalNumber"
  | "fourItems"
  | "contact"
  | "otherResident"
  | "localTax"
  | "medicalInsurance"
  | "childWelfare"
  | "pension"
  | "payeeAccount";

/** 特定個人情報ファイルの名称 (評価書 I-3): every item of this dictionary belongs to it, wherever it is kept. */
export const PERSONAL_FILE = "児童手当情報ファイル";

/** 主な記録項目 and its 妥当性, in the order of the assessment. */
export const itemKinds: Readonly<Record<ItemKind, { readonly label: string; readonly reason: string }>> = {
  individualNumber: { label: "個人番号", reason: "対象者を正確に特定するため。番号は金庫だけにあり、ここには置かない" },
  internalNumber: { label: "その他識別情報（内部番号）", reason: "台帳の記載を、人・認定・受付ごとに結び付けるため" },
  fourItems: { label: "4情報（氏名・性別・生年月日・住所）", reason: "対象者を特定し、受給者台帳の基とするため" },
  contact: { label: "連絡先", reason: "届出や支払について、本人に連絡するため" },
  otherResident: { label: "その他住民票関係情報", reason: "世帯・続柄・異動から、監護と生計の関係を確かめるため" },
  localTax: { label: "地方税関係情報", reason: "所得による判定と、生計を維持する程度の高い人を確かめるため" },
  medicalInsurance: { label: "医療保険関係情報", reason: "被用者かどうか（費用負担の区分）を確かめるため" },
  childWelfare: { label: "児童福祉・子育て関係情報", reason: "認定・額改定・消滅・支払の事実と決定を記録するため" },
  pension: { label: "年金関係情報", reason: "被用者かどうか（費用負担の区分）を確かめるため" },
  payeeAccount: { label: "支払口座", reason: "手当を支払うため" },
};

/** What a view of 別添1 is mostly about, and the items of another kind. */
const OF_VIEW: Readonly<
  Record<string, { readonly kind: ItemKind; readonly but: readonly (readonly [RegExp, ItemKind])[] }>
> = (() => {
  const NUMBERS = [/番号$|連番$|^認定番号$|^事業コード$/, "internalNumber"] as const;
  const TAX = [/^税履歴管理履歴番号$|^所得判定区分コード$|^扶養親族等以外児童数$/, "localTax"] as const;
  const PENSION = [/年金/, "pension"] as const;
  const INSURANCE = [/^健康保険種別コード$|^資格取得年月日$/, "medicalInsurance"] as const;
  const allowance = { kind: "childWelfare", but: [TAX, PENSION, INSURANCE, NUMBERS] } as const;
  return {
    新児童手当資格情報: allowance,
    新児童手当児童情報: {
      kind: "childWelfare",
      but: [
        [/^児童生年月日$/, "fourItems"],
        [/^続柄コード$|^同居別居区分コード$|^別居理由コード$/, "otherResident"],
        NUMBERS,
      ],
    },
    新児童手当関係者情報: { kind: "childWelfare", but: [[/^続柄コード$/, "otherResident"], NUMBERS] },
    新児童手当改定情報: allowance,
    新児童手当年度別審査情報: allowance,
    宛名管理: {
      kind: "fourItems",
      but: [
        [/^住所/, "fourItems"],
        [/^事業最新フラグ$|^削除フラグ$|^登録年月日$|^福祉名フラグ$/, "otherResident"],
        NUMBERS,
      ],
    },
  };
})();

/** Tables beside 別添1 that hold one kind. */
const OF_TABLE: Readonly<Record<string, ItemKind>> = {
  contact: "contact",
  mailing_address: "contact",
  person_history: "otherResident",
  income_history: "localTax",
  tax_item: "localTax",
  linked_period: "medicalInsurance",
  coverage: "pension",
  status_period: "childWelfare",
  counted_sibling: "childWelfare",
  unpaid_item: "childWelfare",
  account: "payeeAccount",
  account_start: "payeeAccount",
};

export type DictionaryItem = {
  readonly kind: ItemKind;
  /** View of 別添1, table beside it, or where else it is kept */
  readonly place: string;
  /** Item of the view; null where the whole place is of the kind */
  readonly item: string | null;
  /** What the item says, in Japanese, as the database has it */
  readonly meaning: string;
};

function kindOf(view: string, item: string): ItemKind {
  const found = OF_VIEW[view];
  // A new view of 別添1 is tagged here before anybody asks.
  if (found === undefined) throw new Error(`no kind for the view ${view}`);
  return found.but.find(([pattern]) => pattern.test(item))?.[1] ?? found.kind;
}

/** The dictionary as the database is now: every item of 別添1 and the tables beside it, each with its kind. */
export async function itemDictionary(connection: Queryable): Promise<readonly DictionaryItem[]> {
  const { rows: items } = await connection.query<{ view: string; item: string; meaning: string }>(
    `SELECT c.relname AS view, a.attname AS item, coalesce(col_description(c.oid, a.attnum), '') AS meaning
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'annex1'::regnamespace AND c.relkind = 'v' ORDER BY c.relname, a.attnum`,
  );
  const { rows: tables } = await connection.query<{ name: string; meaning: string }>(
    `SELECT t.name, coalesce(obj_description(('allowance.' || t.name)::regclass), '') AS meaning FROM unnest($1::text[]) WITH ORDINALITY AS t(name, place) ORDER BY place`,
    [Object.keys(OF_TABLE)],
  );
  return [
    {
      kind: "individualNumber",
      place: "個人番号の金庫（別のデータベース）",
      item: null,
      meaning: "番号は暗号化して金庫だけに置き、ほかは団体内統合宛名番号で指す",
    },
    ...items.map(({ view, item, meaning }) => ({ kind: kindOf(view, item), place: view, item, meaning })),
    ...tables.map(({ name, meaning }) => ({
      kind: OF_TABLE[name] ?? "childWelfare",
      place: `allowance.${name}`,
      item: null,
      meaning,
    })),
  ];
}

/** A part of the database that holds rows of persons. */
export type FilePlace = {
  readonly schema: string;
  /** Its words in the database; name the file */
  readonly meaning: string;
  /** Tables with rows of persons, by the row security that they are under */
  readonly tables: number;
};

/** Every schema with tables of persons as the database is now. */
export async function filePlaces(connection: Queryable): Promise<readonly FilePlace[]> {
  const { rows } = await connection.query<FilePlace>(
    `SELECT n.nspname AS schema, coalesce(obj_description(n.oid, 'pg_namespace'), '') AS meaning, count(*)::int AS tables
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.relforcerowsecurity AND NOT c.relispartition GROUP BY n.oid, n.nspname ORDER BY n.nspname`,
  );
  return rows;
}
