import { type Address, encodeAbiParameters, type Hash, keccak256 } from "viem";

/** Order of BN254's scalar field: signals are below it. */
export const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** What a proof is for. */
export interface BindingParameters {
  readonly taskId: Hash;
  /** Who proves: the holder of the seat, a rescuer, or, without a seat, anybody registered. */
  readonly provider: number;
  readonly chainId: number;
  readonly market: Address;
}

/** The signal that ties a proof to one task and one provider; as `ZkPolicy.bindingOf`. */
export function bindingOf({ taskId, provider, chainId, market }: BindingParameters): bigint {
  const types = ["bytes32", "uint32", "uint256", "address"].map((type) => ({ type }));
  const words = encodeAbiParameters(types, [taskId, provider, BigInt(chainId), market]);
  return BigInt(keccak256(words)) % FIELD;
}
