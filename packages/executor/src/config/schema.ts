import { type Address, isAddress } from "viem";
import * as z from "zod";

import { LOG_LEVELS } from "../runtime/logger.ts";

const address = z.custom<Address>(
  (value) => typeof value === "string" && isAddress(value, { strict: false }),
  "must be an address: 0x and 40 hexadecimal digits",
);
const amount = z
  .string()
  .regex(/^\d{1,40}$/, "must be a decimal number of base units, as text")
  .transform(BigInt);
const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const port = z.int().min(0).max(65_535);
const host = z.string().min(1);
const millis = z.int().positive();

/** Everything an operator can set. Money is in base units as text, windows in seconds. */
export const executorConfigSchema = z.strictObject({
  /** Journal, salt secret, storage and work folders live here; one executor at a time. */
  dataFolder: z.string().min(1),
  chain: z.strictObject({
    id: z.int().positive(),
    /** JSON-RPC over HTTP; with two or more, irreversible steps ask for agreement. */
    endpoints: z.array(url).min(1),
    market: address,
    /** First block that can hold the market's events. */
    startBlock: z.int().min(0).default(0),
    /** Blocks, the including one counted, after which something counts as final. */
    confirmations: z.int().min(1).default(12),
    pollMillis: millis.default(1_000),
    timeoutMillis: millis.default(10_000),
  }),
  /** The operator key: files only, since arguments and environments are seen by others. */
  key: z.strictObject({ file: z.string().min(1), passwordFile: z.string().min(1).optional() }),
  storage: z
    .strictObject({
      /** Multiaddrs that the embedded IPFS node listens on. */
      listen: z.array(z.string().min(1)).default(["/ip4/127.0.0.1/tcp/0"]),
      /** Multiaddrs of peers to stay connected to. */
      peers: z.array(z.string().min(1)).default([]),
      /** Trustless gateways asked beside the peers. */
      gateways: z.array(url).default([]),
      /** Where results are served over HTTP; absent: not at all. */
      gateway: z
        .strictObject({ host: host.default("127.0.0.1"), port: port.default(0) })
        .optional(),
      /** Public multiaddrs to describe on-chain instead of the listening ones. */
      announce: z.array(z.string().min(1)).optional(),
      /** Longest wait for one block. */
      timeoutMillis: millis.default(20_000),
    })
    .prefault({}),
  status: z.strictObject({ host: host.default("127.0.0.1"), port: port.default(0) }).prefault({}),
  engines: z
    .strictObject({
      wasm: z.boolean().default(true),
      /** Zero-knowledge proofs; absent: none are made. */
      circuit: z
        .strictObject({
          /** Addresses of `ZkPolicy` contracts whose tasks are taken. */
          policies: z.array(address).min(1).max(32),
          /**
           * Folder of private signals, one file `CIRCUIT-ID.json` per circuit, added to those of the task's input: what only this
           * provider knows.
           */
          witnessFolder: z.string().min(1).optional(),
          /** Memory for keys that are kept between tasks. */
          keyCacheBytes: z
            .int()
            .positive()
            .default(2 ** 28),
        })
        .optional(),
      /** The container engine; absent: no containers. */
      oci: z
        .strictObject({
          /** `unix:///path` of its socket. */
          host: z.string().startsWith("unix:///").default("unix:///var/run/docker.sock"),
          runtime: z.enum(["runc", "crun", "runsc"]).default("runc"),
        })
        .optional(),
    })
    .prefault({}),
  /**
   * Allocators whose assignments are taken: the address alone, or with its node's multiaddrs, to
   * which heartbeats are then sent. Nobody else is given an offer.
   */
  allocators: z
    .array(
      z.union([
        address.transform((listed) => ({ address: listed, endpoints: [] as string[] })),
        z.strictObject({ address, endpoints: z.array(z.string().min(1)).max(8).default([]) }),
      ]),
    )
    .max(32)
    .default([]),
  /**
   * Whether others may bring this provider's commitments and reveals to the chain, and it theirs, which is cheaper for all. Off: it
   * sends its own.
   */
  relays: z.boolean().default(true),
  offers: z
    .strictObject({
      /** Seconds that a signed offer holds, and reserves capacity. */
      holdSeconds: z.int().min(5).max(600).default(60),
      /** Longest fetching and preparing of a program before an offer for it is refused. */
      prepareMillis: millis.default(20_000),
      /** Pause between two heartbeats to each allocator. */
      heartbeatMillis: millis.default(15_000),
    })
    .prefault({}),
  policy: z
    .strictObject({
      /** Lowest price per replica by payment token; tokens not named are refused unless `otherTokens`. */
      minPrice: z.record(address, amount).default({}),
      otherTokens: z.boolean().default(true),
      /** Highest lock of one seat, DECO. */
      maxLock: amount.optional(),
      /** When given, only these requesters are served. */
      allowRequesters: z.array(address).optional(),
      denyRequesters: z.array(address).default([]),
      /** Largest bag. */
      maxVolume: z
        .int()
        .min(1)
        .default(2 ** 20),
      /** Shortest commit window, in seconds. */
      minCommitWindow: z.int().min(0).default(0),
      /** Shortest reveal window, in seconds; reveals wait for `chain.confirmations` first. */
      minRevealWindow: z.int().min(0).default(0),
    })
    .prefault({}),
  capacity: z
    .strictObject({
      /** Tasks claimed and not yet run at the same time. */
      tasks: z.int().min(1).default(4),
      /** Programs (single runs, items of bags) run at the same time. */
      slots: z.int().min(1).default(1),
      /** Memory of all programs that run at the same time. */
      memoryBytes: z
        .int()
        .positive()
        .default(2 ** 31),
      /** Largest output, input folder, or image of one task. */
      diskBytes: z
        .int()
        .positive()
        .default(2 ** 33),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      /** Highest fee per gas ever offered, wei. */
      maxFeePerGas: amount.default(500_000_000_000n),
      bumpAfterBlocks: z.int().min(1).default(6),
    })
    .prefault({}),
  timing: z
    .strictObject({
      /** Seconds before the commit deadline at which an unfinished run is given up by abstaining. */
      commitMargin: z.int().min(0).default(15),
      /** Seconds between the turns of those who could settle, so that not all send at once. */
      settleStagger: z.int().min(0).default(12),
      /** Seconds for which a judge tries to fetch outputs that are said to be missing. */
      delivery: z.int().min(1).default(600),
      /** Seconds that a stopping executor waits for open commitments and reveals. */
      drain: z.int().min(0).default(60),
    })
    .prefault({}),
  /** Days that results are kept after their task. */
  retentionDays: z.number().min(0).default(30),
  /** Stop when standard input ends: for a parent process that must not leave children behind. */
  stopWithParent: z.boolean().default(false),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default("info") }).prefault({}),
});

/** What is written in a file. */
export type ExecutorConfigInput = z.input<typeof executorConfigSchema>;
/** Validated, with defaults. */
export type ExecutorConfig = z.output<typeof executorConfigSchema>;
