/** What provokes each check of claims, reports and withdrawals. */
import { civilDate } from "@hagukumi/law/contract.ts";

import { cancelAndDecideAgain } from "../../../src/filings/correct.ts";
import { examineFiling, overrideProposal } from "../../../src/filings/examine.ts";
import type { Difference } from "../../../src/filings/procedure.ts";
import { submitFiling } from "../../../src/filings/receive.ts";
import { recordFeedStates } from "../../../src/register-changes/feed-state.ts";
import { exOfficio } from "../../support/families.ts";
import { decided, form } from "../../support/filings.ts";
import { account, childAccountOf, foundIn, foundInCancellation, P, secondClaim, type World } from "./world.ts";

/** One way to look, and the checks (weight and code) that it must find. */
export type Provocation = {
  readonly finds: readonly string[];
  readonly by: (world: World) => Promise<readonly Difference[]>;
};

type Content = Readonly<Record<string, unknown>>;

const child = (number: number, more: Content = {}): Content => ({ number, role: "child", ...more });

const claim = (claimant: number, children: readonly Content[], more: Content = {}, receivedOn = "2026-11-06") =>
  form("certificationIndividual", receivedOn, {
    claimant,
    cause: "other",
    employeeClass: "employee",
    account: account("7900001"),
    children,
    ...more,
  });

const claimed = (finds: readonly string[], ...about: Parameters<typeof claim>): Provocation => ({
  finds,
  by: async ({ clerk }) => await foundIn(clerk, claim(...about)),
});

const birth = { cause: "birth", causeOn: "2026-10-25" };
const moveIn = { cause: "moveIn", causeOn: "2026-10-25" };
const baby = [child(P.baby)];
const written = { name: "架空　違子", kana: "カクウ　チガイ", birthDate: "1991-02-02", address: "架空町９丁目" };
const withAccount = (more: Content) => ({ ...birth, account: account("7900001", more) });

