/** The account on a claim: converted, found in the bank master of the day, in the claimant's own name (A102, A106). */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import { checkNewAccount, type CheckedAccount } from "../../accounts/check-account.ts";
import { NUMBER_ONCE, NUMBER_TWICE, secondTyping } from "../../accounts/typed-twice.ts";
import type { Difference } from "../../filings/procedure.ts";
import { look, note, stop } from "../../procedures/answers.ts";
import { isHolder } from "../holder.ts";
import type { ClaimContent } from "./content.ts";

export type ClaimAccountCheck = {
  readonly account: CheckedAccount | null;
  readonly differences: readonly Difference[];
};

async function holderDifferences(
  client: PoolClient,
  content: ClaimContent,
  holder: string,
  exception: string | undefined,
): Promise<Difference[]> {
  if (content.subject.recipientKind !== "individual") return [];
  const { rows } = await client.query<{ kana: string }>(
    "SELECT kana FROM allowance.person_current WHERE addressee_number = $1",
    [content.subject.claimant],
  );
  const kana = rows[0]?.kana;
  if (kana === undefined || isHolder(holder, kana)) return [];
  const sides = { filed: holder, registered: kana };
  if (exception === undefined) {
    const text = "口座名義が請求者のカナ氏名と一致しません。本人の口座にするか、例外とする理由を記録してください。";
    return [stop("account.holder", text, sides)];
  }
  return [look("account.holder", `口座名義が請求者と異なります（例外の理由: ${exception}）。`, sides)];
}

/** Recipients of other people who are paid to the same account. */
async function sharedDifferences(client: PoolClient, claimant: number, account: CheckedAccount): Promise<Difference[]> {
  const { rows } = await client.query<{ recipient_id: number }>(
    `SELECT DISTINCT a.recipient_id FROM allowance.account a JOIN allowance.recipient r USING (recipient_id)
     WHERE (a.bank, a.branch, a.account_type, a.account_number) = ($1, $2, $3, $4) AND r.addressee_number <> $5
       AND a.account_id = (SELECT max(x.account_id) FROM allowance.account x WHERE x.recipient_id = a.recipient_id)
     ORDER BY a.recipient_id`,
    [account.bank, account.branch, account.accountType, account.accountNumber, claimant],
  );
  if (rows.length === 0) return [];
  const others = rows.map(({ recipient_id }) => String(recipient_id)).join("・");
  return [
    look(
      "account.shared",
      `同じ口座が、別の受給者（認定番号 ${others}）の振込先です。番号の誤りがないか確かめてください。`,
      {
        registered: others,
      },
    ),
  ];
}

/** Checks the typed account. `account` is null where there is none, or where it can't be used. */
export async function checkClaimAccount(
  client: PoolClient,
  content: ClaimContent,
  day: CivilDate,
): Promise<ClaimAccountCheck> {
  const typed = content.account;
  if (typed === null) return { account: null, differences: [] };
  if ("publicAccount" in typed) {
    const text = "公金受取口座を使う申出です。照会の回答で口座を登録するまで、支払には入りません。";
    return { account: null, differences: [look("account.public", text)] };
  }
  const { exception, ...given } = typed;
  const checked = await checkNewAccount(client, given, day);
  if (!checked.ok) {
    return {
      account: null,
      differences: [stop("account.invalid", `口座を登録できません。${checked.problem.message}`)],
    };
  }
  const { account, warnings } = checked;
  const again = secondTyping(given);
  return {
    account,
    differences: [
      ...warnings.map((warning) => note("account.warning", warning)),
      ...(again === "differs" ? [stop("account.numberTwice", NUMBER_TWICE)] : []),
      ...(again === "none" ? [note("account.numberOnce", NUMBER_ONCE)] : []),
      ...(await holderDifferences(client, content, account.holder, exception)),
      ...(await sharedDifferences(client, content.subject.claimant, account)),
    ],
  };
}
