import { createHash } from "node:crypto";
import { TAR_END, tarHeader, tarPadding } from "../tar/write-tar.ts";

/** One path of an image's root file system, without a leading slash. */
export type ImageFile =
  | {
      readonly path: string;
      readonly type: "file";
      readonly mode: number;
      readonly bytes: Uint8Array;
    }
  | { readonly path: string; readonly type: "directory"; readonly mode: number }
  | {
      readonly path: string;
      readonly type: "symlink";
      readonly target: string;
    };

export interface ImageSource {
  readonly architecture: "amd64" | "arm64";
  /** In the order in which they are unpacked: folders before what they hold. */
  readonly files: readonly ImageFile[];
  /** Name and tag that loading gives the image; no part of its id. */
  readonly name?: string;
}

export interface BuiltImage {
  /** `sha256:…` of the config, the name by which the image runs. */
  readonly id: string;
  readonly archive: Uint8Array;
}

/**
 * Writes a single-layer image as a docker-archive whose bytes and id depend on nothing but the
 * source: no times, no owners, no tool versions.
 */
export function buildImageArchive(source: ImageSource): BuiltImage {
  const layer = tar(source.files);
  const config = json({
    architecture: source.architecture,
    config: {},
    created: "1970-01-01T00:00:00Z",
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "deco" }],
    os: "linux",
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
  });
  const digest = sha256(config);
  const names = source.name === undefined ? null : [source.name];
  const manifest = json([{ Config: `${digest}.json`, RepoTags: names, Layers: ["layer.tar"] }]);
  const archive = tar([
    { path: `${digest}.json`, type: "file", mode: 0o644, bytes: config },
    { path: "layer.tar", type: "file", mode: 0o644, bytes: layer },
    { path: "manifest.json", type: "file", mode: 0o644, bytes: manifest },
  ]);
  return { id: `sha256:${digest}`, archive };
}

function tar(files: readonly ImageFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    if (file.type === "file") {
      const size = file.bytes.length;
      parts.push(tarHeader({ name: file.path, type: "file", mode: file.mode, size }));
      parts.push(file.bytes, tarPadding(size));
    } else if (file.type === "directory") {
      parts.push(
        tarHeader({
          name: `${file.path}/`,
          type: "directory",
          mode: file.mode,
          size: 0,
        }),
      );
    } else {
      const linkName = file.target;
      parts.push(
        tarHeader({
          name: file.path,
          type: "symlink",
          mode: 0o777,
          size: 0,
          linkName,
        }),
      );
    }
  }
  return Buffer.concat([...parts, TAR_END]);
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
