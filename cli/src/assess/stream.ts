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

  constructor(work: LineWork) {
    this.#worker = new Worker(work.worker, { workerData: work.data });
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
      const bytes = ownBytes(block);
      this.#worker.postMessage({ bytes, failures: 0 } satisfies BlockMessage, [bytes.buffer]);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The bytes of a block in a buffer of their own, copied only where they share one with others. */
function ownBytes(block: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = block;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(block);
}

async function write(output: Writable, bytes: Uint8Array | string): Promise<void> {
  if (bytes.length > 0 && !output.write(bytes)) await once(output, "drain");
}

/** What is done with blocks of lines: in a thread (`worker`, which speaks `BlockMessage`), or here where one block is all there is. */
export interface LineWork {
  readonly worker: URL;
  readonly data: unknown;
  readonly here: (block: Uint8Array) => Answered;
}

/**
 * Assesses every line of `source` on `output`, in order.
 *
 * @returns how many lines could not be assessed
 */
export const assessStream = (
  source: AsyncIterable<unknown>,
  output: Writable,
  { explain }: { readonly explain: boolean },
): Promise<number> =>
  answerStream(source, output, {
    worker: new URL("worker.ts", import.meta.url),
    data: { explain },
    here: (block) => answerBlock(block, explain),
  });

/**
 * The frame: reads, cuts, hands out, collects in order, writes.
 *
 * @returns how many lines failed
 */
export async function answerStream(source: AsyncIterable<unknown>, output: Writable, work: LineWork): Promise<number> {
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
        inFlight.push(nextThread(threads, most, blocks, work).answer(held));
        held = undefined;
        blocks += 1;
      }
      if (block === undefined) inFlight.push(Promise.resolve(tooLong));
      else inFlight.push(nextThread(threads, most, blocks, work).answer(block));
      if (inFlight.length >= most * BLOCKS_A_THREAD) await writeNext();
    }
    if (held !== undefined) {
      inFlight.push(Promise.resolve<Done>(work.here(held)));
    }
    while (inFlight.length > 0) await writeNext();
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
  return failures;
}

function nextThread(threads: Thread[], most: number, turn: number, work: LineWork): Thread {
  if (threads.length < most) {
    const started = new Thread(work);
    threads.push(started);
    return started;
  }
  const thread = threads[turn % threads.length];
  if (thread === undefined) throw new Error("no thread to answer a block");
  return thread;
}
