import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { describeWithEngine, output, runScript } from "./support/container-engine.ts";

describeWithEngine("a container's outputs", () => {
  it.each([
    ["a link to a file of this machine", "busybox ln -s /etc/passwd a"],
    ["a link to a folder of this machine", "busybox ln -s / a"],
    ["a link that climbs out", "busybox ln -s ../../../../etc/shadow a"],
    ["a link to its own output", "echo x > b; busybox ln -s b a"],
  ])("are refused with %s", async (_, text) => {
    const { execution, outputFolder } = await runScript(text);
    expect(execution).toMatchObject({ kind: "abstained", reason: "program-invalid" });
    expect(await readdir(outputFolder)).not.toContain("a");
  });

  it.each([
    ["a control character", "echo x > $'a\\nb'"],
    ["bytes that are not UTF-8", "echo x > $'\\xff'"],
    ["a backslash", "echo x > 'a\\b'"],
    [
      "too many folders",
      "i=0; while [ $i -lt 40 ]; do busybox mkdir d && cd d; i=$((i+1)); done; echo x > a",
    ],
  ])("are refused with %s in a name", async (_, text) => {
    const { execution } = await runScript(text);
    expect(execution).toMatchObject({ kind: "abstained", reason: "program-invalid" });
  });

  it("keep every byte, long and foreign names, and second names", async () => {
    const long = "n".repeat(200);
    const ran = await runScript(
      `busybox head -c 300000 /dev/zero | busybox tr '\\0' a > big; echo one > "${long}é"; busybox ln "${long}é" two; echo é > é`,
    );
    expect((await readdir(ran.outputFolder)).sort()).toEqual(
      ["big", `${long}é`, "two", "é"].sort(),
    );
    expect(await output(ran, "big")).toBe("a".repeat(300_000));
    expect(await output(ran, "two")).toBe("one\n");
  });

  it("leave pipes out, since they hold nothing", async () => {
    const { execution, outputFolder } = await runScript("busybox mkfifo a; echo x > b");
    expect(execution).toMatchObject({ kind: "completed", outputBytes: 2 });
    expect(await readdir(outputFolder)).toEqual(["b"]);
  });

  it("are this user's own files, whatever modes the program gave them", async () => {
    const ran = await runScript(
      "echo x > a; busybox mkdir d; echo y > d/b; busybox chmod 000 a d/b d",
    );
    expect(await output(ran, "d/b")).toBe("y\n");
  });

  it("are not replaced by what the program does to the folder itself", async () => {
    const ran = await runScript(
      "busybox rm -rf /out; busybox mv /out /tmp/x; busybox chmod 000 /out; echo x > /out/a; exit 0",
    );
    expect(ran.execution.kind).toBe("completed");
  });
});
