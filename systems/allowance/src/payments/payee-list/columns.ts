/** 支払対象者一覧の項目: what the list shows, declared to the gate (支援措置: where the money goes says in which town somebody lives). */
import { declareList, WITHHELD } from "../../outputs/declared-list.ts";
import { accountTypeName, certificationNumberText, employeeClassName, wardName } from "../../inquiry/names.ts";
import { monthsText, type PayeeLine } from "./lines.ts";

export const payeeList = declareList<PayeeLine>({
  code: "payeeList",
  protectedOf: (line) => line.protected,
  columns: [
    { name: "行", kind: "plain", cell: (line) => line.lineNo },
    { name: "認定番号", kind: "person", cell: (line) => certificationNumberText(line.recipientId) },
    { name: "受給者氏名", kind: "person", cell: (line) => line.name },
    { name: "カナ名義", kind: "account", cell: (line) => line.holder },
    { name: "金融機関コード", kind: "whereabouts", cell: (line) => line.bank },
    { name: "金融機関", kind: "whereabouts", cell: (line) => line.bankName },
    { name: "支店コード", kind: "whereabouts", cell: (line) => line.branch },
    { name: "支店", kind: "whereabouts", cell: (line) => line.branchName },
    { name: "預金種目", kind: "account", cell: (line) => accountTypeName(line.accountType) },
    { name: "口座番号", kind: "account", cell: (line) => line.accountNumber },
    { name: "月分", kind: "plain", cell: (line) => monthsText(line.months) },
    { name: "児童数", kind: "plain", cell: (line) => line.children },
    { name: "金額", kind: "amount", cell: (line) => line.amount },
    { name: "区", kind: "whereabouts", cell: (line) => (line.wardCode === "" ? "" : wardName(line.wardCode)) },
    { name: "被用区分", kind: "plain", cell: (line) => employeeClassName(line.employeeClass) },
  ],
});

/** Bank and branch as the printed list shows them: code and name in one cell, or nothing of either. */
export function shownBank(line: PayeeLine): { readonly bank: string; readonly branch: string } {
  const cells = new Map(payeeList.cells(line).map((cell, place) => [payeeList.header[place], String(cell ?? "")]));
  const both = (code: string, name: string): string => {
    const shown = cells.get(name) ?? WITHHELD;
    return shown === WITHHELD ? WITHHELD : `${cells.get(code) ?? ""} ${shown}`.trim();
  };
  return { bank: both("金融機関コード", "金融機関"), branch: both("支店コード", "支店") };
}
