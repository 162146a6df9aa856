import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type KuboOptions, openStorage, type Storage, type StorageEvent } from "../../src/index.ts";
import {
  collect,
  expectCode,
  openOffline,
  rawBlock,
  seededBytes,
  temporaryFolder,
  until,
} from "../helpers.ts";
import { type Daemon, has, keeps, rpc } from "./daemon.ts";
import { startRealDaemon } from "./real-daemon.ts";
import { record } from "./record.ts";
import { KUBO, RECORDED, type RecordedDaemon, startRecordedDaemon } from "./recorded-daemon.ts";

const PUBLIC = { visibility: "public" } as const;
const PRIVATE = { visibility: "private" } as const;

/** The real daemon is installed at its first use, some 500 packages; nightly only. */
const nightly = process.env["DECO_NIGHTLY"] === "1";
const DAEMONS: Record<string, () => Promise<Daemon>> = {
  "recorded answers": () => startRecordedDaemon("recorded"),
  "Kubo's answers": () => startRecordedDaemon("kubo", KUBO),
  ...(nightly && { "the real daemon": startRealDaemon }),
};

async function openWith(
  { api }: Daemon,
  options: Partial<KuboOptions> & { folder?: string; onEvent?: (event: StorageEvent) => void } = {},
): Promise<Storage> {
  const { folder, onEvent, ...kubo } = options;
  return openOffline({
    kubo: { api, ...kubo },
    timeoutMillis: 5_000,
    ...(folder !== undefined && { folder }),
    ...(onEvent && { onEvent }),
  });
}

/** Speaks as Kubo does, and ends with the test. */
async function startForTest(name: string): Promise<RecordedDaemon> {
  const daemon = await startRecordedDaemon(name, KUBO);
  onTestFinished(() => daemon.stop());
  return daemon;
}

describe.each(Object.entries(DAEMONS))("a Kubo daemon: %s", (_, start) => {
  let daemon: Daemon;

  beforeAll(async () => {
    daemon = await start();
  }, 300_000);
  afterAll(() => daemon.stop());

  it("keeps what is added and pinned, and gives it to another storage, verified", async () => {
    const bytes = seededBytes(3_500_000, "kept");
    const storage = await openWith(daemon);
    const { cid } = await storage.addBytes(bytes, PUBLIC);
    await until(() => keeps(daemon, cid));
    await storage.close();
    const other = await openWith(daemon);
    expect(await collect(other.readFile(cid))).toEqual(bytes);
  });

  it("sees staged content only once it is published", async () => {
    const storage = await openWith(daemon);
    const { cid } = await storage.addBytes(seededBytes(1_500_000, "private"), PRIVATE);
    const witness = await storage.addBytes(Buffer.from("witness"), PUBLIC);
    await until(() => keeps(daemon, witness.cid));
    expect(await has(daemon, cid)).toBe(false);
    await storage.publish(cid);
    await until(() => keeps(daemon, cid));
  });

  it("may drop what is unpinned, and keeps the rest through its garbage collection", async () => {
    const storage = await openWith(daemon);
    const kept = await storage.addBytes(seededBytes(1_300_000, "stays"), PUBLIC);
    const dropped = await storage.addBytes(seededBytes(1_300_000, "goes"), PUBLIC);
    await until(async () => (await keeps(daemon, kept.cid)) && (await keeps(daemon, dropped.cid)));
    await storage.unpin(dropped.cid);
    await until(async () => !(await keeps(daemon, dropped.cid)));
    await rpc(daemon, "repo/gc");
    expect(await has(daemon, dropped.cid)).toBe(false);
    expect(await has(daemon, kept.cid)).toBe(true);
  });

  it("is given again what somebody unpinned and collected there", async () => {
    const storage = await openWith(daemon, { recheckMillis: 50 });
    const { cid } = await storage.addBytes(Buffer.from("unpinned by another"), PUBLIC);
    await until(() => keeps(daemon, cid));
    await rpc(daemon, "pin/rm", { arg: cid, recursive: "true" });
    await rpc(daemon, "repo/gc");
    await until(() => keeps(daemon, cid));
    expect(await has(daemon, cid)).toBe(true);
  });

  it("keeps what others had pinned there before, when we let go of it", async () => {
    const first = await openWith(daemon);
    const { cid } = await first.addBytes(Buffer.from("pinned by two"), PUBLIC);
    await until(() => keeps(daemon, cid));
    const events: StorageEvent[] = [];
    const second = await openWith(daemon, { onEvent: (event) => events.push(event) });
    await second.addBytes(Buffer.from("pinned by two"), PUBLIC);
    await until(() => events.some(({ type }) => type === "kubo-kept"));
    await second.unpin(cid);
    await until(() => events.some(({ type }) => type === "kubo-released"));
    expect(await keeps(daemon, cid)).toBe(true);
  });

  it("catches up after a restart with what changed while it was not configured", async () => {
    const folder = await temporaryFolder();
    const before = await openWith(daemon, { folder });
    const gone = await before.addBytes(Buffer.from("unpinned meanwhile"), PUBLIC);
    await until(() => keeps(daemon, gone.cid));
    await before.close();
    const without = await openStorage({ folder, peerToPeer: false });
    const come = await without.addBytes(Buffer.from("added meanwhile"), PUBLIC);
    await without.unpin(gone.cid);
    await without.close();
    await openWith(daemon, { folder });
    await until(async () => (await keeps(daemon, come.cid)) && !(await keeps(daemon, gone.cid)));
  });
});

