/** Where the operations of one claim lie. */
export const claimPath = ({
  recipientId,
  recoveryId,
}: {
  readonly recipientId: number;
  readonly recoveryId: number;
}): { readonly recipientId: string; readonly recoveryId: string } => ({
  recipientId: String(recipientId),
  recoveryId: String(recoveryId),
});