export const claimProvocations: readonly Provocation[] = [
  claimed(["stop claimant.register", "stop child.register"], P.office, [child(P.home)]),
  claimed(["stop claimant.dead"], P.deadSingle, baby, birth),
  claimed(["stop claimant.residence"], P.gone, baby, birth),
  {
    finds: ["stop child.placedElsewhere"],
    by: async ({ clerk }) =>
      await foundIn(
        clerk,
        form("certificationInstitution", "2026-11-06", {
          claimant: P.office,
          cause: "enteredInstitution",
          causeOn: "2026-11-01",
          account: account("7900002", { holder: "カクウエン" }),
          children: [child(P.homeChild)],
        }),
      ),
  },
  claimed(["stop child.attached", "look child.household"], P.single, [child(P.elder)]),
  claimed(
    ["stop child.excluded"],
    P.single,
    [...baby, { number: P.grown, role: "counted", exclusion: "selfReliance" }],
    birth,
  ),
  claimed(["stop cause.ground"], P.single, baby, {
    ...birth,
    ruleGround: { kind: "addressChange", evidence: "住民票" },
  }),
  claimed(["stop former.unconfirmed"], P.unconfirmed, baby, moveIn),
  claimed(["stop former.overlap"], P.overlapping, baby, moveIn),
  claimed(["look former.notAsked", "note cause.moveIn"], P.single, baby, moveIn),
  claimed(["look former.unanswered"], P.unanswered, baby, moveIn),
  claimed(["note former.answered"], P.answered, baby, moveIn),
  claimed(["stop account.holder"], P.single, baby, withAccount({ holder: "カクウ　ハナコ" })),
  claimed(["look account.holder"], P.single, baby, withAccount({ holder: "カクウ　ハナコ", exception: "婚姻前の名" })),
  claimed(["stop account.invalid"], P.single, baby, withAccount({ branch: "999" })),
  claimed(["stop account.numberTwice"], P.single, baby, withAccount({ numberAgain: "7900010" })),
  claimed(["note account.numberOnce"], P.single, baby, withAccount({})),
  claimed(["look account.shared"], P.single, baby, { ...birth, account: account("0085011") }),
  claimed(["look account.public"], P.single, baby, { ...birth, account: { publicAccount: true } }),
  claimed(["note account.warning"], P.single, baby, {
    ...birth,
    account: { yuchoSymbol: "17181", yuchoNumber: "12345671", savings: false, holder: "カクウ　タロウ" },
  }),
  claimed(["stop person.unknown"], P.single, [child(P.unknown)]),
  {
    finds: ["stop recipient"],
    by: async ({ clerk, right }) =>
      await foundIn(
        clerk,
        form("increase", "2026-11-06", {
          claimant: P.father,
          recipientId: right(P.other),
          ...birth,
          children: baby,
        }),
      ),
  },
  {
    // Somebody wants to grant what the law refuses: the child is paid for to somebody else.
    finds: ["stop override.grant", "look filing.same"],
    by: async ({ clerk }) => {
      const papersOf = await submitFiling(clerk, { form: claim(P.sheltered, [child(P.elder)]) });
      await submitFiling(clerk, { form: claim(P.sheltered, baby, birth) });
      const { filingId } = await examineFiling(clerk, { filingId: papersOf.filingId });
      const override = { filingId, outcome: "grant" as const, reasonCode: "other", reason: "架空の理由" };
      return (await overrideProposal(clerk, override)).proposal.differences;
    },
  },
  {
    finds: ["stop document.*"],
    by: async ({ clerk }) => {
      const { filingId } = await submitFiling(clerk, { form: claim(P.answered, baby, birth) });
      return (await examineFiling(clerk, { filingId })).proposal.differences;
    },
  },
  claimed(
    [
      "look claimant.birthDate",
      "look child.birthDate",
      "note claimant.name",
      "note claimant.kana",
      "note claimant.address",
      "note child.name",
      "note child.kana",
      "note child.address",
    ],
    P.single,
    [child(P.baby, { written: { ...written, birthDate: "2026-10-26" } })],
    { ...birth, written },
  ),
  claimed(["look claimant.protected"], P.sheltered, baby, birth),
  claimed(["look claimant.residenceException"], P.gone, baby, {
    ...birth,
    residence: { ground: "violence", since: "2026-09-20", evidence: "保護命令" },
  }),
  claimed(["look claimant.recipient"], P.father, baby, birth),
  claimed(["look child.dead", "look child.residence"], P.single, [child(P.deadChild), child(P.goneChild)]),
  claimed(["look child.pending"], P.single, [child(P.pending)]),
  claimed(["look cause.birth"], P.single, baby, { ...birth, causeOn: "2026-10-24" }),
  claimed(["look spouse.mainEarner", "look spouse.income", "note spouse.publicServant"], P.single, baby, {
    ...birth,
    spouse: { number: P.other, publicServant: true },
    spouseIsMainEarner: true,
  }),
];

/** Taken in September instead, the second certification joins the first right, which it had outlived. */
export const replacedProvocations: readonly Provocation[] = [
  {
    finds: ["stop replaced"],
    by: async ({ clerk, decidedFilings }) => {
      const filingId = decidedFilings.get("secondRight") ?? 0;
      const again = { filingId, reason: "受付日の誤り", form: secondClaim("2026-09-15") };
      return (await cancelAndDecideAgain(clerk, again)).proposal.differences;
    },
  },
];

/** Found in every examination while the copied registers are old, or something of them can't be taken in. */
export const feedProvocations: readonly Provocation[] = [
  {
    finds: ["look feed.stale", "look feed.delayed"],
    by: async ({ clerk }) => {
      const state = { asOf: civilDate("2026-11-22"), staleAfter: 3 };
      const states = [
        { ...state, interfaceCode: "residents", name: "住民記録", delayed: true },
        { ...state, interfaceCode: "taxes", name: "税", asOf: civilDate("2026-11-01"), delayed: false },
      ];
      await recordFeedStates(clerk, states, "checks/feeds");
      const { filingId } = await submitFiling(clerk, { form: claim(P.overlapping, baby, birth) });
      return (await examineFiling(clerk, { filingId })).proposal.differences;
    },
  },
];

const designated = { cause: "parentDesignation", causeOn: "2026-11-02" };

