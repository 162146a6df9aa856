import {
  carryKeys,
  type FetchedResult,
  fetchPrivateResult,
  KeyCourier,
  type KeyDelivery,
  ProviderMessenger,
  type ReceiptSeat,
  type ResultLimits,
} from "@deco-network/requester";
import type { Hex } from "viem";

import { CliError } from "../errors.ts";
import type { CompleteOptions } from "./complete-task.ts";

type Say = (line: string) => void;

/** The requester's part in a private task, beside following it. */
export interface PrivateTask {
  /** Gives the key to seated providers until the signal is aborted. */
  carryKeys(seated: () => readonly number[], say: Say, signal: AbortSignal): Promise<void>;
  /** Fetches, decrypts and verifies the result. */
  fetchResult(
    digest: Hex,
    agreed: readonly ReceiptSeat[],
    say: Say,
    limits: ResultLimits & { readonly folder: string; readonly signal: AbortSignal },
  ): Promise<FetchedResult>;
  close(): Promise<void>;
}

/**
 * Undefined for a task without secrets here: it is public, or somebody else's.
 * @throws CliError `account-unknown` when nobody can sign to providers
 */
export async function openPrivateTask({
  market,
  storage,
  record,
  keys,
  signer,
}: Pick<CompleteOptions, "market" | "storage" | "record" | "keys" | "signer">): Promise<
  PrivateTask | undefined
> {
  if (keys === undefined) return undefined;
  if (signer === undefined) {
    throw new CliError("account-unknown", "Keys of a private task go out in signed messages.", {
      remedy: "Name the requester's account with --account.",
    });
  }
  const { taskId } = record;
  const messenger = new ProviderMessenger(market, storage, signer);
  const courier = new KeyCourier(market, storage, messenger, { taskId, keys });
  return {
    carryKeys: (seated, say, signal) =>
      carryKeys(courier, seated, {
        signal,
        onDelivery(delivery) {
          const line = lineOf(delivery);
          if (line !== undefined) say(line);
        },
      }),
    fetchResult: (digest, agreed, say, limits) =>
      fetchPrivateResult(storage, messenger, {
        ...{ taskId, digest, keys, ...limits },
        providers: agreed.map(({ provider }) => provider),
        onRefused: ({ provider, code, detail }) =>
          say(`provider ${provider} gave no usable result (${code}): ${detail}`),
      }),
    close: () => messenger.close(),
  };
}

function lineOf(delivery: KeyDelivery): string | undefined {
  const { provider } = delivery;
  if (delivery.status === "taken") return `provider ${provider} has the key of the private input`;
  if (delivery.status === "refused") {
    return `provider ${provider} cannot use the key of the private input: ${delivery.reason}`;
  }
  if (delivery.status === "undescribed") {
    return `provider ${provider} describes no recipient for the key of the private input`;
  }
  // It learns of its seat a block later: no news.
  if (delivery.code === "sender-refused") return undefined;
  return `provider ${provider} cannot be given the key of the private input yet: ${delivery.code}`;
}
