/** A thread of `hagukumi assess`: blocks of lines in, blocks of answers out. */
import { parentPort, workerData } from "node:worker_threads";
import { answerBlock } from "./line.ts";

/** A block of whole lines, or an answered one. `bytes` is handed over, not copied. */
export interface BlockMessage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly failures: number;
}

const explain = (workerData as { readonly explain: boolean }).explain;

parentPort?.on("message", ({ bytes }: BlockMessage) => {
  const message: BlockMessage = answerBlock(bytes, explain);
  parentPort?.postMessage(message, [message.bytes.buffer]);
});
