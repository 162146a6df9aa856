/**
 * Which packages of the workspace the shipped code of a package may import. Definitions are below,
 * what uses them above; a new package gets a row here before it can import anything.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  sdk: [],
  storage: [],
  p2p: ["sdk"],
  proofs: ["sdk"],
  audit: ["sdk"],
  executor: ["sdk", "storage"],
  requester: ["sdk", "storage"],
  devnet: ["sdk"],
  // Images are written by the container engine's own archive writer.
  examples: ["sdk", "executor"],
  cli: ["sdk", "storage", "audit", "executor", "requester", "devnet"],
  demo: ["sdk", "storage", "audit", "executor", "requester", "devnet", "examples"],
};

export const scope = "@deco-network/";
