/**
 * What a member of the staff may be allowed to do (操作権限), and the role table (権限表) that bundles it.
 *
 * The table in the database (`identity.permission`, `identity.role`, `identity.role_permission`) decides at run time, with
 * periods; these lists are what it was first filled with, and a test compares the two. One right for each kind of work
 * that the national standard wants apart (操作権限: ログ照会, 権限管理, 支援措置, 一括処理, 支払確定, パラメータ変更).
 */

/** 権限: code → its name on screens, and whether it opens 特定個人情報 of the allowance (only for 使用部署). */
export const permissions = {
  "case.search": { name: "対象者の検索", caseAccess: true },
  "case.open": { name: "対象者の照会", caseAccess: true },
  "case.note": { name: "メモの記録", caseAccess: true },
  "claim.receive": { name: "請求の受付", caseAccess: true },
  "claim.examine": { name: "請求の審査", caseAccess: true },
  "claim.override": { name: "判定の変更（理由の記録）", caseAccess: true },
  "claim.approve": { name: "認定等の決裁", caseAccess: true },
  "decision.exOfficio": { name: "職権処理の起案", caseAccess: true },
  "decision.exOfficioApprove": { name: "職権処理の決裁", caseAccess: true },
  "account.view": { name: "振込口座の照会", caseAccess: true },
  "account.change": { name: "振込口座の変更", caseAccess: true },
  "account.approve": { name: "振込口座の変更の確認", caseAccess: true },
  "hold.place": { name: "支払の差止め・保留", caseAccess: true },
  "hold.release": { name: "支払の差止め・保留の解除", caseAccess: true },
  "procedure.receive": { name: "届出・申出の受付", caseAccess: true },
  "procedure.approve": { name: "届出・申出の決裁", caseAccess: true },
  "payment.view": { name: "支払処理の照会", caseAccess: false },
  "payment.create": { name: "支払処理の作成", caseAccess: false },
  "payment.approve": { name: "支払の確定の決裁", caseAccess: false },
  "payment.release": { name: "振込データの送付", caseAccess: false },
  "batch.run": { name: "一括処理の実行", caseAccess: false },
  "export.create": { name: "データの抽出（EUC）", caseAccess: true },
  "export.approve": { name: "データの抽出の承認", caseAccess: true },
  "number.reveal": { name: "個人番号の表示", caseAccess: true },
  "number.enter": { name: "個人番号の入力", caseAccess: true },
  "number.confirm": { name: "個人番号の紐付けの確認", caseAccess: true },
  "addressee.consolidate": { name: "名寄せの申出・解除", caseAccess: true },
  "addressee.approve": { name: "名寄せの承認・確認リストへの回答", caseAccess: true },
  "protection.view": { name: "支援措置の照会", caseAccess: true },
  "protection.lift": { name: "支援措置の一時解除", caseAccess: true },
  "log.view": { name: "アクセスログの照会", caseAccess: false },
  "rights.apply": { name: "権限の申請", caseAccess: false },
  "rights.approve": { name: "権限の申請の承認", caseAccess: false },
  "rights.issue": { name: "権限の発行・失効", caseAccess: false },
  "parameter.change": { name: "パラメータの変更", caseAccess: false },
  "parameter.approve": { name: "パラメータの変更の承認", caseAccess: false },
  "statistics.view": { name: "統計の照会", caseAccess: false },
  "letter.print": { name: "通知書の作成と印刷", caseAccess: true },
  "letter.approve": { name: "通知書の見本の承認と発送", caseAccess: true },
  "transfer.receive": { name: "移転の願い出・受領・返却の記録", caseAccess: false },
  "review.check": { name: "現況届の書類の確認", caseAccess: false },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly caseAccess: boolean }>>;

export type Permission = keyof typeof permissions;

/** Every permission, in the order of the table. */
export const permissionCodes = Object.keys(permissions) as readonly Permission[];

const counter = [
  "case.search",
  "case.open",
  "case.note",
  "claim.receive",
  "procedure.receive",
  "account.view",
  "account.change",
  "hold.place",
  "number.enter",
  "payment.view",
] as const satisfies readonly Permission[];

/** 役割: code → name and what it allows. */
export const roles = {
  clerk: { name: "担当者", permissions: counter },
  wardClerk: { name: "区の担当者", permissions: counter },
  examiner: {
    name: "審査担当",
    permissions: [
      ...counter,
      "claim.examine",
      "claim.override",
      "decision.exOfficio",
      "export.create",
      "number.confirm",
      "number.reveal",
      "addressee.consolidate",
      "parameter.change",
      "statistics.view",
      "letter.print",
    ],
  },
  approver: {
    name: "決裁者（係長・課長）",
    permissions: [
      "case.search",
      "case.open",
      "case.note",
      "claim.approve",
      "decision.exOfficioApprove",
      "account.view",
      "account.approve",
      "hold.release",
      "number.confirm",
      "addressee.approve",
      "procedure.approve",
      "payment.view",
      "export.approve",
      "rights.apply",
      "parameter.approve",
      "statistics.view",
      "letter.approve",
    ],
  },
  treasurer: {
    name: "支払担当",
    permissions: ["payment.view", "payment.create", "payment.approve", "payment.release"],
  },
  paymentReleaser: { name: "送付担当", permissions: ["payment.view", "payment.release"] },
  protectionOfficer: {
    name: "支援措置担当",
    permissions: [
      "case.search",
      "case.open",
      "case.note",
      "protection.view",
      "protection.lift",
      "letter.print",
      "letter.approve",
    ],
  },
  itOfficer: { name: "情報政策課", permissions: ["rights.issue"] },
  rightsApprover: { name: "権限の承認者", permissions: ["rights.approve"] },
  auditor: { name: "監査", permissions: ["log.view", "statistics.view"] },
  contractor: { name: "受託者", permissions: ["batch.run"] },
  transferOffice: { name: "保護管理援護課", permissions: ["transfer.receive"] },
  /** 委託先6 (評価書 II-4-6): compares the papers of 現況届 and can do nothing else */
  reviewChecker: { name: "現況届の確認の受託者", permissions: ["review.check"] },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly permissions: readonly Permission[] }>>;

export type Role = keyof typeof roles;

/** Every role, in the order of the table. */
export const roleCodes = Object.keys(roles) as readonly Role[];

/** @returns whether `text` is the code of a permission */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text);
}

/** @returns whether `text` is the code of a role */
export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}
