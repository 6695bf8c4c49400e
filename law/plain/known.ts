/** The case as it was known on a day: later claims, tax notices and events do not exist yet. */
import type { Case, Period } from "./case.ts";

export function asKnownOn(line: Case): Case {
  const today = line.knownOn ?? null;
  if (today === null) return line;
  const seen = <P extends Period>(periods: readonly P[]): P[] =>
    periods
      .filter((each) => each.from <= today)
      .map((each) => (each.to !== null && each.to > today ? { ...each, to: null } : each));
  const day = (text: string | null | undefined): string | null =>
    text === null || text === undefined || text > today ? null : text;
  const { recipient } = line;
  return {
    ...line,
    claims: (line.claims ?? []).filter((each) => each.receivedOn <= today),
    recipient: {
      ...recipient,
      deathDate: day(recipient.deathDate),
      ...(recipient.residence === undefined ? {} : { residence: seen(recipient.residence) }),
      publicServant: seen(recipient.publicServant ?? []),
      detained: seen(recipient.detained ?? []),
    },
    children: line.children
      .filter((each) => each.birthDate <= today)
      .map((each) => ({
        ...each,
        deathDate: day(each.deathDate),
        ...(each.care === undefined ? {} : { care: seen(each.care) }),
        supported: seen(each.supported ?? []),
        abroad: seen(each.abroad ?? []),
        institution: seen(each.institution ?? []),
      })),
  };
}
