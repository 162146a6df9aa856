/**
 * Which packages of the workspace the shipped code of a package may import. Definitions are below,
 * what uses them above; a new package gets a row here before it can import anything.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  sdk: [],
  storage: [],
  database: [],
  p2p: ["sdk"],
  archive: [],
  privacy: ["sdk", "storage", "archive"],
  proofs: ["sdk"],
  attest: ["sdk"],
  circuits: ["sdk", "storage", "proofs"],
  identity: ["sdk"],
  audit: ["sdk"],
  allocator: ["sdk", "storage", "database", "p2p"],
  executor: ["sdk", "storage", "archive", "privacy", "database", "p2p", "proofs", "attest"],
  requester: ["sdk", "storage", "archive", "privacy", "p2p"],
  // Runs programs in the executor's sandboxes; finds providers and reads results as a requester does.
  auditor: ["sdk", "storage", "database", "executor", "requester"],
  devnet: ["sdk", "proofs"],
  // Images are written by the container engine's own archive writer.
  examples: ["sdk", "executor"],
  cli: [
    "sdk",
    "storage",
    "p2p",
    "privacy",
    "proofs",
    "circuits",
    "attest",
    "identity",
    "audit",
    "executor",
    "allocator",
    "requester",
    "auditor",
    "devnet",
  ],
  demo: [
    "sdk",
    "storage",
    "proofs",
    "attest",
    "audit",
    "executor",
    "requester",
    "devnet",
    "examples",
  ],
};

export const scope = "@deco-network/";
