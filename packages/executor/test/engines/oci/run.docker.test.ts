import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  describeWithEngine,
  inputWith,
  leftovers,
  output,
  prepare,
  runScript,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";

describeWithEngine("a program in a container", () => {
  it("gives its streams, its exit code and its outputs", async () => {
    const ran = await runScript(
      "echo hello; echo careful >&2; echo one > a; busybox mkdir d; echo two > d/b; exit 3",
    );
    expect(ran.execution).toMatchObject({ kind: "completed", exitCode: 3, outputBytes: 8 });
    expect([ran.stdout, ran.stderr]).toEqual(["hello\n", "careful\n"]);
    expect((await readdir(ran.outputFolder, { recursive: true })).sort()).toEqual([
      "a",
      "d",
      "d/b",
    ]);
    expect(await output(ran, "d/b")).toBe("two\n");
  });

  it("is measured", async () => {
    const { execution } = await runScript(
      "busybox dd if=/dev/zero bs=1M count=8 of=/tmp/x 2>/dev/null; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done",
      { diskBytes: 16 * 1024 ** 2 },
    );
    const { wallMillis, cpuMillis, peakMemoryBytes } = execution.measurements;
    expect(wallMillis).toBeGreaterThan(0);
    expect(cpuMillis).toBeGreaterThan(10);
    expect(cpuMillis).toBeLessThan(2 * wallMillis);
    expect(peakMemoryBytes).toBeGreaterThan(8 * 1024 ** 2);
  });

  it("sees the same machine everywhere: name, zone, locale, folder, user", async () => {
    const ran = await runScript(
      "busybox hostname; echo $TZ $LANG $HOME $PWD $DECO_ITEM_INDEX.; busybox id -u; busybox cat /etc/hosts /etc/resolv.conf; busybox ls /in",
    );
    expect(ran.stdout).toBe(
      "deco\nUTC C.UTF-8 /tmp /out .\n65534\n127.0.0.1 localhost deco\n::1 localhost deco\n",
    );
  });

  it("sees another name and fewer cores where runs are to be compared", async () => {
    const { engine } = testEngine({ hostname: "other", cores: 1 });
    const ran = await (
      await prepare(script("busybox hostname; busybox nproc; busybox cat /etc/hostname"), {
        engine,
      })
    ).run();
    expect(ran.stdout).toBe("other\n1\nother\n");
  });

  it("gets its environment, which may set what is otherwise fixed", async () => {
    const program = { ...script("echo $TZ $A"), env: { TZ: "Europe/Lisbon", A: "x y" } };
    expect((await (await prepare(program)).run()).stdout).toBe("Europe/Lisbon x y\n");
  });

  it("reads its input, which it cannot change, also when the folder is private", async () => {
    const inputFolder = await inputWith("a.txt", "content");
    await chmod(join(inputFolder, "a.txt"), 0o600);
    await chmod(inputFolder, 0o700);
    const program = script(
      "busybox cat /in/a.txt; echo x > /in/b || echo x >> /in/a.txt || echo no",
    );
    const ran = await (await prepare(program, { inputFolder })).run();
    expect(ran.stdout).toBe("contentno\n");
    expect(await readdir(inputFolder)).toEqual(["a.txt"]);
  });

  it("gets one item of a bag per run, as a file that it cannot change", async () => {
    const program = script(
      "busybox cat /item; echo; echo $DECO_ITEM_INDEX; echo x > /item || echo no",
    );
    const prepared = await prepare(program);
    for (const index of [0, 7]) {
      const ran = await prepared.run({ index, bytes: Buffer.from(`item ${index}`) });
      expect(ran.stdout).toBe(`item ${index}\n${index}\nno\n`);
    }
  });

  it("runs many items, some at once, each with an empty /out, and leaves nothing", async () => {
    const { engine, instanceId } = testEngine();
    const prepared = await prepare(script("busybox ls; busybox cat /item > a"), { engine });
    const items = Array.from({ length: 12 }, (_, index) => index);
    const queue = [...items];
    const results = new Map<number, string>();
    const worker = async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        const ran = await prepared.run({ index, bytes: Buffer.from(`item ${index}`) });
        results.set(index, ran.stdout + (await output(ran, "a")));
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(results).toEqual(new Map(items.map((index) => [index, `item ${index}`])));
    await prepared.program.close();
    expect(await leftovers(instanceId)).toEqual({ containers: 0, volumes: 0, images: 0 });
  });

  it("starts each run with an empty /out and /tmp", async () => {
    const prepared = await prepare(
      script("busybox ls -A /out /tmp; echo x > /out/a; echo x > /tmp/b"),
    );
    const first = await prepared.run();
    expect((await prepared.run()).stdout).toBe(first.stdout);
  });

  it("runs beside another of the same image", async () => {
    const { engine } = testEngine();
    const texts = ["one", "two"];
    const prepared = await Promise.all(
      texts.map((text) => prepare(script(`busybox sleep 1; echo ${text} > a`), { engine })),
    );
    const [first, second] = await Promise.all(prepared.map((program) => program.run()));
    expect([first && (await output(first, "a")), second && (await output(second, "a"))]).toEqual([
      "one\n",
      "two\n",
    ]);
    await prepared[0]?.program.close();
    expect((await prepared[1]?.run())?.execution.kind).toBe("completed");
  });

  it("is refused when the image holds no such command", async () => {
    for (const command of [["/bin/missing"], ["/app"], ["/app/groups.awk"]]) {
      const ran = await (await prepare({ ...script(""), command })).run();
      expect(ran.execution).toMatchObject({ kind: "abstained", reason: "program-invalid" });
    }
  });

  it("is ended by its signal, and leaves nothing", async () => {
    const { engine, instanceId } = testEngine();
    const prepared = await prepare(script("busybox sleep 600"), { engine });
    const abort = new AbortController();
    const run = prepared.run(undefined, abort.signal);
    run.catch(() => undefined);
    await expect.poll(() => leftovers(instanceId)).toMatchObject({ containers: 2 });
    const reason = new Error("stopping");
    abort.abort(reason);
    await expect(run).rejects.toBe(reason);
    // Its output folder goes beside the next step.
    const nothing = { containers: 0, volumes: 0, images: 1 };
    await expect.poll(() => leftovers(instanceId), { timeout: 30_000 }).toEqual(nothing);
  });

  it("is ended by closing it, which may be done twice", async () => {
    const { engine, instanceId } = testEngine();
    const prepared = await prepare(script("busybox sleep 600"), { engine });
    const run = prepared.run();
    run.catch(() => undefined);
    await expect.poll(() => leftovers(instanceId)).toMatchObject({ containers: 2 });
    await Promise.all([prepared.program.close(), prepared.program.close()]);
    await expect(run).rejects.toMatchObject({ code: "program-closed" });
    await expect(prepared.run()).rejects.toMatchObject({ code: "program-closed" });
    expect(await leftovers(instanceId)).toEqual({ containers: 0, volumes: 0, images: 0 });
  });

  it("is refused for another engine, another network or more memory than there is", async () => {
    const { engine } = testEngine();
    const workFolder = "/nonexistent";
    const bridged = { ...script(""), network: "bridge" } as never;
    const large = script("", { memoryBytes: 2 ** 44 });
    await expect(engine.prepare({ program: bridged, workFolder }, SIGNAL)).rejects.toMatchObject({
      code: "network-unsupported",
    });
    await expect(engine.prepare({ program: large, workFolder }, SIGNAL)).rejects.toMatchObject({
      code: "host-too-small",
      reason: "limit-exceeded",
    });
  });
});
