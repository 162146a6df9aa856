/** What one check is about; also the order in which reports list them. */
export type CheckSubject =
  | "request"
  | "seat"
  | "commitment"
  | "reveal"
  | "vote"
  | "proof"
  | "dispute"
  | "panel"
  | "payment"
  | "trust"
  | "outcome"
  | "content"
  | "receipt";

/** One recomputation: what it compared, and how it came out. */
export interface Check {
  readonly subject: CheckSubject;
  /** Stable name, e.g. `seat-price`. */
  readonly name: string;
  /** Provider id, item index or digest that it concerns. */
  readonly of?: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Both sides of a failed comparison, or why a check was skipped. */
  readonly detail?: string;
}

export interface AuditReport {
  readonly taskId: `0x${string}`;
  /** True when no check failed and none of the needed ones was skipped. */
  readonly sound: boolean;
  /** How the task stands: settled, ended without a result, or still running. */
  readonly status: "settled" | "ended" | "running";
  readonly checks: readonly Check[];
  /** Seats that were paid for the result, and whether their providers serve a signed receipt. */
  readonly receipts: readonly { readonly provider: number; readonly served: boolean }[];
  /** What the audit could not recompute and therefore took on trust. */
  readonly trusted: readonly string[];
}

/** Collects checks; comparing never throws, so one lie does not hide the next. */
export class CheckList {
  readonly checks: Check[] = [];

  /** Records whether two values are the same; bigints and hex are compared by value. */
  equal(
    subject: CheckSubject,
    name: string,
    expected: unknown,
    actual: unknown,
    of?: string,
  ): void {
    const same = normal(expected) === normal(actual);
    const detail = `expected ${normal(expected)}, found ${normal(actual)}`;
    this.#add(subject, name, same, detail, of);
  }

  /** Records a condition. */
  holds(
    subject: CheckSubject,
    name: string,
    condition: boolean,
    detail: string,
    of?: string,
  ): void {
    this.#add(subject, name, condition, detail, of);
  }

  /** Records what could not be looked at. A skipped check leaves the report unsound. */
  skip(subject: CheckSubject, name: string, detail: string, of?: string): void {
    this.checks.push({
      subject,
      name,
      status: "skipped",
      detail,
      ...(of === undefined ? {} : { of }),
    });
  }

  #add(subject: CheckSubject, name: string, passed: boolean, detail: string, of?: string): void {
    this.checks.push({
      subject,
      name,
      status: passed ? "passed" : "failed",
      ...(of === undefined ? {} : { of }),
      ...(passed ? {} : { detail }),
    });
  }
}

function normal(value: unknown): string {
  return typeof value === "string" ? value.toLowerCase() : String(value);
}
