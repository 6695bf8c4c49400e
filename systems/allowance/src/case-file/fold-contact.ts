/** The form under which a telephone number or an address is found again, however it was written. */

const KANJI_ZERO = /[〇零]/g;

/**
 * Telephone and fax: digits alone, with +81 as the leading 0 (`＋81 96-328-2111` → `0963282111`). E-mail: half-width,
 * lower case, without spaces. A text without anything left folds to itself without spaces, so that it stays findable.
 */
export function foldContact(kind: string, value: string): string {
  const plain = value.normalize("NFKC").replace(KANJI_ZERO, "0");
  if (kind === "email") return plain.replace(/\s/g, "").toLowerCase();
  const international = /^\s*\+\s*81/.test(plain);
  const digits = (international ? plain.replace(/^\s*\+\s*81/, "") : plain).replace(/\D/g, "");
  const national = international && !digits.startsWith("0") ? `0${digits}` : digits;
  return national === "" ? plain.replace(/\s/g, "").toLowerCase() : national;
}
