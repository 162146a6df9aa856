import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  describeWithEngine,
  docker,
  prepare,
  runScript,
  script,
  testEngine,
} from "./support/container-engine.ts";
import { imageFile } from "./support/image-file.ts";
import { foreignSyscallProgram, syscallProgram } from "./support/syscall-program.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const EPERM = 1;
const ENOSYS = 38;
const KILLED_BY_SIGSYS = 128 + 31;
/** How a kernel that was built without 32-bit system calls ends a program that makes one, whatever the profile. */
const KILLED_BY_SIGSEGV = 128 + 11;
const CLONE_NEWUSER = 0x10000000;
const AF_INET = 2;
const AF_UNIX = 1;
const PTRACE_TRACEME = 0;

/** System calls on x86-64 that need no capability, so that only the profile can refuse them. */
const REFUSED: Record<string, [number, number?, number?]> = {
  ptrace: [101, PTRACE_TRACEME],
  io_uring_setup: [425, 1],
  io_uring_enter: [426],
  io_uring_register: [427],
  userfaultfd: [323, 1],
  unshare: [272, CLONE_NEWUSER],
  setns: [308],
  clone_with_user_namespace: [56, CLONE_NEWUSER | 17],
  keyctl: [250],
  add_key: [248],
  request_key: [249],
  bpf: [321],
  perf_event_open: [298],
  process_vm_readv: [310],
  kcmp: [312],
  memfd_secret: [447],
  mq_open: [240],
  modify_ldt: [154],
  vmsplice: [278],
  mount: [165],
  kexec_load: [246],
  socket_inet: [41, AF_INET, 1],
};

const ALLOWED: Record<string, [number, number?, number?]> = {
  sched_yield: [24],
  madvise: [28],
  umask: [95, 0o22],
};

async function probeImage() {
  const calls = {
    ...REFUSED,
    ...ALLOWED,
    clone3: [435] as [number],
    x32_getpid: [0x40000000 + 39] as [number],
    socket_unix: [41, AF_UNIX, 1],
  };
  return await imageFile([
    { path: "probe", type: "directory", mode: 0o755 },
    ...Object.entries(calls).map(([name, call]) => ({
      path: `probe/${name}`,
      type: "file" as const,
      mode: 0o755,
      bytes: syscallProgram(...(call as [number, number?, number?])),
    })),
    { path: "probe/foreign", type: "file", mode: 0o755, bytes: foreignSyscallProgram() },
  ]);
}

const PROBE_ALL = "cd /probe; for p in *; do ./$p; echo $p $?; done";

async function probeCalls(options: { seccompProfile?: string } = {}) {
  const image = await probeImage();
  const program = script(PROBE_ALL);
  const prepared = await prepare(
    {
      ...program,
      image: {
        archive: "bafkreicpmetwisioo5ksr7hnxlptbmqquj6qvkjevwlynmq2jrqq5ehh7q",
        id: image.id,
      },
    },
    { engine: testEngine(options).engine, artifactPath: image.path },
  );
  const { stdout } = await prepared.run();
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  return Object.fromEntries(pairs.map(([name, code]) => [name, Number(code)]));
}

