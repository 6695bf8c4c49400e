/** 通知書を組む: one source row and the people of its slice → what the envelope says, or why it can't go out by itself. Pure. */
import type { Calendar, CivilDate } from "@hagukumi/law/contract.ts";
import { fiscalYearEnd, parseCivilDate } from "@hagukumi/law/contract.ts";
import { printable, UNPRINTABLE } from "@hagukumi/platform/print/glyphs.ts";

import type { Form, Matter } from "../forms/form.ts";
import type { FormVersion } from "../forms/form-codes.ts";
import { sealDigest, type Texts } from "../texts/text-blocks.ts";
import { createGate, fieldsOf, type ShownAddress } from "./fields.ts";
import { inNameOfBenefit } from "./benefit-name.ts";
import { type Block, type Envelope, fiscalYearOf, type LetterContent } from "./letter.ts";
import type { PersonRecord } from "./people.ts";
import { type SourceRow, textOf, textsOf } from "./source-row.ts";

/** 手作業トレイ or left out, and why. `protected`: a letter that touches a protected person (I-3, A189). */
export type StopReason =
  | "protected"
  | "addresseeDead"
  | "childDead"
  | "movedOut"
  | "noAddress"
  | "overAge"
  | "character"
  | "amountDiffers";

export const stopLabels: Readonly<Record<StopReason, string>> = {
  protected: "支援措置の対象者に関わる",
  addresseeDead: "宛名の人が死亡している",
  childDead: "通知に載る児童が死亡している",
  movedOut: "宛名の人が転出・消除され、送付先がない",
  noAddress: "宛名の住所がない",
  overAge: "児童が対象の年齢を過ぎている",
  character: "氏名・住所に印字できない文字がある",
  amountDiffers: "通知の額が元帳の額と合わない",
};

/** The reason for people who may not know that somebody is protected: the same words for every letter that a person looks at. */
export const openLabel = (reason: StopReason): string =>
  reason === "protected" ? "職員の確認が要る" : stopLabels[reason];

/** `print`: goes with the run; `tray`: a person looks at it first; `leftOut`: not sent at all. */
export type Route = { readonly to: "print" } | { readonly to: "tray" | "leftOut"; readonly reason: StopReason };

export type ComposedLetter = {
  readonly content: LetterContent;
  readonly amount: number | null;
  readonly route: Route;
  /** Addresses that the letter shows beside its envelope (proof list) */
  readonly shownAddresses: readonly ShownAddress[];
};

export type ComposeFor = {
  readonly calendar: Calendar;
  readonly documentOn: CivilDate;
  readonly texts: Texts;
  readonly people: ReadonlyMap<number, PersonRecord>;
  /** 宛名番号 whose household or children have a protected person (see ../sources/protected.ts) */
  readonly protectedCases: ReadonlySet<number>;
  readonly documentNumber: string;
  readonly wardCode: string;
  readonly demo: boolean;
};

const versionOf = (source: SourceRow): FormVersion =>
  source.recipientKind === "institution" ? "institution" : "general";

function envelopeOf(source: SourceRow, person: PersonRecord | undefined): Envelope {
  if (person === undefined) {
    return { postalCode: "", lines: [], name: source.outsideParty ?? "", honorific: "御中" };
  }
  const name = person.letterName === "" ? person.name : person.letterName;
  const lines = [person.address, person.building].filter((line) => line !== "");
  return { postalCode: person.postalCode, lines, name, honorific: person.organization ? "御中" : "様" };
}

/** 教示 by the kind of the decision (R22, R45): governor, mayor, or the mayor and then the governor. */
export function appealBlock(matter: Matter, texts: Texts): Block | null {
  if (matter === "none") return null;
  const authority = texts.get("authority");
  const kind = matter === "own" ? "appeal.own" : authority.wardHeadsDelegated ? "appeal.wardHead" : "appeal.delegated";
  const { title, lines } = texts.get(kind);
  const filled = (line: string): string =>
    line
      .replaceAll("{市}", authority.city)
      .replaceAll("{市長}", authority.mayor)
      .replaceAll("{知事}", authority.governor);
  return { kind: "box", title, lines: lines.map(filled) };
}

