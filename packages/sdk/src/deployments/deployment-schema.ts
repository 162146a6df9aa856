import { isAddress } from "viem";
import * as z from "zod";

const address = z
  .custom<`0x${string}`>(
    (value) => typeof value === "string" && isAddress(value, { strict: false }),
    "must be an address",
  )
  .meta({ type: "string", pattern: "^0x[0-9a-fA-F]{40}$" });

/**
 * A market's addresses, as `deployments/<chainId>.json` holds them: what users and tools need to find it, and
 * what an auditor needs to look behind it. Later versions may add members.
 */
export const deploymentSchema = z.looseObject({
  chainId: z.int().positive(),
  market: address,
  /** DECO, the stake token. */
  token: address,
  parameters: address,
  randomness: address,
  /** First block that can hold the market's events. */
  startBlock: z.int().min(0),
  /** Owner of the parameters; local chains have none. */
  timelock: address.optional(),
  /** Where the parts of the market's code are. */
  modules: z
    .object({
      opening: address,
      panels: address,
      proofs: address,
      proving: address,
      orders: address,
      extension: address,
    })
    .optional(),
  /** Where seeds come from. `none` and `other` are told apart from the sources that this repository vouches for. */
  randomnessKind: z.enum(["prevrandao", "block-hash", "none", "other"]).optional(),
});
