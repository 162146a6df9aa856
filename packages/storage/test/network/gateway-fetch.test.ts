import { describe, expect, it, onTestFinished } from "vitest";
import {
  hashBytes,
  openStorage,
  StorageError,
  type StorageEvent,
  startGateway,
} from "../../src/index.ts";
import {
  addressOf,
  collect,
  expectCode,
  openOffline,
  openTestStorage,
  rawBlock,
  seededBytes,
  serve,
  serveBlocks,
} from "../helpers.ts";

const PUBLIC = { visibility: "public" } as const;

describe("a gateway as source", () => {
  it("gives a file of many blocks, named by URL or multiaddr", async () => {
    const origin = await openOffline();
    const gateway = await startGateway(origin);
    onTestFinished(() => gateway.close());
    const bytes = seededBytes(3_200_000, "served");
    const { cid } = await origin.addBytes(bytes, PUBLIC);
    for (const name of [gateway.url, `${gateway.url}/`, gateway.multiaddr]) {
      const storage = await openOffline({ gateways: [name] });
      expect(await collect(storage.readFile(cid))).toEqual(bytes);
    }
  });

  it("is asked once for what then is on this machine", async () => {
    const block = await rawBlock(Buffer.from("kept"));
    const { url, asked } = await serveBlocks([block]);
    const storage = await openOffline({ gateways: [url] });
    await storage.getBlock(block.cid);
    await storage.getBlock(block.cid);
    expect(asked).toHaveLength(1);
  });

  it("stands in for peers that do not have the content", async () => {
    const peer = await openTestStorage();
    const block = await rawBlock(Buffer.from("only by HTTP"));
    const { url } = await serveBlocks([block]);
    const storage = await openTestStorage({ gateways: [url] });
    await storage.connect(addressOf(peer));
    expect(Buffer.from(await storage.getBlock(block.cid)).toString()).toBe("only by HTTP");
  });

  it("can be added later", async () => {
    const block = await rawBlock(Buffer.from("found later"));
    const { url } = await serveBlocks([block]);
    const storage = await openOffline();
    await expectCode(storage.getBlock(block.cid), "block-not-found");
    storage.addGateway(url);
    storage.addGateway(url);
    expect(Buffer.from(await storage.getBlock(block.cid)).toString()).toBe("found later");
    expect(() => storage.addGateway("gateway.example")).toThrow(StorageError);
  });

  it("that sent the last block is asked first for the next", async () => {
    const blocks = await Promise.all(
      Array.from({ length: 30 }, (_, index) => rawBlock(Buffer.from(`block ${index}`))),
    );
    const empty = await serveBlocks([]);
    const full = await serveBlocks(blocks);
    const peer = await openTestStorage();
    const storage = await openTestStorage({ gateways: [empty.url, full.url] });
    await storage.connect(addressOf(peer));
    for (const { cid } of blocks) await storage.getBlock(cid);
    // Only the first search went by the order of configuration.
    expect(empty.asked.length).toBeLessThan(blocks.length / 2);
    expect(full.asked).toHaveLength(blocks.length);
  });

  it("is refused by name when it is none", async () => {
    await expectCode(openStorage({ gateways: ["ftp://127.0.0.1"] }), "address-invalid");
    await expectCode(openStorage({ gateways: ["/ip4/127.0.0.1/tcp/80"] }), "address-invalid");
  });
});

