import { createHash } from "node:crypto";
import { tarBytes } from "./tar-bytes.ts";

/** An image archive in its parts, each of which a test may change before it is put together. */
export interface ImageParts {
  config: Record<string, unknown>;
  layers: { name: string; bytes: Uint8Array }[];
  manifest?: unknown;
}

export function imageParts(
  layer: Uint8Array = tarBytes({ name: "hello", body: "hi" }),
): ImageParts {
  return {
    config: {
      architecture: "amd64",
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: [sha256Id(layer)] },
    },
    layers: [{ name: "layer.tar", bytes: layer }],
  };
}

/** Puts an archive together as `docker save` would; the id is what a program would name. */
export function imageArchive(parts: ImageParts): { id: string; archive: Uint8Array } {
  const config = Buffer.from(JSON.stringify(parts.config));
  const manifest = parts.manifest ?? [
    { Config: "config.json", RepoTags: null, Layers: parts.layers.map((layer) => layer.name) },
  ];
  return {
    id: sha256Id(config),
    archive: tarBytes(
      { name: "config.json", body: config },
      ...parts.layers.map(({ name, bytes }) => ({ name, body: bytes })),
      { name: "manifest.json", body: JSON.stringify(manifest) },
    ),
  };
}

export function sha256Id(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
