/**
 * A claim filed by hand (窓口・郵送): the same columns, checks and statements as the feed, plus the checks that a clerk can
 * still act on at the counter – the branch on that day, ゆうちょ記号番号, the holder's name.
 */
import { randomUUID } from "node:crypto";

import { type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { convertYucho, YUCHO_BANK } from "@hagukumi/platform/bank/yucho.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import { branchesOn } from "../bank-master/branches.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { addClaimChildren, addClaims } from "../register/add-claims.ts";
import { type Feed, rowDigest } from "../register/feed.ts";
import { claimChildrenFeed } from "../register/feeds/claim-children.ts";
import { type ClaimAccount, claimsFeed } from "../register/feeds/claims.ts";
import type { RowProblem } from "../register/row-problem.ts";
import { RowReader } from "../register/row-reader.ts";
import { refuseDoubleKeys, stageRows } from "../register/stage.ts";
import { isHolder } from "./holder.ts";

const text = z.string().max(400);
const cell = text.optional();

const accountShape = z.union([
  z.strictObject({ bank: text, branch: text, accountType: text, accountNumber: text, holder: text }),
  /** ゆうちょ銀行 as printed in the passbook; `savings` for 通常貯蓄貯金 */
  z.strictObject({ yuchoSymbol: text, yuchoNumber: text, savings: z.boolean().optional(), holder: text }),
]);

const childShape = z.strictObject({
  number: text,
  role: text,
  relation: cell,
  serial: z.union([z.int(), text]),
  careFrom: cell,
  careTo: cell,
  supportFrom: cell,
  supportTo: cell,
  graduationMonth: cell,
  living: cell,
  livelihood: cell,
});

/** A claim as JSON. Values and lengths are those of claims.csv and claim_children.csv (docs/連携ファイル仕様.md). */
export const claimFormShape = z.strictObject({
  receptionNumber: text,
  kind: text,
  receivedOn: text,
  channel: text,
  claimant: text,
  recipientKind: text,
  cause: text,
  causeOn: cell,
  obstacleEndedOn: cell,
  employeeClass: cell,
  ward: text,
  account: accountShape.optional(),
  children: z.array(childShape).min(1).max(99),
});

export type ClaimForm = z.infer<typeof claimFormShape>;

export type FiledClaim = {
  readonly receptionNumber: string;
  /** False where exactly this claim had been received before */
  readonly added: boolean;
  /** What a clerk should know, in Japanese */
  readonly warnings: readonly string[];
};

export type FileClaimOptions = {
  /** A holder other than the claimant, as approved by the responsible person (A102); recorded in the audit trail */
  readonly approvedException?: boolean;
  /** Idempotency key */
  readonly key?: string;
};

type BankCells = { readonly cells: readonly string[]; readonly warnings: readonly string[] };

const padded = (number: string): string => (/^[0-9]{1,15}$/.test(number) ? number.padStart(15, "0") : number);

/** The five account cells; 記号番号 becomes 店番・口座番号 by the rule of ゆうちょ銀行. */
async function accountCells(client: PoolClient, form: ClaimForm, day: CivilDate): Promise<BankCells> {
  const { account } = form;
  if (account === undefined) return { cells: ["", "", "", "", ""], warnings: [] };
  if ("bank" in account) {
    return {
      cells: [account.bank, account.branch, account.accountType, account.accountNumber, account.holder],
      warnings: [],
    };
  }
  const options = account.savings === undefined ? {} : { savings: account.savings };
  const branches = await branchesOn(client, YUCHO_BANK, day);
  const converted = convertYucho(account.yuchoSymbol, account.yuchoNumber, branches, options);
  if (!converted.ok) throw refuse("accountInvalid", converted.problem.message, { problem: converted.problem.code });
  const { branch, accountType, account: number, warnings } = converted.value;
  return { cells: [YUCHO_BANK, branch, accountType, number, account.holder], warnings };
}

function refuseProblems(receptionNumber: string, problems: readonly RowProblem[]): never {
  const lines = problems.map(
    ({ column, value, reason }) => `「${column}」${value === "" ? "（空欄）" : value}: ${reason}`,
  );
  throw refuse("claimInvalid", `受付番号 ${receptionNumber} の請求を受け付けられません。${lines.join(" ")}`, {
    receptionNumber,
    problems: problems.map(({ column, code }) => `${column}:${code}`),
  });
}

/** Reads cells by the rules of the feed and puts them into its staging table. */
async function stageOne(
  client: PoolClient,
  receptionNumber: string,
  feed: Feed,
  cells: readonly (readonly string[])[],
): Promise<void> {
  const reader = new RowReader(feed.header);
  const rows = cells.map((each, index) => {
    reader.start(each);
    const values = feed.parse(reader);
    if (reader.problems.length > 0) refuseProblems(receptionNumber, reader.problems);
    return [index + 1, ...values, rowDigest(values)];
  });
  await stageRows(
    client,
    feed,
    (async function* (): AsyncGenerator<readonly unknown[]> {
      yield* rows;
    })(),
  );
  const doubles = await refuseDoubleKeys(client, feed);
  const problem = doubles[0]?.problems;
  if (problem !== undefined) refuseProblems(receptionNumber, problem);
}

/** The account must exist on the day of receipt, in the claimant's name. */
async function checkAccount(
  client: PoolClient,
  form: ClaimForm,
  account: ClaimAccount,
  day: CivilDate,
  approvedException: boolean,
): Promise<string[]> {
  const branches = await branchesOn(client, account.bank, day);
  if (!branches.has(account.branch)) {
    throw refuse(
      "accountInvalid",
      `受付番号 ${form.receptionNumber} の請求を受け付けられません。金融機関 ${account.bank} の支店 ${account.branch} は ${day} の金融機関マスタにありません。統廃合や番号の誤りがないか、通帳で確認してください。`,
      { bank: account.bank, branch: account.branch },
    );
  }
  if (form.recipientKind !== "individual") return [];
  const { rows } = await client.query<{ kana: string }>(
    "SELECT kana FROM allowance.person_current WHERE addressee_number = $1",
    [Number(form.claimant)],
  );
  // A claimant who is not in the register is refused as such afterwards.
  if (rows[0] === undefined || isHolder(account.holder, rows[0].kana)) return [];
  if (!approvedException) {
    throw refuse(
      "holderMismatch",
      `受付番号 ${form.receptionNumber} の請求を受け付けられません。口座名義 ${account.holder} が請求者のカナ氏名と一致しません。請求者本人の口座を届け出てもらうか、例外として承認を受けてください。`,
    );
  }
  return ["口座名義が請求者と異なります（例外として承認済み）。"];
}

/**
 * Receives one claim.
 *
 * @throws Refusal `claimInvalid` (shape, values, unknown persons), `accountInvalid`, `holderMismatch`,
 *   `receptionNumberReused`; nothing is recorded then
 */
export async function fileClaim(context: Context, input: unknown, options: FileClaimOptions = {}): Promise<FiledClaim> {
  const parsed = claimFormShape.safeParse(input);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw refuse(
      "claimInvalid",
      `請求を受け付けられません。入力の「${where}」の形が正しくありません。項目名と値を確認してください。`,
      {
        path: where,
      },
    );
  }
  const form = parsed.data;
  const approvedException = options.approvedException === true;
  const { response } = await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: options.key ?? `claim.file/${randomUUID()}`,
        name: "claim.file",
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request: { form, approvedException },
      },
      async (client) => {
        const day = parseCivilDate(form.receivedOn) ?? context.today;
        const bank = await accountCells(client, form, day);
        const claimCells = [
          form.receptionNumber,
          form.kind,
          form.receivedOn,
          form.channel,
          padded(form.claimant),
          form.recipientKind,
          form.cause,
          form.causeOn ?? "",
          form.obstacleEndedOn ?? "",
          form.employeeClass ?? "",
          form.ward,
          ...bank.cells,
        ];
        const childCells = form.children.map((child) => [
          form.receptionNumber,
          padded(child.number),
          child.role,
          child.relation ?? "",
          String(child.serial),
          child.careFrom ?? "",
          child.careTo ?? "",
          child.supportFrom ?? "",
          child.supportTo ?? "",
          child.graduationMonth ?? "",
          child.living ?? "",
          child.livelihood ?? "",
        ]);
        await stageOne(client, form.receptionNumber, claimsFeed, [claimCells]);
        await stageOne(client, form.receptionNumber, claimChildrenFeed, childCells);
        const { rows } = await client.query<{ account: ClaimAccount | null }>("SELECT account FROM stage_claims");
        const account = rows[0]?.account ?? null;
        const warnings = [...bank.warnings];
        if (account !== null) warnings.push(...(await checkAccount(client, form, account, day, approvedException)));
        const claims = await addClaims(client, context.operator, null);
        const children = await addClaimChildren(client);
        const problems = [...claims.refused, ...children.refused].flatMap((row) => row.problems);
        if (problems.some(({ code }) => code === "receptionNumberReused")) {
          throw refuse(
            "receptionNumberReused",
            `受付番号 ${form.receptionNumber} は、内容の違う請求で使われています。受け付けていません。受付番号を確認してください。`,
            { receptionNumber: form.receptionNumber },
          );
        }
        if (problems.length > 0) refuseProblems(form.receptionNumber, problems);
        const result: FiledClaim = { receptionNumber: form.receptionNumber, added: claims.added === 1, warnings };
        const detail = { added: result.added, approvedException };
        const audit = [{ action: "claim.file", objectKind: "claim", objectId: form.receptionNumber, detail }];
        return { response: result, audit };
      },
    ),
  );
  return response;
}

