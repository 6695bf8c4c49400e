/** 連携の検証: what was tried of every agreement and receiver in force, and trying it now. About no person: the lines are made up. */
import { checkContracts, contractEvidence } from "@hagukumi/interchange/contract.ts";
import { z } from "zod";

import { readInterchangeTables } from "./interchange-settings.ts";
import { operation } from "./operation.ts";

const readContractEvidence = operation({
  id: "readContractEvidence",
  method: "GET",
  path: "/interchange/evidence",
  summary: "連携の検証の証跡",
  access: {
    permission: ["parameter.change", "parameter.approve", "rights.issue", "log.view", "batch.run"],
    relation: "none",
  },
  response: z.object({
    subjects: z.array(
      z
        .object({
          direction: z.enum(["in", "out"]),
          subjectCode: z.string(),
          name: z.string(),
          version: z.string(),
          digest: z.string(),
          /** Null: this content was never tried, or has changed since */
          evidence: z
            .object({
              passed: z.int(),
              failed: z.int(),
              checkedBy: z.string(),
              checkedOn: z.string(),
              cases: z.array(z.object({ name: z.string(), passed: z.boolean(), found: z.string() })),
            })
            .nullable(),
        })
        .meta({
          id: "ContractEvidence",
          description: "効いている連携の合意または提供先と、その内容についての最新の検証。",
        }),
    ),
  }),
  handler: async (_input, desk) =>
    await readInterchangeTables(desk, async (client) => ({
      subjects: (await contractEvidence(client, desk.options.today())).map(({ evidence, ...subject }) => ({
        ...subject,
        evidence:
          evidence === null
            ? null
            : {
                passed: evidence.passed,
                failed: evidence.failed,
                checkedBy: evidence.checkedBy,
                checkedOn: evidence.checkedOn,
                cases: evidence.cases.map((each) => ({ ...each })),
              },
      })),
    })),
});

const runContractChecks = operation({
  id: "runContractChecks",
  method: "POST",
  path: "/interchange/evidence/checks",
  summary: "連携の検証を行う",
  access: { permission: ["parameter.change", "rights.issue"], relation: "none" },
  command: true,
  response: z.object({ message: z.string() }),
  handler: async (_input, desk) => {
    const checks = await desk.command({}, async (context, key) => await checkContracts(context, key));
    const failed = checks.filter((each) => each.failed > 0).length;
    return {
      message:
        failed === 0
          ? `${String(checks.length)}件を試しました。すべて合意のとおりです。`
          : `${String(checks.length)}件を試しました。合意のとおりでないものが ${String(failed)}件あります。`,
    };
  },
});

export const contractCheckOperations = [readContractEvidence, runContractChecks];
