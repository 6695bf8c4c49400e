/** Whether two samples come from one distribution: for times that must not tell anything. */

/** Two-sample Kolmogorov–Smirnov: p-value by the asymptotic series (Press et al., Numerical Recipes, 14.3). */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const left = a.toSorted((x, y) => x - y);
  const right = b.toSorted((x, y) => x - y);
  let distance = 0;
  for (const value of [...left, ...right]) {
    const share = (sorted: readonly number[]): number => sorted.filter((one) => one <= value).length / sorted.length;
    distance = Math.max(distance, Math.abs(share(left) - share(right)));
  }
  const n = Math.sqrt((left.length * right.length) / (left.length + right.length));
  const lambda = (n + 0.12 + 0.11 / n) * distance;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}
