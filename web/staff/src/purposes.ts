/** 処理事由: why a person is opened. A closed list; the first is taken when nothing was chosen. */

export const purposes = {
  inquiry: "窓口・電話での照会",
  examination: "請求・届出の審査",
  payment: "支払の確認",
  returned: "振込不能への対応",
  correction: "訂正・返納の手続",
  audit: "監査・点検",
} as const;

export type PurposeCode = keyof typeof purposes;

/** The code asked for, or the first of the list. Never free text: it goes into the audit trail and the address bar. */
export function purposeOf(code: string | undefined): PurposeCode {
  return code !== undefined && Object.hasOwn(purposes, code) ? (code as PurposeCode) : "inquiry";
}
