/** The facts of a case for the plain calculator, put together a second time from the rows of the registers. */
import type { PlainCase } from "@hagukumi/law/contract.ts";

import type { Registers } from "./registers.ts";

type Cells = readonly string[];
type Span = { from: string; to: string | null };
type PlainChild = PlainCase["children"][number];
type PlainClaim = NonNullable<PlainCase["claims"]>[number];

const orNull = (cell: string | undefined): string | null => (cell === undefined || cell === "" ? null : cell);

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** The last day of the month `YYYY-MM`. */
function lastDay(month: string): string {
  const [year = 0, of = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, of, 0)).toISOString().slice(0, 10);
}

/** 31 March at the end of the school year in which somebody turns so old; born on 2 April is the first of a year, born on the 1st the last. */
function schoolYearEnd(born: string, age: number): string {
  const late = born.slice(5) > "04-01" ? 1 : 0;
  return `${Number(born.slice(0, 4)) + age + late}-03-31`;
}

/** Days in any of the spans, as spans that neither touch nor overlap. */
function union(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from.localeCompare(b.from))) {
    const last = found.at(-1);
    if (last === undefined || (last.to !== null && span.from > dayAfter(last.to))) found.push({ ...span });
    else if (last.to !== null && (span.to === null || span.to > last.to)) last.to = span.to;
  }
  return found;
}

/** A span ends on the first reported last day that lies in it. */
function endedBy(span: Span, ends: readonly string[]): Span {
  const end = ends.toSorted().find((day) => day >= span.from && (span.to === null || day < span.to));
  return end === undefined ? span : { ...span, to: end };
}

type Life = { readonly born: string; readonly died: string | null; readonly here: readonly Span[] };

/** 住民状態: 1 lives here from that day on; 2, 3 and 9 lived here up to that day. */
function lifeOf(rows: readonly Cells[]): Life {
  const here: Span[] = [];
  let died: string | null = null;
  for (const cells of rows) {
    const [state, on = ""] = [cells[6], cells[7]];
    const last = here.at(-1);
    if (state === "3") died = on;
    if (state === "1" && (last === undefined || last.to !== null)) here.push({ from: on, to: null });
    if (state !== "1" && last !== undefined && last.to === null) {
      if (on < last.from) here.pop();
      else last.to = on;
    }
  }
  return { born: rows[0]?.[14] ?? "", died, here };
}

const ofKind = (rows: readonly Cells[], kind: string): readonly Cells[] => rows.filter((cells) => cells[0] === kind);
const spansOf = (rows: readonly Cells[]): Span[] =>
  rows.map((cells) => ({ from: cells[3] ?? "", to: orNull(cells[4]) }));

type Mention = { readonly claim: Cells; readonly row: Cells };

function careOf(mentions: readonly Mention[], born: string, ends: readonly string[]): Span[] {
  return union(
    mentions
      .filter(({ row }) => row[2] === "child")
      .map(({ row }) => endedBy({ from: orNull(row[5]) ?? born, to: orNull(row[6]) }, ends)),
  );
}

function supportOf(mentions: readonly Mention[], born: string, ends: readonly string[]): Span[] {
  const spans = mentions
    .filter(({ row }) => row[2] === "counted" || orNull(row[7]) !== null)
    .map(({ row }): Span => {
      const graduates = orNull(row[9]);
      const until = [orNull(row[8]), graduates === null ? null : lastDay(graduates)].filter((day) => day !== null);
      const from = orNull(row[7]) ?? dayAfter(schoolYearEnd(born, 18));
      return endedBy({ from, to: until.length === 0 ? null : (until.toSorted()[0] ?? null) }, ends);
    });
  return union(spans.filter(({ from, to }) => to === null || to >= from));
}

