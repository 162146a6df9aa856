import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashBytes, hashFolder, openStorage, type StorageEvent } from "../src/index.ts";
import {
  addressOf,
  collect,
  expectCode,
  openOffline,
  openPair,
  openTestStorage,
  seededBytes,
  temporaryFolder,
  until,
} from "./helpers.ts";

const PUBLIC = { visibility: "public" } as const;
const PRIVATE = { visibility: "private" } as const;

async function sampleFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), "sample");
  await mkdir(join(folder, "tiles"), { recursive: true });
  await writeFile(join(folder, "scene.json"), '{"lights":[]}');
  await writeFile(join(folder, "mesh"), seededBytes(5_300_000, "mesh"));
  for (let index = 0; index < 40; index++) {
    await writeFile(join(folder, "tiles", `${index}`), seededBytes(2_000, `tile ${index}`));
  }
  return folder;
}

describe("between two peers", () => {
  it("a folder of many blocks arrives whole", async () => {
    const [a, b] = await openPair();
    const folder = await sampleFolder();
    const { cid } = await a.addFolder(folder, PUBLIC);
    const target = join(await temporaryFolder(), "copy");
    await b.downloadFolder(cid, target);
    expect((await hashFolder(target)).cid).toBe(cid);
  });

  it("the peer that was connected to fetches as well", async () => {
    const [a, b] = await openPair();
    const { digest } = await b.addDocument(Buffer.from("from b"), PUBLIC);
    expect(Buffer.from(await a.getDocument(digest)).toString()).toBe("from b");
  });

  it("many documents arrive in the order asked", async () => {
    const [a, b] = await openPair();
    const texts = Array.from({ length: 100 }, (_, index) => `item ${index}`);
    const added = await Promise.all(texts.map((it) => a.addDocument(Buffer.from(it), PUBLIC)));
    const received: string[] = [];
    for await (const bytes of b.getDocuments(added.map(({ digest }) => digest))) {
      received.push(Buffer.from(bytes).toString());
    }
    expect(received).toEqual(texts);
  });

  it("what was fetched is handed on to a third", async () => {
    const [a, b] = await openPair();
    const c = await openTestStorage();
    await c.connect(addressOf(b));
    const bytes = seededBytes(1_500_000, "relayed");
    const { cid } = await a.addBytes(bytes, PUBLIC);
    await collect(b.readFile(cid));
    expect(await collect(c.readFile(cid))).toEqual(bytes);
  });

  it("who waits for a document gets it as soon as it is added", async () => {
    const [a, b] = await openPair();
    const bytes = Buffer.from("awaited");
    const { cid } = await hashBytes(bytes);
    const waiting = b.getBlock(cid);
    await a.addDocument(bytes, PUBLIC);
    expect(Buffer.from(await waiting)).toEqual(bytes);
  });

  it("who asked in vain before gets it at the next attempt", async () => {
    const [a, b] = await openPair();
    const bytes = Buffer.from("late");
    const { cid } = await hashBytes(bytes);
    await expectCode(b.getBlock(cid, { timeoutMillis: 200 }), "timeout");
    await a.addDocument(bytes, PUBLIC);
    expect(Buffer.from(await b.getBlock(cid))).toEqual(bytes);
  });

  it("many readers of one block share one wait", async () => {
    const [a, b] = await openPair();
    const bytes = Buffer.from("popular");
    const { cid } = await hashBytes(bytes);
    const impatient = b.getBlock(cid, { timeoutMillis: 100 });
    const patient = Array.from({ length: 20 }, () => b.getBlock(cid));
    await expectCode(impatient, "timeout");
    await a.addDocument(bytes, PUBLIC);
    for (const block of await Promise.all(patient)) expect(Buffer.from(block)).toEqual(bytes);
  });

  it("a peer that connects later is asked too", async () => {
    const a = await openTestStorage();
    const b = await openTestStorage();
    const { cid } = await a.addDocument(Buffer.from("early"), PUBLIC);
    const waiting = b.getBlock(cid);
    await b.connect(addressOf(a));
    expect(Buffer.from(await waiting).toString()).toBe("early");
  });
});

describe("what is private", () => {
  it("is out of reach for a peer until it is published", async () => {
    const [a, b] = await openPair();
    const folder = await sampleFolder();
    const { cid } = await a.addFolder(folder, PRIVATE);
    expect(await a.staged()).toEqual([cid]);
    await expectCode(b.getBlock(cid, { timeoutMillis: 700 }), "timeout");
    const mesh = await hashBytes(seededBytes(2_000, "tile 7"));
    await expectCode(b.getBlock(mesh.cid, { timeoutMillis: 700 }), "timeout");
    // Its owner reads it all the while.
    const own = join(await temporaryFolder(), "own");
    await a.downloadFolder(cid, own, { offline: true });

    await a.publish(cid);
    expect(await a.staged()).toEqual([]);
    expect(await a.pins()).toContain(cid);
    const target = join(await temporaryFolder(), "copy");
    await b.downloadFolder(cid, target);
    expect((await hashFolder(target)).cid).toBe(cid);
  });

  it("arrives at a peer that has been waiting for it", async () => {
    const [a, b] = await openPair();
    const bytes = Buffer.from("result");
    const { cid } = await a.addDocument(bytes, PRIVATE);
    let arrived = false;
    const waiting = b.getBlock(cid).then((block) => {
      arrived = true;
      return block;
    });
    await expectCode(b.getBlock(cid, { timeoutMillis: 300 }), "timeout");
    expect(arrived).toBe(false);
    await a.publish(cid);
    expect(Buffer.from(await waiting)).toEqual(bytes);
  });
});

