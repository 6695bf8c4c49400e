import { defineConfig } from "vitest/config";

/**
 * The fast tests of the law, for mutation: vectors, units, properties and a sample of the random families.
 * Left out: child processes (their code is not the mutated one) and the plain calculator's own tests (they never reach it).
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/zones.test.ts", "test/plain/**"],
    env: { HAGUKUMI_FAMILIES: "2000", HAGUKUMI_RUNS: "60" },
    testTimeout: 120_000,
    maxWorkers: 1,
  },
});
