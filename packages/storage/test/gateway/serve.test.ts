import { request } from "node:http";
import { CarReader } from "@ipld/car";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Gateway, type GatewayOptions, type Storage, startGateway } from "../../src/index.ts";
import { openOffline, seededBytes } from "../helpers.ts";

const PUBLIC = { visibility: "public" } as const;

async function openServed(options: GatewayOptions = {}): Promise<[Storage, Gateway]> {
  const storage = await openOffline();
  const gateway = await startGateway(storage, options);
  onTestFinished(() => gateway.close());
  return [storage, gateway];
}

async function errorOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error: { code: string } };
  return body.error.code;
}

describe("names", () => {
  it("lead to the public block that they stand for now", async () => {
    const names = new Map<string, string>();
    const [storage, { url }] = await openServed({ named: (name) => names.get(name) });
    const { cid } = await storage.addDocument(Buffer.from("hello"), PUBLIC);
    names.set("letters/0x12/7", cid);
    const response = await fetch(`${url}/named/letters/0x12/7`);
    expect(await response.text()).toBe("hello");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...{ "cache-control": "no-cache", "x-ipfs-path": `/ipfs/${cid}` },
      "x-content-type-options": "nosniff",
    });
    const head = await fetch(`${url}/named/letters/0x12/7`, { method: "HEAD" });
    expect([head.headers.get("content-length"), await head.text()]).toEqual(["5", ""]);
  });

  it("do not show what is staged, nor what is not there", async () => {
    const names = new Map<string, string>();
    const [storage, { url }] = await openServed({ named: (name) => names.get(name) });
    const { cid } = await storage.addDocument(Buffer.from("hush"), { visibility: "private" });
    names.set("staged", cid);
    for (const name of ["staged", "unknown"]) {
      const response = await fetch(`${url}/named/${name}`);
      expect([response.status, await errorOf(response)]).toEqual([404, "block-not-found"]);
    }
  });

  it.each(["", "UPPER", "a//b", "a/", "-a", "a.b", "%2e%2e", "a".repeat(201)])(
    "are words: %j is no path",
    async (name) => {
      const asked: string[] = [];
      const [, { url }] = await openServed({ named: (found) => void asked.push(found) });
      const response = await fetch(`${url}/named/${name}`);
      expect([response.status, await errorOf(response)]).toEqual([404, "path-unknown"]);
      expect(asked).toEqual([]);
    },
  );
});

