/** A source of repeatable chance: the same seed gives the same sequence on every machine and in every time zone. */
export interface Random {
  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number;
  /** An integer from `low` to `high`, both included; `low` when the range is empty. */
  between(low: number, high: number): number;
  /** True in `count` cases of a thousand. */
  perMille(count: number): boolean;
  /** One of the items, each equally likely. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** One of the items, each as likely as its weight (positive integers). */
  weighted<T>(items: readonly [Weighted<T>, ...Weighted<T>[]]): T;
}

export interface Weighted<T> {
  readonly weight: number;
  readonly item: T;
}

function hash(text: string, start: number): number {
  let value = start >>> 0;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    value ^= value >>> 15;
  }
  return value >>> 0;
}

/**
 * A generator for one named stream of one seed.
 * sfc32 on 32-bit integers only: no floating-point function whose last bit may differ between machines.
 */
export function createRandom(seed: string, stream: string): Random {
  let a = hash(`${seed}\u0000${stream}`, 0x811c9dc5);
  let b = hash(`${stream}\u0000${seed}`, 0x9e3779b9);
  let c = hash(seed, a ^ 0x85ebca6b);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  const below = (limit: number): number => (limit <= 1 ? 0 : Math.floor((next() / 0x1_0000_0000) * limit));
  return {
    below,
    between: (low, high) => (high <= low ? low : low + below(high - low + 1)),
    perMille: (count) => below(1000) < count,
    pick: (items) => items[below(items.length)] ?? items[0],
    weighted: (items) => {
      let total = 0;
      for (const entry of items) total += entry.weight;
      let point = below(total);
      for (const entry of items) {
        point -= entry.weight;
        if (point < 0) return entry.item;
      }
      return items[0].item;
    },
  };
}
