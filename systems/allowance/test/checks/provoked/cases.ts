/** What provokes each check of the procedures about people and families. */
import { form } from "../../support/filings.ts";
import { exOfficio } from "../../support/families.ts";
import type { Provocation } from "./claims.ts";
import { foundIn, foundInCancellation, P, type World } from "./world.ts";
import type { FilingForm } from "../../../src/filings/form.ts";

export const typed = (finds: readonly string[], filed: (world: World) => FilingForm): Provocation => ({
  finds,
  by: async (world) => await foundIn(world.clerk, filed(world)),
});

const own = ({ right }: World, claimant: number, of: number = claimant) => ({ claimant, recipientId: right(of) });

const review =
  (receivedOn: string, more: object) =>
  (world: World): FilingForm =>
    form("annualReview", receivedOn, { ...own(world, P.father), year: 2026, unchanged: true, ...more });

export const annualReviewProvocations: readonly Provocation[] = [
  typed(["stop recipient.kind", "note annualReport.late"], (world) =>
    form("annualReview", "2026-11-18", { ...own(world, P.home), year: 2026, unchanged: true }),
  ),
  typed(["stop annualReport.known"], (world) =>
    form("annualReview", "2026-11-18", { ...own(world, P.other), year: 2026, unchanged: true }),
  ),
  typed(["look annualReport.early", "look annualReport.changed"], review("2026-05-20", { unchanged: false })),
  { finds: ["look annualReport.hold"], by: async (world) => await foundInCancellation(world, "annualReview") },
];

const change = (finds: readonly string[], more: object, claimant: number = P.father): Provocation =>
  typed(finds, (world) => form("change", "2026-11-18", { ...own(world, claimant), on: "2026-11-10", ...more }));

const address = (wardCode: string) => ({ address: { postalCode: "8600000", address: "架空町９丁目", wardCode } });

export const changeProvocations: readonly Provocation[] = [
  change(["stop address.outside"], address("131016")),
  change(["look address", "note address.ward"], address("431028")),
  change(["stop spouse.unknown"], {
    spouse: { now: { number: P.unknown, name: "架空　配子", kana: "カクウ　ハイコ" }, cause: "婚姻" },
  }),
  change(["stop spouse.self"], {
    spouse: { now: { number: P.father, name: "架空　配子", kana: "カクウ　ハイコ" }, cause: "婚姻" },
  }),
  change(["stop child", "note child.apart"], {
    children: [{ child: P.otherChild, living: "apart", apartReason: "work" }],
  }),
  change(["stop person"], { name: { name: "架空　改子", kana: "カクウ　カイコ" } }, P.late),
  change(["look change.on", "look name"], { on: "2026-12-10", name: { name: "架空　改子", kana: "カクウ　カイコ" } }),
];

const service = (claimant: number, more: object) =>
  exOfficio("publicService", "2026-11-18", { claimant, employer: "架空省", from: "2026-11-01", ...more });

export const consequencesProvocations: readonly Provocation[] = [typed(["stop case"], () => service(P.erased, {}))];

const died = (claimant: number, diedOn: string) =>
  exOfficio("death", "2026-11-20", { claimant, diedOn, evidence: "住民票" });

export const deathProvocations: readonly Provocation[] = [
  typed(["stop person"], () => died(P.unknown, "2026-11-10")),
  typed(["stop diedOn"], () => died(P.deadSingle, "2026-10-21")),
  typed(["stop register", "look recipient.none"], () => died(P.single, "2026-11-10")),
  typed(["note survivor.claim"], () => died(P.underway, "2026-11-12")),
  { finds: ["note death.register"], by: async (world) => await foundInCancellation(world, "death") },
];

export const detentionProvocations: readonly Provocation[] = [
  typed(["stop person", "note detention.claim"], () =>
    exOfficio("detention", "2026-11-18", { claimant: P.unknown, from: "2026-10-01", to: "2026-11-01" }),
  ),
];

const guardian = (claimant: number, more: object) =>
  form("guardian", "2026-11-18", {
    claimant,
    recipientKind: "individual",
    child: P.guarded,
    action: "appointed",
    on: "2026-11-10",
    evidence: "審判書",
    ...more,
  });

export const guardianProvocations: readonly Provocation[] = [
  typed(["stop guardian", "stop child"], () => guardian(P.unknown, { child: P.unknown })),
  typed(["stop guardian.kind"], () => guardian(P.office, {})),
  typed(["stop guardian.known"], () => guardian(P.neighbour, {})),
  typed(["stop guardian.missing"], () => guardian(P.single, { action: "ended" })),
  typed(["look guardian.others", "note guardian.claim"], () => guardian(P.single, {})),
];

export const institutionChangeProvocations: readonly Provocation[] = [
  typed(["stop recipient.kind", "stop institution"], (world) =>
    form("institutionChange", "2026-11-18", {
      ...own(world, P.father),
      on: "2026-11-10",
      name: { name: "架空園", kana: "カクウエン" },
    }),
  ),
];

const priority = (claimant: number, other: number, child: number, kind = "courtSummons") =>
  form("livingTogetherPriority", "2026-11-18", {
    claimant,
    children: [{ child, livesHereSince: "2026-10-20" }],
    other: { number: other, name: "架空　他親" },
    otherPaidBy: "city",
    evidence: { kind, on: "2026-11-06" },
    apartSince: "2026-10-15",
  });

