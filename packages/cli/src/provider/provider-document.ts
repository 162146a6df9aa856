import { statfs } from "node:fs/promises";
import { arch, availableParallelism, cpus, totalmem } from "node:os";

import { type ProviderDocument, providerSchema, validateDocument } from "@deco-network/sdk";

export interface DescribeMachineOptions {
  readonly name: string;
  /** Folder on the disk that work uses. */
  readonly folder: string;
  readonly oci: boolean;
  readonly region?: string;
  readonly retentionDays: number;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** What this machine offers, as far as it can be seen from here; nobody has proven it. */
export async function describeMachine(options: DescribeMachineOptions): Promise<ProviderDocument> {
  const { name, folder, oci, region, retentionDays } = options;
  const { bavail, bsize } = await statfs(folder);
  const model = cpus()[0]?.model.trim();
  return validateDocument(providerSchema, {
    deco: "provider/1",
    name,
    cpu: {
      cores: availableParallelism(),
      architecture: ARCHITECTURES[arch()] ?? arch(),
      ...(model ? { model: model.slice(0, 128) } : {}),
    },
    memoryBytes: totalmem(),
    diskBytes: Math.max(1, bavail * bsize),
    accelerators: [],
    ...(region !== undefined && { region }),
    engines: [{ name: "wasm" }, ...(oci ? [{ name: "oci" }] : [])],
    retentionDays,
  });
}