describe("single blocks", () => {
  it("are served with immutable caching, an ETag and access for browsers", async () => {
    const [storage, { url }] = await openServed();
    const { cid } = await storage.addDocument(Buffer.from("hello"), PUBLIC);
    const response = await fetch(`${url}/ipfs/${cid}?format=raw`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("hello");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=29030400, immutable",
      "content-length": "5",
      "content-type": "application/vnd.ipld.raw",
      etag: `"${cid}.raw"`,
      "x-content-type-options": "nosniff",
      "x-ipfs-path": `/ipfs/${cid}`,
    });
  });

  it("are asked for by header as well, and by HEAD", async () => {
    const [storage, { url }] = await openServed();
    const { cid } = await storage.addDocument(Buffer.from("hello"), PUBLIC);
    const headers = { accept: "text/html, application/vnd.ipld.raw;q=0.9" };
    expect(await (await fetch(`${url}/ipfs/${cid}`, { headers })).text()).toBe("hello");
    const head = await fetch(`${url}/ipfs/${cid}?format=raw`, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("5");
    expect(await head.text()).toBe("");
  });

  it("are not sent again to who has them", async () => {
    const [storage, { url }] = await openServed();
    const { cid } = await storage.addDocument(Buffer.from("hello"), PUBLIC);
    const headers = { "if-none-match": `"other", W/"${cid}.raw"` };
    const response = await fetch(`${url}/ipfs/${cid}?format=raw`, { headers });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe("");
  });

  it("include the one in an identity CID, which clients probe for", async () => {
    const [, { url }] = await openServed();
    const response = await fetch(`${url}/ipfs/bafkqaaa?format=raw`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });
});

describe("whole DAGs", () => {
  it("are served as CAR, each block once", async () => {
    const [storage, { url }] = await openServed();
    const half = Buffer.alloc(1024 * 1024, 7);
    const { cid } = await storage.addBytes(Buffer.concat([half, half, Buffer.from("end")]), PUBLIC);
    const response = await fetch(`${url}/ipfs/${cid}?format=car&dag-scope=all`);
    expect(response.headers.get("content-type")).toMatch("application/vnd.ipld.car; version=1");
    const car = await CarReader.fromBytes(new Uint8Array(await response.arrayBuffer()));
    expect((await car.getRoots()).map(String)).toEqual([cid]);
    const blocks: string[] = [];
    for await (const block of car.blocks()) {
      expect(Buffer.from(block.bytes)).toEqual(Buffer.from(await storage.getBlock(block.cid)));
      blocks.push(block.cid.toString());
    }
    expect(blocks).toHaveLength(3);
    expect(blocks[0]).toBe(cid);
  });

  it("are cut off at the limit, so that nobody takes them for whole", async () => {
    const [storage, { url }] = await openServed({ maxCarBytes: 2_000_000 });
    const { cid } = await storage.addBytes(seededBytes(4_000_000, "car"), PUBLIC);
    const response = await fetch(`${url}/ipfs/${cid}?format=car`);
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
  });
});

describe("refusals", () => {
  it.each([
    [
      "/ipfs/bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e?format=raw",
      404,
      "block-not-found",
    ],
    [
      "/ipfs/bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
      406,
      "format-unsupported",
    ],
    ["/ipfs/bafkqaaa?format=tar", 406, "format-unsupported"],
    ["/ipfs/bafkqaaa?format=car&car-version=2", 400, "format-unsupported"],
    ["/ipfs/bafkqaaa?format=car&dag-scope=entity", 400, "format-unsupported"],
    ["/ipfs/hello?format=raw", 400, "cid-invalid"],
    [
      "/ipfs/bafkrgqbqt3gerhas23vuzrapkdeqf4vu2dwxp3srdj6hvg6nhsug2tgyn6mj3u23yx7utftq3i2ckw2fwdh5qmhid5qf3t35yvkc5e5ottlw6?format=raw",
      400,
      "cid-invalid",
    ],
    ["/ipfs/bafkqaaa/file?format=raw", 404, "path-unknown"],
    ["/ipns/example.org", 404, "path-unknown"],
    ["/", 404, "path-unknown"],
    ["//", 404, "path-unknown"],
  ])("%s is %i %s", async (path, status, code) => {
    const [, { url }] = await openServed();
    const response = await fetch(url + path);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toBe(code);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("takes no other methods, but answers a browser's preflight", async () => {
    const [, { url }] = await openServed();
    const post = await fetch(`${url}/ipfs/bafkqaaa?format=raw`, { method: "POST", body: "x" });
    expect(post.status).toBe(405);
    expect(post.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    const preflight = await fetch(`${url}/ipfs/bafkqaaa?format=raw`, { method: "OPTIONS" });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
  });

  it("serves nothing that is staged, until it is published", async () => {
    const [storage, { url }] = await openServed();
    const { cid } = await storage.addBytes(seededBytes(1_500_000, "staged"), {
      visibility: "private",
    });
    for (const format of ["raw", "car"]) {
      const response = await fetch(`${url}/ipfs/${cid}?format=${format}`);
      expect(await errorOf(response)).toBe("block-not-found");
    }
    await storage.publish(cid);
    expect((await fetch(`${url}/ipfs/${cid}?format=raw`)).status).toBe(200);
  });

  it("answers only so many requests at once", async () => {
    const [storage, { url }] = await openServed({ maxConcurrent: 1 });
    const { cid } = await storage.addBytes(seededBytes(30_000_000, "large"), PUBLIC);
    // The first reader stops reading, so that its answer stays under way.
    const slow = request(`${url}/ipfs/${cid}?format=car`);
    const answered = new Promise((resolve) => slow.once("response", (it) => resolve(it.pause())));
    slow.end();
    await answered;
    const second = await fetch(`${url}/ipfs/${cid}?format=raw`);
    expect(second.status).toBe(503);
    expect(second.headers.get("retry-after")).toBe("1");
    expect(await errorOf(second)).toBe("busy");
    slow.destroy();
  });

  it("names a port that is taken", async () => {
    const [storage, gateway] = await openServed();
    const port = Number(new URL(gateway.url).port);
    await expect(startGateway(storage, { port })).rejects.toMatchObject({
      code: "address-invalid",
    });
  });
});

describe("closing", () => {
  it("ends open connections, and can be repeated", async () => {
    const [storage, gateway] = await openServed();
    const { cid } = await storage.addDocument(Buffer.from("hello"), PUBLIC);
    await (await fetch(`${gateway.url}/ipfs/${cid}?format=raw`)).text();
    await Promise.all([gateway.close(), gateway.close()]);
    await expect(fetch(gateway.url)).rejects.toThrow(TypeError);
  });
});