describeWithEngine("a container's confinement", () => {
  it("shows no network", async () => {
    const { stdout } = await runScript(
      "busybox cat /proc/net/dev | busybox grep -c : ; busybox wget -T 1 http://192.0.2.1/ && echo reached; busybox nslookup example.org; busybox ip a; echo",
    );
    expect(stdout).toBe("1\n\n");
  });

  it("has a root that cannot be written", async () => {
    const { stdout } = await runScript(
      "for d in / /bin /etc /in /dev /proc /sys /run /var; do busybox touch $d/x 2>/dev/null && echo $d; done; busybox touch /tmp/x /out/x && echo fine",
    );
    expect(stdout).toBe("fine\n");
  });

  it("runs as nobody, without capabilities, and cannot gain privileges", async () => {
    const { stdout } = await runScript(
      "busybox grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):' /proc/self/status",
    );
    const status = Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(/:\s+/)),
    );
    const none = "0000000000000000";
    expect(status).toMatchObject({
      Uid: "65534\t65534\t65534\t65534",
      Gid: "65534\t65534\t65534\t65534",
      CapInh: none,
      CapPrm: none,
      CapEff: none,
      CapBnd: none,
      CapAmb: none,
      NoNewPrivs: "1",
      Seccomp: "2",
    });
  });

  it("runs as the configured user", async () => {
    const { engine } = testEngine({ user: { uid: 1234, gid: 4321 } });
    const prepared = await prepare(script("busybox id -u; busybox id -g; echo x > a"), { engine });
    const ran = await prepared.run();
    expect(ran.stdout).toBe("1234\n4321\n");
    expect(ran.execution).toMatchObject({ outputBytes: 2 });
  });

  it("sees no process but its own", async () => {
    const { stdout } = await runScript("busybox ls /proc | busybox grep -c '^[0-9]'; echo $$");
    expect(Number(stdout.split("\n")[0])).toBeLessThanOrEqual(3);
    expect(stdout.split("\n")[1]).toBe("1");
  });

  it("cannot mount, trace, make namespaces or devices with the usual tools", async () => {
    const { stdout } = await runScript(
      [
        "busybox mount -t tmpfs none /tmp",
        "busybox unshare -r busybox true",
        "busybox chroot / /bin/busybox true",
        "busybox mknod /tmp/null c 1 3",
        "busybox hostname other",
      ]
        .map((command, index) => `${command} 2>/dev/null && echo ${index}`)
        .join("; "),
    );
    expect(stdout).toBe("");
  });

  it.runIf(process.arch === "x64")(
    "refuses the system calls that its profile does not list",
    async () => {
      const calls = await probeCalls();
      for (const name of Object.keys(REFUSED)) expect([name, calls[name]]).toEqual([name, EPERM]);
      for (const name of Object.keys(ALLOWED)) expect(calls[name]).not.toBe(EPERM);
      expect(calls["clone3"]).toBe(ENOSYS);
      expect([KILLED_BY_SIGSYS, KILLED_BY_SIGSEGV]).toContain(calls["foreign"]);
      expect(calls["x32_getpid"]).toBe(KILLED_BY_SIGSYS);
      expect(calls["socket_unix"]).not.toBe(EPERM);
    },
  );

  it.runIf(process.arch === "x64")("refuses them by the profile, not by chance", async () => {
    const seccompProfile = join(await temporaryFolder(), "open.json");
    await writeFile(seccompProfile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW" }));
    const calls = await probeCalls({ seccompProfile });
    const open = Object.keys(REFUSED).filter((name) => calls[name] !== EPERM);
    expect(open).toEqual(expect.arrayContaining(["ptrace", "io_uring_setup", "unshare", "kcmp"]));
  });

  it("is what the container engine was told", async () => {
    const { engine, instanceId } = testEngine();
    const prepared = await prepare(script("busybox sleep 600"), { engine });
    const abort = new AbortController();
    const run = prepared.run(undefined, abort.signal);
    run.catch(() => undefined);
    const filters = { label: [`network.deco.instance=${instanceId}`, "network.deco.role=job"] };
    await expect.poll(() => docker().listContainers({ filters })).toHaveLength(1);
    const [job] = await docker().listContainers({ filters });
    const { HostConfig, Config, Image } = await docker()
      .getContainer(job?.Id ?? "")
      .inspect();
    abort.abort();
    await expect(run).rejects.toThrow();
    expect(Image).toMatch(/^sha256:/);
    expect(Config.User).toBe("65534:65534");
    expect(HostConfig).toMatchObject({
      NetworkMode: "none",
      CapDrop: ["ALL"],
      Privileged: false,
      ReadonlyRootfs: true,
      LogConfig: { Type: "none" },
    });
    expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
    expect(HostConfig.SecurityOpt).toContain("no-new-privileges:true");
  });
});
