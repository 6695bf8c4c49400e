/**
 * A workbook (Office Open XML, ISO/IEC 29500) out of tables: text is always text (inline strings, so that nothing can act as a formula),
 * numbers are numbers that can be added up. No formula, no link, no macro is ever written.
 */
import { zip } from "./zip.ts";

export type SheetValue = string | number | null;

export type Sheet = {
  /** Name of the tab; made fit and unique where it must be */
  readonly name: string;
  /** Lines above the table: title, moment, notes */
  readonly head: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SheetValue[])[];
  /** The last row, set off; null without one */
  readonly total: readonly SheetValue[] | null;
};

/** Most rows that a sheet of the format can hold. */
const MOST_ROWS = 1_048_576;

/** Text as XML wants it; characters that XML cannot hold become U+FFFD. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- that is what must not get in
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[<>&"]/g, (character) => ENTITIES[character] ?? character)
  );
}

const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };

/** A, B … Z, AA … */
function columnName(index: number): string {
  const rest = Math.floor(index / 26);
  return `${rest === 0 ? "" : columnName(rest - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

/** Styles, in the order of `STYLES`: plain, number with separators, bold, bold number, title. */
const STYLE = { plain: 0, number: 1, bold: 2, boldNumber: 3, title: 4 } as const;

function cell(at: string, value: SheetValue, strong: boolean): string {
  if (value === null || value === "") return strong ? `<c r="${at}" s="${STYLE.bold}"/>` : "";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`no number of a sheet: ${String(value)}`);
    return `<c r="${at}" s="${strong ? STYLE.boldNumber : STYLE.number}"><v>${String(value)}</v></c>`;
  }
  return textCell(at, value, strong ? STYLE.bold : STYLE.plain);
}

const textCell = (at: string, value: string, style: number): string =>
  `<c r="${at}" s="${String(style)}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;

/** Width in characters of the widest cell of a column; a full-width character counts twice. */
function widthOf(sheet: Sheet, index: number): number {
  const texts = [
    sheet.columns[index] ?? "",
    ...sheet.rows.map((row) => shown(row[index])),
    shown(sheet.total?.[index]),
  ];
  const widest = texts.reduce((most, text) => {
    const width = Array.from(text).reduce((sum, each) => sum + (/[\u0020-\u007eｦ-ﾟ]/.test(each) ? 1 : 2), 0);
    return Math.max(most, width);
  }, 0);
  return Math.min(Math.max(widest + 2, 8), 60);
}

function shown(value: SheetValue | undefined): string {
  return typeof value === "number" ? value.toLocaleString("ja-JP") : (value ?? "");
}

const row = (at: number, values: readonly SheetValue[], strong: boolean): string =>
  `<row r="${String(at)}">${values.map((value, index) => cell(`${columnName(index)}${String(at)}`, value, strong)).join("")}</row>`;

function sheetXml(sheet: Sheet): string {
  const headRow = sheet.head.length + (sheet.head.length === 0 ? 1 : 2);
  const lines = sheet.head.map((text, index) => {
    const at = String(index + 1);
    return `<row r="${at}">${textCell(`A${at}`, text, index === 0 ? STYLE.title : STYLE.plain)}</row>`;
  });
  lines.push(row(headRow, sheet.columns, true));
  for (const [index, values] of sheet.rows.entries()) lines.push(row(headRow + 1 + index, values, false));
  const last = headRow + sheet.rows.length + 1;
  if (last > MOST_ROWS) throw new RangeError(`a sheet holds ${String(MOST_ROWS)} rows at most`);
  if (sheet.total !== null) lines.push(row(last, sheet.total, true));
  const columns = sheet.columns.map((_, index) => {
    const number = String(index + 1);
    return `<col min="${number}" max="${number}" width="${String(widthOf(sheet, index))}" customWidth="1"/>`;
  });
  const pane = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${String(headRow)}" topLeftCell="A${String(headRow + 1)}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  return `${XML}<worksheet xmlns="${MAIN}">${pane}<cols>${columns.join("")}</cols><sheetData>${lines.join("")}</sheetData></worksheet>`;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const font = (rest: string): string => `<font>${rest}<name val="Yu Gothic"/></font>`;
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="3">${font('<sz val="11"/>')}${font('<b/><sz val="11"/>')}${font('<b/><sz val="14"/>')}</fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="3" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** Names of tabs: at most 31 characters, none of `: \ / ? * [ ]`, no apostrophe at an end, no two alike. */
function tabNames(sheets: readonly Sheet[]): readonly string[] {
  const taken = new Set<string>();
  return sheets.map(({ name }, index) => {
    const fit = name
      .replace(/[:\\/?*[\]]/g, "・")
      .replace(/^'+|'+$/g, "")
      .slice(0, 27);
    const unique = fit === "" || taken.has(fit.toLowerCase()) ? `${fit} ${String(index + 1)}`.trim() : fit;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

const relation = (id: string, type: string, target: string): string =>
  `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;

const part = (name: string, type: string): string =>
  `<Override PartName="/xl/${name}" ContentType="${TYPE}.${type}+xml"/>`;

/**
 * The bytes of a workbook. The same sheets give the same bytes.
 *
 * @throws RangeError without a sheet, for more rows than the format holds, and for NaN or an infinity
 */
export function workbook(sheets: readonly Sheet[]): Buffer {
  if (sheets.length === 0) throw new RangeError("a workbook needs a sheet");
  const ids = sheets.map((_, index) => String(index + 1));
  const tabs = tabNames(sheets).map((name, index) => {
    const id = String(index + 1);
    return `<sheet name="${escaped(name)}" sheetId="${id}" r:id="rId${id}"/>`;
  });
  return zip([
    {
      name: "[Content_Types].xml",
      content: `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part("workbook.xml", "sheet.main")}${part("styles.xml", "styles")}${ids.map((id) => part(`worksheets/sheet${id}.xml`, "worksheet")).join("")}</Types>`,
    },
    {
      name: "_rels/.rels",
      content: `${XML}<Relationships xmlns="${RELATIONS}">${relation("1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${tabs.join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `${XML}<Relationships xmlns="${RELATIONS}">${ids.map((id) => relation(id, "worksheet", `worksheets/sheet${id}.xml`)).join("")}${relation(String(sheets.length + 1), "styles", "styles.xml")}</Relationships>`,
    },
    { name: "xl/styles.xml", content: STYLES },
    ...sheets.map((sheet, index) => ({
      name: `xl/worksheets/sheet${String(index + 1)}.xml`,
      content: sheetXml(sheet),
    })),
  ]);
}
