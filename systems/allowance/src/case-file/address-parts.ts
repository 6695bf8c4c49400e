/**
 * 住所の部分 (別添1 宛名管理: 自治体・町丁目・番・号・枝・地番編集・方書). The register sends an address as one line; the parts are
 * found by its form, and printing the parts gives that line back to the last character. What has no known form stays whole.
 * Pure.
 */

/** 地番編集: how 番, 号 and 枝 are put together */
export const LOT_FORMS = {
  numberAndBranchHouse: /^(?<block>D+)番(?<house>D+)-(?<branch>D+)号$/,
  numberAndHouse: /^(?<block>D+)番(?<house>D+)号$/,
  lotBranch: /^(?<block>D+)番地の(?<branch>D+)$/,
  lotHyphen: /^(?<block>D+)番地(?<branch>D+)$/,
  lot: /^(?<block>D+)番地$/,
  number: /^(?<block>D+)番$/,
  hyphen3: /^(?<block>D+)-(?<house>D+)-(?<branch>D+)$/,
  hyphen2: /^(?<block>D+)-(?<house>D+)$/,
} as const;

export type LotForm = keyof typeof LOT_FORMS | "verbatim";

/** Digits are kept as they came, half or full width. */
export type AddressParts = {
  /** 住所自治体漢字: city and ward */
  readonly municipality: string;
  /** 住所町丁目漢字 */
  readonly town: string;
  readonly lotForm: LotForm;
  readonly block: string;
  readonly house: string;
  readonly branch: string;
  /** 住所方書; the whole line where the form is `verbatim` */
  readonly building: string;
};

const DIGITS = "[0-9０-９]";
const forms: readonly (readonly [LotForm, RegExp])[] = Object.entries(LOT_FORMS).map(([name, form]) => [
  name as LotForm,
  new RegExp(form.source.replaceAll("D+", `${DIGITS}{1,6}`), "u"),
]);

/** City and ward, then a town that ends before the first digit or with 丁目, then the lot. */
const LINE = new RegExp(
  `^(?<municipality>[^0-9０-９　]{1,20}?[市区町村](?:[^0-9０-９　市区町村]{1,4}区)?)(?<town>[^0-9０-９　]+(?:(?:${DIGITS}{1,2})丁目)?)(?<lot>${DIGITS}[^　]*)$`,
  "u",
);

const whole = (line: string): AddressParts => ({
  municipality: "",
  town: "",
  lotForm: "verbatim",
  block: "",
  house: "",
  branch: "",
  building: line,
});

function joined({ lotForm, block, house, branch }: AddressParts): string {
  switch (lotForm) {
    case "numberAndHouse":
      return `${block}番${house}号`;
    case "numberAndBranchHouse":
      return `${block}番${house}-${branch}号`;
    case "lot":
      return `${block}番地`;
    case "lotBranch":
      return `${block}番地の${branch}`;
    case "lotHyphen":
      return `${block}番地${branch}`;
    case "hyphen2":
      return `${block}-${house}`;
    case "hyphen3":
      return `${block}-${house}-${branch}`;
    case "number":
      return `${block}番`;
    case "verbatim":
      return "";
    default:
      return lotForm satisfies never;
  }
}

/** The line as it came. */
export function printAddress(parts: AddressParts): string {
  if (parts.lotForm === "verbatim") return parts.building;
  const building = parts.building === "" ? "" : `　${parts.building}`;
  return `${parts.municipality}${parts.town}${joined(parts)}${building}`;
}

/** Splits a line; `printAddress(splitAddress(line)) === line` for every line. */
export function splitAddress(line: string): AddressParts {
  const space = line.indexOf("　");
  const ground = space === -1 ? line : line.slice(0, space);
  const building = space === -1 ? "" : line.slice(space + 1);
  const found = LINE.exec(ground)?.groups;
  if (found === undefined || (space !== -1 && building === "")) return whole(line);
  const { municipality = "", town = "", lot = "" } = found;
  for (const [lotForm, form] of forms) {
    const numbers = form.exec(lot)?.groups;
    if (numbers === undefined) continue;
    const { block = "", house = "", branch = "" } = numbers;
    const parts = { municipality, town, lotForm, block, house, branch, building };
    return printAddress(parts) === line ? parts : whole(line);
  }
  return whole(line);
}
