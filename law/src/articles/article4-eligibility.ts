/**
 * 児童手当法4条 (支給要件), 3条3項 (施設入所等児童), 17条 (公務員): in which days the facts let a recipient be paid for a child.
 * What comes out are spans of days; claims then decide from when a span is paid.
 */
import type { ChildFacts, RecipientFacts, RecipientKind } from "../case/types.ts";
import { monthOfDay, NEVER, readDay, type PackedDay } from "../dates/packed.ts";
import { clipped, joined, span, spansOf, without, type Span } from "../dates/spans.ts";
import { abroadExclusions, STUDY_ABROAD_YEARS_CHILD, STUDY_ABROAD_YEARS_COUNTED } from "./article3-study-abroad.ts";

/** The day of death if it was known on `knownBy`, else `NEVER`. */
export function knownDeath(deathDate: string | null | undefined, knownBy: PackedDay): PackedDay {
  if (deathDate === undefined || deathDate === null) return NEVER;
  const day = readDay(deathDate);
  return day <= knownBy ? day : NEVER;
}

/** 施設入所等: placements other than those fixed at two months or less (規則1条の2). */
const placements = (child: ChildFacts, knownBy: PackedDay): readonly Span[] =>
  spansOf(
    (child.institution ?? []).filter((period) => period.shortStay !== true),
    knownBy,
    "enteredInstitution",
  );

/**
 * 支給要件児童: the spans in which the child belongs to this kind of recipient.
 * A parent or guardian: care and common livelihood, not placed, in Japan or abroad for study. An institution: its placements;
 * where the case names none, `care` stands for the placement.
 */
export function childSpans(child: ChildFacts, kind: RecipientKind, knownBy: PackedDay): readonly Span[] {
  const born = readDay(child.birthDate);
  const died = knownDeath(child.deathDate, knownBy);
  if (born > knownBy) return [];
  const isInstitution = kind === "institution";
  let spans: readonly Span[] =
    child.care === undefined
      ? [span(born, NEVER, "careEnded")]
      : joined(spansOf(child.care, knownBy, isInstitution ? "leftInstitution" : "careEnded"));
  // A placement nobody knows of yet says nothing about the child of today.
  if (isInstitution && child.institution?.some((period) => readDay(period.from) <= knownBy) === true) {
    const placed = joined(placements(child, knownBy));
    spans = placed.flatMap((of) => clipped(spans, of.from, of.to, "leftInstitution"));
  }
  spans = clipped(spans, born, died, "childDeath");
  const excluding = [...abroadExclusions(child.abroad ?? [], knownBy, STUDY_ABROAD_YEARS_CHILD)];
  if (!isInstitution) excluding.push(...placements(child, knownBy));
  return without(spans, joined(excluding));
}

/**
 * 監護相当・生計費の負担: the spans in which a person after 18 is supported (6条2項2号, 規則1条の3の2).
 * A span of support counts in every month it touches. Periods are not joined: a new period is a new fact that wants a new
 * 確認書. 延長者等 in an institution are excluded.
 */
export function supportSpans(child: ChildFacts, knownBy: PackedDay): readonly Span[] {
  if (child.supported === undefined) return [];
  const born = readDay(child.birthDate);
  const touching = spansOf(child.supported, knownBy, "supportEnded").map((of) => ({
    ...of,
    firstMonth: monthOfDay(of.from),
  }));
  const alive = clipped(touching, born, knownDeath(child.deathDate, knownBy), "childDeath");
  const excluding = [
    ...abroadExclusions(child.abroad ?? [], knownBy, STUDY_ABROAD_YEARS_COUNTED),
    ...placements(child, knownBy),
  ];
  return without(alive, joined(excluding));
}

/**
 * 受給資格者: the spans in which this municipality pays this recipient. Residence here, not a public servant (17条), not
 * detained (昭49児手35号), alive. A public servant who is a foster parent, and any institution or corporate guardian, is paid by
 * the municipality all the same (17条, 18条4項), so those two facts count for individuals only.
 */
export function recipientSpans(recipient: RecipientFacts, knownBy: PackedDay): readonly Span[] {
  const living =
    recipient.residence === undefined
      ? [span(0, NEVER, "movedOut")]
      : joined(spansOf(recipient.residence, knownBy, "movedOut"));
  const alive = clipped(living, 0, knownDeath(recipient.deathDate, knownBy), "recipientDeath");
  if (recipient.kind !== "individual") return alive;
  const excluding = [
    ...spansOf(recipient.publicServant ?? [], knownBy, "becamePublicServant"),
    ...spansOf(recipient.detained ?? [], knownBy, "detained"),
  ];
  return without(alive, joined(excluding));
}
