/** 通知書: a run of letters is made, approved and printed. */
import { approveLetterRun, orderPrinting } from "../../../../src/notices/runs/approve-run.ts";
import { orderLetterRun, workLetters } from "../../../../src/notices/runs/orders.ts";
import { getLetterRun } from "../../../../src/notices/runs/run-record.ts";
import { checkArchive } from "../../../../src/notices/runs/verify-archive.ts";
import { seedDemoTexts } from "../../../../src/notices/texts/change-text.ts";
import { seedSmallCity } from "../../../support/small-city.ts";
import { contextIn, countsOf, rowsOf, type Scene } from "../scene.ts";

const DAY = "2026-12-01";

export const letters: Scene = {
  name: "letters",
  prepare: async (pool, folder) => {
    const as = (operator: string) => contextIn(pool, folder, operator, DAY);
    await seedSmallCity(pool);
    await pool.query(
      "UPDATE allowance.person_history SET household_number = addressee_number, address = '架空市東区架空台' || (addressee_number % 100) || '番地'",
    );
    await seedDemoTexts(as("mongon.ichiro"), as("mongon.niro"));
    await orderLetterRun(as("insatsu.ichiro"), { form: "certification", documentOn: DAY, mailOn: DAY });
  },
  work: async (pool, folder) => {
    const as = (operator: string) => contextIn(pool, folder, operator, DAY);
    await workLetters(as("hagukumi.batch"));
    const run = await getLetterRun(pool, 1);
    if (run.state === "created") {
      await approveLetterRun(as("shonin.hanako"), { runNo: 1, listDigest: run.listDigest });
      await orderPrinting(as("insatsu.ichiro"), { runNo: 1 });
    } else if (run.state === "approved") await orderPrinting(as("insatsu.ichiro"), { runNo: 1 });
    await workLetters(as("hagukumi.batch"));
  },
  end: async (pool, folder) => ({
    runs: await rowsOf(pool, "SELECT count(*)::int AS runs FROM allowance.letter_run"),
    state: (await getLetterRun(pool, 1)).state,
    letters: await rowsOf(pool, "SELECT source_key, form_code FROM allowance.letter ORDER BY 1"),
    archive: (await checkArchive(contextIn(pool, folder, "kensa.taro", DAY), 1)).map(({ same }) => same),
    ...(await countsOf(pool, ["allowance.letter"])),
  }),
};
