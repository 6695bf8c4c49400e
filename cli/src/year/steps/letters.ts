/** 通知書: everything that waits, form by form: made, approved by another person, printed, looked over, mailed; then the manual tray. */
import {
  approveLetterRun,
  createLetterRun,
  type CreateLetterRun,
  type FormCode,
  getLetterRun,
  lateOfRun,
  listLetterRuns,
  mailLetterRun,
  orderPrinting,
  printLetterRun,
  takeOutLetter,
  type TrayLetter,
  trayLetters,
  waitingLetters,
  withholdLetter,
} from "@hagukumi/allowance/contract.ts";

import { as, type Figures, people, unless, type YearStep, type YearWork } from "../work.ts";

/** Takes a run to its mailing. @returns envelopes that left the house */
async function finish(work: YearWork, step: YearStep, runNo: number, name: string): Promise<number> {
  const makes = as(work, "examiner", step);
  const key = (what: string): string => `year/${step.id}/${name}/${what}`;
  for (;;) {
    const { state, listDigest, printed, takenOut, letters } = await getLetterRun(work.context.pool, runNo);
    switch (state) {
      case "created":
        await approveLetterRun(as(work, "decider", step), { runNo, listDigest, key: key("approve") });
        break;
      case "approved":
        await orderPrinting(makes, { runNo, key: key("order") });
        break;
      case "printing":
        await printLetterRun(makes, runNo);
        break;
      case "printed": {
        const late = await lateOfRun(makes, runNo);
        for (const { letterId } of late) {
          const reason = "発送の前の点検で抜き取った";
          await takeOutLetter(makes, { letterId, kind: "takenOut", reason, key: key(`out/${letterId}`) });
        }
        await mailLetterRun(makes, { runNo, inserted: printed - takenOut - late.length, key: key("mail") });
        break;
      }
      case "mailed":
      case "discarded":
        return letters - takenOut;
    }
  }
}

type Sent = { readonly sent: number; readonly left: number };

async function send(
  work: YearWork,
  step: YearStep,
  form: FormCode,
  manual?: NonNullable<CreateLetterRun["manual"]>,
): Promise<Sent> {
  const name = manual === undefined ? form : `${form}/tray`;
  const key = `year/${step.id}/${name}/create`;
  const order = { key, form, documentOn: step.on, mailOn: step.on, ...(manual === undefined ? {} : { manual }) };
  const created = await unless(["letterNothing"], async () => await createLetterRun(as(work, "examiner", step), order));
  if (created === undefined) return { sent: 0, left: 0 };
  const left = created.leftOut.reduce((sum, { count }) => sum + count, 0);
  return { sent: await finish(work, step, created.runNo, name), left };
}

/**
 * Runs that were stopped half-way, by a kill for instance: their letters wait no longer, so that no new run would take them up.
 *
 * @returns envelopes that left the house
 */
async function finishOpenRuns(work: YearWork, step: YearStep): Promise<number> {
  let letters = 0;
  for (const { runNo, state } of await listLetterRuns(work.context.pool)) {
    if (state === "mailed" || state === "discarded") continue;
    letters += await finish(work, step, runNo, `open/${runNo}`);
  }
  return letters;
}

/** Sends what waits of the given forms, or of all. What a person has to look at goes to the manual tray. */
export async function sendLetters(work: YearWork, step: YearStep, only?: readonly FormCode[]): Promise<Figures> {
  let [letters, tray] = [await finishOpenRuns(work, step), 0];
  const client = await work.context.pool.connect();
  let waiting: readonly FormCode[];
  try {
    waiting = (await waitingLetters(client, step.on)).filter((each) => each.waiting > 0).map(({ form }) => form);
  } finally {
    client.release();
  }
  for (const form of waiting) {
    if (only !== undefined && !only.includes(form)) continue;
    const { sent, left } = await send(work, step, form);
    letters += sent;
    tray += left;
  }
  return { letters, tray };
}

/** Reasons after which a letter still goes out once two people have looked at it; the others are told in another way. */
const GOES_OUT: ReadonlySet<TrayLetter["reason"]> = new Set(["protected", "childDead"]);

/** 手作業トレイ: two people look at each letter; it is sent, or withheld with a reason. */
export async function clearTray(work: YearWork, step: YearStep): Promise<Figures> {
  let letters = await finishOpenRuns(work, step);
  const tray = await trayLetters(work.context.pool, true);
  for (const [form, waiting] of Map.groupBy(tray, (each) => each.form)) {
    const sourceKeys = waiting.filter(({ reason }) => GOES_OUT.has(reason)).map(({ sourceKey }) => sourceKey);
    if (sourceKeys.length > 0) {
      const reason = "演習: 見本と送付先を二人で確かめた";
      letters += (await send(work, step, form, { sourceKeys, reason })).sent;
    }
    for (const { sourceKey, reason } of waiting) {
      if (GOES_OUT.has(reason)) continue;
      await withholdLetter(as(work, "examiner", step), {
        form,
        sourceKey,
        reason: "演習: 新しい住所・遺族に別に知らせた",
        approvedBy: people.decider,
        key: `year/${step.id}/${form}/withhold/${sourceKey}`,
      });
    }
  }
  return { letters };
}
