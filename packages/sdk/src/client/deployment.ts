import type { Account, Address, Chain, Client, Transport } from "viem";
import { DecoUsageError } from "../errors/usage-error.ts";
import { deployments } from "../generated/deployments.ts";

/** Any viem client; public and wallet clients are such clients. */
export type DecoClient = Client<Transport, Chain | undefined, Account | undefined>;

/** Where a market lives. */
export interface DecoDeployment {
  readonly chainId: number;
  readonly market: Address;
  /** DECO, the stake token. */
  readonly token: Address;
  readonly parameters: Address;
  readonly randomness: Address;
  /** First block that can hold the market's events. */
  readonly startBlock: number;
  /** Owner of the parameters; local chains have none. */
  readonly timelock?: Address | undefined;
  /** Where the parts of the market's code are. */
  readonly modules?:
    | {
        readonly opening: Address;
        readonly panels: Address;
        readonly proofs: Address;
        readonly proving: Address;
        readonly orders: Address;
        readonly extension: Address;
      }
    | undefined;
  /** Where seeds come from; `none`: seats by allocators only, `other`: a source that Deco does not vouch for. */
  readonly randomnessKind?: "prevrandao" | "block-hash" | "none" | "other" | undefined;
}

/** Parameters that every action takes. */
export interface DecoParameters {
  /** The market to talk to; default: the one known on the client's chain. */
  readonly deployment?: DecoDeployment | undefined;
}

/**
 * The market that a call is meant for.
 * @throws DecoUsageError `deployment-unknown`.
 */
export function deploymentOf(client: DecoClient, { deployment }: DecoParameters): DecoDeployment {
  const known = deployment ?? (client.chain ? deployments[client.chain.id] : undefined);
  if (known !== undefined) return known;
  const where = client.chain ? `on chain ${client.chain.id}` : "because the client has no chain";
  throw new DecoUsageError("deployment-unknown", `no market of Deco is known ${where}`, {
    remedy: "Pass the market's addresses as deployment, e.g. decoActions({ deployment }).",
  });
}
