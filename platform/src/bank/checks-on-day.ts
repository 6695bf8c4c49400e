import { type BankHistory, statusOn } from "./bank-history.ts";
import { toZenginKana } from "./kana.ts";
import { type BankProblem, bankProblem } from "./problem.ts";
import type { TransferItem } from "./transfer.ts";

/**
 * Checks of payment lines that need more than the line: the bank master on the day of the transfer, the name of the
 * recipient, the other lines.
 */

/**
 * The bank and branch of a line on the day of the transfer (`YYYY-MM-DD`): they exist, and the branch has not been merged
 * away before that day. `null` = good.
 */
export function checkOnDay(
  item: Pick<TransferItem, "bank" | "branch">,
  history: BankHistory,
  day: string,
  record: number | null = null,
): BankProblem | null {
  const bank = statusOn(history, item.bank, null, day);
  if (bank.status !== "open") {
    const message = `金融機関コード${item.bank}は${day}の金融機関マスターにありません。通帳を確認し、口座を直してください。`;
    return bankProblem("unknown-bank", message, record, "bank");
  }
  const branch = statusOn(history, item.bank, item.branch, day);
  if (branch.status === "open") return null;
  const place = `${bank.row.name}(${item.bank})の支店${item.branch}`;
  if (branch.status === "closed") {
    const { row } = branch;
    const next =
      row.successor === null
        ? "統廃合先を銀行に確認し"
        : `統廃合先は${row.successor.bank}の支店${row.successor.branch}です。受給者に口座番号を確認し`;
    const message = `${place}「${row.name}」は${row.validTo ?? ""}で廃止されました。${next}、口座を直してください。`;
    return bankProblem("branch-closed", message, record, "branch");
  }
  const reason = branch.status === "notYet" ? `${branch.row.validFrom ?? ""}に開設されます` : "マスターにありません";
  return bankProblem(
    "unknown-branch",
    `${place}は${day}には${reason}。通帳を確認し、口座を直してください。`,
    record,
    "branch",
  );
}

/** A name as the bank writes it, without spaces; `null` when a bank file cannot carry it. */
function foldedName(text: string): string | null {
  const kana = toZenginKana(text, { kind: "21", wo: "keep", limit: 200 });
  return kana.ok ? kana.value.shown.replaceAll(" ", "") : null;
}

/**
 * Whether the account holder is the recipient: both names give the same bytes in a bank file. Width, script of kana,
 * small kana and spaces do not matter; anything else does, and needs an approved reason (未支払: the child).
 * A name that cannot be written in a bank file equals no name.
 */
export function isSameHolder(recipientKana: string, holder: string): boolean {
  const recipient = foldedName(recipientKana);
  return recipient !== null && recipient === foldedName(holder);
}

/** An account as people write it, reduced to what identifies it: leading zeros and hyphens do not matter. */
function accountKey(item: Pick<TransferItem, "bank" | "branch" | "accountType" | "account">): string {
  const account = item.account.replaceAll("-", "").padStart(7, "0");
  return `${item.bank}-${item.branch}-${item.accountType}-${account}`;
}

/** Accounts that more than one recipient uses, with the recipients, in the order in which they first appear. */
export function sharedAccounts<T extends Pick<TransferItem, "bank" | "branch" | "accountType" | "account">>(
  lines: Iterable<T>,
  recipientOf: (line: T) => string,
): readonly { readonly account: string; readonly recipients: readonly string[] }[] {
  const recipients = new Map<string, Set<string>>();
  for (const line of lines) {
    const key = accountKey(line);
    const known = recipients.get(key);
    if (known === undefined) recipients.set(key, new Set([recipientOf(line)]));
    else known.add(recipientOf(line));
  }
  return [...recipients]
    .filter(([, people]) => people.size > 1)
    .map(([account, people]) => ({ account, recipients: [...people] }));
}