describe("every wait ends", () => {
  it("by its timeout, with peers that do not have the block", async () => {
    const [, b] = await openPair();
    const { cid } = await hashBytes(Buffer.from("nobody has this"));
    const started = performance.now();
    await expectCode(b.getBlock(cid, { timeoutMillis: 400 }), "timeout");
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("by its timeout, without any peer", async () => {
    const storage = await openTestStorage({ timeoutMillis: 300 });
    const { cid } = await hashBytes(Buffer.from("nobody is here"));
    await expectCode(storage.getBlock(cid), "timeout");
    await expectCode(collect(storage.readFile(cid)), "timeout");
    await expectCode(storage.pin(cid), "timeout");
  });

  it("by its signal", async () => {
    const [, b] = await openPair();
    const { cid } = await hashBytes(Buffer.from("nobody has this"));
    const controller = new AbortController();
    const waiting = b.getBlock(cid, { signal: controller.signal });
    controller.abort();
    await expectCode(waiting, "aborted");
    await expectCode(b.getBlock(cid, { signal: AbortSignal.abort() }), "aborted");
    await expectCode(b.getBlock(cid, { signal: AbortSignal.timeout(100) }), "timeout");
  });

  it("by closing", async () => {
    const storage = await openStorage();
    const { cid } = await hashBytes(Buffer.from("nobody is here"));
    const waiting = storage.getBlock(cid);
    const refused = expectCode(waiting, "closed");
    await Promise.all([storage.close(), storage.close()]);
    await refused;
    await expectCode(storage.getBlock(cid), "closed");
    await expectCode(storage.addBytes(Buffer.from("x"), PUBLIC), "closed");
    await expectCode(storage.pins(), "closed");
    await storage.close();
  });

  it("at once, when only this machine is asked", async () => {
    const storage = await openTestStorage();
    const { cid } = await hashBytes(Buffer.from("absent"));
    await expectCode(storage.getBlock(cid, { offline: true }), "block-not-found");
  });
});

describe("peers", () => {
  it("listens on loopback only unless told otherwise", async () => {
    const storage = await openTestStorage();
    expect(storage.addresses()).toEqual([
      expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3\w+$/),
    ]);
  });

  it("stays connected to the peers it is given, also when they come back", async () => {
    const folder = await temporaryFolder();
    const first = await openStorage({ folder });
    const address = addressOf(first);
    const events: StorageEvent[] = [];
    const b = await openTestStorage({ peers: [address], onEvent: (event) => events.push(event) });
    await until(() => b.peers().length === 1);
    await first.close();
    await until(() => b.peers().length === 0);
    await until(() => events.some(({ type }) => type === "dial-failed"));

    const listen = [address.replace(/\/p2p\/.*$/, "")];
    const again = await openTestStorage({ folder, listen });
    expect(addressOf(again)).toBe(address);
    await until(() => b.peers().length === 1);
    const types = events.map(({ type }) => type).filter((type) => type !== "dial-failed");
    expect(types).toEqual(["peer-connected", "peer-disconnected", "peer-connected"]);
  });

  it("takes fifteen peers that connect at the same moment", async () => {
    const hub = await openTestStorage();
    const { digest } = await hub.addDocument(Buffer.from("for all"), PUBLIC);
    const others = await Promise.all(Array.from({ length: 15 }, () => openTestStorage()));
    await Promise.all(others.map((other) => other.connect(addressOf(hub))));
    const copies = await Promise.all(others.map((other) => other.getDocument(digest)));
    expect(copies.map((copy) => Buffer.from(copy).toString())).toEqual(Array(15).fill("for all"));
  });

  it("names what is wrong with an address", async () => {
    const storage = await openTestStorage();
    await expectCode(storage.connect("127.0.0.1:4001"), "address-invalid");
    await expectCode(storage.connect("/ip4/127.0.0.1/tcp/4001"), "address-invalid");
    const gone = await openStorage();
    const address = addressOf(gone);
    await gone.close();
    await expectCode(storage.connect(address), "peer-unreachable");
    await expectCode(openStorage({ peers: ["/ip4/127.0.0.1/tcp/1"] }), "address-invalid");
    await expectCode(openStorage({ listen: ["/ip4/203.0.113.1/tcp/1"] }), "address-invalid");
  });

  it("does without peers on request", async () => {
    const storage = await openOffline();
    expect(storage.addresses()).toEqual([]);
    await expectCode(storage.connect("/ip4/127.0.0.1/tcp/1"), "peer-to-peer-disabled");
  });
});
