/** The only door to the simulated object storage. */
export { startObjectStorage } from "./src/object-storage.ts";
export type { ObjectStorage, ObjectStorageOptions } from "./src/object-storage.ts";
export { faults } from "./src/faults.ts";
export type { Fault, FaultName } from "./src/faults.ts";
export type { StoredVersion } from "./src/bucket.ts";
export { signatureFault } from "./src/signature.ts";
export type { SignatureFault } from "./src/signature.ts";
