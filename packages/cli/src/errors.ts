import type { ExitCode } from "./exit-codes.ts";
import { EXIT } from "./exit-codes.ts";

/** Stable codes of {@link CliError}. */
export type CliErrorCode =
  | "usage"
  /** No deployment file is there, and none was named. */
  | "deployment-missing"
  | "deployment-invalid"
  | "deployment-exists"
  /** The job cannot be run as things are; nothing was sent. */
  | "not-runnable"
  /** No keystore has this name, or none was named and it is not clear which. */
  | "account-unknown"
  | "account-exists"
  /** No payment token of the market is called so, or several are. */
  | "token-unknown"
  /** More is asked for than the market owes. */
  | "balance-insufficient"
  /** The keystore or key file cannot be read. */
  | "account-unreadable"
  | "password-wrong"
  /** A password is needed and there is neither a file nor a terminal. */
  | "password-missing"
  /** A file with a secret can be read by others. */
  | "secret-exposed"
  | "file-unwritable"
  /** No executor is configured here. */
  | "provider-missing"
  | "provider-exists"
  /** Only the task's requester is told. */
  | "not-requester"
  /** The task has no accepted result that may still be disputed. */
  | "task-not-accepted"
  /** The task has no final result. */
  | "task-not-settled"
  /** A contract does not take the result that it asked for. */
  | "callback-failed"
  /** A policy does not take the circuit. */
  | "circuit-refused"
  /** An attested key was enrolled from other evidence than was given. */
  | "evidence-of-another-key"
  | "chain-unreachable"
  | "chain-mismatch"
  /** The operator key is needed here, and the executor uses it. */
  | "executor-running"
  /** The executor does not run, or stops. */
  | "executor-not-running"
  | "executor-stopping"
  /** It runs, and its control API does not answer. */
  | "executor-silent"
  /** The operator key serves no provider. */
  | "provider-unregistered"
  /** The account is not the provider's owner. */
  | "not-owner"
  /** No gateway serves what the provider says of itself. */
  | "description-missing"
  /** The chain has no known registry of identities, and none was named. */
  | "registry-unknown"
  | "interrupted";

const EXIT_CODES: Partial<Record<CliErrorCode, ExitCode>> = {
  "chain-unreachable": EXIT.network,
  "chain-mismatch": EXIT.network,
  "provider-unregistered": EXIT.network,
  "executor-silent": EXIT.network,
  "description-missing": EXIT.network,
  "executor-not-running": EXIT.negative,
  "executor-running": EXIT.negative,
  "executor-stopping": EXIT.negative,
  "not-runnable": EXIT.negative,
  "task-not-settled": EXIT.negative,
  "callback-failed": EXIT.negative,
  "evidence-of-another-key": EXIT.negative,
  "balance-insufficient": EXIT.negative,
  interrupted: EXIT.interrupted,
};

/** What keeps a command from its answer, and what a person can do about it. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  /** File, option or address concerned. */
  readonly where: string | undefined;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: CliErrorCode,
    message: string,
    details: { readonly remedy: string; readonly where?: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.remedy = details.remedy;
  }

  get exitCode(): ExitCode {
    return EXIT_CODES[this.code] ?? EXIT.usage;
  }
}

/** Whether `error` is a {@link CliError}, of the given code if one is given. */
export function isCliError(error: unknown, code?: CliErrorCode): error is CliError {
  return error instanceof CliError && (code === undefined || error.code === code);
}
