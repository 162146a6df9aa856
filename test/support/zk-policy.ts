import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deployZkPolicy as deployment } from "@deco-network/devnet";
import { circuitIdOf, parseVerificationKey, type VerificationKey } from "@deco-network/proofs";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

import { keyFiles, publishedCircuits } from "../../scripts/circuits/circuits.ts";
import { compileCircuit } from "../../scripts/circuits/compile.ts";

/** A published circuit with all that proving takes. */
export interface PreparedCircuit {
  readonly key: VerificationKey;
  readonly id: Hash;
  readonly files: {
    readonly system: VerificationKey["system"];
    readonly witness: SharedArrayBuffer;
    readonly provingKey: SharedArrayBuffer;
  };
  readonly paths: { readonly witness: string; readonly proving: string; verification: string };
}

/** The verification key of a published circuit, which nothing needs to be compiled for. */
export async function publishedKey(name: string): Promise<VerificationKey> {
  return parseVerificationKey(await readFile(keyFiles(name).verification));
}

/** Compiles a published circuit into a folder below the project's, and loads its keys. */
export async function prepareCircuit(name: string, folder: string): Promise<PreparedCircuit> {
  const circuit = publishedCircuits.find((one) => one.name === name);
  if (circuit === undefined) throw new RangeError(`There is no circuit ${name}.`);
  const { proving, verification } = keyFiles(name);
  const key = parseVerificationKey(await readFile(verification));
  const { wasm } = await compileCircuit(circuit, join(folder, name));
  return {
    ...{ key, id: circuitIdOf(key) },
    files: {
      system: key.system,
      witness: shared(await readFile(wasm)),
      provingKey: shared(await readFile(proving)),
    },
    paths: { witness: wasm, proving, verification },
  };
}

/** Deploys the policy for a market of a local chain, registers circuits and lists it. */
export async function deployZkPolicy(
  {
    rpcUrl,
    addresses,
    deployer,
  }: {
    readonly rpcUrl: string;
    readonly addresses: { readonly market: Address; readonly parameters: Address };
    readonly deployer: { readonly privateKey: Hex };
  },
  keys: readonly VerificationKey[],
): Promise<Address> {
  const transport = http(rpcUrl);
  const client = createPublicClient({ transport });
  const wallet = createWalletClient({ transport });
  const account = privateKeyToAccount(deployer.privateKey);
  const until = AbortSignal.timeout(60_000);
  return await deployment(client, wallet, account, addresses, keys, until);
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}
