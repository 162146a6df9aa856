import { join } from "node:path";

import { zeroAddress } from "viem";
import { expect, it, onTestFinished } from "vitest";

import { parseConfig } from "../src/config/load-config.ts";
import { createEngines } from "../src/create-engines.ts";
import type { Engine } from "../src/engines/engine.ts";
import { loadInstanceId } from "../src/identity/load-instance-id.ts";
import { createLogger } from "../src/runtime/logger.ts";
import {
  describeWithEngine,
  docker,
  HOST,
  leftovers,
  prepare,
  SIGNAL,
  script,
} from "./engines/oci/support/container-engine.ts";
import { temporaryFolder } from "./engines/oci/support/temporary-folder.ts";

const NOTHING = { containers: 0, volumes: 0, images: 0 };
const ONE_RUN = { containers: 2, volumes: 1, images: 1 };

/** The container engine as an executor with this data folder opens it; sweeping is part of that. */
async function open(dataFolder: string): Promise<{ engine: Engine; instanceId: string }> {
  const instanceId = await loadInstanceId(join(dataFolder, "instance-id"));
  const config = parseConfig({
    dataFolder,
    chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: zeroAddress },
    // The same operator for all.
    key: { file: "operator.key" },
    engines: { wasm: false, oci: { host: HOST } },
    capacity: { imageCacheBytes: 0 },
  });
  const logger = createLogger("silent");
  const { engines, versions } = await createEngines(config, instanceId, logger, SIGNAL);
  const [engine] = engines;
  expect([...versions.keys()]).toEqual(engines.map(({ name }) => name));
  if (engine === undefined) throw new TypeError("the container engine does not work");
  return { engine, instanceId };
}

describeWithEngine("executors of one operator on one container engine", () => {
  it("leave each other's containers alone; one that starts again sweeps up its own", async () => {
    const [first, second] = await Promise.all([temporaryFolder(), temporaryFolder()]);
    const one = await open(first);
    onTestFinished(async () => expect(await leftovers(one.instanceId)).toEqual(NOTHING));
    const prepared = await prepare(script("busybox sleep 600"), { engine: one.engine });
    prepared.run().catch(() => undefined); // Ended by the sweep below.
    await expect.poll(() => running(one.instanceId), { timeout: 60_000 }).toBe(2);

    const other = await open(second);
    expect(other.instanceId).not.toBe(one.instanceId);
    expect(await running(one.instanceId)).toBe(2);
    expect(await leftovers(one.instanceId)).toEqual(ONE_RUN);

    await open(first);
    expect(await leftovers(one.instanceId)).toEqual(NOTHING);
  });
});

async function running(instanceId: string): Promise<number> {
  const filters = { label: [`network.deco.instance=${instanceId}`], status: ["running"] };
  return (await docker().listContainers({ filters })).length;
}
