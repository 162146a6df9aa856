import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { circuitDraftSchema, parseDocumentText } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";

import {
  circuitsFolder,
  keyFiles,
  powersFile,
  publishedCircuits,
  verifiersFolder,
} from "../../scripts/circuits/circuits.ts";
import { emitVerifiers } from "../../scripts/circuits/emit.ts";
import { publishedHashes, readHashes } from "../../scripts/circuits/hashes.ts";
import { assertContributed } from "../../scripts/circuits/key-checks.ts";

describe("published keys", () => {
  it.each(publishedCircuits)("$name: its file is how it is published", async (circuit) => {
    const { name, optimisation, power } = circuit;
    const path = join(circuitsFolder, "main", `${name}.json`);
    const draft = parseDocumentText(circuitDraftSchema, await readFile(path, "utf8"));
    expect(draft).toMatchObject({ name, optimisation, source: { main: `main/${name}.circom` } });
    const at = (local: string) => resolve(circuitsFolder, "main", local);
    expect(at(draft.keys.folder)).toBe(keyFiles(name).folder);
    expect(at(draft.powers.file)).toBe(powersFile(power));
    expect(at(draft.source.folder)).toBe(circuitsFolder);
  });

  it("are the files that were published", async () => {
    expect(await publishedHashes()).toEqual(await readHashes());
  });

  it("have verifiers exactly as snarkjs emits them", { timeout: 60_000 }, async () => {
    for (const [name, source] of await emitVerifiers()) {
      expect(await readFile(join(verifiersFolder, name), "utf8")).toBe(source);
    }
  });

  it.each(publishedCircuits)("$name: somebody contributed", async ({ name, system }) => {
    const key = JSON.parse(await readFile(keyFiles(name).verification, "utf8"));
    expect(key.protocol).toBe(system);
    expect(key.nPublic).toBe(3);
    assertContributed(name, key);
    const forgeable = { protocol: "groth16", vk_gamma_2: [["1"]], vk_delta_2: [["1"]] };
    expect(() => assertContributed(name, forgeable)).toThrow(
      expect.objectContaining({ code: "KEY_FORGEABLE" }),
    );
  });
});
