/** 請求の判定: the typed claim as if it were stored, with what it takes over from others and what it takes the place of. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import { foresee, type Foresight, type UnstoredClaim } from "../../decisions/foresee.ts";
import { dayShape } from "../../filings/form.ts";
import type { Difference, FilingOf } from "../../filings/procedure.ts";
import type { CaseKey, ResidenceRow } from "../case-rows.ts";
import { closedDays as readClosedDays } from "../examine.ts";
import type { Answer } from "../judge-case.ts";
import { checkClaimAccount } from "./claim-account.ts";
import type { ClaimContent } from "./content.ts";
import { type Inherited, inheritedDays } from "./protected-date.ts";
import { type CauseDays, UNSTORED, unstoredClaim } from "./unstored-claim.ts";

/** The case that the claim belongs to. */
export const keyOf = ({ subject }: ClaimContent): CaseKey => ({
  claimant: subject.claimant,
  kind: subject.recipientKind,
});

/** The claims that the replaced filing brought, with the root of their chain. */
export type Replaced = { readonly claimId: number; readonly root: number; readonly granted: boolean };

async function replacedClaims(connection: Queryable, replaces: number | null): Promise<readonly Replaced[]> {
  if (replaces === null) return [];
  const { rows } = await connection.query<Replaced>(
    `SELECT c.claim_id AS "claimId", coalesce(z.root_claim, c.claim_id) AS root, a.outcome = 'grant' AS granted
     FROM allowance.claim c JOIN allowance.approval a USING (claim_id)
     LEFT JOIN allowance.claim_cancellation z ON z.replaced_by = c.claim_id WHERE c.filing_id = $1`,
    [replaces],
  );
  return rows;
}

/** 案の変更: the days that a person sets otherwise (`causeOn`, `obstacleEndedOn`, each a day). */
function adjusted(filing: FilingOf<unknown>, content: ClaimContent): CauseDays {
  const adjust = filing.override?.adjust ?? {};
  const day = (name: "causeOn" | "obstacleEndedOn"): CivilDate | null => {
    const parsed = dayShape.safeParse(adjust[name]);
    return parsed.success ? parsed.data : (content[name] ?? null);
  };
  return { causeOn: day("causeOn"), obstacleEndedOn: day("obstacleEndedOn") };
}

/** 居住の特例 that the claim brings with it: it is judged by them, and a grant records them. */
export function residencesOf({ declared, subject }: ClaimContent, filing: FilingOf<unknown>): readonly ResidenceRow[] {
  const residence = declared?.residence;
  if (residence === undefined || filing.override?.outcome === "refuse") return [];
  return [{ addressee_number: subject.claimant, valid_from: residence.since, valid_to: null }];
}

export type JudgedClaim = {
  readonly claim: UnstoredClaim;
  readonly days: CauseDays;
  readonly inherited: Inherited | null;
  readonly closedDays: readonly CivilDate[];
  readonly foresight: Foresight;
  readonly answer: Answer;
  readonly replaced: readonly Replaced[];
  readonly accountDifferences: readonly Difference[];
};

/** Reads only; the same in a preview, an examination and an approval. */
export async function judgeClaim(
  client: PoolClient,
  context: Context,
  content: ClaimContent,
  filing: FilingOf<unknown>,
): Promise<JudgedClaim> {
  const closedDays = await readClosedDays(client);
  const own = adjusted(filing, content);
  // Days set by a person stand as they are.
  const fixed = filing.override !== null && Object.keys(filing.override.adjust).length > 0;
  const inherited = fixed
    ? null
    : await inheritedDays(client, content, filing.receivedOn, own, { calendar: context.calendar, closedDays });
  const days: CauseDays = inherited ?? own;
  const { account, differences } = await checkClaimAccount(client, content, filing.receivedOn);
  const replaced = await replacedClaims(client, filing.replaces);
  const root = replaced.find(({ granted }) => granted)?.root ?? UNSTORED;
  const claim = unstoredClaim(content, filing, days, account, root);
  const withoutClaims = replaced.map(({ claimId }) => claimId);
  const foresight = await foresee(client, context, keyOf(content), {
    claims: [claim],
    withoutClaims,
    residences: residencesOf(content, filing),
  });
  const answer = foresight.answers.find((each) => each.claim.claim_id === UNSTORED);
  if (answer === undefined) throw new Error("the claim got no answer");
  return { claim, days, inherited, closedDays, foresight, answer, replaced, accountDifferences: differences };
}
