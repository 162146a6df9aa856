import {
  memoryReservationBytes,
  type OciProgram,
  type SandboxLimits,
  sandboxLimits,
} from "@deco-network/sdk/capacity";
import type { PreparedProgram, PrepareSpec } from "../engine.ts";
import type { DaemonFacts } from "./check-daemon.ts";
import type { EngineParts } from "./engine-parts.ts";
import { OciError } from "./errors.ts";
import type { ResolvedOptions } from "./options.ts";
import { PreparedContainer } from "./prepared-container.ts";
import { makeHostFiles } from "./sandbox/host-files.ts";
import { shareInput } from "./sandbox/share-input.ts";

/**
 * Verifies image and input of a program, so that it can be run for any number of items.
 * @throws OciError with the reason to abstain with.
 */
export async function prepareProgram(
  parts: EngineParts,
  spec: PrepareSpec,
  signal: AbortSignal,
): Promise<PreparedProgram> {
  const program = expectSupported(spec, parts.options);
  parts.accelerators.expectOffered(program.accelerators ?? []);
  const limits = sandboxLimits(program);
  expectRoom(limits, parts.facts);
  const hostFiles = await makeHostFiles(spec.workFolder, parts.options.hostname);
  try {
    const inputFolder =
      spec.inputFolder === undefined
        ? hostFiles.emptyFolder
        : await shareInput(spec.inputFolder, hostFiles.base, signal);
    const { architecture } = parts.facts;
    const image = await parts.images.acquire(program, spec.artifactPath, architecture, signal);
    return new PreparedContainer(parts, {
      program,
      limits,
      hostFiles,
      inputFolder,
      image,
    });
  } catch (error) {
    await hostFiles.remove();
    throw error;
  }
}

function expectSupported({ program }: PrepareSpec, { network }: ResolvedOptions): OciProgram {
  if (program.engine !== "oci") {
    throw new OciError("program-unsupported", `Program: made for the engine ${program.engine}`, {
      reason: "program-invalid",
      remedy: "Prepare it with that engine.",
    });
  }
  if (program.network !== "none" && network === "none") {
    throw new OciError("network-unsupported", "Program: it needs a network, none is offered", {
      reason: "engine-unavailable",
      remedy: 'Leave the task to providers whose engine has "network": "allow-list".',
    });
  }
  return program;
}

function expectRoom(limits: SandboxLimits, facts: DaemonFacts): void {
  const needed = memoryReservationBytes(limits);
  if (needed <= facts.memoryBytes) return;
  throw new OciError(
    "host-too-small",
    `Program: it may take ${needed} bytes of memory with its files, this machine has ${facts.memoryBytes}`,
    { reason: "limit-exceeded", remedy: "Leave the task to larger providers." },
  );
}
