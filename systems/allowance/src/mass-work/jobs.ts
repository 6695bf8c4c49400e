/** The register of all kinds of mass work. A new kind is one file with `defineMassJob` and one line here. */
import { reviewJobs } from "../annual-review/jobs.ts";
import { limitationLapse } from "../holds/limitation.ts";
import { taxRejudge } from "../income/corrections.ts";
import { supportInvitations } from "../milestones/invitations.ts";
import { ageMilestones } from "../milestones/job.ts";
import { recoveryReminders } from "../recovery/reminders.ts";
import { refuse } from "../refusal.ts";
import type { AnyMassJob } from "./mass-job.ts";
import { undoOf } from "./undo/undo-job.ts";

const kinds: readonly AnyMassJob[] = [
  ageMilestones,
  supportInvitations,
  ...reviewJobs,
  limitationLapse,
  taxRejudge,
  recoveryReminders,
];

/** Every kind, and for each that can be taken back the one that does it (戻し). */
export const massJobs: readonly AnyMassJob[] = [...kinds, ...kinds.flatMap((job) => undoOf(job) ?? [])];

/** The kinds of mass work that a function may use; tests give their own. */
export type MassJobs = readonly AnyMassJob[];

/** @throws Refusal `massJobUnknown` */
export function massJobOf(code: string, jobs: MassJobs = massJobs): AnyMassJob {
  const job = jobs.find((each) => each.code === code);
  if (job !== undefined) return job;
  throw refuse(
    "massJobUnknown",
    `一括処理の種類「${code.slice(0, 60)}」はありません。一括処理の画面か「hagukumi batch jobs」で確かめてください。`,
  );
}
