import { describe, expect, it } from "vitest";

import { ensureSoftwareTpm, type TpmSurroundings } from "../../../scripts/test/software-tpm.ts";

/** A machine without the tools, where installing brings them. */
function machine(changes: Partial<TpmSurroundings> = {}) {
  const installed: string[][] = [];
  const said: string[] = [];
  const on: TpmSurroundings = {
    install: true,
    find: async (program) => (installed.length > 0 ? `/usr/bin/${program}` : undefined),
    isDebianRoot: async () => true,
    async installPackages(names) {
      installed.push([...names]);
      return undefined;
    },
    log: (message) => said.push(message),
    ...changes,
  };
  return { on, installed, said };
}

describe("the software TPM of the tests", () => {
  it("is installed as root on Debian, and that is said", async () => {
    const { on, installed, said } = machine();
    expect(await ensureSoftwareTpm(on)).toBeUndefined();
    expect(installed).toEqual([["swtpm", "swtpm-tools", "tpm2-tools"]]);
    expect(said.join()).toContain("swtpm");
  });

  it("is left alone where it is", async () => {
    const { on, installed } = machine({ find: async (program) => `/usr/bin/${program}` });
    expect(await ensureSoftwareTpm(on)).toBeUndefined();
    expect(installed).toEqual([]);
  });

  it.each([
    ["installing is forbidden", { install: false }, "not allowed"],
    ["nobody is root", { isDebianRoot: async () => false }, "root on Debian"],
    ["apt-get fails", { installPackages: async () => "apt-get ended with code 100" }, "code 100"],
    ["the packages lack a tool", { find: async () => undefined }, "brought no swtpm"],
  ])("gives the reason why its tests are skipped when %s", async (_, changes, reason) => {
    expect(await ensureSoftwareTpm(machine(changes).on)).toContain(reason);
  });
});
