import { CommanderError } from "commander";

import { CliError } from "./errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** An error as a person or a program is told it. */
export interface ErrorReport {
  /** Stable; callers branch on it. */
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;
}

/** Codes of every package whose cause lies with the person who called, wherever they come from. */
const USAGE = new Set([
  ...["job-file-unreadable", "job-invalid", "items-invalid", "output-exists", "output-unwritable"],
  ...["record-invalid", "record-unwritable"],
  ...["job-incomplete", "account-missing", "deployment-unknown"],
  ...[
    "config-invalid",
    "key-unreadable",
    "signer-refused",
    "key-exposed",
    "key-locked",
    "secret-missing",
  ],
  ...["not-a-folder", "not-a-file", "link-refused", "special-file-refused", "source-unreadable"],
  ...["path-refused", "cid-invalid", "address-invalid", "folder-in-use", "folder-unusable"],
  ...["anvil-missing"],
  ...["backup-invalid", "backup-locked", "backup-foreign", "backup-conflict"],
  ...["journal-in-use", "key-in-use"],
  ...["evidence-invalid", "signer-invalid"],
  ...["circuit-file-invalid", "circuit-source-invalid", "circuit-files-missing"],
  "circuit-document-invalid",
  ...["registry-missing", "not-controller", "agent-malformed", "agent-elsewhere", "agent-refused"],
]);
const NEGATIVE = new Set([
  ...["allocator-refused"],
  // Evidence of attested keys.
  ...["signature-invalid", "nonce-mismatch", "measurement-mismatch", "key-unprotected"],
  ...["key-mismatch", "chain-untrusted", "tcb-unacceptable", "activation-failed"],
  ...["task-unsettled", "task-without-result", "result-invalid", "result-too-large"],
]);
const INTERRUPTED = new Set(["aborted"]);

/**
 * Finds words and an exit code for whatever was thrown. Deco's errors are known by their shape, a
 * code and a remedy, so that a command loads only the packages that it uses.
 */
export function describeError(error: unknown): ErrorReport {
  if (error instanceof CliError) {
    const { code, message, where, remedy, exitCode } = error;
    return { code, message, ...(where !== undefined && { where }), remedy, exitCode };
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, "");
    return { code: "usage", message, remedy: "See --help.", exitCode: EXIT.usage };
  }
  if (isDecoError(error)) {
    const { code, message, remedy } = error;
    return { code, message, remedy, exitCode: exitCodeOf(error) };
  }
  return describeRpcError(error) ?? describeFault(error);
}

interface DecoError extends Error {
  readonly code: string;
  readonly remedy: string;
}

function isDecoError(error: unknown): error is DecoError {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    "remedy" in error &&
    typeof error.remedy === "string"
  );
}

function exitCodeOf({ name, code }: DecoError): ExitCode {
  // Documents are what people wrote; what comes from the network is checked elsewhere.
  if (name === "DecoDocumentError" || USAGE.has(code)) return EXIT.usage;
  if (NEGATIVE.has(code)) return EXIT.negative;
  if (INTERRUPTED.has(code)) return EXIT.interrupted;
  return EXIT.network;
}

/** Names of viem's errors for a node that cannot be asked. */
const UNREACHABLE = new Set(["HttpRequestError", "TimeoutError"]);

/** What viem throws when it is not about a contract's refusal. */
function describeRpcError(error: unknown): ErrorReport | undefined {
  if (!(error instanceof Error) || !("shortMessage" in error)) return undefined;
  let cause: unknown = error;
  while (cause instanceof Error) {
    if (UNREACHABLE.has(cause.name)) {
      return {
        code: "chain-unreachable",
        message: "The node of the chain does not answer.",
        ...("url" in cause && typeof cause.url === "string" && { where: cause.url }),
        remedy: "Check the RPC URL (--rpc) and that the node is running.",
        exitCode: EXIT.network,
      };
    }
    cause = cause.cause;
  }
  return {
    code: "chain-refused",
    message: String(error.shortMessage),
    remedy: "See the message of the node; the account may lack funds for gas.",
    exitCode: EXIT.network,
  };
}

function describeFault(error: unknown): ErrorReport {
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    remedy: "This is a fault of deco; report it with the command that you ran.",
    exitCode: EXIT.internal,
  };
}
