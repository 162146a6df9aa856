import { X509Certificate } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeEvidence, SIMULATED_ROOT, simulatedTpm } from "@deco-network/attest";
import {
  type AttestedContracts,
  type Devnet,
  deployAttested,
  startDevnet,
} from "@deco-network/devnet";
import { sha256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { registerProvider } from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

const HOUR = 3_600;
/** As the registries of local networks have it. */
const WINDOW = 60;
const WHO = ["provider", "first", "second", "stranger"] as const;
type Who = (typeof WHO)[number];

describe("deco attest, the life of a key on the chain", { timeout: 240_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let devnet: Devnet;
  let contracts: AttestedContracts;
  const inFolder = (name: string) => join(folder.path, name);
  const of = (who: Who) => devnet.accounts[WHO.indexOf(who)]?.privateKey ?? "0x";
  const addressOf = (who: Who) => privateKeyToAccount(of(who)).address;

  const attest = (who: Who, command: string, ...args: string[]) =>
    deco(
      home,
      ...["attest", command, ...args, "--policy", contracts.policy, "--account", inFolder(who)],
      "--json",
    );
  /** With evidence that verifies, and the TPM's answer. */
  const standBehind = (
    who: Who,
    command: "enroll" | "vouch",
    evidence: string,
    ...more: string[]
  ) =>
    attest(
      who,
      ...([command, inFolder(evidence), "--cover", "500", "--root", inFolder("root.pem")] as const),
      ...["--secret", inFolder("secret"), "--answer", inFolder("secret"), ...more],
    );
  const statusOf = async (key: string) => {
    const shown = await attest("stranger", "show", key, "--timeout", "1");
    return shown.json.keyStatus as string;
  };
  const pass = async (seconds: number) => {
    const body = { jsonrpc: "2.0", id: 1, method: "evm_increaseTime", params: [seconds] };
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    expect((await fetch(devnet.rpcUrl, init)).ok).toBe(true);
  };
  const enrolled = async (evidence: string): Promise<string> => {
    const made = await standBehind("first", "enroll", evidence);
    expect(made).toMatchObject({ code: 0, json: { status: "enrolled" } });
    return made.json.key;
  };
  const refused = (error: string) => ({
    ...{ code: 3 },
    json: { code: "enrolment-refused", message: expect.stringContaining(error) },
  });

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    await mkdir(home);
    const deploymentFile = join(home, "deployment.json");
    devnet = await startDevnet({ accounts: WHO.length, deploymentFile });
    const soon = AbortSignal.timeout(60_000);
    // Time enough to vouch and to contest on a busy machine.
    contracts = await deployAttested(devnet.deployment, soon, { activationDelay: HOUR });
    await registerProvider(devnet, WHO.indexOf("provider"));
    for (const who of WHO) await writeFile(inFolder(who), of(who), { mode: 0o600 });
    const { chainId } = devnet;
    for (const name of ["one", "other"]) {
      const made = simulatedTpm({ chainId, registry: contracts.registry, provider: 1 });
      await writeFile(inFolder(`${name}.json`), encodeEvidence(made.evidence));
    }
    const certificate = new X509Certificate(Buffer.from(SIMULATED_ROOT, "base64"));
    await writeFile(inFolder("root.pem"), certificate.toString());
    await writeFile(inFolder("secret"), "a secret that came back");
    await writeFile(inFolder("why.md"), "The quote is of another machine.\n");
  });
  afterAll(async () => {
    await devnet?.stop();
    await folder.remove();
  });

  let key: string;

  it("has a second attester behind it, who verified the same evidence", async () => {
    key = await enrolled("one.json");
    const other = await standBehind("second", "vouch", "other.json", "--key", key);
    expect(other).toMatchObject({ code: 1, json: { code: "evidence-of-another-key" } });
    const dry = await standBehind("second", "vouch", "one.json", "--key", key, "--dry-run");
    expect(dry).toMatchObject({ code: 0, json: { status: "dry-run", key } });
    const real = await standBehind("second", "vouch", "one.json", "--key", key);
    expect(real).toMatchObject({ code: 0, json: { status: "vouched", bonded: dry.json.bonded } });
    const shown = await attest("stranger", "show", key, "--timeout", "1");
    const behind = shown.json.attesters.map(({ attester }: { attester: string }) => attester);
    expect(behind).toEqual([addressOf("first"), addressOf("second")]);
  });

  it("is frozen by a challenge with a reason, and revoked when governance is silent", async () => {
    const made = await attest("stranger", "contest", key, "--reason", inFolder("why.md"));
    const reason = sha256(new TextEncoder().encode("The quote is of another machine.\n"));
    expect(made).toMatchObject({ code: 0, json: { status: "contested", reason } });
    expect(await statusOf(key)).toBe("challenged");
    const again = await attest("stranger", "contest", key, "--reason", inFolder("why.md"));
    expect(again).toMatchObject(refused("WrongKeyStatus"));
    expect(await attest("first", "revoke", key)).toMatchObject(refused("WrongKeyStatus"));
    expect(await attest("second", "lapse", key)).toMatchObject(refused("TooEarly"));
    await pass(WINDOW + 1);
    expect(await attest("second", "lapse", key)).toMatchObject({
      ...{ code: 0, json: { status: "revoked", key } },
    });
    expect(await statusOf(key)).toBe("revoked");
  });

  it("returns what was behind it after the tail, to its attesters, who take it out", async () => {
    const early = await attest("first", "release", key);
    expect(early).toMatchObject(refused("TooEarly"));
    await pass(WINDOW + 1);
    const first = addressOf("first");
    const released = await attest("stranger", "release", key, "--attester", first);
    expect(released).toMatchObject({ code: 0, json: { status: "released", attester: first } });
    expect(await attest("first", "release", key)).toMatchObject(refused("NothingBehind"));
    const more = await attest("first", "withdraw", "--amount", "501");
    expect(more).toMatchObject(refused("BondTooSmall"));
    const taken = await attest("first", "withdraw");
    expect(taken).toMatchObject({ json: { status: "withdrawn", amount: "500000000000000000000" } });
    expect(await attest("first", "withdraw")).toMatchObject({ json: { status: "nothing" } });
  });

  it("is ended by its provider at once, and by no stranger", async () => {
    const second = await enrolled("other.json");
    expect(await attest("stranger", "revoke", second)).toMatchObject(refused("MayNotRevoke"));
    expect(await attest("provider", "revoke", second)).toMatchObject({
      ...{ code: 0, json: { status: "revoked", key: second } },
    });
    const late = await standBehind("second", "vouch", "other.json", "--key", second);
    expect(late).toMatchObject(refused("WrongKeyStatus"));
  });
});
