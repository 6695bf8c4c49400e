/** The only door to the vault of 個人番号. Other rooms import this file and nothing behind it. */
export { IndividualNumber } from "./src/number/individual-number.ts";
export type { VaultRefusalCode } from "./src/refusal.ts";

// 呼び出し calls
export { CALL_LIMIT, ENTRIES_LIMIT, SLICE_LIMIT } from "./src/operations/shapes.ts";
export type { Vault, VaultInput, VaultOperation, VaultOutput } from "./src/operations/shapes.ts";
export { newClientKey, readStatement, signerOf, signStatement } from "./src/statement/statement.ts";
export type { Said, StatementSigner } from "./src/statement/statement.ts";
export { createVault } from "./src/vault.ts";
export type { OpenVault } from "./src/vault.ts";

export { connectVault, connectVaultSecurely, serveVault, serveVaultSecurely } from "./src/server/serve.ts";
export type { VaultServer } from "./src/server/serve.ts";

// 開く opening
export {
  clientSigner,
  keeperFrom,
  keepEnvelope,
  openVault,
  openVaultDatabase,
  readEnvelope,
  vaultFiles,
  vaultUrl,
} from "./src/store/open.ts";

// 鍵 keys
export { commandKeeper, passphraseKeeper } from "./src/keys/keeper.ts";
export { keyServiceKeeper } from "./src/keys/key-service.ts";
export type { KeyServicePlace } from "./src/keys/key-service.ts";
export type { Envelope, KeeperCost, KeyKeeper } from "./src/keys/keeper.ts";
export {
  changeKeeper,
  hasKeys,
  makeKeys,
  openRing,
  ringFromShares,
  rotateEncryption,
  rotateIndex,
  rotateMaster,
  splitMaster,
} from "./src/keys/manage.ts";
export type { KeyWork, Rotation } from "./src/keys/manage.ts";
export { drill } from "./src/keys/drill.ts";
export { combine as combineShares, readShare, shareText, split as splitSecret } from "./src/keys/shares.ts";
export type { Share } from "./src/keys/shares.ts";

// 権限 rights
export {
  approveRight,
  endClient,
  endRight,
  listVaultRights,
  registerClient,
  requestRight,
} from "./src/store/rights.ts";
export type { NewClient, NewRight, RightLine } from "./src/store/rights.ts";

// 記録の封 seals of the log
export {
  sealVaultLog,
  startVaultSealer,
  VAULT_LOG,
  vaultSealKey,
  verifyVaultLog,
  witnessVaultLog,
} from "./src/log/seals.ts";

// 漏えいの走査 canary scan
export { canaryForms, canarySet, scanBytes, scanPaths, textForms } from "./src/canary/scan.ts";
export type { Canary, CanaryHit, CanaryIndex, CanaryResult } from "./src/canary/scan.ts";
