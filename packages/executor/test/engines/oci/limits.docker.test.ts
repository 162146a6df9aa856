import { expect, it } from "vitest";
import { describeWithEngine, runScript } from "./support/container-engine.ts";

const MIB = 1024 ** 2;
const EXCEEDED = { kind: "abstained", reason: "limit-exceeded" };

describeWithEngine("a container's limits", () => {
  it("end a program that takes too much memory", async () => {
    const { execution } = await runScript("busybox tail -c 2000000000 /dev/zero", {
      memoryBytes: 16 * MIB,
    });
    expect(execution).toMatchObject(EXCEEDED);
  });

  it("end a program whose child took too much memory, whatever it makes of that", async () => {
    const { execution } = await runScript("busybox tail -c 2000000000 /dev/zero; exit 0", {
      memoryBytes: 16 * MIB,
    });
    expect(execution).toMatchObject(EXCEEDED);
  });

  it("stop a fork bomb", async () => {
    const { execution, stdout } = await runScript(
      "i=0; while [ $i -lt 500 ]; do busybox sleep 100 & i=$((i+1)); done; echo never",
      { pids: 40 },
    );
    // The shell gives up at the first process that it cannot make.
    expect(execution).toMatchObject({ kind: "completed", exitCode: 2 });
    expect(stdout).toBe("");
  });

  it("end a program that runs too long, and one that sleeps", async () => {
    for (const text of ["while :; do :; done", "busybox sleep 1000"]) {
      const { execution } = await runScript(text, { wallSeconds: 1 });
      expect(execution).toMatchObject(EXCEEDED);
      expect(execution.measurements.wallMillis).toBeGreaterThanOrEqual(1000);
    }
  });

  it("end a program that floods a stream", async () => {
    const stdout = await runScript("busybox yes", { stdoutBytes: 1000 });
    expect(stdout.execution).toMatchObject(EXCEEDED);
    const stderr = await runScript("busybox yes >&2");
    expect(stderr.execution).toMatchObject(EXCEEDED);
  });

  it("allow exactly the bytes of standard output, and not one more", async () => {
    const limits = { stdoutBytes: 1000 };
    const fits = await runScript("busybox head -c 1000 /dev/zero", limits);
    expect(fits.stdout).toHaveLength(1000);
    const { execution } = await runScript("busybox head -c 1001 /dev/zero", limits);
    expect(execution).toMatchObject(EXCEEDED);
  });

  it("allow exactly the bytes of outputs, and not one more, in one file or many", async () => {
    const limits = { outputBytes: 100_000 };
    const many =
      "i=0; while [ $i -lt 100 ]; do busybox head -c 1000 /dev/zero > $i; i=$((i+1)); done";
    for (const text of ["busybox head -c 100000 /dev/zero > a", many]) {
      const fits = await runScript(text, limits);
      expect(fits.execution).toMatchObject({
        kind: "completed",
        exitCode: 0,
        outputBytes: 100_000,
      });
      const { execution } = await runScript(`${text}; echo -n x >> more`, limits);
      expect(execution).toMatchObject(EXCEEDED);
    }
  });

  it("bound the sum of all outputs while the program still writes", async () => {
    const { stdout, execution } = await runScript(
      "i=0; while busybox dd if=/dev/zero of=f$i bs=1M count=1 2>/dev/null; do i=$((i+1)); done; busybox du -sk /out | busybox cut -f1",
      { outputBytes: 2 * MIB },
    );
    expect(execution).toMatchObject(EXCEEDED);
    expect(stdout).toBe("");
  });

  it("bound the number of outputs", async () => {
    const { execution, stderr } = await runScript(
      "i=0; while [ $i -lt 5000 ]; do : > f$i || break; i=$((i+1)); done; busybox rm -f f1*; exit 0",
    );
    expect(execution).toMatchObject({ kind: "completed" });
    expect(stderr).toContain("No space left on device");
  });

  it("bound a file, however empty it is", async () => {
    const { execution, stderr } = await runScript(
      "busybox truncate -s 1T a; busybox dd if=/dev/zero of=b bs=1 count=1 seek=100G",
    );
    expect(stderr).toContain("File too large");
    expect(execution.kind).toBe("completed");
  });

  it("bound the scratch folder", async () => {
    const { stdout } = await runScript(
      "busybox dd if=/dev/zero of=/tmp/a bs=64k count=1000 2>/dev/null; busybox wc -c < /tmp/a",
      { diskBytes: MIB, outputBytes: 8 * MIB },
    );
    expect(stdout.trim()).toBe(String(MIB));
  });

  it("are the name of a kill that the program makes of itself; other signals have their own", async () => {
    const killed = await runScript("busybox sh -c 'kill -9 $$'; exit $?");
    expect(killed.execution).toMatchObject(EXCEEDED);
    const aborted = await runScript("busybox sh -c 'kill -6 $$'; exit $?");
    expect(aborted.execution).toMatchObject({ kind: "abstained", reason: "killed" });
  });
});
