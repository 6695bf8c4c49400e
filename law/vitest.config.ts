import { defineConfig } from "vitest/config";

/** The law room alone, without the database that the other rooms' tests stand on. The mutation test brings its own runner (test/mutation). */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    setupFiles: ["../vitest.setup.ts"],
    testTimeout: 300_000,
    maxWorkers: 2,
  },
});
