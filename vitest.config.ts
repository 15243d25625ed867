import { defineConfig } from "vitest/config";

// Tests read the packages' sources, not their builds: the `hotkeep-source` export condition.
export default defineConfig({
  resolve: { conditions: ["hotkeep-source"] },
  ssr: { resolve: { conditions: ["hotkeep-source"] } },
  test: {
    // Deadlines are for what hangs. A machine that is busy with other things must never meet one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    pool: "threads",
    projects: [
      {
        extends: true,
        test: { name: "units", include: ["packages/*/test/**/*.spec.ts"], isolate: false },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/test/**/*.spec.ts"],
          pool: "forks",
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
