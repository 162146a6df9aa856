import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { pathTracer } from "@deco-network/examples";
import {
  awaitTask,
  connectProviders,
  fetchResult,
  itemFolder,
  type Market,
  OUTPUT_FOLDER,
  publishJob,
  submitTask,
  TaskRecords,
  type TaskSettlement,
  type TaskStage,
} from "@deco-network/requester";
import { getProvider } from "@deco-network/sdk/actions";
import { openStorage, type Storage } from "@deco-network/storage";
import { createPublicClient, createWalletClient, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { type Cast, castFor } from "./cast.ts";
import { DemoError } from "./errors.ts";
import { buildRequest } from "./job/build-request.ts";
import { renderDraft } from "./job/render-draft.ts";
import { type DemoNetwork, startNetwork } from "./network/start-network.ts";
import type { DemoOptions } from "./options.ts";
import { type AttestedReport, type AttestedRun, attestedRun } from "./policies/attested.ts";
import type { Progress } from "./progress.ts";
import { auditSettlement } from "./settled/audit-settlement.ts";
import { gasOf, type SpentGas } from "./settled/gas-of.ts";

/** What happened to one provider. */
export interface ProviderOutcome {
  readonly provider: number;
  readonly honest: boolean;
  readonly outcome: string;
  /** Base units of DECO, decimal. */
  readonly paid: string;
  readonly slashed: string;
  /** Tenths. */
  readonly trustBefore: number;
  readonly trustAfter: number;
}

/** The last line of `--json`. */
export interface DemoReport {
  readonly status: "settled";
  readonly taskId: Hex;
  /** Digest that the providers agreed on: keccak256(root, manifest). */
  readonly result: Hex;
  readonly output: string;
  /** SHA-256 of the picture's pixels. */
  readonly pixels: string;
  readonly engine: "wasm" | "oci";
  /** Who attested, where no vote decided. */
  readonly attested?: AttestedReport;
  readonly cast: Cast;
  readonly transactions: readonly SpentGas[];
  readonly payments: readonly { readonly provider: number; readonly amount: string }[];
  readonly slashes: readonly { readonly provider: number; readonly amount: string }[];
  readonly providers: readonly ProviderOutcome[];
  readonly audit: { readonly checks: number; readonly sound: boolean };
  /** Milliseconds. */
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Renders a scene on a network of its own, from the chain's start to the audited picture.
 * @param kept called with the running network before it is stopped, when it is to be kept
 * @throws DemoError, SceneError, and what the packages throw; nothing is left running
 */
export async function runDemo(
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
  kept: (network: DemoNetwork, report: DemoReport) => Promise<void>,
): Promise<DemoReport> {
  // Before anything starts: a scene that cannot be rendered costs nothing.
  const scene = await pathTracer.loadScene(options.input);
  const attested = options.policy === "attested" ? attestedRun() : undefined;
  const cast = attested?.cast ?? castFor(options.dishonest);
  const folder = await mkdtemp(join(tmpdir(), "deco-"));
  try {
    const setUp = attested?.setUp;
    const network = await startNetwork(options.engine, cast, folder, progress, signal, { setUp });
    try {
      const report = await render(
        network,
        scene,
        options,
        cast,
        attested,
        folder,
        progress,
        signal,
      );
      if (options.keep) await kept(network, report);
      return report;
    } finally {
      await network.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function render(
  network: DemoNetwork,
  scene: pathTracer.Scene,
  options: DemoOptions,
  cast: Cast,
  attested: AttestedRun | undefined,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<DemoReport> {
  const account = privateKeyToAccount(network.requester.privateKey);
  const transport = http(network.rpcUrl);
  const client = createWalletClient({ chain: foundry, transport, account, pollingInterval: 200 });
  const market: Market = { client, deployment: network.deployment };
  const trustOf = async (provider: number) =>
    (await getProvider(client, { deployment: network.deployment, provider })).trust;
  const trustBefore = await Promise.all(network.executors.map(({ provider }) => trustOf(provider)));

  const storage = await openStorage({ folder: join(folder, "requester") });
  try {
    const connections = await connectProviders(market, storage, { signal });
    try {
      const engine = network.containerEngine ? "oci" : "wasm";
      const job = await publishJob(storage, await renderDraft(scene, engine), { signal });
      progress.step("published", `program, scene and ${job.volume} tiles are on IPFS`);
      const now = await network.blockTime();
      const request = {
        ...buildRequest(network.deployment, account.address, job, cast, now),
        ...attested?.terms(),
      };
      const records = new TaskRecords(join(folder, "tasks"));
      const { taskId, transaction, gasUsed } = await submitTask(market, {
        request,
        records,
        signal,
      });
      progress.step("posted", `task ${taskId}`);

      const stages: TaskStage[] = [];
      const end = await awaitTask(market, taskId, {
        signal,
        onStage: (stage) => {
          stages.push(stage);
          progress.stage(stage);
        },
      });
      if (end.stage === "ended") {
        throw new DemoError(
          "task-failed",
          `The task ended without a result: ${end.reason}.`,
          "Read the executors' logs with --keep; on a busy machine try again.",
        );
      }
      const picture: Picture = { scene, engine, volume: request.volume, output: options.output };
      const pixels = await fetchPicture(storage, picture, end, folder, signal);
      progress.step("fetched", `every tile verified, picture written to ${options.output}`);
      const proofs = attested?.proofs(createPublicClient({ chain: foundry, transport }), (digest) =>
        storage.getDocument(digest, { signal }),
      );
      const audit = await auditSettlement(network, storage, taskId, signal, proofs);
      progress.step("audited", `${audit.checks.length} checks recomputed from chain and content`);
      const ends = stages.filter((stage) => stage.stage === "seat-ended");
      const providers = network.executors.map(({ provider, honest }, index): ProviderOutcome => {
        const seat = ends.find((stage) => stage.provider === provider);
        return {
          ...{ provider, honest, outcome: seat?.outcome ?? "no-seat" },
          paid: String(seat?.paid ?? 0n),
          slashed: String(seat?.slashed ?? 0n),
          trustBefore: trustBefore[index] ?? 0,
          trustAfter: seat?.trust ?? trustBefore[index] ?? 0,
        };
      });
      const posted = { step: "post", hash: transaction, gas: Number(gasUsed) };
      return {
        ...{ status: "settled", taskId, result: end.result, output: options.output, engine, cast },
        pixels,
        ...(attested && { attested: attested.report() }),
        transactions: [posted, ...(await gasOf(network.rpcUrl, stages, transaction))],
        payments: amounts(providers, "paid"),
        slashes: amounts(providers, "slashed"),
        providers,
        audit: { checks: audit.checks.length, sound: audit.sound },
        timings: progress.timings(),
      };
    } finally {
      await connections.close();
    }
  } finally {
    await storage.close();
  }
}

/** A picture that was rendered, and where it goes. */
interface Picture {
  readonly scene: pathTracer.Scene;
  readonly engine: "wasm" | "oci";
  /** Tiles. */
  readonly volume: number;
  readonly output: string;
}

/** Fetches the tiles and writes the picture; returns the digest of its pixels. */
async function fetchPicture(
  storage: Storage,
  { scene, engine, volume, output }: Picture,
  accepted: TaskSettlement,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const results = join(folder, "result");
  await fetchResult(storage, { accepted, volume, folder: results, signal });
  const tiles = new Map<number, Uint8Array>();
  for (let index = 0; index < volume; index++) {
    const path = join(itemFolder(results, index, volume), OUTPUT_FOLDER, pathTracer.TILE_FILE);
    tiles.set(index, await readFile(path));
  }
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, pathTracer.assemble(scene, tiles, engine));
  return pathTracer.pixelDigest(pathTracer.assemblePixels(scene, tiles, engine));
}

function amounts(providers: readonly ProviderOutcome[], of: "paid" | "slashed") {
  return providers
    .filter((provider) => provider[of] !== "0")
    .map((provider) => ({ provider: provider.provider, amount: provider[of] }));
}
