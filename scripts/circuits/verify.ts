import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { plonk, powersOfTau, zKey } from "snarkjs";

import { preparedPowers, readTranscript } from "./ceremony.ts";
import { keyFiles, POWERS, powersFile, publishedCircuits, verifiersFolder } from "./circuits.ts";
import { compileCircuit } from "./compile.ts";
import { emitVerifiers } from "./emit.ts";
import { fileDigest, publishedHashes, readHashes } from "./hashes.ts";
import { assertContributed } from "./key-checks.ts";

/**
 * Rebuilds whatever can be rebuilt from the sources and compares: constraints and witness generators by compiling, PLONK keys by
 * setting up again, contributions of Groth16 keys and powers of tau by their own proofs, verification keys and contracts by exporting.
 * @returns what is wrong; nothing when all is well.
 */
export async function verifyKeys(work: string, say: (line: string) => void): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (holds: boolean, problem: string) => {
    if (!holds) wrong.push(problem);
  };
  const [committed, found] = [await readHashes(), await publishedHashes()];
  for (const path of new Set([...Object.keys(committed), ...Object.keys(found)])) {
    expect(committed[path] === found[path], `${path} is not the published file`);
  }
  const transcript = await readTranscript();
  for (const power of POWERS) {
    say(`powers of tau, 2^${power}`);
    const told = transcript.powers.find((made) => made.power === power);
    expect(
      told?.sha256 === (await fileDigest(powersFile(power))) &&
        (await powersOfTau.verify(powersFile(power))),
      `the powers of tau of 2^${power} do not verify`,
    );
  }
  for (const circuit of publishedCircuits) {
    say(circuit.name);
    const files = keyFiles(circuit.name);
    const { r1cs, wasm } = await compileCircuit(circuit, join(work, circuit.name));
    const told = transcript.circuits.find(({ name }) => name === circuit.name);
    expect(
      told?.r1cs === (await fileDigest(r1cs)) && told.witness === (await fileDigest(wasm)),
      `the transcript is not of the source of ${circuit.name}`,
    );
    const powers = await preparedPowers(circuit.power);
    if (circuit.witness) {
      const published = await fileDigest(files.witness);
      expect(
        told?.witness === published,
        `the witness generator of ${circuit.name} is not of its source`,
      );
    }
    if (circuit.system === "plonk") {
      const again = join(work, `${circuit.name}.zkey`);
      await plonk.setup(r1cs, powers, again);
      expect(
        (await fileDigest(again)) === (await fileDigest(files.proving)),
        `the key of ${circuit.name} is not of its source`,
      );
    } else {
      expect(
        await zKey.verifyFromR1cs(r1cs, powers, files.proving),
        `the key of ${circuit.name} is not of its source, or a contribution is not proven`,
      );
    }
    const key = await zKey.exportVerificationKey(files.proving);
    assertContributed(circuit.name, key);
    const exported = `${JSON.stringify(key, null, 1)}\n`;
    expect(
      exported === (await readFile(files.verification, "utf8")),
      `the verification key of ${circuit.name} is not of its proving key`,
    );
  }
  for (const [name, source] of await emitVerifiers()) {
    const path = join(verifiersFolder, name);
    expect((await readFile(path, "utf8")) === source, `${name} is not as snarkjs emits it`);
  }
  return wrong;
}
