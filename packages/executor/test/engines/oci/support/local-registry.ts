import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { type ImageParts, sha256Id } from "./image-bytes.ts";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG = "application/vnd.docker.container.image.v1+json";
const LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

export interface LocalRegistry {
  readonly reference: string;
  readonly id: string;
  /** As in references. */
  readonly host: string;
}

/**
 * The part of a registry that a pull by digest needs, on loopback, with one image.
 * @param login `name:password` without which it answers nothing
 */
export async function localRegistry(parts: ImageParts, login?: string): Promise<LocalRegistry> {
  const expected = login && `Basic ${Buffer.from(login).toString("base64")}`;
  const config = Buffer.from(JSON.stringify(parts.config));
  const layers = parts.layers.map((layer) => gzipSync(layer.bytes));
  const describe = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    size: bytes.length,
    digest: sha256Id(bytes),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: describe(CONFIG, config),
      layers: layers.map((layer) => describe(LAYER, layer)),
    }),
  );
  const blobs = new Map([config, ...layers].map((bytes) => [sha256Id(bytes), bytes]));
  const server = createServer((request, response) => {
    if (expected && request.headers.authorization !== expected) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"' }).end("{}");
      return;
    }
    const path = request.url ?? "";
    const digest = path.slice(path.lastIndexOf("/") + 1);
    const isManifest = path.startsWith("/v2/deco/test/manifests/");
    const body = path === "/v2/" ? Buffer.from("{}") : isManifest ? manifest : blobs.get(digest);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": isManifest ? MANIFEST : "application/octet-stream",
      "Content-Length": body.length,
      "Docker-Content-Digest": digest,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return { reference: `${host}/deco/test@${sha256Id(manifest)}`, id: sha256Id(config), host };
}
