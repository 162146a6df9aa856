import { createReadStream } from "node:fs";
import { join } from "node:path";

import { isPrivacyError, openInput, resultSaltOf } from "@deco-network/privacy";
import {
  decodeDocument,
  providerSchema,
  type Request,
  type SealedInputDocument,
} from "@deco-network/sdk";
import { isStorageError, type Storage } from "@deco-network/storage";
import { type Hash, type Hex, isAddressEqual, zeroAddress, zeroHash } from "viem";

import { type SealedMaterial, TaskRefusal } from "../services/fetch-task.ts";
import type { PrivateTasks } from "./private-tasks.ts";

export interface PrivateWorkOptions {
  readonly tasks: PrivateTasks;
  readonly storage: Storage;
  /** Whether the operator takes private tasks. */
  readonly wanted: boolean;
  /** The own age recipient. */
  readonly recipient: string;
  /** Digest of the own metadata on the chain; zero: none. */
  readonly metadata: () => Promise<Hash>;
}

/** What opening a private input came to. */
export type Unsealed =
  | {
      readonly kind: "opened";
      readonly inputFolder?: string;
      /** Of the result document. */
      readonly salt: Hex;
    }
  /** The requester has not given the key yet. */
  | { readonly kind: "key-awaited" }
  | { readonly kind: "refused"; readonly detail: string };

/** What the runner needs to run private tasks. */
export class PrivateWork {
  readonly #options: PrivateWorkOptions;

  constructor(options: PrivateWorkOptions) {
    this.#options = options;
  }

  /**
   * Judges a private task before anything large is fetched, and remembers it.
   * @throws TaskRefusal `private-refused`, `private-terms`, `recipient-undescribed`
   */
  async admit(
    task: Hash,
    request: Request,
    sealed: SealedInputDocument,
    signal: AbortSignal,
  ): Promise<void> {
    const { tasks, wanted, recipient } = this.#options;
    if (!wanted) throw new TaskRefusal("private-refused", "policy.private is off.");
    const unsupported = unsupportedTerm(request);
    if (unsupported !== undefined) throw new TaskRefusal("private-terms", unsupported);
    // Without it the requester cannot send the key: the seat could only abstain.
    if ((await this.#described(signal)) !== recipient) {
      throw new TaskRefusal(
        "recipient-undescribed",
        "The provider's metadata does not name this executor's age recipient.",
      );
    }
    await tasks.meet(task, sealed);
  }

  /** Decrypts, unpacks and verifies the input below `folder`, if the key is here. */
  async unseal(
    task: Hash,
    { document, ciphertext }: SealedMaterial,
    folder: string,
    signal: AbortSignal,
  ): Promise<Unsealed> {
    const key = this.#options.tasks.get(task)?.key;
    if (key === undefined) return { kind: "key-awaited" };
    try {
      const stream = createReadStream(ciphertext);
      const target = join(folder, "unsealed");
      const opened = await openInput(document, key, stream, target, signal);
      const salt = resultSaltOf(opened.document.salt as Hex, task);
      return {
        ...{ kind: "opened", salt },
        ...(opened.folder !== undefined && { inputFolder: opened.folder }),
      };
    } catch (error) {
      if (!isPrivacyError(error)) throw error;
      return { kind: "refused", detail: `${error.code}: ${error.message}` };
    }
  }

  /** The run is over with this result: from now on it is known to be a private one. */
  async ran(task: Hash, result: Hash): Promise<void> {
    await this.#options.tasks.change(task, { result });
  }

  isPrivate(task: Hash): boolean {
    return this.#options.tasks.get(task) !== undefined;
  }

  /** The plaintext was removed. */
  async released(task: Hash): Promise<void> {
    await this.#options.tasks.forgetKey(task);
  }

  async #described(signal: AbortSignal): Promise<string | undefined> {
    const { storage, metadata } = this.#options;
    const digest = await metadata();
    if (digest === zeroHash) return undefined;
    try {
      const bytes = await storage.getDocument(digest, { offline: true, signal });
      return decodeDocument(providerSchema, bytes).recipient;
    } catch (error) {
      // Requesters could not have it either.
      if (isStorageError(error, "block-not-found")) return undefined;
      throw error;
    }
  }
}

/** What private tasks cannot have: others than the seated would have to read input or result. */
function unsupportedTerm(request: Request): string | undefined {
  if (request.volume !== 1) return "Private tasks are single runs, no bags.";
  if (!isAddressEqual(request.policy, zeroAddress)) return "Private tasks are voted on.";
  if (!isAddressEqual(request.callback, zeroAddress))
    return "A contract cannot be given the result.";
  const panels = request.challengeWindow + request.deliveryWindow + request.auditBps;
  return panels === 0 ? undefined : "Panels cannot judge what they may not read.";
}