export const designationProvocations: readonly Provocation[] = [
  claimed(["stop designation.missing"], P.single, [child(P.guarded)], designated),
  claimed(["stop designation.other"], P.single, [child(P.designated)], designated),
  claimed(["stop designation.expired"], P.single, [child(P.expired)], designated, "2026-11-20"),
];

type Report = { readonly claimant: number; readonly of?: number; readonly events: readonly Content[] };

const reported = (finds: readonly string[], { claimant, of = claimant, events }: Report): Provocation => ({
  finds,
  by: async ({ clerk, right }) =>
    await foundIn(clerk, form("extinction", "2026-11-18", { claimant, recipientId: right(of), events })),
});

export const reportProvocations: readonly Provocation[] = [
  reported(["stop register.movedOut", "stop register.recipientDeath", "stop register.childDeath"], {
    claimant: P.father,
    events: [
      { cause: "movedOut", on: "2026-11-01" },
      { cause: "recipientDeath", on: "2026-11-01" },
      { cause: "childDeath", child: P.elder, on: "2026-11-01" },
    ],
  }),
  reported(["look register.movedOut", "look register.childDeath"], {
    claimant: P.mover,
    events: [
      { cause: "movedOut", on: "2026-10-20" },
      { cause: "childDeath", child: P.moversChild, on: "2026-10-31" },
    ],
  }),
  reported(["look register.recipientDeath"], {
    claimant: P.underway,
    events: [{ cause: "recipientDeath", on: "2026-11-11" }],
  }),
  reported(["stop recipient"], { claimant: P.father, of: P.other, events: [{ cause: "detained", on: "2026-11-01" }] }),
  reported(["stop child.other"], {
    claimant: P.father,
    events: [{ cause: "careEnded", child: P.otherChild, on: "2026-11-01" }],
  }),
  reported(["stop events"], { claimant: P.father, events: [] }),
  {
    finds: ["stop evidence"],
    by: async ({ clerk, right }) => {
      const events = [{ cause: "detained", on: "2026-11-01" }];
      const content = { claimant: P.father, recipientId: right(P.father), events };
      return await foundIn(clerk, exOfficio("extinction", "2026-11-18", content));
    },
  },
  reported(["note unchanged"], {
    claimant: P.ended,
    events: [{ cause: "careEnded", child: P.endedChild, on: "2026-10-10" }],
  }),
  reported(["look recipient.ended"], { claimant: P.ended, events: [{ cause: "detained", on: "2026-11-05" }] }),
];

export const withdrawalProvocations: readonly Provocation[] = [
  {
    finds: ["stop target"],
    by: async ({ clerk }) =>
      await foundIn(
        clerk,
        form("withdrawal", "2026-11-20", {
          claimant: P.father,
          receptionNumber: "99999999",
          withdrawnOn: "2026-11-20",
        }),
      ),
  },
  {
    finds: ["stop target.ended"],
    by: async ({ clerk, decidedFilings }) => {
      const { rows } = await clerk.pool.query<{ number: string }>(
        "SELECT reception_number AS number FROM allowance.filing WHERE filing_id = $1",
        [decidedFilings.get("donation")],
      );
      const content = { claimant: P.other, receptionNumber: rows[0]?.number, withdrawnOn: "2026-11-20" };
      return await foundIn(clerk, form("withdrawal", "2026-11-20", content));
    },
  },
];

export const cancellationProvocations: readonly Provocation[] = [
  {
    // A cancellation is prepared; before it is decided, the account changes once more.
    finds: ["stop cancellation"],
    by: async ({ clerk, approver, right, corrections }) => {
      const filingId = corrections.get("childAccountAgain") ?? 0;
      await decided(clerk, approver, childAccountOf(right(P.publicHome), "7285003"));
      return (await examineFiling(clerk, { filingId })).proposal.differences;
    },
  },
  {
    // The end of the first right: a later certification rests on it, and the run has its months.
    finds: ["look cancellation.later"],
    by: async (world) => await foundInCancellation(world, "firstEnd"),
  },
  { finds: ["note cancellation.paid"], by: async (world) => await foundInCancellation(world, "certified") },
  { finds: ["note cancellation.dead"], by: async (world) => await foundInCancellation(world, "death") },
];
