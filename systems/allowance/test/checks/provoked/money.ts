/** What provokes each check of accounts, donations, collections and unpaid allowance. */
import type { FilingForm } from "../../../src/filings/form.ts";
import { onDay } from "../../support/families.ts";
import { form } from "../../support/filings.ts";
import { typed } from "./cases.ts";
import type { Provocation } from "./claims.ts";
import { account, foundIn, foundInCancellation, P, type World } from "./world.ts";

const own = ({ right }: World, claimant: number, of: number = claimant) => ({ claimant, recipientId: right(of) });
const YUCHO = { yuchoSymbol: "17181", yuchoNumber: "12345671", savings: false, holder: "カクウ　タロウ" };

const accounted = (finds: readonly string[], content: object): Provocation =>
  typed(finds, (world) => form("accountChange", "2026-11-20", { ...own(world, P.father), ...content }));

export const accountChangeProvocations: readonly Provocation[] = [
  accounted(["stop account.holder"], { account: account("7900001", { holder: "カクウ　ハナコ" }) }),
  accounted(["look account.holder"], {
    account: account("7900001", { holder: "カクウ　ハナコ" }),
    exception: "婚姻前の名",
  }),
  accounted(["stop account.invalid"], { account: account("7900001", { branch: "999" }) }),
  accounted(["stop account.numberTwice"], { account: account("7900001", { numberAgain: "7900010" }) }),
  accounted(["note account.numberOnce"], { account: account("7900001") }),
  accounted(["look account.warning"], { account: YUCHO }),
  accounted(["look account.shared"], { account: account("0085011") }),
  accounted(["stop account.branchOnPayDay"], { account: account("7900001", { branch: "202" }) }),
  typed(["stop account.answeredOn"], (world) =>
    form("publicAccountChoice", "2026-11-20", {
      ...own(world, P.father),
      choice: "publicAccount",
      signedOn: "2026-11-18",
      answer: { answeredOn: "2026-12-19", account: account("7900003") },
    }),
  ),
  {
    finds: ["note account.cutOff"],
    by: async (world) => {
      const late = form("accountChange", "2026-11-26", { ...own(world, P.father), account: account("7900001") });
      return await foundIn(onDay(world.clerk, "2026-11-27"), late);
    },
  },
  { finds: ["note account.paid"], by: async (world) => await foundInCancellation(world, "accountChange") },
];

const childs = (finds: readonly string[], content: (world: World) => object): Provocation =>
  typed(finds, (world) =>
    form("childAccount", "2026-11-20", {
      ...own(world, P.publicHome),
      recipientKind: "institution",
      child: P.publicChild,
      account: account("7900001"),
      ...content(world),
    }),
  );

export const childAccountProvocations: readonly Provocation[] = [
  childs(["stop recipient"], () => ({ recipientId: 9_999_999 })),
  childs(["stop child"], () => ({ child: P.otherChild })),
  childs(["stop childAccount.notPublic"], (world) => ({ ...own(world, P.home), child: P.homeChild })),
  childs(["stop childAccount.noGrant"], (world) => ({
    ...own(world, P.underwayChild, P.underway),
    ground: "unpaid",
    child: P.underwayChild,
  })),
  childs(["stop account.holder"], () => ({ account: account("7900001", { holder: "カクウ　ハナコ" }) })),
  childs(["look account.holder"], () => ({
    account: account("7900001", { holder: "カクウ　ハナコ" }),
    keptBy: "施設長",
  })),
  childs(["stop account.invalid"], () => ({ account: account("7900001", { branch: "999" }) })),
  childs(["stop account.numberTwice"], () => ({ account: account("7900001", { numberAgain: "7900010" }) })),
  childs(["note account.numberOnce"], () => ({ account: account("7900001") })),
  childs(["look account.warning"], () => ({ account: YUCHO })),
  childs(["look account.shared"], () => ({ account: account("0085011") })),
  { finds: ["note account.paid"], by: async (world) => await foundInCancellation(world, "childAccountAgain") },
];

