/** 存在の秘匿: probes of a hidden person and of nobody in turn, with the time and the words of each answer. */
import { kolmogorovSmirnov } from "../../../../platform/test/support/kolmogorov-smirnov.ts";
import type { Actor } from "./actors.ts";
import { call } from "./served-desk.ts";
import type { ServedDesk } from "./served-desk.ts";

const OPEN = { method: "POST", path: "/openings" } as const;
/** Under 支援措置 in the small city */
const HIDDEN = 900000000001104;

export type Probed = {
  /** Different answers, but for the number of the request: one, where nothing can be told */
  readonly answers: readonly string[];
  /** Kolmogorov–Smirnov p of each measurement; the last one counts */
  readonly p: readonly number[];
};

/**
 * Asks for a hidden person and for nobody in turn.
 *
 * @param asker who may not see people under 支援措置
 * @param probes of one measurement, half of them about the hidden person
 */
export async function probeHidden(desk: ServedDesk, asker: Actor, probes: number): Promise<Probed> {
  const probe = async (number: number): Promise<{ readonly ms: number; readonly answer: string }> => {
    const target = { kind: "addressee", number: String(number) };
    const begun = performance.now();
    const { status, code, text } = await call(desk.server, asker, OPEN, {
      body: { target, purpose: "certification", origin: "search" },
    });
    const ms = performance.now() - begun;
    // What differs from call to call by itself: the number of the request.
    return { ms, answer: `${String(status)} ${code} ${text.replaceAll(/"requestId":"[^"]*"/g, "")}` };
  };
  for (let warm = 0; warm < 20; warm += 1) await probe(warm % 2 === 0 ? HIDDEN : 800_000_000_000_001);
  const answers = new Set<string>();
  const found: number[] = [];
  // Equal distributions fall below 0.01 once in a hundred measurements, three times in a row once in a million; a real difference
  // does so every time.
  while (found.length < 3 && (found.at(-1) ?? 0) <= 0.01) {
    const [hidden, absent]: [number[], number[]] = [[], []];
    for (let n = 0; n < probes; n += 1) {
      // Alternating, so that a busy minute of the machine falls on both alike.
      const { ms, answer } = await probe(n % 2 === 0 ? HIDDEN : 800_000_000_000_000 + n);
      (n % 2 === 0 ? hidden : absent).push(ms);
      answers.add(answer);
    }
    found.push(kolmogorovSmirnov(hidden, absent));
  }
  return { answers: [...answers], p: found };
}
