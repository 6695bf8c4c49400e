/** Words for what was checked and where an entry is. */

/** 番号確認の書類 (番号法16条, 施行令12条) */
export const numberPaperLabels = {
  individualNumberCard: "個人番号カード",
  residentCertificate: "個人番号のある住民票の写し",
  notificationCard: "通知カード（記載に変更がないもの）",
  register: "住民基本台帳（職員による確認）",
} as const;

export type NumberPaper = keyof typeof numberPaperLabels;

/** 身元確認の書類 */
export const identityPaperLabels = {
  individualNumberCard: "個人番号カード",
  driversLicence: "運転免許証・運転経歴証明書",
  passport: "旅券",
  residenceCard: "在留カード・特別永住者証明書",
  twoPapers: "公的な書類2点",
  knownPerson: "面識などにより本人に相違ない",
  register: "連携による（本人の提示なし）",
} as const;

export type IdentityPaper = keyof typeof identityPaperLabels;

/** Where the 個人番号 of an addressee stands. */
export const numberStateLabels = {
  none: "登録なし",
  waiting: "付番待ち",
  unconfirmed: "確認待ち",
  confirmed: "登録済み",
} as const;

export type NumberState = keyof typeof numberStateLabels;
