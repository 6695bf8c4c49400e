/** 持出しの記録: whoever takes a file with personal data out of the system leaves a row first. */
import { readFrozenFile } from "../payments/freeze-run.ts";
import { auditedRead } from "./audited-read.ts";
import type { Reader } from "./audited-read.ts";

/** Records that `fileName` of the run is taken. @throws what the database throws; then the file must not be given out */
export async function downloadRecorded(reader: Reader, runNo: number, fileName: string): Promise<void> {
  await auditedRead(
    reader,
    { action: "inquiry.download", objectKind: "paymentRun", objectId: String(runNo), detail: { fileName } },
    async () => {},
  );
}

/** The frozen transfer file, its taking recorded in the same transaction. @throws Refusal `wrongState` before it is fixed */
export async function downloadTransferFile(reader: Reader, runNo: number, fileName: string): Promise<Buffer> {
  return await auditedRead(
    reader,
    { action: "inquiry.download", objectKind: "paymentRun", objectId: String(runNo), detail: { fileName } },
    async (client) => (await readFrozenFile(client, runNo)).bytes,
  );
}
