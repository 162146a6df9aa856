import { X509Certificate } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import {
  decodeAttestedProof,
  encodeEvidence,
  enrollKey,
  getEnrolment,
  publishAcceptance,
  refuteAttested,
  SIMULATED_ROOT,
  simulatedTpm,
  verifyEvidence,
} from "@deco-network/attest";
import type { ProofReader } from "@deco-network/audit";
import { deployAttested } from "@deco-network/devnet";
import type { Request } from "@deco-network/sdk";
import {
  type Address,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
  parseEther,
  sha256,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import type { Cast } from "../cast.ts";
import type { SetUp } from "../network/start-network.ts";

/** More than one seat of the demo locks. */
const COVER = parseEther("500");
const DAY_SECONDS = 86_400;
const POLL_MILLIS = 200;

/** What the demo's report says of the attested key. */
export interface AttestedReport {
  readonly hardware: "simulated TPM (software): protects nothing";
  readonly policy: Address;
  readonly registry: Address;
  /** Id of the enrolment. */
  readonly key: Hex;
  readonly measurement: Hex;
  readonly attester: Address;
}

/** The parts of the demo that differ when a key's signature decides, and not a vote. */
export interface AttestedRun {
  readonly cast: Cast;
  /** Deploys the policy; a local attester verifies the key's evidence and enrols it. */
  readonly setUp: SetUp;
  terms(): Partial<Request>;
  report(): AttestedReport;
  proofs(client: PublicClient, getDocument: (digest: Hex) => Promise<Uint8Array>): ProofReader;
}

/** One executor, whose key has the evidence of a simulated TPM: everything is as with a real one, but for the protection. */
export function attestedRun(): AttestedRun {
  let ready: (AttestedReport & { readonly acceptance: Hex }) | undefined;
  const made = () => {
    if (ready === undefined) throw new TypeError("The network is not set up.");
    return ready;
  };
  const roots = [new X509Certificate(Buffer.from(SIMULATED_ROOT, "base64"))];
  return {
    cast: { honest: 1, dishonest: 0, replicas: 1, thresholdBps: 6_000 },
    async setUp({ deployment, provider, helper, folder, progress, signal }) {
      const { registry, policy } = await deployAttested(deployment, signal);
      const binding = { chainId: deployment.chainId, registry, provider };
      const { key: pem, evidence } = simulatedTpm(binding);
      const client = createWalletClient({
        chain: foundry,
        transport: http(deployment.rpcUrl),
        account: privateKeyToAccount(helper.privateKey),
        pollingInterval: 100,
      });
      const now = Math.floor(Date.now() / 1_000);
      // The attester's part, as deco attest enroll does it.
      const { measurement, kind } = verifyEvidence(evidence, binding, { roots, at: now });
      const document = encodeEvidence(evidence);
      const point = evidence.key as { readonly x: Hex; readonly y: Hex };
      const { key } = await enrollKey(
        client,
        { registry, token: deployment.token },
        {
          ...{ point, provider, measurement, kind, evidence: sha256(document), cover: COVER },
          expiresAt: now + DAY_SECONDS,
        },
        { signal },
      );
      const attester = client.account.address;
      const attesters = [attester];
      const acceptance = await publishAcceptance(
        client,
        policy,
        { kinds: [kind], measurements: [measurement], attesters, minAttesters: 1 },
        signal,
      );
      while (!(await getEnrolment(client, registry, key))?.live) {
        await sleep(POLL_MILLIS, undefined, { signal });
      }
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const [file, published] = [join(folder, "attested.pem"), join(folder, "evidence.json")];
      await writeFile(file, pem, { mode: 0o600 });
      await writeFile(published, document);
      await writeFile(join(folder, "simulated-root.pem"), roots[0]?.toString() ?? "");
      const hardware = "simulated TPM (software): protects nothing" as const;
      ready = { hardware, policy, registry, key, measurement, attester, acceptance };
      progress.step(
        "attested",
        `key ${key} is enrolled; its TPM is simulated and protects nothing`,
      );
      return {
        attested: { policies: [policy], enrolment: key, evidence: published, key: { file } },
      };
    },
    terms() {
      const { policy, acceptance } = made();
      return { policy, policyData: acceptance, minAgreeing: 1 };
    },
    report() {
      const { acceptance: _, ...report } = made();
      return report;
    },
    proofs: (client, getDocument) => ({
      async refute({ taskId: task, request, provider, result, proof: bytes, block }) {
        const proof = decodeAttestedProof(bytes);
        if (proof === undefined) return "the proof has another form";
        const { policy, policyData } = request;
        const shown = { policy, policyData, task, provider, result, proof, block };
        return await refuteAttested(client, shown, getDocument, roots);
      },
    }),
  };
}
