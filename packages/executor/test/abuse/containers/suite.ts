import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { createOciEngine, type OciRuntime } from "../../../src/engines/oci/index.ts";
import { inPairs } from "../in-pairs.ts";
import type { Finding, SandboxReport } from "../report.ts";
import { type Bench, prepare, program, SIGNAL } from "./bench.ts";
import { BOMBS } from "./bombs.ts";
import { abuseImage, callNames, diskIsReadable, kernelHas } from "./image.ts";
import { openMachine } from "./machine.ts";
import { outputFindings } from "./outputs.ts";
import { SCRIPTS, type Weakening } from "./scripts.ts";
import { runWeakened } from "./weakened.ts";

export interface ContainerSuiteOptions {
  readonly host: string;
  readonly runtime: OciRuntime;
}

const NO_SUCH_CALL = 2;
const WEAKENINGS: readonly Weakening[] = ["privileged", "new-privileges", "host", "metadata"];
/** Runs the attempts of these folders of the image. */
const driver = (...folders: string[]) => ["/bin/busybox", "sh", "/probe/driver", ...folders];

/** Exit codes of the attempts that one container made, by name. */
type Codes = ReadonlyMap<string, number>;

/** Tries everything in the engine's own sandbox, and again in weakened ones. */
export async function abuseContainers(options: ContainerSuiteOptions): Promise<SandboxReport> {
  const began = performance.now();
  const { host, runtime } = options;
  const folder = await mkdtemp(join(tmpdir(), "deco-abuse-"));
  const machine = await openMachine(host.replace("unix://", ""));
  try {
    const engine = createOciEngine({
      ...{ instanceId: `abuse${randomBytes(6).toString("hex")}`, host, runtime },
    });
    const probe = await engine.probe(SIGNAL);
    if (!probe.available) throw new TypeError(`${runtime}: ${probe.reason}`);
    const { id, archive } = await abuseImage();
    const path = join(folder, "image.tar");
    await writeFile(path, archive);
    const docker = new Docker({ socketPath: host.replace("unix://", "") });
    const bench: Bench = { docker, engine, machine, runtime, imageId: id, archive: path, folder };
    const findings = await allFindings(bench);
    return {
      sandbox: runtime,
      version: `on engine ${probe.version}`,
      findings,
      millis: Math.round(performance.now() - began),
    };
  } finally {
    await machine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function allFindings(bench: Bench): Promise<Finding[]> {
  // Holds the image for the weakened containers too.
  const held = await prepare(bench, program(bench, driver("call", ...WEAKENINGS)));
  try {
    const tried = codesOf(await held.run());
    const findings = [
      ...(await toolFindings(bench, tried)),
      ...(await bombFindings(bench)),
      ...(await outputFindings(bench)),
    ];
    if (bench.runtime !== "runsc") return findings;
    return findings.map((finding) =>
      NOT_IN_GVISOR.has(finding.name) ? { ...finding, absent: "gVisor has none to give" } : finding,
    );
  } finally {
    await held.close();
  }
}

async function toolFindings(bench: Bench, tried: Codes): Promise<Finding[]> {
  const shown = new Map<Weakening, Codes>();
  for (const weakening of WEAKENINGS) {
    // Only what it is to show: in the machine's own namespaces nothing else may be tried.
    const command = driver(...(weakening === "privileged" ? ["call"] : []), weakening);
    const run = (metadata?: string) =>
      runWeakened({
        ...{ ...bench, weakening, command },
        ...(metadata !== undefined && { metadata }),
      });
    const output = weakening === "metadata" ? await withMetadata(bench, run) : await run();
    shown.set(weakening, parseCodes(output));
  }
  const privileged = shown.get("privileged");
  const calls = callNames.map((name): Finding => {
    const code = privileged?.get(name);
    return {
      ...{ name, subject: "system calls", succeeded: tried.get(name) === 0, shown: code === 0 },
      ...(code === NO_SUCH_CALL && { absent: `no such call in ${kernelOf(bench)}` }),
    };
  });
  const scripts: Finding[] = [];
  for (const [name, { subject, weakening, needs }] of SCRIPTS) {
    const absent = await reasonOfAbsence(bench, name, needs);
    scripts.push({
      ...{ name, subject, succeeded: tried.get(name) === 0 },
      shown: shown.get(weakening)?.get(name) === 0,
      ...(absent !== undefined && { absent }),
    });
  }
  return [...calls, ...scripts];
}

function kernelOf({ runtime }: Bench): string {
  return runtime === "runsc" ? "gVisor's kernel" : "this machine's kernel";
}

/**
 * gVisor has a kernel, a network and processes of its own, which no setting of a container opens.
 */
const NOT_IN_GVISOR: ReadonlySet<string> = new Set(
  `
    io_uring_enter modify_ldt clock_settime socket_raw socket_packet mount-cgroup remount-root
    read-keys read-timer-list read-firmware write-core-pattern write-sysctl write-irq
    write-sys write-cgroup make-kernel-log make-disk open-kernel-log unshare-tools
    run-set-user-id allow-new-privileges see-processes read-environment follow-root
    signal-process enter-namespaces find-engine-socket reach-loopback reach-loopback-v6
    see-interfaces see-local-sockets reach-metadata output-pipe output-device-node
  `
    .trim()
    .split(/\s+/),
);

async function reasonOfAbsence(
  { machine }: Bench,
  name: string,
  needs: string | undefined,
): Promise<string | undefined> {
  if (name === "make-disk" && !(await diskIsReadable()))
    return "root cannot read a disk here either";
  if (name === "reach-loopback-v6" && !machine.hasIpv6) return "no IPv6 on this machine";
  if (needs !== undefined && !(await kernelHas(needs))) return "this machine's kernel has none";
  return undefined;
}

async function bombFindings(bench: Bench): Promise<Finding[]> {
  const shown = await shownBombs(bench);
  return await inPairs(Object.entries(BOMBS), async ([name, bomb]): Promise<Finding> => {
    const { subject, script, limits } = bomb;
    const command = ["/bin/busybox", "sh", "-c", script];
    const prepared = await prepare(bench, program(bench, command, limits));
    try {
      const succeeded = /^beyond/m.test(await prepared.run());
      return { name, subject, succeeded, shown: shown.has(name) };
    } finally {
      await prepared.close();
    }
  });
}

/** All of them in one container with larger limits: names of those that got beyond. */
async function shownBombs(bench: Bench): Promise<ReadonlySet<string>> {
  const each = (name: string, script: string) =>
    `( ${script} ) > /tmp/printed 2>&1; echo "${name} $(busybox grep -c ^beyond /tmp/printed) $(busybox wc -c < /tmp/printed)"; busybox rm -rf /tmp/* /out/* /dev/shm/*`;
  const script = Object.entries(BOMBS).map(([name, bomb]) => each(name, bomb.script));
  const command = ["/bin/busybox", "sh", "-c", script.join("\n")];
  const output = await runWeakened({ ...bench, command, weakening: "unlimited" });
  const lines = output
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  return new Set(
    lines.flatMap(([name = "", beyond, bytes]) => {
      const { prints = 0 } = BOMBS[name] ?? {};
      return beyond === "1" && Number(bytes) > prints ? [name] : [];
    }),
  );
}

/** A container whose loopback has the address at which clouds answer about their machines. */
async function withMetadata<T>(bench: Bench, use: (network: string) => Promise<T>): Promise<T> {
  const { docker, imageId: Image } = bench;
  const serve =
    "busybox ip link set lo up; busybox ip addr add 169.254.169.254/32 dev lo; exec busybox httpd -f -h /www";
  const service = await docker.createContainer({
    ...{ Image, Entrypoint: ["/bin/busybox", "sh", "-c", serve], Cmd: [] },
    Labels: { "network.deco.abuse": "metadata" },
    HostConfig: { NetworkMode: "none", CapAdd: ["NET_ADMIN"] },
  });
  try {
    await service.start();
    return await use(`container:${service.id}`);
  } finally {
    await service.remove({ force: true });
  }
}

function codesOf(output: string): Codes {
  const codes = parseCodes(output);
  const expected = callNames.length + SCRIPTS.size;
  if (codes.size === expected) return codes;
  throw new TypeError(`${codes.size} of ${expected} attempts were made`);
}

function parseCodes(output: string): Codes {
  const lines = output.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [name = "", code = ""] = line.split(" ");
      return [name, Number(code)];
    }),
  );
}
