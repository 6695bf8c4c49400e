/** Simulator: the 職員証, a WebAuthn security key that lives in software, for tests and for the marked demo. */
export {
  type Assertion,
  type Attestation,
  type Behaviour,
  createStaffKey,
  type CreationOptions,
  type RequestOptions,
  restoreStaffKey,
  type StaffKey,
  type StaffKeyData,
  StaffKeyError,
} from "./src/staff-key.ts";
