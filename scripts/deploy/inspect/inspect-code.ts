import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Address, PublicClient } from "viem";

import { contractSizeLimit } from "../../solidity/compiler.ts";
import type { Check } from "./check.ts";

type ImmutableReferences = Readonly<
  Record<string, readonly { readonly start: number; readonly length: number }[]>
>;

/** Whether an address holds the code that was compiled here, within the size that any chain takes. */
export async function inspectCode(
  client: PublicClient,
  environment: HardhatRuntimeEnvironment,
  name: string,
  address: Address,
): Promise<Check[]> {
  const code = (await client.getCode({ address })) ?? "0x";
  const artifact = await environment.artifacts.readArtifact(name);
  const references = (artifact.immutableReferences ?? {}) as ImmutableReferences;
  const [actual, expected] = [code, artifact.deployedBytecode].map((hex) =>
    withoutImmutables(hex, references),
  );
  const size = (code.length - 2) / 2;
  return [
    actual === expected
      ? { name: `code of ${name}` }
      : { name: `code of ${name}`, problem: `at ${address} is another than that compiled here` },
    size <= contractSizeLimit
      ? { name: `size of ${name}` }
      : { name: `size of ${name}`, problem: `is ${size} bytes, above ${contractSizeLimit}` },
  ];
}

/** Immutable values are written into the code by the constructor; they are checked by what they answer. */
function withoutImmutables(hex: string, references: ImmutableReferences): string {
  const bytes = Buffer.from(hex.slice(2), "hex");
  for (const { start, length } of Object.values(references).flat()) {
    bytes.fill(0, start, start + length);
  }
  return bytes.toString("hex");
}
