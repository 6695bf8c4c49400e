/** 口座番号の二重入力 (I-52): the number is typed a second time from the paper; a slip of the hand differs, and stops the filing. */

type Typed = { readonly numberAgain?: string | undefined } & (
  | { readonly accountNumber: string }
  | { readonly yuchoNumber: string }
);

/** Digits alone, without the zeros in front that passbooks print or leave out. */
const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .replaceAll(/\D/g, "")
    .replace(/^0+(?=\d)/, "");

/** What the second typing says: another number, the same, or nothing was typed a second time. */
export function secondTyping(account: Typed): "differs" | "same" | "none" {
  if (account.numberAgain === undefined) return "none";
  const first = "yuchoNumber" in account ? account.yuchoNumber : account.accountNumber;
  return plain(account.numberAgain) === plain(first) ? "same" : "differs";
}

/** What is said of another number. */
export const NUMBER_TWICE = "2回入力した口座番号が違います。通帳の写しを見て、正しい番号を両方に入力してください。";

/** What is said where the number was typed once: nothing else has looked at its digits. */
export const NUMBER_ONCE =
  "口座番号が1回しか入力されていません。通帳の写しの番号と1字ずつ照らすか、金融機関に照会してから決裁してください。";
