import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  describeWithEngine,
  HOST,
  prepare,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const OFFER = {
  name: "nvidia",
  driver: "nvidia",
  devices: ["GPU-a", "GPU-b"],
  capabilities: ["gpu"],
};

/** A container engine whose requests for new containers are read on their way to it. */
async function recordedEngine(): Promise<{ host: string; created(): CreateRequest[] }> {
  const sent: Buffer[][] = [];
  const socketPath = HOST?.replace("unix://", "") ?? "";
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const parts: Buffer[] = [];
    sent.push(parts);
    const engine = connect(socketPath);
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    client.on("data", (part: Buffer) => parts.push(part));
    client.pipe(engine).pipe(client);
  });
  const path = join(await temporaryFolder(), "socket");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    host: `unix://${path}`,
    created: () => sent.flatMap((parts) => createRequests(Buffer.concat(parts).toString("latin1"))),
  };
}

/** Bodies of the requests for new containers among what was sent on one connection. */
function createRequests(sent: string): CreateRequest[] {
  const heads = sent.matchAll(
    /POST \/containers\/create.*?\r\nContent-Length: (\d+).*?\r\n\r\n/gis,
  );
  return [...heads].map((head) => {
    const start = head.index + head[0].length;
    return JSON.parse(sent.slice(start, start + Number(head[1])));
  });
}

interface CreateRequest {
  readonly Labels: Record<string, string>;
  readonly HostConfig: { readonly DeviceRequests?: readonly unknown[] };
}

describeWithEngine("accelerators, on a machine without any", () => {
  it("are asked of the container engine for the program's container alone", async () => {
    const { host, created } = await recordedEngine();
    const { engine } = testEngine({ host, accelerators: [OFFER] });
    const program = { ...script("true"), accelerators: [{ name: "nvidia", count: 1 }] };
    const given = [{ offer: 0, devices: ["GPU-a"] }];
    const { execution } = await (await prepare(program, { engine })).run(undefined, SIGNAL, {
      devices: given,
    });
    // There is no such device here, which the container engine finds out at the start.
    expect(execution).toMatchObject({ kind: "abstained", reason: "engine-unavailable" });
    const requests = created().map(({ Labels, HostConfig }) => [
      Labels["network.deco.role"],
      HostConfig.DeviceRequests,
    ]);
    const wanted = [{ Driver: "nvidia", DeviceIDs: ["GPU-a"], Capabilities: [["gpu"]] }];
    expect(requests).toEqual([
      ["holder", undefined],
      ["job", wanted],
    ]);
  });

  it("are refused by name before a claim when none are offered", async () => {
    const { engine } = testEngine();
    const program = { ...script("true"), accelerators: [{ name: "nvidia", count: 1 }] };
    const spec = { program, workFolder: await temporaryFolder() };
    await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({
      ...{ code: "accelerator-missing", reason: "limit-exceeded" },
    });
  });

  it("make an engine that offers what it has not unavailable", async () => {
    const probe = await testEngine({ accelerators: [OFFER] }).engine.probe(SIGNAL);
    expect(probe).toMatchObject({ available: false });
    expect(!probe.available && probe.reason).toContain("accelerator-unavailable");
  });

  it("are no part of the probe otherwise, which tells of user namespaces", async () => {
    const probe = await testEngine().engine.probe(SIGNAL);
    expect(probe).toMatchObject({
      available: true,
      details: { accelerators: "", network: "none", userNamespace: expect.any(String) },
    });
  });
});