/** Whether this letter may go out by itself. The first reason that holds decides; protection before all others. */
function routeOf(form: Form, source: SourceRow, about: ComposeFor, touched: boolean): Route {
  const { people, protectedCases, documentOn } = about;
  const stop = (reason: StopReason): Route =>
    form.purpose === "guide" && reason !== "protected" && reason !== "noAddress" && reason !== "character"
      ? { to: "leftOut", reason }
      : { to: "tray", reason };
  const named = source.named.map((number) => people.get(number));
  const addressee = source.addressee === null ? undefined : people.get(source.addressee);
  const ours = [...(source.addressee === null ? [] : [source.addressee]), ...source.named];
  // 現況: its own gate has found a protected person on the form.
  if (textOf(source.facts, "tray") === "manual") return stop("protected");
  if (touched || addressee?.protected === true || named.some((each) => each?.protected === true))
    return stop("protected");
  if (ours.some((number) => protectedCases.has(number))) return stop("protected");
  if (addressee?.dead === true) return stop("addresseeDead");
  if (named.some((each) => each?.dead === true)) return stop("childDead");
  const tooOld = (birthDate: string | null): boolean => {
    const born = birthDate === null ? undefined : parseCivilDate(birthDate);
    return born !== undefined && fiscalYearEnd(born, 18) < documentOn;
  };
  if (form.childrenOnly === true && named.length > 0 && named.every((each) => tooOld(each?.birthDate ?? null)))
    return stop("overAge");
  if (addressee?.movedOut === true && addressee.source !== "mailing") return stop("movedOut");
  if (addressee === undefined || addressee.source === "none") return stop("noAddress");
  const texts = [
    addressee.name,
    addressee.letterName,
    addressee.address,
    addressee.building,
    ...named.map((each) => each?.name ?? ""),
  ];
  if (texts.some((each) => printable(each).text.includes(UNPRINTABLE))) return stop("character");
  return { to: "print" };
}

/** 別居の児童の住所: of whom the city's setting and the gate of 現況届 let it be printed; of nobody once the family has a protected member. */
function separatedOf(source: SourceRow, { people, protectedCases }: ComposeFor): ReadonlySet<number> {
  const ours = [...(source.addressee === null ? [] : [source.addressee]), ...source.named];
  const covered = ours.some((number) => protectedCases.has(number) || people.get(number)?.protected === true);
  return covered || textOf(source.facts, "tray") === "manual"
    ? new Set()
    : new Set(textsOf(source.facts, "separated").map(Number));
}

/** An organization is spoken to as one: 貴施設, 貴法人. */
const spokenTo = (block: Block, version: FormVersion, person: PersonRecord | undefined): Block =>
  block.kind === "text" && block.text.startsWith("あなたの") && person?.organization === true
    ? { ...block, text: `${version === "institution" ? "貴施設" : "貴法人"}${block.text.slice(3)}` }
    : block;

/** Composes one letter. */
export function composeLetter(form: Form, source: SourceRow, about: ComposeFor): ComposedLetter {
  const { texts, people, documentOn } = about;
  const gate = createGate(source.addressee, people, separatedOf(source, about));
  const version = versionOf(source);
  const authority = texts.get("authority");
  const composed = form.compose(fieldsOf(form.fields, gate), source, {
    calendar: about.calendar,
    documentOn,
    version,
    cityName: authority.city,
  });
  const issuer = texts.get("issuer", about.wardCode);
  const contact = texts.get("contact", about.wardCode);
  const note = texts.find("note", form.code);
  const appeal = appealBlock(composed.matter ?? form.matter, texts);
  const person = source.addressee === null ? undefined : people.get(source.addressee);
  const { title, blocks } = inNameOfBenefit(
    source.facts,
    composed.title ?? (version === "institution" ? form.institutionTitle : form.title),
    composed.blocks,
  );
  const content: LetterContent = {
    form: form.code,
    number: form.number,
    edition: form.edition,
    version,
    title: composed.title !== undefined && version === "institution" ? `${title}（施設等受給者用）` : title,
    documentNumber: about.documentNumber,
    documentOn,
    fiscalYear: fiscalYearOf(documentOn),
    envelope: envelopeOf(source, person),
    sender: texts.get("sender").lines,
    issuer: {
      title: issuer.title,
      name: issuer.name,
      seal: issuer.withSeal && issuer.seal !== null ? sealDigest(issuer.seal) : null,
    },
    blocks: [
      ...blocks.map((block) => spokenTo(block, version, person)),
      ...(note === undefined ? [] : note.lines.map((line): Block => ({ kind: "text", text: line }))),
      ...(appeal === null ? [] : [appeal]),
      { kind: "box", title: contact.title, lines: contact.lines },
    ],
    reissue: null,
    mark: about.demo ? "デモ（架空のデータ）" : "",
  };
  return {
    content,
    amount: composed.amount ?? null,
    route: routeOf(form, source, about, gate.touched.size > 0),
    shownAddresses: gate.shown,
  };
}
