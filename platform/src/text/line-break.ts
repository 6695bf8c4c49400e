/** 行の折返し with 禁則処理 (JIS X 4051, the part that letters need): where a text may be broken, by measured width. */

/** Never at the beginning of a line. */
const NOT_FIRST =
  "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃％ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}";
/** Never at the end of a line. */
const NOT_LAST = "‘“（〔［｛〈《「『【￥＄￡([{";

const isWord = (character: string): boolean => /^[0-9A-Za-z,.%:/+\-_]$/.test(character);

/**
 * The lines of a text that is at most `room` wide. A number or word of Latin letters stays whole where it fits a line of its own.
 * A line feed always breaks.
 *
 * @param characters the text cut into what is drawn as one (a character with its selector)
 * @param widthOf width of one of them, in the unit of `room`
 */
export function brokenLines(
  characters: readonly string[],
  widthOf: (character: string) => number,
  room: number,
): readonly string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let width = 0;
  const end = (kept: number): void => {
    const rest = line.slice(kept);
    lines.push(line.slice(0, kept).join(""));
    line = rest;
    width = rest.reduce((sum, each) => sum + widthOf(each), 0);
  };
  for (const character of characters) {
    if (character === "\n") {
      lines.push(line.join(""));
      line = [];
      width = 0;
      continue;
    }
    const own = widthOf(character);
    if (width + own > room && line.length > 0) end(breakBefore(line, character));
    line.push(character);
    width += own;
  }
  lines.push(line.join(""));
  return lines;
}

/** How many characters of the full line stay on it when `next` comes after it. */
function breakBefore(line: readonly string[], next: string): number {
  let at = line.length;
  let following = next;
  while (at > 1) {
    const last = line[at - 1] ?? "";
    const inWord = isWord(last) && isWord(following);
    if (!inWord && !NOT_FIRST.includes(following) && !NOT_LAST.includes(last)) return at;
    following = last;
    at -= 1;
  }
  // One word, or signs alone, wider than the line: it is cut where the line is full.
  return line.length;
}
