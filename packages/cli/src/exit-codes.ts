/** What the process tells its caller; docs/CLI.md explains each. */
export const EXIT = {
  ok: 0,
  /** The answer is no: not runnable, not settled, audit red, results differ. */
  negative: 1,
  /** The command line, a file or the configuration is wrong. */
  usage: 2,
  /** Chain or content cannot be reached, or a contract refused. */
  network: 3,
  /** Interrupted; a posted task goes on and can be taken up again. */
  interrupted: 4,
  /** A fault of this program. */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
