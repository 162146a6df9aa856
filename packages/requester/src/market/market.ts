import type { DecoClient, DecoDeployment } from "@deco-network/sdk";

/** A market and how it is reached; the client has an account where something is sent. */
export interface Market {
  readonly client: DecoClient;
  readonly deployment: DecoDeployment;
}
