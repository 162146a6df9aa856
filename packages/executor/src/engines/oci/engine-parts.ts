import type { DaemonFacts } from "./check-daemon.ts";
import type { Daemon } from "./daemon.ts";
import type { ImageStore } from "./image/image-store.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Accelerators } from "./sandbox/accelerators.ts";

/** What all programs of one engine share. */
export interface EngineParts {
  readonly daemon: Daemon;
  readonly options: ResolvedOptions;
  readonly images: ImageStore;
  readonly accelerators: Accelerators;
  readonly facts: DaemonFacts;
  /** Text of the seccomp profile. */
  readonly seccomp: string;
  readonly holderImageId: string;
}
