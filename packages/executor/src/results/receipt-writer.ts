import {
  encodeDocument,
  type MarketDomain,
  type ReceiptDocument,
  receiptTypedData,
  signedReceiptSchema,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash } from "viem";
import type { LocalAccount } from "viem/accounts";

import type { SeatKey } from "../journal/transition.ts";
import type { RunUsage } from "./run-usage.ts";

/** What a seat's program took on this machine, before and while it ran. */
export interface SeatUsage extends RunUsage {
  readonly engine: { readonly name: string; readonly version: string };
  readonly fetchMillis: number;
  readonly prepareMillis: number;
}

export interface ReceiptWriterOptions {
  readonly storage: Storage;
  readonly domain: MarketDomain;
  readonly provider: number;
  readonly account: Pick<LocalAccount, "signTypedData">;
}

/** Signs what a seat's runs took, and keeps it with their result: private until that is accepted. */
export class ReceiptWriter {
  readonly #options: ReceiptWriterOptions;

  constructor(options: ReceiptWriterOptions) {
    this.#options = options;
  }

  /** @returns the digest of the signed receipt */
  async write(
    { task, round }: SeatKey,
    result: Hash,
    usage: SeatUsage,
    signal: AbortSignal,
  ): Promise<Hash> {
    const { account, domain, provider, storage } = this.#options;
    const { engine, fetchMillis, prepareMillis, runMillis, fuelUsed, ...measured } = usage;
    const receipt: ReceiptDocument = {
      ...{ deco: "receipt/1", task, provider, round, result, engine, ...measured },
      timings: { fetchMillis, prepareMillis, runMillis },
      ...(fuelUsed !== undefined && { fuelUsed: `${fuelUsed}` }),
    };
    const signature = await account.signTypedData(receiptTypedData(domain, receipt));
    const bytes = encodeDocument(signedReceiptSchema, {
      ...{ deco: "signed-receipt/1", receipt, signature },
    });
    return (await storage.addDocument(bytes, { visibility: "private", signal })).digest;
  }
}
