import { Readable } from "node:stream";
import type { Engine, EngineProbe } from "../engine.ts";
import { checkDaemon } from "./check-daemon.ts";
import { connect, type Daemon, untilAborted } from "./daemon.ts";
import type { EngineParts } from "./engine-parts.ts";
import { OciError } from "./errors.ts";
import { holderImage } from "./holder/holder-image.ts";
import { ImageStore } from "./image/image-store.ts";
import { expectImage, loadArchiveStream } from "./image/load-image.ts";
import { HOLDER_IMAGE } from "./labels.ts";
import { type OciEngineOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { prepareProgram } from "./prepare-program.ts";
import { probeRuntime } from "./probe-runtime.ts";
import { Accelerators } from "./sandbox/accelerators.ts";
import { seccompProfile } from "./sandbox/seccomp-profile.ts";
import { sweepLeftovers } from "./sweep.ts";

/**
 * Runs programs in containers of a Docker engine on this machine. The first `probe` or `prepare`
 * removes what a crashed process with the same `instanceId` left, so no two processes may use
 * one `instanceId` at a time.
 * @throws OciError `options-invalid`.
 */
export function createOciEngine(options: OciEngineOptions): Engine {
  const resolved = resolveOptions(options);
  const daemon = connect(resolved);
  const images = new ImageStore(daemon, resolved);
  let parts: Promise<EngineParts> | undefined;
  const ready = (signal: AbortSignal): Promise<EngineParts> => {
    // Shared by callers, so it is bound to none of their signals; each step has its time limit.
    parts ??= setUp(daemon, resolved, images, new AbortController().signal);
    const attempt = parts;
    attempt.catch(() => {
      if (parts === attempt) parts = undefined; // The next call tries again.
    });
    return untilAborted(attempt, signal);
  };
  return {
    name: "oci",
    async probe(signal): Promise<EngineProbe> {
      try {
        const engine = await ready(signal);
        await probeRuntime(engine, signal);
        const { version, details } = engine.facts;
        return { available: true, version, details: { ...details } };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof OciError)) throw error;
        return {
          available: false,
          reason: error.message,
          remedy: error.remedy,
        };
      }
    },
    trim: () => images.trim(0),
    async prepare(spec, signal) {
      return await prepareProgram(await ready(signal), spec, signal);
    },
  };
}

async function setUp(
  daemon: Daemon,
  options: ResolvedOptions,
  images: ImageStore,
  signal: AbortSignal,
): Promise<EngineParts> {
  const seccomp = await seccompProfile(options.seccompProfile);
  const facts = await checkDaemon(daemon, options, signal);
  const keeps = options.keepImageBytes > 0;
  await sweepLeftovers(daemon, options.instanceId, signal, { images: !keeps });
  if (keeps) await images.adopt(signal);
  const holder = holderImage(facts.architecture, HOLDER_IMAGE);
  await loadArchiveStream(daemon, Readable.from([holder.archive]), signal);
  const { architecture } = facts;
  await expectImage(daemon, HOLDER_IMAGE, { id: holder.id, architecture }, signal);
  const accelerators = new Accelerators(options.accelerators);
  return { daemon, options, images, accelerators, facts, seccomp, holderImageId: holder.id };
}
