/** What an attempt came to: in the sandbox, and in one that was weakened on purpose. */
export interface Finding {
  readonly name: string;
  readonly subject: string;
  /** The abuse worked in the sandbox. */
  readonly succeeded: boolean;
  /** It worked in the weakened one, so that the attempt proves something. */
  readonly shown: boolean;
  /** Why it cannot be shown here, where that is known beforehand. */
  readonly absent?: string;
}

export interface SandboxReport {
  /** `runc`, `crun`, `runsc`, `wasm`. */
  readonly sandbox: string;
  readonly version: string;
  readonly findings: readonly Finding[];
  readonly millis: number;
}

export interface Summary {
  readonly sandbox: string;
  readonly version: string;
  readonly tried: number;
  readonly shown: number;
  readonly millis: number;
  readonly succeeded: readonly string[];
  /** Attempts that prove nothing, without a reason that was known beforehand. */
  readonly unproven: readonly string[];
  /** What the weakened sandbox has not either, by reason. */
  readonly absent: Readonly<Record<string, readonly string[]>>;
}

export function summaryOf(report: SandboxReport): Summary {
  const { sandbox, version, findings, millis } = report;
  const names = (which: (finding: Finding) => boolean) =>
    findings.filter(which).map(({ name }) => name);
  const absent: Record<string, string[]> = {};
  for (const { name, shown, absent: reason } of findings) {
    if (shown || reason === undefined) continue;
    absent[reason] = [...(absent[reason] ?? []), name];
  }
  return {
    ...{ sandbox, version, millis, absent },
    tried: findings.length,
    shown: names(({ shown }) => shown).length,
    succeeded: names(({ succeeded }) => succeeded),
    unproven: names(({ shown, absent: reason }) => !shown && reason === undefined),
  };
}

/** Nothing may have worked, and everything must have been able to. */
export function isSound({ succeeded, unproven }: Summary): boolean {
  return succeeded.length === 0 && unproven.length === 0;
}

export function describeSummary(summary: Summary): string {
  const { sandbox, version, tried, shown, succeeded, unproven, absent, millis } = summary;
  const seconds = (millis / 1000).toFixed(1);
  const lines = [
    `${sandbox} ${version}: ${tried} tried, ${succeeded.length} succeeded; ${shown} shown to succeed in a weakened sandbox (${seconds} s)`,
    ...succeeded.map((name) => `  SUCCEEDED ${name}`),
    ...unproven.map((name) => `  UNPROVEN  ${name}: fails in the weakened sandbox too`),
    ...Object.entries(absent).map(
      ([reason, names]) => `  not shown, ${reason}: ${names.join(", ")}`,
    ),
  ];
  return lines.join("\n");
}
