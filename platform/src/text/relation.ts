/**
 * 続柄コード in words: two characters each, up to four of them, each the relation to the one before (20 + 12 = 子の妻).
 *
 * Source: 住民基本台帳 連携項目 (続柄コード); the old codes 21–29 (長男 and the like) are 子 today.
 */
const WORDS: Readonly<Record<string, string>> = {
  "02": "世帯主",
  "03": "準世帯主",
  "11": "夫",
  "12": "妻",
  "13": "夫（未届）",
  "14": "妻（未届）",
  "20": "子",
  "51": "父",
  "52": "母",
  "53": "養父",
  "54": "養母",
  "71": "兄",
  "74": "弟",
  "81": "姉",
  "84": "妹",
  "96": "縁故者",
  "98": "使用人",
  "99": "同居人",
};

const wordOf = (code: string): string | undefined => WORDS[code] ?? (/^2[1-9]$/.test(code) ? "子" : undefined);

/**
 * 続柄 as it is read: `2012` → 子の妻. What is no code of the list (words from a form, a code of one city) stays as it is.
 *
 * @param relation 続柄コード (1–4 codes of two characters) or the words of a form
 */
export function relationText(relation: string): string {
  const codes = relation.match(/../g) ?? [];
  if (relation.length % 2 !== 0 || codes.length > 4) return relation;
  const words = codes.map(wordOf);
  return words.includes(undefined) ? relation : words.join("の");
}
