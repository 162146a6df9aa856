import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type EgressProxyOptions,
  startEgressProxy,
} from "../../../../src/engines/oci/egress/egress-proxy.ts";
import { type OutsideWorld, outsideWorld, PUBLIC_ADDRESS } from "../support/outside-world.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ALLOW = ["echo.example:443", "web.example:80"];
const NAMES = { "web.example": [PUBLIC_ADDRESS], "echo.example": [PUBLIC_ADDRESS] };

async function proxyTo(world: OutsideWorld, change: Partial<EgressProxyOptions> = {}) {
  const folder = await temporaryFolder();
  let spent = 0;
  const proxy = await startEgressProxy({
    ...{ folder, socketName: "socket", allow: ALLOW, maxBytes: 1_000_000, parts: world.parts },
    onSpent: () => {
      spent += 1;
    },
    ...change,
  });
  onTestFinished(() => proxy.close());
  const socketPath = join(folder, "socket");
  return { proxy, socketPath, timesSpent: () => spent };
}

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: string;
  readonly seen: Record<string, string>;
}

/** Asks as a program does: the whole address in the request line. */
function ask(socketPath: string, url: string, body = "", headers = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === "" ? "GET" : "POST";
    const asked = request({ socketPath, path: url, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          code: response.headers["deco-egress"] as string | undefined,
          body: Buffer.concat(parts).toString(),
          seen: JSON.parse((response.headers["x-seen"] as string | undefined) ?? "{}"),
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Opens a tunnel; the first line of the answer tells how that went. */
function tunnel(socketPath: string, to: string): Promise<{ line: string; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.on("error", reject);
    socket.once("data", (answer: Buffer) =>
      resolve({ line: answer.toString().split("\r\n")[0] ?? "", socket }),
    );
    socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
  });
}

describe("the way out of a sandbox", () => {
  it("passes plain requests on, to the resolved address, under the destination's own name", async () => {
    const world = await outsideWorld(NAMES);
    const { socketPath, proxy } = await proxyTo(world);
    const headers = {
      Host: "other.example",
      "Proxy-Authorization": "secret",
      Connection: "X-Hop",
      "X-Hop": "1",
    };
    const answer = await ask(socketPath, "http://web.example/a?b=c", "hello", headers);
    expect(answer).toMatchObject({ status: 200, body: "got 5" });
    expect(world.requests).toEqual(["POST /a?b=c web.example"]);
    expect(world.dialled).toEqual([`${PUBLIC_ADDRESS}:80`]);
    expect(answer.seen).not.toHaveProperty("proxy-authorization");
    expect(answer.seen).not.toHaveProperty("x-hop");
    expect(proxy.used).toBeGreaterThan(100);
  });

  it("tunnels bytes both ways", async () => {
    const world = await outsideWorld(NAMES);
    const { socketPath } = await proxyTo(world);
    const { line, socket } = await tunnel(socketPath, "echo.example:443");
    expect(line).toBe("HTTP/1.1 200 Connection Established");
    const back = new Promise<string>((resolve) =>
      socket.once("data", (part) => resolve(String(part))),
    );
    socket.write("through");
    expect(await back).toBe("through");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.end();
    await ended;
  });

  it.each([
    ["another name", "other.example:443", "egress-not-listed"],
    ["another port", "echo.example:22", "egress-not-listed"],
    ["a public address", `${PUBLIC_ADDRESS}:443`, "egress-not-listed"],
    ["a loopback address", "127.0.0.1:443", "egress-not-listed"],
    ["a listed name with a dot", "echo.example.:443", "egress-not-listed"],
    ["no port", "echo.example", "egress-not-listed"],
  ])("refuses %s without asking anybody", async (_, to, code) => {
    const world = await outsideWorld(NAMES);
    const { socketPath } = await proxyTo(world);
    const { line } = await tunnel(socketPath, to);
    expect(line).toBe(`HTTP/1.1 403 ${code}`);
    expect([...world.asked, ...world.dialled]).toEqual([]);
  });

  it.each([
    ["loopback", ["127.0.0.1"]],
    ["a private network", ["10.0.0.1"]],
    ["cloud metadata", ["169.254.169.254"]],
    ["an IPv6 neighbour", ["fe80::1"]],
    ["loopback mapped into IPv6", ["::ffff:127.0.0.1"]],
    ["multicast", ["224.0.0.251"]],
    ["a public and a private address", [PUBLIC_ADDRESS, "192.168.0.1"]],
  ])("refuses a listed name that points to %s", async (_, addresses) => {
    const world = await outsideWorld({ "web.example": addresses, "echo.example": addresses });
    const { socketPath } = await proxyTo(world);
    expect(await ask(socketPath, "http://web.example/")).toMatchObject({
      ...{ status: 403, code: "egress-address-refused" },
    });
    const { line } = await tunnel(socketPath, "echo.example:443");
    expect(line).toBe("HTTP/1.1 403 egress-address-refused");
    expect(world.dialled).toEqual([]);
  });

  it("asks for a name once, so that a later answer cannot lead elsewhere", async () => {
    let answers = 0;
    const rebinding = () => [answers++ === 0 ? PUBLIC_ADDRESS : "127.0.0.1"];
    const world = await outsideWorld({ ...NAMES, "web.example": rebinding });
    const { socketPath } = await proxyTo(world);
    for (const path of ["one", "two", "three"]) {
      expect(await ask(socketPath, `http://web.example/${path}`)).toMatchObject({ status: 200 });
    }
    expect(world.asked).toEqual(["web.example"]);
    expect(new Set(world.dialled)).toEqual(new Set([`${PUBLIC_ADDRESS}:80`]));
  });

  it("does not mistake a name server's failure for an answer", async () => {
    let answers = 0;
    const flaky = () => {
      answers += 1;
      if (answers === 1) throw new TypeError("no answer");
      return [PUBLIC_ADDRESS];
    };
    const world = await outsideWorld({ ...NAMES, "web.example": flaky });
    const { socketPath } = await proxyTo(world);
    const first = await ask(socketPath, "http://web.example/");
    expect(first).toMatchObject({ status: 502, code: "egress-unresolved" });
    expect(await ask(socketPath, "http://web.example/")).toMatchObject({ status: 200 });
  });

  it.each(["https://web.example/", "ftp://web.example/", "/local", "http://"])(
    "refuses the request for %s as malformed",
    async (url) => {
      const { socketPath } = await proxyTo(await outsideWorld(NAMES));
      expect(await ask(socketPath, url)).toMatchObject({ status: 400, code: "egress-malformed" });
    },
  );

  it("cuts everything when the bytes are spent, tells so once, and refuses more", async () => {
    const world = await outsideWorld(NAMES);
    const { socketPath, proxy, timesSpent } = await proxyTo(world, { maxBytes: 100_000 });
    const { socket } = await tunnel(socketPath, "echo.example:443");
    const cut = new Promise((resolve) => socket.once("close", resolve));
    await ask(socketPath, "http://web.example/?bytes=400000").catch(() => undefined);
    await cut;
    expect(timesSpent()).toBe(1);
    expect(await ask(socketPath, "http://web.example/")).toMatchObject({
      ...{ status: 429, code: "egress-bytes-spent" },
    });
    // What was in flight when it was noticed: one chunk each way.
    expect(proxy.used).toBeLessThan(100_000 + 4 * 65_536);
  });

  it("ends with its run: connections are cut and the socket is gone", async () => {
    const { socketPath, proxy } = await proxyTo(await outsideWorld(NAMES));
    const { socket } = await tunnel(socketPath, "echo.example:443");
    const cut = new Promise((resolve) => socket.once("close", resolve));
    await proxy.close();
    await cut;
    await expect(ask(socketPath, "http://web.example/")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
