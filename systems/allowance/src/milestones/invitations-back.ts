/** 18歳年度末の確認書の案内の戻し: as long as it has not been printed, it is not sent. */
import type { PoolClient } from "pg";
import { z } from "zod";

import { letterObstacle, lettersMade, withholdLetters } from "../mass-work/undo/letters-back.ts";
import { obstaclesOf, type TakeBack, type WrittenLine } from "../mass-work/undo/take-back.ts";

const contentShape = z.object({ child: z.number() });
const childOf = ({ content }: WrittenLine): number => contentShape.parse(content).child;

type Noticed = { readonly line: WrittenLine; readonly notice: number };

async function noticesOf(
  client: PoolClient,
  runNo: number,
  lines: readonly WrittenLine[],
): Promise<readonly Noticed[]> {
  const { rows } = await client.query<{ id: number; recipient: number; child: number }>(
    `SELECT notice_id AS id, (facts ->> 'recipientId')::bigint AS recipient, (facts ->> 'child')::bigint AS child FROM allowance.case_notice
     WHERE mass_run_no = $1 AND kind = 'supportConfirmationInvited' AND (facts ->> 'recipientId')::bigint = ANY ($2) ORDER BY 1`,
    [runNo, lines.map(({ subject }) => subject)],
  );
  return lines.map((line) => {
    const found = rows.find(({ recipient, child }) => recipient === line.subject && child === childOf(line));
    if (found === undefined) throw new Error(`run ${runNo} wrote no invitation for ${line.subject}/${line.part}`);
    return { line, notice: found.id };
  });
}

const keyOf = ({ notice }: Noticed): string => `caseNotice:${notice}`;

export const invitationsBack: TakeBack = {
  obstacles: async (client, { undoes }, lines) => {
    const noticed = await noticesOf(client, undoes, lines);
    const made = await lettersMade(client, "milestoneGuide", noticed.map(keyOf));
    return obstaclesOf(
      noticed.map((each) => {
        const run = made.get(keyOf(each));
        return [each.line.subject, run === undefined ? null : letterObstacle(run)];
      }),
    );
  },
  apply: async (client, work, lines) => {
    const noticed = await noticesOf(client, work.undoes, lines);
    await withholdLetters(
      client,
      work,
      noticed.map((each) => ({ form: "milestoneGuide", key: keyOf(each), addresseeNumber: each.line.addresseeNumber })),
    );
    return noticed.map(({ notice }) => ({ withheld: notice }));
  },
};
