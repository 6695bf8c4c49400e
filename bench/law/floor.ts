/** The floor under `hagukumi assess`: the same frame and threads, but each line is only parsed and written again. */
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort } from "node:worker_threads";
import { Answers, type Answered, answerStream } from "hagukumi/contract.ts";

function copyBlock(block: Uint8Array): Answered {
  const text = Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString("utf8");
  const answers = new Answers();
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    if (end > start) answers.add(`${JSON.stringify(JSON.parse(text.slice(start, end)))}\n`, true);
    start = end + 1;
  }
  return answers.finish();
}

if (isMainThread) {
  if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const work = { worker: new URL(import.meta.url), data: undefined, here: copyBlock };
    await answerStream(process.stdin, process.stdout, work);
  }
} else {
  parentPort?.on("message", ({ bytes }: { readonly bytes: Uint8Array }) => {
    const answered = copyBlock(bytes);
    parentPort?.postMessage(answered, [answered.bytes.buffer]);
  });
}
