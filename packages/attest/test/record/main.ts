// Records evidence of a software TPM for tests where none is installed: node packages/attest/test/record/main.ts
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { encodeEvidence, makeTpmKey, messageOf, tpmSigner } from "../../src/index.ts";
import { startSwtpm } from "../support/swtpm.ts";

const BINDING = {
  chainId: 31_337,
  registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
  provider: 7,
} as const;
const SIGNED = {
  task: `0x${"0a".repeat(32)}`,
  result: `0x${"0b".repeat(32)}`,
  environment: `0x${"0c".repeat(32)}`,
} as const;

const target = fileURLToPath(new URL("../samples/tpm/", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "deco-tpm-"));
const tpm = await startSwtpm(join(folder, "swtpm"));
try {
  const keys = join(folder, "key");
  const evidence = await makeTpmKey(keys, BINDING, tpm.endorsement, { tcti: tpm.tcti });
  const signer = await tpmSigner(keys);
  const signature = await signer.sign(messageOf(SIGNED), AbortSignal.timeout(30_000));
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "evidence.json"), encodeEvidence(evidence));
  await writeFile(join(target, "root.pem"), tpm.root);
  const about = {
    at: Math.floor(Date.now() / 1_000) + 60,
    binding: BINDING,
    signed: SIGNED,
    signature,
  };
  await writeFile(join(target, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
} finally {
  await tpm.stop();
  await rm(folder, { recursive: true, force: true });
}
