/** 窓口払の案 in words, for who approves them. */
import type { RequestContent } from "@hagukumi/allowance/contract.ts";

export type CounterContent = Extract<RequestContent, { readonly kind: `counter${string}` }>;

const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;

/** What the second person reads before approving; the account number in full, because the money goes there. */
export function counterLines(content: CounterContent): string[] {
  if (content.kind === "counterFund") {
    const { bank, branch, accountType, accountNumber, holder } = content;
    const type = { "1": "普通", "2": "当座", "4": "貯蓄" }[accountType];
    return [
      `資金前渡職員: ${content.keeper}（${content.validFrom} 以後の支払日から）`,
      `口座: ${bank}-${branch} ${type} ${accountNumber} ${holder}`,
    ];
  }
  if (content.kind === "counterPayment") {
    const from = `${content.fromPayOn} 以後の支払日から`;
    return [
      content.atCounter ? `窓口で現金で払う（${from}）` : `窓口払をやめて口座に振り込む（${from}）`,
      `理由: ${content.reason}`,
    ];
  }
  if (content.kind === "counterCount") {
    const { expected, counted, explanation } = content;
    return [
      `数えた額 ${yen(counted)}、出納簿の残高 ${yen(expected)}、差 ${yen(counted - expected)}（${content.countedOn}）`,
      ...(explanation === null ? [] : [`差の説明: ${explanation}`]),
    ];
  }
  const line = `支払処理 ${String(content.runNo)} の明細 ${String(content.lineNo)}: ${yen(content.amount)}`;
  if (content.kind === "counterReturn") {
    return [`${line} を戻し入れる（${content.returnedOn}）`, `戻入の書類: ${content.evidence}`];
  }
  const who = content.receiver === "self" ? "本人" : `代理人 ${content.agentName ?? ""}`;
  return [
    `${line} を${who}に渡した（${content.handedOutOn}）`,
    `確かめた書類: ${content.identityPaper}、署名のある領収書 ${content.receiptNumber}`,
  ];
}
