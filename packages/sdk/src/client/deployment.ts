import type { Account, Address, Chain, Client, Transport } from "viem";
import { DecoUsageError } from "../errors/usage-error.ts";

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
}

/**
 * Known markets by chain id. The local chain's addresses follow from its deployer's key and nonces;
 * a market elsewhere is given as `deployment` to the decorator or to each call.
 */
export const deployments: Readonly<Record<number, DecoDeployment>> = {
  31337: {
    chainId: 31_337,
    token: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    parameters: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
    randomness: "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
    market: "0xa513E6E4b8f2a923D98304ec87F64353C4D5C853",
    startBlock: 0,
  },
};

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
