import { groth16VerifierBytecode } from "@deco-network/sdk/bytecode/groth16-verifier";
import { plonkVerifierBytecode } from "@deco-network/sdk/bytecode/plonk-verifier";
import { type Hash, type Hex, keccak256 } from "viem";

import { ProofsError } from "./errors.ts";
import { templateKeys } from "./generated/template-keys.ts";
import type { ProofSystem, VerificationKey } from "./verification-key.ts";

/** As a `ZkPolicy` takes it; see `contracts/interfaces/IZkPolicy.sol`. */
export interface VerifierShape {
  readonly codeHash: Hash;
  readonly gasCap: number;
  readonly proofWords: number;
  readonly gamma: number;
  readonly delta: number;
  readonly holes: Hex;
}

/** A third above what a genuine proof takes. */
const GAS_CAPS = { groth16: 230_000, plonk: 330_000 } as const;
const PROOF_WORDS = { groth16: 8, plonk: 24 } as const;
const PUSH32 = "7f";
/** What creation code without a constructor ends in: the refusal of value, then INVALID. */
const CREATION_END = "5f80fdfe";

/** The shapes of a policy, in the order in which it is deployed with them. */
export const SYSTEMS: readonly ProofSystem[] = ["groth16", "plonk"];

/** What code of a system's verifier looks like, whatever its key. */
export function shapeOf(system: ProofSystem): VerifierShape {
  const { runtime, holes } = templateOf(system);
  let masked = runtime;
  for (const { at } of holes) masked = replaced(masked, at, "0".repeat(64));
  const numbers = holes.map(({ at }) => (at / 2).toString(16).padStart(4, "0"));
  return {
    codeHash: keccak256(`0x${masked}`),
    ...{ gasCap: GAS_CAPS[system], proofWords: PROOF_WORDS[system] },
    // PLONK has no second phase that could lack a contribution.
    ...(system === "groth16" ? { gamma: 6, delta: 10 } : { gamma: 0, delta: 0 }),
    holes: `0x${numbers.join("")}`,
  };
}

/**
 * Code that deploys the verifier of a key: what the compiler makes of what snarkjs emits for it.
 * @throws ProofsError `key-not-deployable`
 */
export function verifierCreationCode(key: VerificationKey): Hex {
  const { creation } = templateOf(key.system);
  return `0x${creation}${runtimeOf(key)}`;
}

/**
 * The id under which policies know a circuit: the hash of its verifier's code.
 * @throws ProofsError `key-not-deployable`
 */
export function circuitIdOf(key: VerificationKey): Hash {
  return keccak256(`0x${runtimeOf(key)}`);
}

function runtimeOf(key: VerificationKey): string {
  const { runtime, holes } = templateOf(key.system);
  const words = key.words.map((word) => word.toString(16).padStart(64, "0"));
  if (words.some((word) => word.startsWith("00"))) {
    throw new ProofsError(
      "key-not-deployable",
      "A number of the key begins with a zero byte; the compiler pushes it otherwise.",
      "Contribute once more, or set up with other powers of tau.",
    );
  }
  let code = runtime;
  for (const { at, word } of holes) code = replaced(code, at, words[word] ?? "");
  return code;
}

/** Creation code up to the runtime code; that code; where in it which number of the key stands. */
function templateOf(system: ProofSystem) {
  const bytecode = system === "groth16" ? groth16VerifierBytecode : plonkVerifierBytecode;
  const hex = bytecode.slice(2);
  const end = positionOf(hex, CREATION_END, 0) + CREATION_END.length;
  const [creation, runtime] = [hex.slice(0, end), hex.slice(end)];
  const holes: { at: number; word: number }[] = [];
  for (const [word, number] of templateKeys[system].entries()) {
    const pushed = `${PUSH32}${number}`;
    for (
      let at = positionOf(runtime, pushed, 0);
      at >= 0;
      at = positionOf(runtime, pushed, at + 2)
    ) {
      holes.push({ at: at + 2, word });
    }
  }
  return { creation, runtime, holes };
}

/** Where whole bytes stand in hexadecimal text. */
function positionOf(text: string, part: string, from: number): number {
  let at = text.indexOf(part, from);
  while (at % 2 === 1) at = text.indexOf(part, at + 1);
  return at;
}

function replaced(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at + part.length);
}
