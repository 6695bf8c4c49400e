/** 一括処理 as the API shows it. Amounts in yen a month, months `YYYY-MM`, days `YYYY-MM-DD`, moments ISO. */
import { massJobs, type MassRunRecord } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

const massState = z.enum([
  "collecting",
  "collectFailed",
  "listed",
  "approved",
  "running",
  "stopped",
  "runFailed",
  "done",
  "cancelled",
]);

export const massOutcome = z.enum(["change", "noChange", "cannot"]);
export const massResult = z.enum(["written", "changed", "refused"]);

export const massRun = z
  .object({
    runNo: z.int(),
    jobCode: z.string(),
    jobName: z.string(),
    period: z.string(),
    /** Parameters as the form wants them */
    parameters: z.array(z.object({ label: z.string(), value: z.string() })),
    asOf: z.string(),
    maker: z.string(),
    approver: z.string().nullable(),
    createdAt: z.string(),
    state: massState,
    actor: z.string(),
    note: z.string(),
    errorCode: z.string().nullable(),
    changedAt: z.string(),
    list: z
      .object({
        digest: z.string(),
        subjects: z.int(),
        change: z.int(),
        noChange: z.int(),
        cannot: z.int(),
        yenBefore: z.int(),
        yenAfter: z.int(),
      })
      .nullable(),
    done: z.int(),
    total: z.int(),
    written: z.int(),
    changed: z.int(),
    refused: z.int(),
  })
  .meta({ id: "MassRun", description: "一括処理1回。金額は円（月額）。" });

/** What one parameter of a job is, for the form. */
export const massField = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(["text", "number"]),
  required: z.boolean(),
});

export const massJob = z.object({
  code: z.string(),
  name: z.string(),
  description: z.string(),
  lane: z.string(),
  fields: z.array(massField),
});

type Field = z.infer<typeof massField>;
type JsonProperty = { readonly type?: unknown; readonly description?: unknown };

/** The parameters of a kind, read out of its own shape. */
export function fieldsOf(code: string): Field[] {
  const job = massJobs.find((each) => each.code === code);
  if (job === undefined) return [];
  const schema = z.toJSONSchema(job.parameters, { io: "input", unrepresentable: "any" }) as {
    readonly properties?: Readonly<Record<string, JsonProperty>>;
    readonly required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, { type, description }]) => ({
    name,
    label: typeof description === "string" ? description : name,
    kind: type === "integer" || type === "number" ? "number" : "text",
    required: schema.required?.includes(name) === true,
  }));
}

/** A run as it goes out. */
export function massRunView({ lane: _lane, seq: _seq, ...run }: MassRunRecord): z.input<typeof massRun> {
  const fields = fieldsOf(run.jobCode);
  return {
    ...run,
    jobName: massJobs.find(({ code }) => code === run.jobCode)?.name ?? run.jobCode,
    parameters: Object.entries(run.parameters).map(([name, value]) => ({
      label: fields.find((field) => field.name === name)?.label ?? name,
      value: typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value),
    })),
  };
}
