import { defineConfig } from "vitest/config";

const places = ["packages/*/test/**", "test/**"];
/** Tests that need a container engine, whose address is in DOCKER_HOST; without it they are skipped. */
const dockerTests = places.map((place) => `${place}/*.docker.test.ts`);

/** What every project has in common. */
const shared = {
  environment: "node",
  pool: "forks",
  // Real chains, nodes and sandboxes answer within seconds, even on a busy machine with two cores.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  teardownTimeout: 20_000,
  expect: { poll: { timeout: 30_000 } },
} as const;

export default defineConfig({
  test: {
    // Two cores are enough for three: most tests wait for chains.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: places.map((place) => `${place}/*.test.ts`),
          exclude: ["**/node_modules/**", ...dockerTests],
        },
      },
      {
        test: {
          ...shared,
          name: "docker",
          include: dockerTests,
          exclude: ["**/node_modules/**"],
          // One engine serves all files, and its containers share the cores.
          fileParallelism: false,
        },
      },
    ],
  },
});
