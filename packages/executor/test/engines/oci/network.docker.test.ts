import { expect, it } from "vitest";
import type { OciEngineOptions } from "../../../src/engines/oci/index.ts";
import {
  describeWithEngine,
  docker,
  prepare,
  type Ran,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";
import { outsideWorld, PUBLIC_ADDRESS } from "./support/outside-world.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const NAMES = { "web.example": [PUBLIC_ADDRESS], "inside.example": ["127.0.0.1"] };
const ALLOW = ["inside.example:80", "web.example:80"];
/** gVisor gives each container a loopback of its own. */
const sharesLoopback = process.env["DECO_TEST_RUNTIME"] !== "runsc";

function online(text: string, bytes = 1_000_000) {
  return { ...script(text), network: { allow: ALLOW, bytes } };
}

async function run(text: string, options: Partial<OciEngineOptions> = {}, bytes?: number) {
  const world = await outsideWorld(NAMES);
  const egress = world.parts;
  const { engine, instanceId } = testEngine({ network: "allow-list", egress, ...options });
  const ran: Ran = await (await prepare(online(text, bytes), { engine })).run();
  return { ...ran, world, instanceId };
}

describeWithEngine.skipIf(!sharesLoopback)("a program with a list of places", () => {
  it("reaches them through the proxy, and nothing else", async () => {
    const { stdout, world } = await run(
      [
        "busybox wget -q -O - http://web.example/hello",
        "echo",
        "for u in http://other.example/ http://inside.example/; do busybox wget -O - $u 2>&1 | busybox grep -o 'HTTP/1.1 .*'; done",
        // Not through the proxy: no name server, no route, no neighbour.
        "unset http_proxy",
        `busybox wget -O - http://${PUBLIC_ADDRESS}/ && echo reached`,
        "busybox wget -O - http://169.254.169.254/ && echo metadata",
        "busybox nslookup web.example >/dev/null && echo resolved",
        "busybox grep -c : /proc/net/dev; busybox wc -l < /proc/net/route",
      ].join("; "),
    );
    expect(stdout).toBe("got 0\nHTTP/1.1 403 Forbidden\nHTTP/1.1 403 Forbidden\n1\n1\n");
    expect(world.requests).toEqual(["GET /hello web.example"]);
    expect(world.asked.sort()).toEqual(["inside.example", "web.example"]);
  });

  it("is confined as others are", async () => {
    const { stdout } = await run(
      "busybox id -u; busybox hostname; busybox cat /etc/hosts; busybox grep -c Seccomp:.2 /proc/self/status; busybox ls /egress; busybox ping -c 1 127.0.0.1 >/dev/null && echo raw",
    );
    expect(stdout).toBe("65534\ndeco\n127.0.0.1 localhost deco\n::1 localhost deco\n1\n");
  });

  it("ends when it has sent and received more than it asked for", async () => {
    const text =
      "busybox wget -q -O /dev/null 'http://web.example/?bytes=5000000'; busybox sleep 60";
    const { execution } = await run(text, {}, 100_000);
    expect(execution).toMatchObject({ kind: "abstained", reason: "limit-exceeded" });
    expect(execution.kind === "abstained" && execution.detail).toContain("network bytes");
  });

  it("takes its way out with it", async () => {
    const { instanceId } = await run("busybox wget -q -O - http://web.example/");
    const filters = { label: [`network.deco.instance=${instanceId}`, "network.deco.role=gateway"] };
    await expect.poll(() => docker().listContainers({ all: true, filters })).toEqual([]);
  });
});

describeWithEngine("an engine without a network", () => {
  it("refuses such a program before a claim", async () => {
    const { engine } = testEngine();
    const spec = { program: online("true"), workFolder: await temporaryFolder() };
    await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({
      ...{ code: "network-unsupported", reason: "engine-unavailable" },
    });
  });
});