if (nightly) {
  it("the real daemon answers as was recorded", async () => {
    const daemon = await startRealDaemon();
    onTestFinished(() => daemon.stop());
    expect(await record(daemon)).toEqual(RECORDED);
  }, 300_000);
}

describe("a Kubo daemon that does not do its work", () => {
  const interfering = async (
    interfere: (call: string, response: ServerResponse, daemon: RecordedDaemon) => boolean,
  ): Promise<RecordedDaemon> => {
    const daemon = await startForTest("bad");
    daemon.interfere = (call, _, response) => interfere(call, response, daemon);
    return daemon;
  };

  it("and is missing holds nothing up, and is told of as unreachable", async () => {
    const events: StorageEvent[] = [];
    const storage = await openWith(
      { name: "", api: "http://127.0.0.1:9", stop: async () => undefined },
      { onEvent: (event) => events.push(event) },
    );
    const { cid } = await storage.addBytes(Buffer.from("here"), PRIVATE);
    await storage.publish(cid);
    await storage.flush();
    expect(Buffer.from(await storage.getBlock(cid)).toString()).toBe("here");
    await until(() => events.some(({ type }) => type === "kubo-failed"));
    expect(events).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "kubo-unreachable" }) }),
    );
    const absent = await rawBlock(Buffer.from("nowhere"));
    await expectCode(storage.getBlock(absent.cid, { timeoutMillis: 300 }), "timeout");
  });

  it("and comes back is given what it missed", async () => {
    let down = true;
    const daemon = await interfering((_, response) => down && response.destroy() !== undefined);
    const events: StorageEvent[] = [];
    const storage = await openWith(daemon, { onEvent: (event) => events.push(event) });
    const { cid } = await storage.addBytes(Buffer.from("missed"), PUBLIC);
    await until(() => events.some(({ type }) => type === "kubo-failed"));
    down = false;
    await until(() => daemon.pins.has(cid));
  });

  it("and never answers is left at the timeout, also when the storage closes", async () => {
    const daemon = await interfering(() => true);
    const events: StorageEvent[] = [];
    const storage = await openWith(daemon, {
      timeoutMillis: 100,
      onEvent: (event) => events.push(event),
    });
    const absent = await rawBlock(Buffer.from("slow"));
    await expectCode(storage.getBlock(absent.cid, { timeoutMillis: 300 }), "timeout");
    await storage.addBytes(Buffer.from("mine"), PUBLIC);
    await until(() => events.some(({ type }) => type === "kubo-failed"));
    expect(events).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "timeout" }) }),
    );
    await storage.close();
  });

  it("and sends wrong bytes is found out, and nothing is kept", async () => {
    const daemon = await interfering((call, response) => {
      if (call.startsWith("block/get")) response.end("something else");
      return call.startsWith("block/get");
    });
    const storage = await openWith(daemon);
    const { cid } = await rawBlock(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "digest-mismatch");
    expect(await storage.has(cid)).toBe(false);
  });

  it("and sends without end is cut off at the largest block", async () => {
    let closed: Promise<unknown> | undefined;
    const daemon = await interfering((call, response) => {
      if (!call.startsWith("block/get")) return false;
      closed = once(response, "close");
      const pump = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on("drain", pump);
      pump();
      return true;
    });
    const storage = await openWith(daemon);
    const { cid } = await rawBlock(Buffer.from("genuine"));
    await expectCode(storage.getBlock(cid), "digest-mismatch");
    await closed;
  });

  it("and does not have a block says so at once", async () => {
    const storage = await openWith(await startForTest("kubo"));
    const { cid } = await rawBlock(Buffer.from("nobody has it"));
    await expectCode(storage.getBlock(cid), "block-not-found");
  });

  it("and claims to have taken what it does not keep is not believed", async () => {
    const daemon = await interfering((call, response, { pins }) => {
      if (call === "dag/import") pins.clear();
      if (call !== "dag/import") return false;
      response.end('{"Root":{"Cid":{"/":"x"},"PinErrorMsg":""}}\n');
      return true;
    });
    const events: StorageEvent[] = [];
    const storage = await openWith(daemon, { onEvent: (event) => events.push(event) });
    const { cid } = await storage.addBytes(Buffer.from("not kept"), PUBLIC);
    await until(() => events.some(({ type }) => type === "kubo-failed"));
    expect(events).not.toContainEqual({ type: "kubo-kept", cid });
  });

  it("and refuses one DAG takes the others, and that one when it will", async () => {
    let refusing = true;
    const bad = await rawBlock(Buffer.from("refused"));
    const daemon = await interfering((call, response) => {
      if (!refusing || call !== `pin/ls ${bad.cid}`) return false;
      response.writeHead(500).end('{"Message":"internal"}');
      return true;
    });
    const events: StorageEvent[] = [];
    const storage = await openWith(daemon, { onEvent: (event) => events.push(event) });
    await storage.addBytes(bad.bytes, PUBLIC);
    await until(() => events.some(({ type }) => type === "kubo-failed"));
    const good = await storage.addBytes(Buffer.from("taken"), PUBLIC);
    await until(() => daemon.pins.has(good.cid));
    expect(daemon.pins.has(bad.cid.toString())).toBe(false);
    refusing = false;
    await until(() => daemon.pins.has(bad.cid.toString()));
  });

  it("and redirects is not followed, and the token stays with it", async () => {
    const elsewhere = await startForTest("elsewhere");
    const daemon = await interfering((_, response) => {
      response.writeHead(307, { location: `${elsewhere.api}/api/v0/version` }).end();
      return true;
    });
    const storage = await openWith(daemon, { token: "secret" });
    const { cid } = await rawBlock(Buffer.from("redirected"));
    await expectCode(storage.getBlock(cid, { timeoutMillis: 300 }), "timeout");
    expect(elsewhere.calls).toEqual([]);
  });
});

describe("the token", () => {
  it("goes with every call; without it the daemon refuses", async () => {
    const daemon = await startForTest("guarded");
    daemon.interfere = (_, request, response) => {
      if (request.headers.authorization === "Bearer secret") return false;
      response.writeHead(403).end("403 - Access Denied");
      return true;
    };
    const storage = await openWith(daemon, { token: "secret" });
    const { cid } = await storage.addBytes(Buffer.from("guarded"), PUBLIC);
    await until(() => daemon.pins.has(cid));
    expect(daemon.tokens).toEqual(new Set(["Bearer secret"]));

    const events: StorageEvent[] = [];
    const outsider = await openWith(daemon, { onEvent: (event) => events.push(event) });
    await outsider.addBytes(Buffer.from("unguarded"), PUBLIC);
    await until(() => events.some(({ type }) => type === "kubo-failed"));
    expect(events).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "kubo-refused" }) }),
    );
  });
});

describe("the address", () => {
  it.each(["ftp://127.0.0.1", "/ip4/127.0.0.1/tcp/5001", "http://name:word@127.0.0.1:5001"])(
    "%s is refused",
    (api) => expectCode(openStorage({ kubo: { api } }), "address-invalid"),
  );
});
