/** A letter whose 保存期間 is over: that it was sent is known, what it said is not. */
import type { CivilDate } from "@hagukumi/law/contract.ts";

import { refuse } from "../../refusal.ts";

/** The refusal of whoever wants to read, print or issue again what was erased. */
export function wordsErased(letterId: number, erasedOn: CivilDate): ReturnType<typeof refuse> {
  return refuse(
    "letterUnknown",
    `封筒 ${letterId} の通知書の文面は、保存期間が過ぎたため ${erasedOn} に消しました。いつ、どの様式を出したかは、一覧に残っています。いまの決定の内容が要るときは、証明書か新しい通知書を作ってください。`,
    { letterId, erasedOn },
  );
}
