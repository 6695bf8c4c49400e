/** 同定 as it is pasted: one line a character, its parts apart by commas or tabs, quoted or not. */

export type TypedLine = { readonly from: string; readonly to: string; readonly basis: string };

const unquoted = (text: string): string => {
  const trimmed = text.trim();
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
};

/** Empty lines and a heading (文字,同定先,根拠) are left out. What is wrong with a line the server says. */
export function parseLines(text: string): readonly TypedLine[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [from = "", to = "", ...rest] = line.split(/[,\t、，]/).map(unquoted);
    if (`${from}${to}` === "" || from === "文字") return [];
    return [{ from, to, basis: rest.join("、") }];
  });
}
