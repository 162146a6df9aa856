import { DemoError } from "../errors.ts";

/** A container engine for the executors; `stop` ends it if the demo started it. */
export interface ContainerEngine {
  /** `unix:///path` of its socket. */
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * Finds a container engine, or starts a private one where that is possible (root on Debian).
 * @returns undefined when none is needed, or, for `auto`, when there is none
 * @throws DemoError `engine-unavailable`
 */
export async function containerEngineFor(
  engine: "wasm" | "oci" | "auto",
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<ContainerEngine | undefined> {
  if (engine === "wasm") return undefined;
  const { ensureDockerEngine } = await import("../../../../scripts/docker/private-engine.ts");
  // Installing takes a while and changes the machine: only when containers were asked for.
  const install = engine === "oci" && process.env["DECO_NO_INSTALL"] !== "1";
  const found = await ensureDockerEngine({ install, log, signal });
  if ("host" in found) return found;
  if (engine === "auto") {
    log(`No container engine: ${found.unavailable} Running WebAssembly.`);
    return undefined;
  }
  throw new DemoError("engine-unavailable", found.unavailable, found.remedy);
}
