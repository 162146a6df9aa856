import { decodeContractError } from "@deco-network/sdk";

/**
 * What a node says of a call that it was asked to simulate.
 * @throws DecoContractError when the market would refuse it
 */
export async function allowed(simulation: Promise<unknown>): Promise<void> {
  try {
    await simulation;
  } catch (error) {
    throw decodeContractError(error) ?? error;
  }
}
