import { kanaOf, type Name, writtenOf } from "../appearance/names.ts";
import type { Address } from "../appearance/places.ts";
import { type Day, isoOf } from "../base/day.ts";
import type { Home, Mark, Person } from "../people/person.ts";
import { quoted } from "./cells.ts";

/** A change of the register: a mark, a move of the whole household, or a change of 支援措置. */
type Change = { readonly day: Day; readonly mark?: Mark };

function addressOn(home: Home, day: Day): Address | undefined {
  let address = home.stays[0]?.address;
  for (const stay of home.stays) if (stay.from <= day) address = stay.address;
  return address;
}

/** Marks plus the days on which the household moved while the person belonged to it, and on which protection changed. */
function changesOf(person: Person, asOf: Day): Change[] {
  const changes: Change[] = person.marks.map((mark) => ({ day: mark.day, mark }));
  for (const [index, mark] of person.marks.entries()) {
    if (mark.kind !== "enter" && mark.kind !== "live") continue;
    const next = person.marks.slice(index + 1).find((later) => later.kind !== "rename" && later.kind !== "relation");
    const until = next?.day ?? asOf + 1;
    for (const stay of mark.home.stays) if (stay.from > mark.day && stay.from < until) changes.push({ day: stay.from });
  }
  const { protection } = person;
  if (protection !== undefined) {
    for (const day of [protection.from, protection.until]) {
      const last = person.marks.at(-1);
      const ended = last !== undefined && last.day <= (day ?? 0) && ["moveOut", "die", "strikeOut"].includes(last.kind);
      if (day !== undefined && !ended && !changes.some((change) => change.day === day)) changes.push({ day });
    }
  }
  return changes.toSorted((a, b) => a.day - b.day);
}

/** The day of the notification: some days after a birth or a move in, before a planned leaving. Fixed by the person's number. */
function reportedOn(person: Person, mark: Mark | undefined, day: Day, asOf: Day): Day {
  const spread = Number(person.number.slice(-3)) % 12;
  if (mark?.kind === "moveOut") return day - spread;
  return Math.min(asOf, day + spread);
}

/** 異動事由コード of every change but an entry, which brings its own. */
const causes = { live: "30", moveOut: "20", strikeOut: "22", die: "21", rename: "31", relation: "31" } as const;

function causeOf(mark: Mark | undefined, moved: boolean): string {
  if (mark === undefined) return moved ? "30" : "31";
  return mark.kind === "enter" ? mark.cause : causes[mark.kind];
}

const stateOf = { enter: "1", live: "1", rename: "1", relation: "1", moveOut: "2", die: "3", strikeOut: "9" } as const;

/** The records of residents.csv for one person, oldest first; the last one carries 最新フラグ. */
export function residentRows(person: Person, asOf: Day): string[] {
  const changes = changesOf(person, asOf);
  const rows: string[] = [];
  let home: Home | undefined;
  let relation = "";
  let name: Name = person.name;
  let previous = "";
  const { protection } = person;
  for (const [index, { day, mark }] of changes.entries()) {
    if (mark?.kind === "enter" || mark?.kind === "live") ({ home, relation } = mark);
    if (mark?.kind === "relation") ({ relation } = mark);
    if (mark?.kind === "rename") ({ name } = mark);
    const address = home === undefined ? undefined : addressOn(home, day);
    if (home === undefined || address === undefined) throw new Error(`住所のない履歴です: ${person.number}`);
    const moved = address.text !== previous;
    previous = address.text;
    const entered = mark?.kind === "enter" ? mark : undefined;
    const guarded =
      protection !== undefined && day >= protection.from && (protection.until === undefined || day < protection.until);
    rows.push(
      [
        person.number,
        index + 1,
        index === changes.length - 1 ? "1" : "0",
        "0",
        home.number,
        person.foreign ? "2" : "1",
        mark === undefined ? "1" : stateOf[mark.kind],
        isoOf(day),
        "0",
        isoOf(reportedOn(person, mark, day, asOf)),
        causeOf(mark, moved),
        writtenOf(name),
        kanaOf(name),
        person.sex,
        isoOf(person.born),
        person.birthUnknown === true ? "1" : "0",
        relation,
        address.ward,
        address.postcode,
        quoted(address.text),
        entered?.plannedMoveOut === undefined ? "" : isoOf(entered.plannedMoveOut),
        entered?.from ?? "",
        mark?.kind === "moveOut" ? mark.to : "",
        guarded ? "1" : "0",
        guarded || (protection?.until !== undefined && day >= protection.until) ? isoOf(protection?.from ?? day) : "",
        protection?.until !== undefined && day >= protection.from ? isoOf(protection.until) : "",
      ].join(","),
    );
  }
  return rows;
}
