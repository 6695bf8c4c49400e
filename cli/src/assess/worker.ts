/** A thread of `hagukumi assess`: blocks of lines in, blocks of answers out. */
import { parentPort, workerData } from "node:worker_threads";
import { answerBlock } from "./line.ts";

/** A block of whole lines, or an answered one. `bytes` is handed over, not copied. */
export interface BlockMessage {
  readonly bytes: Uint8Array;
  readonly failures: number;
}

const explain = (workerData as { readonly explain: boolean }).explain;

parentPort?.on("message", ({ bytes }: BlockMessage) => {
  const answered = answerBlock(bytes, explain);
  const out = new TextEncoder().encode(answered.text);
  const message: BlockMessage = { bytes: out, failures: answered.failures };
  parentPort?.postMessage(message, [out.buffer]);
});
