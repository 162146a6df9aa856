import { AuditError } from "@deco-network/audit";
import { DevnetError } from "@deco-network/devnet";
import { ExecutorError } from "@deco-network/executor";
import { RequesterError } from "@deco-network/requester";
import {
  DecoContractError,
  DecoDocumentError,
  DecoUsageError,
  formatDocumentPath,
} from "@deco-network/sdk";
import { StorageError } from "@deco-network/storage";
import { CommanderError } from "commander";
import { BaseError } from "viem";

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
  ...["config-invalid", "key-unreadable", "key-exposed", "key-locked", "secret-missing"],
  ...["not-a-folder", "not-a-file", "link-refused", "special-file-refused", "source-unreadable"],
  ...["path-refused", "cid-invalid", "address-invalid", "folder-in-use", "folder-unusable"],
  ...["anvil-missing"],
]);
const NEGATIVE = new Set([
  ...["task-unsettled", "task-without-result", "result-invalid", "result-too-large"],
]);
const INTERRUPTED = new Set(["aborted"]);

/** Finds words and an exit code for whatever was thrown. */
export function describeError(error: unknown): ErrorReport {
  if (error instanceof CliError) {
    const { code, message, where, remedy, exitCode } = error;
    return { code, message, ...(where !== undefined && { where }), remedy, exitCode };
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, "");
    return { code: "usage", message, remedy: "See --help.", exitCode: EXIT.usage };
  }
  if (error instanceof DecoDocumentError) {
    const { code, message, path, remedy } = error;
    const where = path.length === 0 ? {} : { where: formatDocumentPath(path) };
    return { code, message, ...where, remedy, exitCode: EXIT.usage };
  }
  if (isKnown(error)) {
    const { code, message, remedy } = error;
    return { code, message, remedy, exitCode: exitCodeOf(code) };
  }
  if (error instanceof BaseError) return describeRpcError(error);
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    remedy: "This is a fault of deco; report it with the command that you ran.",
    exitCode: EXIT.internal,
  };
}

type Known =
  | AuditError
  | DecoContractError
  | DecoUsageError
  | DevnetError
  | ExecutorError
  | RequesterError
  | StorageError;

function isKnown(error: unknown): error is Known {
  return [
    ...[AuditError, DecoContractError, DecoUsageError, DevnetError],
    ...[ExecutorError, RequesterError, StorageError],
  ].some((kind) => error instanceof kind);
}

function exitCodeOf(code: string): ExitCode {
  if (USAGE.has(code)) return EXIT.usage;
  if (NEGATIVE.has(code)) return EXIT.negative;
  if (INTERRUPTED.has(code)) return EXIT.interrupted;
  return EXIT.network;
}

function describeRpcError(error: BaseError): ErrorReport {
  const network = error.walk(
    (cause) => cause instanceof Error && ["HttpRequestError", "TimeoutError"].includes(cause.name),
  );
  if (network instanceof Error) {
    return {
      code: "chain-unreachable",
      message: "The node of the chain does not answer.",
      ...("url" in network && typeof network.url === "string" && { where: network.url }),
      remedy: "Check the RPC URL (--rpc) and that the node is running.",
      exitCode: EXIT.network,
    };
  }
  return {
    code: "chain-refused",
    message: error.shortMessage,
    remedy: "See the message of the node; the account may lack funds for gas.",
    exitCode: EXIT.network,
  };
}
