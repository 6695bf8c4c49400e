/** Japanese names of what the API says in codes. The types of the API keep them complete. */
import type { OperationAnswer } from "../../api/call.ts";

type Run = OperationAnswer<"listPaymentRuns">["runs"][number];

export const stateLabels: Readonly<Record<Run["state"], string>> = {
  created: "作成",
  inspected: "確認済",
  approved: "承認済",
  frozen: "ファイル確定",
  handingOver: "送付中（結果待ち）",
  unknown: "送付の結果不明",
  handedOver: "送付済（受領）",
  settled: "結果反映済",
  closed: "締め済",
  cancelled: "取消",
  voided: "未着を確認し取消",
};

export const kindLabels: Readonly<Record<Run["kind"], string>> = {
  regular: "定時",
  occasional: "随時",
  final: "最終払",
  released: "差止解除",
  makeUp: "追給",
  retransfer: "再振込",
  unpaid: "未支払（児童へ）",
};
