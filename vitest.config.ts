import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "data/**", ".stryker-tmp/**"],
    globalSetup: ["platform/test/support/cluster.ts"],
    setupFiles: ["vitest.setup.ts"],
    // Generous: a slow or busy machine is no defect. What must be fast is measured in bench/.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
