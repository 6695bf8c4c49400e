import { accepted, bankProblem, type BankResult, refused } from "./problem.ts";

/**
 * ゆうちょ銀行 (9900): 記号 and 番号 as printed in the passbook → 店番, 預金種目 and 口座番号 of a bank transfer.
 * The way back is not unique; keep what the resident wrote beside the result.
 */

/** The bank code of ゆうちょ銀行. */
export const YUCHO_BANK = "9900";

/** An account that a transfer file can carry. */
export interface YuchoAccount {
  /** 店番, 3 digits. */
  readonly branch: string;
  /** 預金種目: 1 普通 (通常貯金), 2 当座 (振替口座), 4 貯蓄 (通常貯蓄貯金). */
  readonly accountType: "1" | "2" | "4";
  /** 口座番号, 7 digits. */
  readonly account: string;
  /** Japanese sentences for a person to look at; empty for an ordinary 記号. */
  readonly warnings: readonly string[];
}

/** 通常貯蓄貯金 has the same 記号番号 form as 通常貯金: only the passbook tells them apart. */
export interface YuchoOptions {
  readonly savings?: boolean;
}

const SEPARATORS = /[\s\u2010-\u2015\u2212\u30FC-]/gu;
const CHECK = "通帳の記号・番号を確認してください。";

function symbolProblem(message: string): BankResult<never> {
  return refused(bankProblem("yucho-symbol", message, null, "symbol"));
}

function numberProblem(message: string): BankResult<never> {
  return refused(bankProblem("yucho-number", message, null, "number"));
}

/**
 * Converts 記号 and 番号. Full-width digits, spaces and hyphens are taken; `10940-2` is a 記号 with its re-issue digit,
 * which the account number does not depend on.
 *
 * @param branches 店番 that exist in the master of bank 9900 on the day
 * @returns the account, or `yucho-symbol`, `yucho-number`, `account` (all zeros) or `unknown-branch`
 */
export function convertYucho(
  symbol: string,
  number: string,
  branches: ReadonlySet<string>,
  options: YuchoOptions = {},
): BankResult<YuchoAccount> {
  const written = symbol.normalize("NFKC").trim();
  const plainSymbol = written.replace(/^(\d{5})[-\u2010-\u2015\u2212\s]\d$/u, "$1").replace(SEPARATORS, "");
  const plainNumber = number.normalize("NFKC").replace(SEPARATORS, "");
  if (!/^[0-9]{5}$/u.test(plainSymbol)) return symbolProblem(`記号「${symbol}」が5桁の数字ではありません。${CHECK}`);
  if (!/^[0-9]+$/u.test(plainNumber)) return numberProblem(`番号「${number}」が数字ではありません。${CHECK}`);

  const middle = plainSymbol.slice(1, 3);
  if (plainSymbol.startsWith("1")) {
    if (plainNumber.length > 8) return numberProblem(`番号「${number}」が8桁を超えます。${CHECK}`);
    if (!plainNumber.endsWith("1")) return numberProblem(`番号「${number}」の末尾が1ではありません。${CHECK}`);
    // The last digit 1 is not part of the account number.
    return onBranch(
      `${middle}8`,
      options.savings === true ? "4" : "1",
      plainNumber.padStart(8, "0").slice(0, 7),
      plainSymbol,
      branches,
    );
  }
  if (plainSymbol.startsWith("0")) {
    if (options.savings === true)
      return symbolProblem(`記号「${symbol}」は振替口座で、貯蓄貯金ではありません。${CHECK}`);
    if (plainNumber.length > 6) return numberProblem(`番号「${number}」が6桁を超えます。${CHECK}`);
    return onBranch(`${middle}9`, "2", plainNumber.padStart(7, "0"), plainSymbol, branches);
  }
  return symbolProblem(`記号「${symbol}」の先頭が0でも1でもありません。${CHECK}`);
}

function onBranch(
  branch: string,
  accountType: YuchoAccount["accountType"],
  account: string,
  symbol: string,
  branches: ReadonlySet<string>,
): BankResult<YuchoAccount> {
  if (/^0+$/u.test(account))
    return refused(bankProblem("account", `口座番号がすべて0になります。${CHECK}`, null, "number"));
  if (!branches.has(branch)) {
    return refused(bankProblem("unknown-branch", `店番${branch}はゆうちょ銀行にありません。${CHECK}`, null, "symbol"));
  }
  const warnings = symbol.endsWith("0") ? [] : [`記号「${symbol}」の末尾が0ではありません。通常は0です。${CHECK}`];
  return accepted({ branch, accountType, account, warnings });
}

/** 記号 (with its re-issue digit, if it has one) and 番号 out of one line such as `10940-2-12345671` or `10530 12345671`. */
export function splitYuchoLine(line: string): BankResult<{ readonly symbol: string; readonly number: string }> {
  const normal = line.normalize("NFKC").trim();
  // Spaces part 記号 from 番号; hyphens do so only where there is no space.
  const parts = /\s/u.test(normal) ? normal.split(/\s+/u) : normal.split(/[\u2010-\u2015\u2212\u30FC-]/u);
  const [symbol, middle, last] = parts;
  if (symbol !== undefined && middle !== undefined && parts.length === 2) return accepted({ symbol, number: middle });
  if (symbol !== undefined && middle !== undefined && last !== undefined && parts.length === 3 && middle.length === 1) {
    return accepted({ symbol: `${symbol}-${middle}`, number: last });
  }
  return symbolProblem(`「${line}」を記号と番号に分けられません。記号、空白、番号の順に書いてください。`);
}
