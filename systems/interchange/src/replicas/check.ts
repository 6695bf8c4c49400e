/** 副本の全件照合 (A177): every replica that the 中間サーバー holds beside every one whose registration was confirmed. */
import { type NewReplicaCheck, recordReplicaCheck, type ReplicaCheckReason } from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";

/** What the 団体内統合宛名システム says of the other side; it names people by 宛名番号. */
export type ComparedReplicas = Omit<NewReplicaCheck, "reason" | "layout">;

/** Its door for the comparison. */
export type ReplicaCheckDoor = { readonly compare: (information: string) => Promise<ComparedReplicas> };

export type CheckedReplicas = ComparedReplicas & { readonly checkId: number };

/**
 * Compares all, and writes down what was found; nothing is repaired by itself.
 *
 * @throws Refusal of the door (the other side can't be read: then nothing is written)
 */
export async function checkReplicas(
  context: Context,
  door: ReplicaCheckDoor,
  { information, reason }: { readonly information: string; readonly reason: ReplicaCheckReason },
): Promise<CheckedReplicas> {
  const compared = await door.compare(information);
  const { checkId } = await recordReplicaCheck(context, { ...compared, reason, layout: information });
  return { ...compared, checkId };
}
