import { defineConfig } from "vitest/config";

// Tests read the packages' sources, not their builds: the `hotkeep-source` export condition.
export default defineConfig({
  resolve: { conditions: ["hotkeep-source"] },
  ssr: { resolve: { conditions: ["hotkeep-source"] } },
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
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
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
