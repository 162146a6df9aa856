import type { ExecutorConfig } from "./config/schema.ts";
import type { Engine } from "./engines/engine.ts";
import type { ImageEvent, RegistryLogin } from "./engines/oci/index.ts";
import { readPrivateFile } from "./identity/private-file.ts";
import type { Logger } from "./runtime/logger.ts";

/** What of a configuration decides about engines. */
export type EngineChoice = Pick<ExecutorConfig, "engines" | "capacity">;

/** Engines that work here, and what each says of its version. */
export interface CreatedEngines {
  readonly engines: readonly Engine[];
  /** Also those that do not work now. */
  readonly configured: readonly Engine[];
  readonly versions: ReadonlyMap<Engine["name"], string>;
}

/**
 * The engines that the configuration asks for and that work on this machine.
 * @param onImage told of images that containers were made ready with
 * @param instanceId names what this data folder's executor makes in a container engine
 */
export async function createEngines(
  { engines: wanted, capacity }: EngineChoice,
  instanceId: string,
  logger: Logger,
  signal: AbortSignal,
  onImage: (event: ImageEvent) => void = () => undefined,
): Promise<CreatedEngines> {
  const engines: Engine[] = [];
  // Each engine's code is loaded only where it is used.
  if (wanted.wasm) {
    const { createWasmEngine } = await import("./engines/wasm/index.ts");
    engines.push(createWasmEngine({ maxInputBytes: Math.min(capacity.diskBytes, 2 ** 30) }));
  }
  if (wanted.circuit) {
    const { createCircuitEngine } = await import("./engines/circuit/index.ts");
    engines.push(createCircuitEngine(wanted.circuit));
  }
  if (wanted.oci) {
    const { createOciEngine } = await import("./engines/oci/index.ts");
    engines.push(
      createOciEngine({
        instanceId,
        host: wanted.oci.host,
        runtime: wanted.oci.runtime,
        network: wanted.oci.network,
        accelerators: wanted.oci.accelerators.map(({ capabilities, memoryBytes, ...offer }) => ({
          ...offer,
          ...(memoryBytes !== undefined && { memoryBytes }),
          ...(capabilities && { capabilities }),
        })),
        registries: await Promise.all(wanted.oci.registries.map(login)),
        maxImageBytes: capacity.diskBytes,
        keepImageBytes: capacity.imageCacheBytes,
        onImage,
        onLeftover: (err) =>
          logger.warn({ code: "engine-leftover", err }, "A container could not be removed."),
      }),
    );
  }
  return await probed(engines, logger, signal);
}

type RegistryFile = NonNullable<EngineChoice["engines"]["oci"]>["registries"][number];

async function login({ host, username, passwordFile }: RegistryFile): Promise<RegistryLogin> {
  return { host, username, password: (await readPrivateFile(passwordFile)).trim() };
}

async function probed(
  engines: readonly Engine[],
  logger: Logger,
  signal: AbortSignal,
): Promise<CreatedEngines> {
  const working: Engine[] = [];
  const versions = new Map<Engine["name"], string>();
  for (const engine of engines) {
    const probe = await engine.probe(signal);
    if (probe.available) {
      working.push(engine);
      const { version, details } = probe;
      versions.set(engine.name, version);
      logger.info({ code: "engine-ready", engine: engine.name, version, details }, "Engine ready.");
    } else {
      const { reason, remedy } = probe;
      logger.warn(
        { code: "engine-unavailable", engine: engine.name, reason, remedy },
        "An engine does not work here.",
      );
    }
  }
  return { engines: working, configured: engines, versions };
}
