/** The work lists, and which of them a person can do something about. */
import { useSession } from "../../session/session-context.ts";
import type { OperationAnswer } from "../../api/call.ts";

export type WorkKind = OperationAnswer<"readWorkList">["kind"];

export const workKinds: readonly { readonly kind: WorkKind; readonly title: string; readonly permission: string }[] = [
  { kind: "toExamine", title: "審査待ち", permission: "claim.examine" },
  { kind: "toApprove", title: "決裁待ち", permission: "claim.approve" },
  // Whoever decides also sees what lies: received and not decided, and the 仮受付 that somebody has forgotten.
  { kind: "ageing", title: "滞留（古い順。忘れられた仮受付も）", permission: "claim.approve" },
  { kind: "returned", title: "返戻・保留中", permission: "claim.receive" },
  { kind: "drafts", title: "仮受付", permission: "claim.receive" },
];

export function useWorkKinds(): typeof workKinds {
  const { session } = useSession();
  return workKinds.filter(({ permission }) => session.permissions.includes(permission));
}
