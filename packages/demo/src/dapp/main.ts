/**
 * A contract has something computed: it posts a task, and believes the result because the market
 * says that staked providers agreed on it. Here, a thumbnail of 24 x 24 pixels that ends up in the
 * contract's storage.
 *
 *   npm run dapp
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pathTracer } from "@deco-network/examples";
import {
  awaitTask,
  connectProviders,
  type JobDraft,
  type Market,
  publishJob,
} from "@deco-network/requester";
import { decodeDocument, escrowOf, resultSchema, waitForReceipt } from "@deco-network/sdk";
import { estimateAbi } from "@deco-network/sdk/abis/estimate";
import { estimateBytecode } from "@deco-network/sdk/bytecode/estimate";
import { openStorage, type Storage } from "@deco-network/storage";
import { createWalletClient, erc20Abi, type Hex, hexToBytes, http, parseEther, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { readContract } from "viem/actions";
import { foundry } from "viem/chains";

import { castFor } from "../cast.ts";
import { DemoError } from "../errors.ts";
import { buildRequest } from "../job/build-request.ts";
import { type DemoNetwork, startNetwork } from "../network/start-network.ts";
import { createProgress, type Progress } from "../progress.ts";

const PIXELS = 24;
/** Lying must have cost this much DECO for the contract to believe. */
const MINIMUM_SECURITY = parseEther("200");
const POSTING_FEE = parseEther("1");

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());
const { signal } = interrupted;
const progress = createProgress(
  (line) => process.stderr.write(`${line}\n`),
  "the round is full: every replica runs the program in its own sandbox",
);
const folder = await mkdtemp(join(tmpdir(), "deco-"));
try {
  const cast = castFor(0);
  const network = await startNetwork("wasm", cast, folder, progress, signal);
  const storage = await openStorage({ folder: join(folder, "requester") });
  try {
    const answer = await askAndTake(network, storage, progress);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  } finally {
    await storage.close();
    await network.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Without items the program renders the whole picture at once: a single run. */
async function wholePicture(scene: pathTracer.Scene): Promise<JobDraft> {
  const { moduleBytes, inputFiles, programTemplate } = await pathTracer.prepareJob(scene);
  const limits = { ...programTemplate.limits, outputBytes: scene.width * scene.height * 3 };
  const fuel = String(BigInt(limits.fuel) * BigInt(PIXELS * PIXELS));
  const draft = { ...programTemplate, limits: { ...limits, fuel }, module: { file: "module" } };
  return {
    program: { kind: "draft", draft, artefact: moduleBytes },
    files: { kind: "files", files: inputFiles },
  };
}

/** Deploys the contract, has it ask, waits for the market, and brings it the answer. */
async function askAndTake(network: DemoNetwork, storage: Storage, tell: Progress) {
  const { deployment, rpcUrl } = network;
  const account = privateKeyToAccount(network.requester.privateKey);
  const client = createWalletClient({
    ...{ chain: foundry, transport: http(rpcUrl), account, pollingInterval: 200 },
  });
  const market: Market = { client, deployment };
  const mined = async (hash: Hex) => {
    const receipt = await waitForReceipt(client, { hash, signal });
    if (receipt.status === "success") return receipt;
    throw new DemoError("task-failed", `Transaction ${hash} reverted.`, "Look at its trace.");
  };

  const { contractAddress: estimate } = await mined(
    await client.deployContract({
      ...{ abi: estimateAbi, bytecode: estimateBytecode },
      args: [deployment.market, MINIMUM_SECURITY],
    }),
  );
  if (!estimate) throw new DemoError("task-failed", "No contract was made.", "Try again.");
  tell.step("deployed", `contract ${estimate}`);

  const thumbnail = { ...(await pathTracer.loadScene(pathTracer.scenes.threeSpheres)) };
  const scene = { ...thumbnail, width: PIXELS, height: PIXELS, samples: 16 };
  const job = await publishJob(storage, await wholePicture(scene), { signal });
  const now = await network.blockTime();
  const request = buildRequest(deployment, estimate, job, castFor(0), now);
  const escrow = escrowOf(request, 0) + POSTING_FEE;
  const token = { address: deployment.token, abi: erc20Abi } as const;
  await mined(
    await client.writeContract({ ...token, functionName: "transfer", args: [estimate, escrow] }),
  );
  const connections = await connectProviders(market, storage, { signal });
  try {
    const asked = await mined(
      await client.writeContract({
        ...{ address: estimate, abi: estimateAbi, functionName: "ask" },
        args: [request, escrow, 0n],
      }),
    );
    const taskId = asked.logs.find((log) => log.address.toLowerCase() === estimate.toLowerCase())
      ?.topics[1];
    if (!taskId) throw new DemoError("task-failed", "The contract asked nothing.", "Try again.");
    tell.step("asked", `the contract posted task ${taskId}`);
    const end = await awaitTask(market, taskId, { signal, onStage: tell.stage });
    if (end.stage === "ended") {
      throw new DemoError("task-failed", `The task ended: ${end.reason}.`, "Try again.");
    }
    const document = await storage.getDocument(end.digest, { signal });
    const taken = await mined(
      await client.writeContract({
        ...{ address: estimate, abi: estimateAbi, functionName: "take" },
        args: [taskId, toHex(document)],
      }),
    );
    const answer = await readContract(client, {
      ...{ address: estimate, abi: estimateAbi, functionName: "answer" },
    });
    const { exitCode, outputs } = decodeDocument(resultSchema, hexToBytes(answer));
    if (exitCode !== 0) {
      const remedy = "The market proves what ran, not that it went well: look at the program.";
      throw new DemoError("task-failed", `The program ended with exit code ${exitCode}.`, remedy);
    }
    const files = outputs && "inline" in outputs ? outputs.inline.map(({ path }) => path) : [];
    tell.step("answered", `the contract holds ${answer.length / 2 - 1} proven bytes`);
    return { status: "answered", contract: estimate, taskId, files, gas: Number(taken.gasUsed) };
  } finally {
    await connections.close();
  }
}
