import type { Address, Hex } from "viem";
import { encodeAbiParameters, encodeFunctionData, keccak256, zeroHash } from "viem";
import { timelockControllerAbi } from "../generated/abis/timelock-controller.ts";
import type { GovernanceCall } from "./governance-call.ts";

export interface TimelockOperationParameters {
  readonly timelock: Address;
  /** Made in this order, in one transaction, all or none. */
  readonly calls: readonly GovernanceCall[];
  /** Seconds between scheduling and the first moment of execution; at least the timelock's minimum. */
  readonly delay: number;
  /** Tells equal operations apart; default zero. */
  readonly salt?: Hex | undefined;
  /** Id of an operation that must be executed before; default none. */
  readonly predecessor?: Hex | undefined;
}

/** A transaction for a wallet or a multisig. */
export interface TimelockTransaction {
  readonly to: Address;
  readonly data: Hex;
}

/** An operation of the timelock, as the transactions of its life. */
export interface TimelockOperation {
  readonly id: Hex;
  /** Sent by a proposer. */
  readonly schedule: TimelockTransaction;
  /** Sent by anyone once the delay has passed (where execution is open). */
  readonly execute: TimelockTransaction;
  /** Sent by a canceller before it was executed. */
  readonly cancel: TimelockTransaction;
}

/** Builds what a multisig schedules and anyone executes. Nothing is sent. */
export function timelockOperation(parameters: TimelockOperationParameters): TimelockOperation {
  const { timelock, calls, delay, salt = zeroHash, predecessor = zeroHash } = parameters;
  const targets = calls.map((call) => call.target);
  const values = calls.map(() => 0n);
  const payloads = calls.map((call) => call.data);
  const operation = [targets, values, payloads, predecessor, salt] as const;
  const id = keccak256(encodeAbiParameters(OPERATION, operation));
  const abi = timelockControllerAbi;
  const transaction = (data: Hex): TimelockTransaction => ({ to: timelock, data });
  return {
    id,
    schedule: transaction(
      encodeFunctionData({
        abi,
        functionName: "scheduleBatch",
        args: [...operation, BigInt(delay)],
      }),
    ),
    execute: transaction(
      encodeFunctionData({ abi, functionName: "executeBatch", args: operation }),
    ),
    cancel: transaction(encodeFunctionData({ abi, functionName: "cancel", args: [id] })),
  };
}

/** What `hashOperationBatch` hashes. */
const OPERATION = [
  { type: "address[]" },
  { type: "uint256[]" },
  { type: "bytes[]" },
  { type: "bytes32" },
  { type: "bytes32" },
] as const;