const wish =
  (procedure: FilingForm["procedure"], claimant: number, more: object = {}) =>
  (world: World): FilingForm =>
    form(procedure, "2026-11-10", { ...own(world, claimant), ...more });

export const donationProvocations: readonly Provocation[] = [
  typed(["stop recipient.kind"], wish("donation", P.home, { recipientKind: "institution", scope: "all" })),
  typed(["stop donation.exists"], wish("donation", P.other, { scope: "all" })),
  typed(["stop donation.missing"], wish("donationChange", P.father, { scope: "all" })),
  typed(["stop donation.toPayment"], wish("donation", P.father, { scope: "all", toPayment: "2026-10" })),
  typed(["note donation.cutOff"], wish("donation", P.father, { scope: "all", fromPayment: "2026-10" })),
  { finds: ["note donation.paid"], by: async (world) => await foundInCancellation(world, "donation") },
];

const fee =
  (procedure: FilingForm["procedure"], claimant: number, child: number, more: object = {}) =>
  (world: World): FilingForm =>
    form(procedure, "2026-11-10", {
      ...own(world, claimant),
      child,
      creditorId: world.school,
      feeKind: "schoolLunch",
      cap: 1000,
      ...more,
    });

export const feeCollectionProvocations: readonly Provocation[] = [
  typed(["stop child"], fee("feeCollection", P.father, P.otherChild)),
  typed(["stop creditor"], fee("feeCollection", P.father, P.elder, { creditorId: 999 })),
  typed(["stop creditor.feeKind"], fee("feeCollection", P.father, P.elder, { feeKind: "nursery" })),
  typed(["stop fee.exists"], fee("feeCollection", P.other, P.otherChild)),
  typed(["stop fee.missing"], fee("feeCollectionChange", P.father, P.elder)),
  typed(["stop fee.toPayment"], fee("feeCollection", P.father, P.elder, { toPayment: "2026-10" })),
  typed(["note fee.cutOff"], fee("feeCollection", P.father, P.elder, { fromPayment: "2026-10" })),
  { finds: ["note fee.paid"], by: async (world) => await foundInCancellation(world, "fee") },
];

const unpaid = (world: World, of: number, child: number, more: object = {}): FilingForm =>
  form("unpaid", "2026-11-22", {
    claimant: child,
    recipientId: world.right(of),
    children: [child],
    account: account("7900005"),
    ...more,
  });
const ofDead = (finds: readonly string[], more: object = {}): Provocation =>
  typed(finds, (world) => unpaid(world, P.dead, P.deadsChild, more));

export const unpaidProvocations: readonly Provocation[] = [
  typed(["stop underway"], (world) => unpaid(world, P.underway, P.underwayChild)),
  ofDead(["stop person.unknown"], { children: [P.unknown] }),
  typed(["stop event"], (world) => unpaid(world, P.father, P.elder)),
  typed(["stop recipient"], (world) =>
    form("institutionUnpaid", "2026-11-22", {
      claimant: P.deadsChild,
      recipientId: world.right(P.dead),
      account: account("7900005"),
    }),
  ),
];

/** After the run of December has been cancelled: what it had taken is unpaid again. */
export const unpaidProvocationsAfterRun: readonly Provocation[] = [
  ofDead(["stop account.invalid"], { account: account("7900005", { branch: "999" }) }),
  ofDead(["stop account.holder"], { account: account("7900005", { holder: "カクウ　ハナコ" }) }),
  ofDead(["look account.holder"], {
    account: account("7900005", { holder: "カクウ　ハナコ" }),
    holderIs: "guardianForChild",
  }),
  {
    finds: ["note barred"],
    by: async (world) => {
      const late = { ...unpaid(world, P.dead, P.deadsChild), receivedOn: "2029-03-01" };
      return await foundIn(onDay(world.clerk, "2029-03-01"), late);
    },
  },
];
