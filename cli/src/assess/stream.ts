/**
 * `hagukumi assess` as a stream: blocks of lines go to worker threads in turn and come back in order. At most two blocks a
 * thread are in flight and output is awaited, so memory stays flat however long the input and however slow the reader.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { Writable } from "node:stream";
import { Worker } from "node:worker_threads";
import { blocksOf } from "./blocks.ts";
import { answerBlock, failureLine, TOO_LONG, type Answered } from "./line.ts";
import type { BlockMessage } from "./worker.ts";

/** More threads than this bring nothing: one thread reads and writes for all of them. */
const MOST_THREADS = 8;
const BLOCKS_A_THREAD = 2;

interface Done {
  readonly bytes: Uint8Array | string;
  readonly failures: number;
}

const tooLong: Done = { bytes: failureLine(null, TOO_LONG), failures: 1 };

/** One worker thread that answers blocks in the order it got them. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting: { readonly resolve: (done: Done) => void; readonly reject: (error: Error) => void }[] = [];

  constructor(explain: boolean) {
    this.#worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: { explain } });
    this.#worker.on("message", ({ bytes, failures }: BlockMessage) =>
      this.#waiting.shift()?.resolve({ bytes, failures }),
    );
    this.#worker.on("error", (error: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  answer(block: Buffer): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const bytes = new Uint8Array(block);
      this.#worker.postMessage({ bytes, failures: 0 } satisfies BlockMessage, [bytes.buffer]);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

async function write(output: Writable, bytes: Uint8Array | string): Promise<void> {
  if (bytes.length > 0 && !output.write(bytes)) await once(output, "drain");
}

/**
 * Answers every line of `source` on `output`, in order.
 *
 * @returns how many lines could not be assessed
 */
export async function assessStream(
  source: AsyncIterable<unknown>,
  output: Writable,
  options: { readonly explain: boolean },
): Promise<number> {
  const threads: Thread[] = [];
  const most = Math.min(MOST_THREADS, Math.max(1, availableParallelism()));
  const inFlight: Promise<Done>[] = [];
  let failures = 0;
  let blocks = 0;
  const writeNext = async (): Promise<void> => {
    const done = await inFlight.shift();
    if (done === undefined) return;
    failures += done.failures;
    await write(output, done.bytes);
  };
  let held: Buffer | undefined;
  try {
    for await (const block of blocksOf(source)) {
      blocks += 1;
      // A first block alone (a small input) is answered here: starting a thread takes longer than a few thousand lines.
      if (blocks === 1 && block !== undefined) {
        held = block;
        continue;
      }
      if (held !== undefined) {
        inFlight.push(nextThread(threads, most, blocks, options.explain).answer(held));
        held = undefined;
        blocks += 1;
      }
      if (block === undefined) inFlight.push(Promise.resolve(tooLong));
      else inFlight.push(nextThread(threads, most, blocks, options.explain).answer(block));
      if (inFlight.length >= most * BLOCKS_A_THREAD) await writeNext();
    }
    if (held !== undefined) {
      const answered: Answered = answerBlock(held, options.explain);
      inFlight.push(Promise.resolve({ bytes: answered.text, failures: answered.failures }));
    }
    while (inFlight.length > 0) await writeNext();
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
  return failures;
}

function nextThread(threads: Thread[], most: number, turn: number, explain: boolean): Thread {
  if (threads.length < most) {
    const started = new Thread(explain);
    threads.push(started);
    return started;
  }
  const thread = threads[turn % threads.length];
  if (thread === undefined) throw new Error("no thread to answer a block");
  return thread;
}