function childOf(
  registers: Registers,
  claimant: string,
  kind: string,
  number: string,
  mentions: readonly Mention[],
): PlainChild {
  const { born, died } = lifeOf(registers.residents.get(number) ?? []);
  const statuses = registers.statuses.get(number) ?? [];
  const ends = (what: string): string[] =>
    ofKind(statuses, what)
      .filter((cells) => cells[2] === claimant)
      .map((cells) => cells[3] ?? "");
  const placed = ofKind(statuses, "institution");
  const own = placed.filter((cells) => cells[2] === claimant && cells[5] !== "1");
  const institutional = kind === "institution";
  const abroad = ofKind(statuses, "abroad");
  return {
    id: number,
    birthDate: born,
    serial: Number(mentions.at(-1)?.row[4] ?? 1),
    deathDate: died,
    care: institutional && own.length > 0 ? spansOf(own) : careOf(mentions, born, ends("careEnd")),
    supported: supportOf(mentions, born, ends("supportEnd")),
    abroad: abroad.map((cells) => ({
      from: cells[3] ?? "",
      to: orNull(cells[4]),
      study: cells[6] === "1",
      livedInJapanSince: orNull(cells[7]),
    })),
    institution: (institutional ? own : placed).map((cells) => ({
      from: cells[3] ?? "",
      to: orNull(cells[4]),
      shortStay: cells[5] === "1",
    })),
  };
}

const RECIPIENTS = { individual: 0, corporateGuardian: 0, institution: 0 } as const;
type Kind = keyof typeof RECIPIENTS;
const isKind = (text: string): text is Kind => text in RECIPIENTS;
const CLAIMS = { certification: 0, increase: 0, supportConfirmation: 0 } as const;
const isClaim = (text: string): text is PlainClaim["kind"] => text in CLAIMS;

/** One case: a claimant in one capacity, with the claims that the office granted. */
export function plainCase(
  registers: Registers,
  claimant: string,
  kind: string,
  claims: readonly Cells[],
  months: { readonly from: string; readonly until: string },
): PlainCase {
  if (!isKind(kind)) throw new TypeError(`受給者区分 ${kind}`);
  const inOrder = claims.toSorted((a, b) => (a[2] ?? "").localeCompare(b[2] ?? "") || Number(a[0]) - Number(b[0]));
  const mentions = inOrder.flatMap((claim) =>
    (registers.children.get(claim[0] ?? "") ?? []).map((row): Mention => ({ claim, row })),
  );
  const life = lifeOf(registers.residents.get(claimant) ?? []);
  const statuses = registers.statuses.get(claimant) ?? [];
  const children = [...Map.groupBy(mentions, ({ row }) => row[1] ?? "")].toSorted(([a], [b]) => Number(a) - Number(b));
  return {
    case: `${kind}/${claimant}`,
    ...months,
    mode: "full",
    recipient: {
      kind,
      ...(life.born === "" ? {} : { birthDate: life.born }),
      deathDate: life.died,
      ...(kind === "individual" ? { residence: life.here } : {}),
      publicServant: spansOf(ofKind(statuses, "publicServant")),
      detained: spansOf(ofKind(statuses, "detained")),
      incomes: (registers.incomes.get(claimant) ?? []).map((cells) => ({
        year: Number(cells[1]),
        employment: Number(cells[3]),
        pension: Number(cells[4]),
        other: Number(cells[5]),
        deductions: Number(cells[6]),
        dependants: Number(cells[7]),
        elderlyDependants: Number(cells[8]),
        knownOn: orNull(cells[9]),
      })),
    },
    children: children.map(([number, own]) => childOf(registers, claimant, kind, number, own)),
    claims: inOrder.flatMap((cells): readonly PlainClaim[] => {
      const what = cells[1] ?? "";
      if (!isClaim(what)) return [];
      const on = orNull(cells[7]);
      const obstacle = orNull(cells[8]);
      const named = (registers.children.get(cells[0] ?? "") ?? []).map((row) => row[1] ?? "");
      const cause = {
        kind: cells[6] ?? "",
        ...(on === null ? {} : { on }),
        ...(obstacle === null ? {} : { obstacleEndedOn: obstacle }),
      };
      return [{ kind: what, receivedOn: cells[2] ?? "", children: named, cause }];
    }),
  };
}
