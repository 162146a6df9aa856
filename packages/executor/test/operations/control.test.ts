import { readFile, stat } from "node:fs/promises";
import { request as httpRequest } from "node:http";

import { zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import {
  controlPath,
  type Executor,
  type ExecutorConfigInput,
  explainFromFiles,
  readControlFile,
  startExecutor,
} from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";
import { startWeb3SignerDouble } from "../support/web3signer-double.ts";

describe("an executor's control API, metrics and reasons, on a local chain", () => {
  let network: TestNetwork;
  const running: Executor[] = [];
  const folder = () => String(network.providers[0]?.config.dataFolder);

  beforeAll(async () => {
    network = await startNetwork(1);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((executor) => executor.stop(AbortSignal.abort())));
  });
  afterAll(async () => {
    await network.close();
  });

  async function start(more: Partial<ExecutorConfigInput> = {}) {
    const executor = await startExecutor(configOf(network.providers[0], more));
    running.push(executor);
    await network.dial(executor.endpoint);
    return executor;
  }

  async function ask(path: string, method = "GET", headers: Record<string, string> = {}) {
    const file = await readControlFile(folder());
    if (!file) throw new TypeError("no control file");
    const authorization = `Bearer ${file.token}`;
    return await raw(new URL(path, file.url), method, { authorization, ...headers });
  }

  it("keeps its token where only the owner reads it, and answers nobody without it", async () => {
    await start();
    expect((await stat(controlPath(folder()))).mode & 0o777).toBe(0o600);
    const right = await ask("/v1/status");
    expect(right).toMatchObject({ status: 200, body: { provider: 1, ok: true, intake: "on" } });
    expect(await ask("/v1/status", "GET", { authorization: "Bearer no" })).toMatchObject({
      status: 401,
      body: { code: "token-refused" },
    });
    expect(await ask("/v1/drain", "POST", { authorization: "" })).toMatchObject({ status: 401 });
    // A page in a browser on this machine, and a name that was rebound to loopback.
    expect(await ask("/v1/drain", "POST", { origin: "http://127.0.0.1" })).toMatchObject({
      status: 403,
      body: { code: "origin-refused" },
    });
    expect(await ask("/v1/drain", "POST", { host: "attacker.example" })).toMatchObject({
      status: 403,
      body: { code: "host-refused" },
    });
    expect(await ask("/v1/status")).toMatchObject({ body: { intake: "on" } });
    expect(await ask("/v1/why/0x12")).toMatchObject({ status: 400 });
    expect(await ask("/v1/drain")).toMatchObject({ status: 404 });
  }, 60_000);

  it("says why a task was refused, while it runs and afterwards, and counts it", async () => {
    const executor = await start({ policy: { maxLock: "1" } });
    const task = await network.post();
    const why = await network.until(async () => {
      const { body } = await ask(`/v1/why/${task}`);
      return body.verdict === "refused" && body;
    });
    expect(why).toMatchObject({
      because: { code: "lock-too-high", kind: "no" },
      refusals: [{ source: "market", code: "lock-too-high", round: 1 }],
      running: true,
    });
    expect(why.because.operator).toContain("policy.maxLock");
    const metrics = await (await fetch(`${executor.status}/metrics`)).text();
    expect(metrics).toContain('deco_refusals_total{source="market",code="lock-too-high"} 1');

    expect(await ask(`/v1/why/${zeroHash}`)).toMatchObject({ body: { verdict: "unseen" } });
    await executor.stop(AbortSignal.abort());
    const later = await explainFromFiles(folder(), task);
    expect(later).toMatchObject({ verdict: "refused", running: false });
    expect(later.because?.code).toBe("lock-too-high");
  }, 60_000);

  it("drains: gives back, finishes, takes nothing more, also after a restart, until it is resumed", async () => {
    const first = await start();
    const held = await network.post({ terms: { replicas: 1, maxReplicas: 1, commitWindow: 30 } });
    await network.until(async () =>
      (await network.events(held)).some(({ eventName }) => eventName === "SeatTaken"),
    );
    const { body: drain } = await ask("/v1/drain", "POST");
    for (const seat of drain.seats) expect(seat.freeBy).toBeGreaterThan(0);
    await network.until(async () => (await ask("/v1/status")).body.drain.seats.length === 0);
    expect((await network.events(held)).map(({ eventName }) => eventName)).toContain("TaskSettled");

    const refused = await network.post();
    await network.until(
      async () => (await ask(`/v1/why/${refused}`)).body.because?.code === "draining",
    );
    expect(await (await fetch(`${first.status}/readyz`)).json()).toMatchObject({
      ok: false,
      problems: [{ code: "draining" }],
    });
    await first.stop();

    const again = await start();
    expect(await ask("/v1/status")).toMatchObject({ body: { intake: "off", ok: false } });
    expect(await ask("/v1/resume", "POST")).toMatchObject({ status: 200, body: { intake: "on" } });
    expect((await fetch(`${again.status}/readyz`)).status).toBe(200);
    const taken = await network.post();
    await network.until(async () =>
      (await network.events(taken)).some(({ eventName }) => eventName === "TaskSettled"),
    );
    expect(await ask(`/v1/why/${taken}`)).toMatchObject({
      body: { verdict: expect.stringMatching(/over|working/) },
    });
  }, 90_000);

  it("finishes what it holds when it stops, unless it is hurried; then nothing turns intake on again", async () => {
    const executor = await startExecutor(
      configOf(network.providers[0], { timing: { settleStagger: 1, commitMargin: 2, drain: 60 } }),
      {
        handlers: {
          running: ({ signal }) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason));
            }),
        },
      },
    );
    running.push(executor);
    await network.dial(executor.endpoint);
    const task = await network.post();
    await network.until(async () => (await ask("/v1/status")).body.assignments.running === 1);
    const hurry = new AbortController();
    let stopped = false;
    const end = executor.stop(hurry.signal).then(() => {
      stopped = true;
    });
    await network.until(async () => (await ask("/v1/status")).body.intake === "stopping");
    expect(await ask("/v1/resume", "POST")).toMatchObject({ status: 409 });
    const { drain } = (await ask("/v1/status")).body;
    expect(drain.seats).toMatchObject([{ task, state: "running", phase: "executing" }]);
    const { timestamp } = await network.client.getBlock();
    // Commit, reveal and settle windows lie between.
    expect(drain.freeBy).toBeGreaterThan(Number(timestamp) + 15);
    expect(stopped).toBe(false);
    hurry.abort();
    await end;
    expect(stopped).toBe(true);
  }, 60_000);

  it("takes no seats while disk or balance are too low, and says so", async () => {
    const executor = await start({
      health: { minDiskBytes: Number.MAX_SAFE_INTEGER, minBalance: `1${"0".repeat(30)}` },
    });
    const ready = await fetch(`${executor.status}/readyz`);
    expect(ready.status).toBe(503);
    const { problems, checks } = await ready.json();
    const codes = problems.map(({ code }: { code: string }) => code);
    expect(codes.sort()).toEqual(["balance-low", "disk-low"]);
    expect(checks).toMatchObject({
      disk: { ok: false },
      balance: { ok: false },
      chain: { ok: true },
    });
    const metrics = await (await fetch(`${executor.status}/metrics`)).text();
    expect(metrics).toContain('deco_intake_closed{reason="disk-low"} 1');
    expect(metrics).toContain("deco_ready 0");
  }, 60_000);

  it("serves a task whose key is with a remote signer", async () => {
    const key = network.devnet.accounts[1]?.privateKey ?? "0x";
    const signer = await startWeb3SignerDouble(key);
    try {
      const { address } = privateKeyToAccount(key);
      await start({ key: { signer: { url: signer.url, address, api: "rpc" } } });
      const task = await network.post();
      await network.until(async () =>
        (await network.events(task)).some(({ eventName }) => eventName === "TaskSettled"),
      );
      expect(signer.asked.filter((what) => what === "eth_signTransaction").length).toBeGreaterThan(
        2,
      );
    } finally {
      await Promise.all(running.splice(0).map((executor) => executor.stop(AbortSignal.abort())));
      await signer.close();
    }
  }, 60_000);

  it("a control file that a killed executor left opens nothing", async () => {
    const executor = await start();
    const left = await readFile(controlPath(folder()), "utf8");
    await executor.stop(AbortSignal.abort());
    expect(await readControlFile(folder())).toBeUndefined();
    await start();
    const { token } = JSON.parse(left);
    expect(await ask("/v1/status", "GET", { authorization: `Bearer ${token}` })).toMatchObject({
      status: 401,
    });
  }, 60_000);
});

/** By hand, since `fetch` lets nobody choose Host and Origin. */
function raw(
  url: URL,
  method: string,
  headers: Record<string, string>,
  // biome-ignore lint/suspicious/noExplicitAny: tests assert its shape.
): Promise<{ status: number | undefined; body: any }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
    });
    request.on("error", reject).end();
  });
}