/**
 * 取下げ: the claimant takes back a claim that nobody has decided on. It stays in the 受付簿 and is never examined again.
 *
 * @throws Refusal `claimUnknown`, `claimDecided` (approved or withdrawn already)
 */
export async function withdrawClaim(context: Context, receptionNumber: string, withdrawnOn: CivilDate): Promise<void> {
  await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: `claim.withdraw/${randomUUID()}`,
        name: "claim.withdraw",
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request: { receptionNumber, withdrawnOn },
      },
      async (client) => {
        const { rows } = await client.query<{ claim_id: number; approved: boolean }>(
          `SELECT c.claim_id, a.claim_id IS NOT NULL AS approved FROM allowance.claim c
           LEFT JOIN allowance.approval a USING (claim_id) WHERE c.reception_number = $1`,
          [receptionNumber],
        );
        const claim = rows[0];
        if (claim === undefined) {
          throw refuse(
            "claimUnknown",
            `受付番号 ${receptionNumber} の請求は受付簿にありません。番号を確認してください。`,
            { receptionNumber },
          );
        }
        if (claim.approved) {
          throw refuse(
            "claimDecided",
            `受付番号 ${receptionNumber} の請求は、もう決裁されているため取り下げられません。変えるときは届出または訂正の決定によってください。`,
            { receptionNumber },
          );
        }
        await client.query(
          "INSERT INTO allowance.claim_withdrawal (claim_id, withdrawn_on, recorded_by) VALUES ($1, $2, $3)",
          [claim.claim_id, withdrawnOn, context.operator],
        );
        const audit = [
          { action: "claim.withdraw", objectKind: "claim", objectId: receptionNumber, detail: { withdrawnOn } },
        ];
        return { response: null, audit };
      },
    ),
  );
}