describe("a gateway that does not do its work", () => {
  it("and lies is found out, and nothing is kept", async () => {
    const url = await serve((_, response) => response.end("something else"));
    const events: StorageEvent[] = [];
    const storage = await openOffline({ gateways: [url], onEvent: (event) => events.push(event) });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "digest-mismatch");
    expect(events).toEqual([{ type: "source-lied", source: url, cid }]);
    expect(await storage.has(cid)).toBe(false);
  });

  it("and lies in one block of many spoils the whole file, not a part", async () => {
    const origin = await openOffline();
    const { cid } = await origin.addBytes(seededBytes(3_500_000, "file"), PUBLIC);
    const leaf = (await hashBytes(seededBytes(3_500_000, "file").subarray(1 << 20, 2 << 20))).cid;
    const url = await serve(async (request, response) => {
      const asked = /\/ipfs\/(\w+)/.exec(request.url ?? "")?.[1] ?? "";
      const block = Buffer.from((await origin.getPublicBlock(asked)) ?? []);
      if (asked === leaf) block[77] = 1 ^ (block[77] ?? 0);
      response.end(block);
    });
    const storage = await openOffline({ gateways: [url] });
    await expectCode(collect(storage.readFile(cid)), "digest-mismatch");
  });

  it("and lies does not keep an honest one from being asked", async () => {
    const block = await rawBlock(Buffer.from("genuine"));
    const liar = await serve((_, response) => response.end("something else"));
    const { url } = await serveBlocks([block]);
    const storage = await openOffline({ gateways: [liar, url] });
    expect(Buffer.from(await storage.getBlock(block.cid)).toString()).toBe("genuine");
  });

  it("and sends without end is cut off at the largest block", async () => {
    let sent = 0;
    const url = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = () => {
        while (!response.destroyed) {
          sent += chunk.byteLength;
          if (!response.write(chunk)) break;
        }
      };
      response.on("drain", pump);
      pump();
    });
    const storage = await openOffline({ gateways: [url] });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "digest-mismatch");
    // What the sockets buffer comes on top of the 2 MiB.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it("and never answers is left at the timeout", async () => {
    const url = await serve(() => undefined);
    const storage = await openOffline({ gateways: [url], timeoutMillis: 300 });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "timeout");
  });

  it("and stops in the middle is left at the timeout", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "7" });
      response.write("gen");
    });
    const storage = await openOffline({ gateways: [url], timeoutMillis: 300 });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "timeout");
  });

  it("and redirects is not followed", async () => {
    let followed = false;
    const elsewhere = await serve((_, response) => {
      followed = true;
      response.end("genuine");
    });
    const url = await serve((request, response) => {
      response.writeHead(302, { location: `${elsewhere}${request.url}` }).end();
    });
    const storage = await openOffline({ gateways: [url], timeoutMillis: 300 });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "timeout");
    expect(followed).toBe(false);
  });

  it("and is busy for a moment is asked again", async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count < 3) response.writeHead(503).end();
      else response.end("genuine");
    });
    const storage = await openOffline({ gateways: [url] });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    expect(Buffer.from(await storage.getBlock(cid)).toString()).toBe("genuine");
  });

  it("and has nothing ends the search when no other source is left", async () => {
    const { url } = await serveBlocks([]);
    const storage = await openOffline({ gateways: [url, url] });
    const { cid } = await hashBytes(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "block-not-found");
  });
});

describe("limits on blocks", () => {
  it("refuses a larger block than allowed, and a larger document", async () => {
    const block = await rawBlock(seededBytes(1024 * 1024 + 1, "large"));
    const { url } = await serveBlocks([block]);
    const storage = await openOffline({ gateways: [url] });
    await expectCode(storage.getBlock(block.cid, { maxBytes: 1024 }), "limit-exceeded");
    await expectCode(storage.getDocument(block.cid), "document-too-large");
    expect((await storage.getBlock(block.cid)).byteLength).toBe(1024 * 1024 + 1);
  });

  it("refuses hashes that it cannot check", async () => {
    const storage = await openOffline();
    const cid =
      "bafkrgqbqt3gerhas23vuzrapkdeqf4vu2dwxp3srdj6hvg6nhsug2tgyn6mj3u23yx7utftq3i2ckw2fwdh5qmhid5qf3t35yvkc5e5ottlw6";
    await expectCode(storage.getBlock(cid), "cid-invalid");
    await expectCode(storage.getBlock("not a cid"), "cid-invalid");
    await expectCode(storage.getDocument("0x1234"), "digest-invalid");
  });
});