export const livingTogetherPriorityProvocations: readonly Provocation[] = [
  typed(["stop person.unknown"], () => priority(P.single, P.unknown, P.baby)),
  typed(["stop other.household", "look other.recipient", "note event"], () => priority(P.single, P.neighbour, P.baby)),
  typed(["stop child"], () => priority(P.single, P.father, P.unknown)),
  typed(["stop evidence"], () => priority(P.single, P.father, P.elder, "reconciliation")),
  typed(["look claimant.residence"], () => priority(P.gone, P.father, P.elder)),
  typed(["look child.household"], () => priority(P.single, P.father, P.elder)),
];

const moved = (claimant: number, plannedOn: string, more: object = {}) =>
  exOfficio("moveOut", "2026-11-20", { state: "planned", claimant, plannedOn, ...more });

export const moveOutProvocations: readonly Provocation[] = [
  typed(["stop person", "note moveOut.guide"], () => moved(P.unknown, "2026-10-21")),
  typed(["stop register"], () => moved(P.single, "2026-10-21")),
  typed(["stop plannedOn"], () => moved(P.mover, "2026-10-22")),
  typed(["look movedInOn"], () => moved(P.mover, "2026-10-21", { state: "moved", movedInOn: "2026-11-02" })),
  { finds: ["note moveOut.register"], by: async (world) => await foundInCancellation(world, "moveOut") },
];

export const numberChangeProvocations: readonly Provocation[] = [
  typed(["stop person", "stop changedOn", "note number"], () =>
    form("numberChange", "2026-11-18", {
      claimant: P.father,
      person: P.unknown,
      changedOn: "2026-12-10",
      cause: "leaked",
    }),
  ),
];

const designate = (claimant: number, child: number, more: object = {}) =>
  form("parentDesignation", "2026-11-16", {
    action: "designate",
    claimant,
    children: [child],
    parentNames: ["架空　父"],
    signedOn: "2026-11-10",
    validFrom: "2026-11-16",
    ...more,
  });
const endDesignation = (claimant: number, child: number) =>
  form("parentDesignation", "2026-11-20", {
    action: "end",
    claimant,
    children: [child],
    endedOn: "2026-11-18",
    cause: "parentReturned",
  });

export const parentDesignationProvocations: readonly Provocation[] = [
  typed(["stop parent.resident"], () => designate(P.single, P.guarded, { parents: [P.neighbour] })),
  typed(["stop child.residence"], () => designate(P.single, P.goneChild)),
  typed(["stop child.age"], () => designate(P.single, P.grown)),
  typed(["stop designation.period", "look designation.signed"], () =>
    designate(P.single, P.guarded, { until: "2026-11-15", signedOn: "2026-11-17" }),
  ),
  typed(["stop designation.exists"], () => designate(P.single, P.designated)),
  typed(["stop designation.missing"], () => endDesignation(P.single, P.guarded)),
  typed(["look designee.residence"], () => designate(P.gone, P.guarded)),
  typed(["look child.household"], () => designate(P.single, P.elder)),
  typed(["note parent.claim"], () => endDesignation(P.other, P.designated)),
];

const placement = (claimant: number, institution: number, more: object = {}) =>
  exOfficio("placement", "2026-11-20", {
    claimant,
    institution,
    placeKind: "childrenHome",
    placeName: "架空園",
    placedOn: "2026-10-10",
    authority: "架空児童相談所",
    ...more,
  });

export const placementProvocations: readonly Provocation[] = [
  typed(["stop institution", "stop child"], () => placement(P.unknown - 1, P.unknown)),
  typed(["look institution.kind", "note placement.claim"], () => placement(P.elder, P.single)),
  typed(["note placement.short"], () => placement(P.elder, P.office, { plannedUntil: "2026-11-10" })),
  typed(["note placement.leftClaim"], () => placement(P.elder, P.office, { endedOn: "2026-11-10" })),
];

export const publicServiceProvocations: readonly Provocation[] = [
  typed(["stop person"], () => service(P.unknown, {})),
  typed(["stop publicService.known"], () => service(P.neighbour, { from: "2020-04-01" })),
  typed(["look publicService.overlap"], () => service(P.neighbour, { from: "2021-04-01" })),
  typed(["note publicService.claim"], () => service(P.single, { to: "2026-11-10" })),
];

const apart =
  (claimant: number, of: number, child: number, since = "2026-11-01") =>
  (world: World): FilingForm =>
    form("separateCare", "2026-11-18", {
      ...own(world, claimant, of),
      children: [{ child, since, reason: "workPosting", care: "毎月の送金" }],
    });

export const recipientNamedProvocations: readonly Provocation[] = [
  typed(["stop recipient"], apart(P.father, P.other, P.elder)),
  typed(["stop recipient.ended"], apart(P.ended, P.ended, P.endedChild)),
  typed(["look recipient.ended"], (world) =>
    form("annualReview", "2026-11-18", { ...own(world, P.ended), year: 2026, unchanged: true }),
  ),
];

export const separateCareProvocations: readonly Provocation[] = [
  typed(["stop child", "look child.register"], apart(P.father, P.father, P.unknown)),
  typed(["look child.since", "look child.household"], apart(P.father, P.father, P.elder, "2026-11-19")),
];

const study =
  (child: number, more: object = {}) =>
  (world: World): FilingForm =>
    form("studyAbroad", "2026-11-18", {
      ...own(world, P.father),
      child,
      leftOn: "2026-10-01",
      livedInJapanSince: "2016-05-10",
      school: "架空学校",
      country: "架空国",
      withParents: false,
      ...more,
    });

export const studyAbroadProvocations: readonly Provocation[] = [
  typed(["stop child"], study(P.otherChild)),
  typed(
    ["look study.residence", "look study.parents"],
    study(P.elder, { livedInJapanSince: "2024-10-01", withParents: true }),
  ),
  typed(["note study.limit"], study(P.elder)),
];
