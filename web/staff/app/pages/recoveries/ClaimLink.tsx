/** The way to one claim: it lies in the case of its recipient, which is opened with a 処理事由. */
import type { ReactElement } from "react";

import { GoTo } from "../../ui/Page.tsx";

type Claim = { readonly recipientId: number; readonly recoveryId: number };

export function ClaimLink({ claim }: { readonly claim: Claim }): ReactElement {
  return (
    <GoTo to={`/cases/${String(claim.recipientId)}/recoveries/${String(claim.recoveryId)}`}>{claim.recoveryId}</GoTo>
  );
}
