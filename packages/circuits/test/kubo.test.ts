import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CircuitDraft } from "@deco-network/sdk";
import { describe, expect, it, onTestFinished } from "vitest";

import { KUBO, startRecordedDaemon } from "../../storage/test/kubo/recorded-daemon.ts";
import {
  type CircuitFindings,
  hashingSink,
  inWorkplace,
  keepInKubo,
  publishCircuit,
  type Workplace,
} from "../src/index.ts";

const signal = () => AbortSignal.timeout(30_000);
const draft: CircuitDraft = {
  ...{ deco: "circuit/1", name: "small", optimisation: "O1" },
  source: { folder: ".", main: "main/small.circom" },
  ...{ keys: { folder: "." }, powers: { file: "p" }, transcript: { file: "t" } },
};
/** As of a circuit that was found sound. */
const findings: CircuitFindings = {
  ...{ checks: [], circom: "2.2.3", system: "plonk" },
  ...{ circuit: `0x${"5e".repeat(32)}`, constraints: `0x${"c0".repeat(32)}` },
};

async function fill({ source, keys, built, powers, transcript }: Workplace): Promise<void> {
  for (const path of [
    join(source, "main", "small.circom"),
    ...["proving.zkey", "verification-key.json"].map((name) => join(keys, name)),
    join(built, "small_js", "small.wasm"),
    ...[powers, transcript],
  ]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `content of ${path.split("/").at(-1)}`);
  }
}

describe("a Kubo daemon that is to keep a circuit", () => {
  it("has every artefact and the document pinned when it is done", async () => {
    const daemon = await startRecordedDaemon("kubo", KUBO);
    onTestFinished(() => daemon.stop());
    await inWorkplace(async (place) => {
      await fill(place);
      await keepInKubo(daemon.api, place, draft, findings, signal());
      const { cid, document } = await publishCircuit(
        ...([hashingSink(signal()), place, draft, findings] as const),
      );
      const { source, keys, powers, transcript } = document;
      expect([...daemon.pins].sort()).toEqual(
        [cid, source.folder, keys, powers, transcript].sort(),
      );
    });
  });

  it("is said to have failed when it does not answer", async () => {
    const daemon = await startRecordedDaemon("kubo", KUBO);
    await daemon.stop();
    await inWorkplace(async (place) => {
      await fill(place);
      await expect(keepInKubo(daemon.api, place, draft, findings, signal())).rejects.toMatchObject({
        code: "kubo-failed",
      });
    });
  });
});
