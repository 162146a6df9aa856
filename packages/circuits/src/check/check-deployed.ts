import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import {
  type Account,
  type Address,
  type Chain,
  type Client,
  type Hash,
  keccak256,
  type Transport,
  zeroAddress,
} from "viem";
import { getCode, readContract } from "viem/actions";

import type { CircuitCheck } from "./report.ts";

export type ReadingClient = Client<Transport, Chain | undefined, Account | undefined>;

/** The id of the circuit whose verifier a contract would be: the hash of its code; undefined without code. */
export async function idOfVerifier(
  client: ReadingClient,
  address: Address,
): Promise<Hash | undefined> {
  const code = await getCode(client, { address });
  return code === undefined || code === "0x" ? undefined : keccak256(code);
}

/**
 * Checks what a chain has of a circuit.
 * @param circuit follows from the verification key; undefined when there is no usable one
 * @param at the contract to look at, or the policy whose registered contract it is; what is not given is not looked at
 */
export async function checkDeployed(
  client: ReadingClient,
  circuit: Hash | undefined,
  at: { readonly verifier?: Address | undefined; readonly policy?: Address | undefined },
): Promise<CircuitCheck[]> {
  const checks: CircuitCheck[] = [];
  const say = (name: CircuitCheck["name"], status: CircuitCheck["status"], detail: string) =>
    checks.push({ name, status, detail });
  if (circuit === undefined) {
    const why = "the verification key has no id";
    if (at.verifier ?? at.policy) say("verifier-code", "skipped", why);
    if (at.policy) say("registration", "skipped", why);
    return checks;
  }
  let verifier = at.verifier;
  let registration: CircuitCheck | undefined;
  if (at.policy !== undefined) {
    const known = await readContract(client, {
      ...{ address: at.policy, abi: zkPolicyAbi, functionName: "getCircuit", args: [circuit] },
    });
    verifier ??= known.verifier === zeroAddress ? undefined : known.verifier;
    const refusal = refusalOf(known, verifier);
    registration = {
      name: "registration",
      ...(refusal === undefined
        ? { status: "passed", detail: `${at.policy} serves it by ${known.verifier}` }
        : { status: "failed", detail: `${at.policy} ${refusal}` }),
    };
  }
  if (verifier !== undefined) {
    const id = await idOfVerifier(client, verifier);
    if (id === circuit) say("verifier-code", "passed", `${verifier} is the key's verifier`);
    else {
      const is = id === undefined ? "no contract" : `the verifier of another key, ${id}`;
      say("verifier-code", "failed", `${verifier} is ${is}`);
    }
  } else if (at.policy !== undefined) {
    say("verifier-code", "skipped", "no contract is registered");
  }
  if (registration) checks.push(registration);
  return checks;
}

function refusalOf(
  known: { readonly verifier: Address; readonly tombstoned: boolean },
  verifier: Address | undefined,
): string | undefined {
  if (known.verifier === zeroAddress) return "does not know it";
  if (known.tombstoned) return "does not serve it any more: governance removed it for ever";
  if (verifier !== undefined && known.verifier.toLowerCase() !== verifier.toLowerCase()) {
    return `serves it by ${known.verifier}, not by ${verifier}`;
  }
  return undefined;
}
