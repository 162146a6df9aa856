import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Check } from "@deco-network/audit";
import {
  decodeDocument,
  documentDigest,
  encodeDocument,
  inputSchema,
  resultSchema,
} from "@deco-network/sdk";
import { hashBytes, hashFolder, parseCid } from "@deco-network/storage";
import { createPublicClient, http } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeCopyingJob } from "../support/copying-job.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco, startDeco } from "../support/run-deco.ts";

/** Too large to be embedded, so that every way of a result is taken; and found wherever it is. */
const SECRET = "the patient's name is Ada Lovelace; ".repeat(300);

describe("a private job", { timeout: 240_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let job: string;
  let taskId: string;
  const inFolder = (name: string) => join(folder.path, name);
  const account = () => ["--account", inFolder("key")];

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    // The fourth describes no recipient.
    network = await startNetwork(home, 4, undefined, 3);
    job = await writeCopyingJob(inFolder("job"), SECRET, { private: true });
    await writeFile(inFolder("key"), network.devnet.accounts[0]?.privateKey ?? "", { mode: 0o600 });
  });
  afterAll(async () => {
    await network.stop();
    await folder.remove();
  });

  it("is planned with the providers that describe a recipient", async () => {
    const { code, json } = await deco(home, "plan", job, "--json");
    expect(code).toBe(0);
    const eligible = json.plan.eligible.map(({ provider }: { provider: number }) => provider);
    expect(eligible.sort()).toEqual([1, 2, 3]);
    const fourth = json.plan.candidates.find(
      ({ provider }: { provider: number }) => provider === 4,
    );
    expect(fourth.obstacles).toEqual([{ reason: "recipient-missing" }]);
    expect(json.plan.warnings).toContainEqual(
      expect.objectContaining({ code: "private-to-seats" }),
    );
    expect(await readdir(join(home, "tasks"))).toEqual([]);
  });

  it("comes to the right result, which only the requester can read", async () => {
    const output = inFolder("result");
    const { code, json, stderr } = await deco(
      home,
      ...["run", job, "--output", output, "--json", ...account()],
    );
    expect(stderr).toContain("has the key of the private input");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(json).toMatchObject({ status: "settled", output, runs: 1, failedRuns: 0 });
    expect(await readFile(join(output, "stdout"), "utf8")).toBe(SECRET);
    expect(await readFile(join(output, "out", "copy.txt"), "utf8")).toBe(SECRET);
    const document = await readFile(join(output, "result.json"));
    expect(documentDigest(document)).toBe(json.digest);
    expect(decodeDocument(resultSchema, document).salt).toMatch(/^0x/);
    taskId = json.taskId;
  });

  it("leaves the secrets with the requester, for its eyes only", async () => {
    const keys = join(home, "tasks", taskId, "private-keys.json");
    expect((await stat(keys)).mode & 0o777).toBe(0o600);
  });

  it("left nothing of itself with providers, seated or not, nor on the chain", async () => {
    const plain = await hashFolder(join(inFolder("job"), "in"));
    const text = await hashBytes(new TextEncoder().encode(SECRET));
    const unsalted = documentDigest(
      encodeDocument(inputSchema, { deco: "input/1", files: plain.cid }),
    );
    const digests = [plain.cid, text.cid]
      .map((cid) => `0x${Buffer.from(parseCid(cid).multihash.digest).toString("hex")}`)
      .concat(unsalted);
    const traces = [Buffer.from("Ada Lovelace"), Buffer.from("AGE-SECRET-KEY")].concat(
      digests.flatMap((digest) => [
        Buffer.from(digest.slice(2)),
        Buffer.from(digest.slice(2), "hex"),
      ]),
      [plain.cid, text.cid].map((cid) => Buffer.from(cid)),
    );
    let looked = 0;
    for (let i = 1; i <= 4; i++) {
      const data = join(home, `executor-${i}`, "data");
      for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
        // The provider's own key, not the task's.
        if (!entry.isFile() || entry.name === "age-identity") continue;
        // A database leaves names of what it dropped in its free pages: nobody is served from there.
        if (i <= 3 && entry.name.startsWith("catalogue.sqlite")) continue;
        const path = join(entry.parentPath, entry.name);
        const content = await readFile(path).catch(() => Buffer.alloc(0));
        looked += 1;
        const found = traces.filter(
          (trace) => content.includes(trace) || path.includes(`${trace}`),
        );
        expect({ path, found: found.map(String) }).toEqual({ path, found: [] });
      }
    }
    expect(looked).toBeGreaterThan(40);
    const { addresses, rpcUrl } = network.devnet;
    const logs = await createPublicClient({ transport: http(rpcUrl) }).getLogs({
      ...{ address: addresses.market, fromBlock: 0n },
    });
    const said = Buffer.from(logs.map(({ data }) => data.slice(2)).join(""), "hex");
    expect(said.length).toBeGreaterThan(1_000);
    expect(traces.filter((trace) => said.includes(trace))).toEqual([]);
  });

  it("gives nobody else its result", async () => {
    const records = join(home, "tasks", taskId);
    const stolen = inFolder("stranger");
    await mkdir(join(stolen, "tasks"), { recursive: true });
    await cp(records, join(stolen, "tasks", taskId), { recursive: true });
    await cp(join(home, "deployment.json"), join(stolen, "deployment.json"));
    // Even with the keys: providers tell the requester's account alone where the ciphertext is.
    await writeFile(inFolder("other"), network.devnet.accounts[5]?.privateKey ?? "", {
      mode: 0o600,
    });
    const args = ["task", "result", taskId, "--output", inFolder("nothing"), "--json"];
    const asked = startDeco(stolen, [...args, "--account", inFolder("other")]);
    await asked.saying("fetching and verifying the result");
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    asked.child.kill("SIGINT");
    expect((await asked.finished).code).not.toBe(0);
    expect(existsSync(inFolder("nothing"))).toBe(false);
  });

  it("is verified as far as it is public", async () => {
    const { code, json } = await deco(home, "verify", taskId, "--json");
    expect({
      code,
      failed: json.checks.filter(({ status }: Check) => status !== "passed"),
    }).toEqual({
      ...{ code: 0, failed: [] },
    });
    const names = json.checks.map(({ name }: Check) => name);
    expect(names).toContain("result-withheld");
    expect(names).not.toContain("result-document");
    expect(json.trusted.at(-1)).toContain("only the requester can see");
  });

  it("that was interrupted goes on with `task result`, which sends the key", async () => {
    const output = inFolder("resumed");
    const args = ["run", job, "--private", "post-quantum", "--output", output, ...account()];
    const running = startDeco(home, args);
    const [, task = ""] = /task (0x[0-9a-f]{64})/.exec(await running.saying("is recorded")) ?? [];
    await running.saying("seat 1/3");
    running.child.kill("SIGINT");
    await running.finished;
    const { code, stderr } = await deco(home, ...["task", "result", task, ...account()]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await readFile(join(output, "stdout"), "utf8")).toBe(SECRET);
  });

  it("can be fetched again with them", async () => {
    const output = inFolder("again");
    const { code } = await deco(
      home,
      ...["task", "result", taskId, "--output", output, "--json", ...account()],
    );
    expect(code).toBe(0);
    expect(await readFile(join(output, "stdout"), "utf8")).toBe(SECRET);
  });
});
