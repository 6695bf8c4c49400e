/**
 * Letters of the demonstration: the certifications of its recipients and the payment notices of its run, made, approved, printed and
 * mailed by the same operations that people use. Every step has a key of its own, so that none is done twice.
 */
import {
  approveLetterRun,
  createLetterRun,
  type FormCode,
  getLetterRun,
  mailLetterRun,
  orderPrinting,
  printLetterRun,
  seedDemoTexts,
} from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

export type LetterPeople = {
  /** Enters the texts of the city */
  readonly enters: Context;
  /** Approves texts and samples */
  readonly approves: Context;
  /** Makes the runs */
  readonly makes: Context;
};

/** Takes one run to its mailing. @returns whether anything had to be done */
async function send({ makes, approves }: LetterPeople, form: FormCode, paymentRunNo?: number): Promise<boolean> {
  const key = (name: string): string => `start/letters/${name}/${form}/${paymentRunNo ?? 0}`;
  const day = makes.today;
  let runNo: number;
  try {
    const order = { key: key("create"), form, documentOn: day, mailOn: day };
    ({ runNo } = await createLetterRun(makes, { ...order, ...(paymentRunNo === undefined ? {} : { paymentRunNo }) }));
  } catch (error) {
    if (error instanceof Refusal && error.code === "letterNothing") return false;
    throw error;
  }
  const { state, listDigest } = await getLetterRun(makes.pool, runNo);
  if (state === "created") await approveLetterRun(approves, { runNo, listDigest, key: key("approve") });
  if (state === "created" || state === "approved") await orderPrinting(makes, { runNo, key: key("order") });
  if (state === "mailed" || state === "discarded") return false;
  if (state !== "printed") await printLetterRun(makes, runNo);
  const { printed, takenOut } = await getLetterRun(makes.pool, runNo);
  await mailLetterRun(makes, { runNo, inserted: printed - (state === "printed" ? takenOut : 0), key: key("mail") });
  return true;
}

/** @returns how many runs were made or brought forward */
export async function sendDemoLetters(people: LetterPeople, paymentRunNo: number): Promise<number> {
  let done = await seedDemoTexts(people.enters, people.approves);
  if (await send(people, "certification")) done += 1;
  if (await send(people, "payment", paymentRunNo)) done += 1;
  return done;
}
