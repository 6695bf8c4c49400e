/**
 * Refusals (拒否): what the product says when it will not do something.
 *
 * A refusal carries a stable code for machines and a Japanese message for people that says what was tried, what is
 * wrong and what to do. Everything else that is thrown is a defect of the program.
 */

/** Codes that the platform itself refuses with. A system adds its own: `Refusal<PlatformRefusalCode | AllowanceCode>`. */
export type PlatformRefusalCode =
  | "alreadyRunning"
  | "cancelled"
  | "commitOutcomeUnknown"
  | "constraintViolated"
  | "csvHeader"
  | "csvUnreadable"
  | "dataDamaged"
  | "databaseBusy"
  | "databaseStart"
  | "databaseStorage"
  | "databaseUnavailable"
  | "databaseVersion"
  | "duplicate"
  | "fileExists"
  | "invalidValue"
  | "linkInsecure"
  | "migrationChanged"
  | "migrationMissing"
  | "migrationNameInvalid"
  | "notPermitted"
  | "referenceMissing"
  | "storageCheckUnavailable"
  | "tlsInvalid";

/** Facts for machines that belong to a refusal (line, constraint, path …). Never personal data. */
export type RefusalDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** An expected refusal: `code` is from a closed set, `message` is Japanese and complete. */
export class Refusal<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: RefusalDetails;

  constructor(code: Code, message: string, details: RefusalDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}

/** What a violated constraint means, in the words of the system that owns the table. */
export type ConstraintMessage<Code extends string = string> = { readonly code: Code; readonly message: string };

/** Constraint name → refusal. The message repeats the constraint's COMMENT; a system's test compares the two. */
export type ConstraintMessages<Code extends string = string> = Readonly<Record<string, ConstraintMessage<Code>>>;

type DatabaseErrorFields = {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly schema?: unknown;
  readonly table?: unknown;
  readonly column?: unknown;
};

/** SQLSTATE of an error from the driver, or undefined where there is none. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code } = error as DatabaseErrorFields;
  return typeof code === "string" ? code : undefined;
}

const byState: Readonly<Record<string, readonly [PlatformRefusalCode, string]>> = {
  "23505": [
    "duplicate",
    "同じものがすでに登録されています。二重に登録することはできません。登録済みの内容を確認してください。",
  ],
  "23P01": [
    "constraintViolated",
    "期間または内容が、すでにある登録と重なっています。登録済みの内容を確認してください。",
  ],
  "23503": ["referenceMissing", "参照先の登録がないか、他の登録から参照されています。先に参照先を確認してください。"],
  "23514": ["constraintViolated", "値がデータベースの決まりに合いません。入力した値を確認してください。"],
  "23502": ["invalidValue", "必要な項目が空です。すべての必須項目を入力してください。"],
  "42501": [
    "notPermitted",
    "この操作をする権限がデータベースにありません。記録は変更できません。必要なら管理者に確認してください。",
  ],
  "40001": ["databaseBusy", "同時に行われた処理と重なったため、完了できませんでした。もう一度実行してください。"],
  "40P01": ["databaseBusy", "同時に行われた処理と重なったため、完了できませんでした。もう一度実行してください。"],
  "55P03": ["databaseBusy", "他の処理がこの記録を使っています。しばらくしてからもう一度実行してください。"],
  "53300": ["databaseBusy", "データベースへの接続が上限に達しています。しばらくしてからもう一度実行してください。"],
  "53100": [
    "databaseStorage",
    "データベースの保存先の空き容量が足りません。記録は変わっていません。空きを作ってから、もう一度実行してください。",
  ],
  "58030": [
    "databaseStorage",
    "データベースの保存先を読み書きできません。記録は変わっていません。ディスクの状態を確認してください。",
  ],
  XX001: [
    "dataDamaged",
    "保存された記録の一部が壊れていて、読めません。壊れた内容は使わず、何も変えていません。この装置での業務を止め、管理者に知らせてください。管理者は hagukumi verify storage で場所を確かめ、控えから戻してください。",
  ],
  XX002: [
    "dataDamaged",
    "保存された記録の一部が壊れていて、読めません。壊れた内容は使わず、何も変えていません。この装置での業務を止め、管理者に知らせてください。管理者は hagukumi verify storage で場所を確かめ、控えから戻してください。",
  ],
  "57014": ["cancelled", "処理が取り消されました。記録は変わっていません。"],
};

/** Classes of SQLSTATE and of connection errors for which the whole class has one meaning. */
function byClass(state: string): readonly [PlatformRefusalCode, string] | undefined {
  if (state.startsWith("22")) {
    return ["invalidValue", "値の形式または範囲が正しくありません。入力した値を確認してください。"];
  }
  const unreachable =
    state.startsWith("08") ||
    state.startsWith("57P") ||
    state.startsWith("28") ||
    ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "EAI_AGAIN"].includes(state);
  if (!unreachable) return undefined;
  return [
    "databaseUnavailable",
    "データベースに接続できないか、接続が切れました。データベースが動いているか、接続先（DATABASE_URL）を確認してください。",
  ];
}

/** The driver reports a connection that broke under a statement in words alone, without a code. */
function lostConnection(error: unknown): "08006" | undefined {
  const lost = /^Connection terminated|^Client (?:has encountered a connection error|was closed) and is not queryable/;
  return error instanceof Error && lost.test(error.message) ? "08006" : undefined;
}

/**
 * Translates a database error at the edge of a system. A constraint named in `messages` speaks in the system's words;
 * otherwise the SQLSTATE decides. Returns undefined for an error that is not an expected refusal (a defect: rethrow it).
 */
export function refusalFromDatabase<Code extends string>(
  error: unknown,
  messages: ConstraintMessages<Code>,
): Refusal<Code | PlatformRefusalCode> | undefined {
  const state = sqlState(error) ?? lostConnection(error);
  if (state === undefined) return undefined;
  const { constraint, schema, table, column } = error as DatabaseErrorFields;
  const details: Record<string, string> = { sqlState: state };
  for (const [key, value] of Object.entries({ constraint, schema, table, column })) {
    if (typeof value === "string") details[key] = value;
  }
  const known =
    typeof constraint === "string" && Object.hasOwn(messages, constraint) ? messages[constraint] : undefined;
  if (known !== undefined) return new Refusal(known.code, known.message, details, { cause: error });
  const general = byState[state] ?? byClass(state);
  return general === undefined ? undefined : new Refusal(general[0], general[1], details, { cause: error });
}

/** Runs `work` and throws the refusal for every database error that has one; other errors pass through unchanged. */
export async function refusing<T>(messages: ConstraintMessages, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalFromDatabase(error, messages) ?? error;
  }
}
