import { availableParallelism, totalmem } from "node:os";

import { type Address, isAddress } from "viem";
import * as z from "zod";

import { DEFAULT_FUEL_PER_SECOND } from "../capacity/run-times.ts";
import { KEPT_BYTES } from "../progress/run-logs.ts";

import { LOG_LEVELS } from "../runtime/logger.ts";

/** A third of a task of three replicas that send their own commitments, rounded up; see docs/GAS.md. */
const TYPICAL_SEAT_GAS = 175_000;

const address = z.custom<Address>(
  (value) => typeof value === "string" && isAddress(value, { strict: false }),
  "must be an address: 0x and 40 hexadecimal digits",
);
const amount = z
  .string()
  .regex(/^\d{1,40}$/, "must be a decimal number of base units, as text")
  .transform(BigInt);
const decimal = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, "must be a decimal number with at most six places, as text");
const positiveDecimal = decimal.refine((text) => /[1-9]/.test(text), "must be above zero");
const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const port = z.int().min(0).max(65_535);
const host = z.string().min(1);
const millis = z.int().positive();

/** Of this machine, or of the container that the daemon runs in. */
function halfOfMemory(): number {
  return Math.floor(Math.min(totalmem(), process.constrainedMemory() || totalmem()) / 2);
}

/** The operator key in a file of this machine. */
export interface KeyFiles {
  readonly file: string;
  readonly passwordFile?: string | undefined;
}

/** The operator key with a remote signer. */
export interface RemoteKey {
  readonly signer: {
    readonly url: string;
    readonly address: Address;
    readonly api: "rest" | "rpc";
    readonly timeoutMillis: number;
  };
}

/** What work costs here, so that no seat is taken below it. See docs/OPERATIONS.md. */
const pricing = z.strictObject({
  /** Payment tokens with a computed lowest price: base units for which the operator gives one ether. */
  tokens: z.record(
    address,
    amount.refine((units) => units > 0n, "must be above zero"),
  ),
  /** One ether in the operator's currency, in which the next ones are; the currency has no name here. */
  etherPrice: positiveDecimal,
  /** One hour of the whole machine: rent, or price over life; without its energy. */
  machinePerHour: decimal.default("0"),
  /** Part of the time that is sold, in basis points: it carries the rest. */
  utilisationBps: z.int().min(1).max(10_000).default(10_000),
  /** Of the whole machine under load. */
  watts: z.int().min(0).max(1_000_000).default(0),
  /** One kilowatt-hour. */
  energyPrice: decimal.default("0"),
  /** On top of cost, in basis points. */
  marginBps: z.int().min(0).max(1_000_000).default(0),
  /** Metered WebAssembly instructions in a second; `deco provider calibrate` measures it. */
  fuelPerSecond: z.int().min(1).default(DEFAULT_FUEL_PER_SECOND),
  /** Starting and ending a container, for each run. */
  containerStartMillis: z.int().min(0).max(600_000).default(0),
  /** Part of its limits that a program is expected to use, in basis points; all of them by default. */
  limitsBps: z.int().min(1).max(10_000).default(10_000),
  /** Gas that a seat takes as a rule: claim, commitment, part of the settlement. */
  seatGas: z.int().min(0).default(TYPICAL_SEAT_GAS),
  /** Wei for one gas. */
  gasPrice: amount.default(0n),
});

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
    /** Longest wait for one endpoint's answer. */
    timeoutMillis: millis.default(10_000),
    /** An endpoint whose head stands still for so long, while the others' moves on, is not asked. */
    staleMillis: millis.default(15_000),
  }),
  /** The operator key: in a file, since arguments and environments are seen by others, or with a remote signer. */
  key: z
    .strictObject({
      /** A V3 keystore, or a raw private key in hexadecimal. */
      file: z.string().min(1).optional(),
      /** First line is the keystore's password; absent: it is asked for at the terminal. */
      passwordFile: z.string().min(1).optional(),
      /** A signer that speaks Web3Signer's API for execution-layer keys. */
      signer: z
        .strictObject({
          url,
          /** Whose key signs. */
          address,
          /** `rest`: `/api/v1/eth1/sign`; `rpc`: `eth_signTransaction` and `eth_signTypedData`. */
          api: z.enum(["rest", "rpc"]).default("rest"),
          timeoutMillis: millis.default(10_000),
        })
        .optional(),
    })
    .transform((key, context): KeyFiles | RemoteKey => {
      const { file, passwordFile, signer } = key;
      if (signer && file === undefined && passwordFile === undefined) return { signer };
      if (!signer && file !== undefined) return { file, passwordFile };
      context.addIssue({ code: "custom", message: "needs either file or signer" });
      return z.NEVER;
    }),
  storage: z
    .strictObject({
      /** Multiaddrs that the embedded IPFS node listens on. */
      listen: z.array(z.string().min(1)).default(["/ip4/127.0.0.1/tcp/0"]),
      /** Multiaddrs of peers to stay connected to. */
      peers: z.array(z.string().min(1)).default([]),
      /** Trustless gateways asked beside the peers. */
      gateways: z.array(url).default([]),
      /**
       * A Kubo daemon, by its RPC API: asked for content beside peers and gateways, and keeping and announcing what is
       * pinned here, results of settled tasks above all, for as long as it is pinned.
       */
      kubo: z
        .strictObject({
          /** Base URL. Whoever reaches it commands the daemon: loopback or an inner network only. */
          api: url,
          /** First line is sent as `Authorization: Bearer`; only its owner may read the file. */
          tokenFile: z.string().min(1).optional(),
          /** Longest time in which nothing moves in one call. */
          timeoutMillis: millis.default(60_000),
          /** How often it is asked whether it still has everything. */
          recheckMillis: millis.default(3_600_000),
        })
        .optional(),
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
  /** Where `/healthz`, `/readyz` and `/metrics` are served, to whoever can connect. */
  status: z.strictObject({ host: host.default("127.0.0.1"), port: port.default(0) }).prefault({}),
  /** The control API listens on loopback only; its address and token are in `control.json` in the data folder. */
  control: z.strictObject({ port: port.default(0) }).prefault({}),
  /** What must be so for a new seat to be taken. */
  health: z
    .strictObject({
      everyMillis: millis.default(15_000),
      /** Pause between two probes of each engine. */
      enginesEveryMillis: millis.default(120_000),
      /** Free bytes on the data folder's disk. */
      minDiskBytes: z
        .int()
        .min(0)
        .default(2 ** 29),
      /** Gas that one seat may take until its task has ended; the balance must pay it for held seats and one more. */
      seatGas: z.int().min(0).default(900_000),
      /** Lowest balance of the operator key, wei, instead of what gas costs now. */
      minBalance: amount.optional(),
      /** Seconds without an answer of any endpoint after which the executor is not ready. */
      chainSilentSeconds: z.int().min(1).default(60),
    })
    .prefault({}),
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
          /** Prove tasks that have no seats, and those whose holder let its time pass. Whoever proves first is paid; others lose gas. */
          withoutSeat: z.boolean().default(true),
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
          /** `allow-list`: programs may reach the places that they name, through a proxy. */
          network: z.enum(["none", "allow-list"]).default("none"),
          /** Devices that programs may ask for by name; several entries may have one name. */
          accelerators: z
            .array(
              z.strictObject({
                name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$/),
                /** Memory of each device, for programs that ask for so much. */
                memoryBytes: z.int().positive().optional(),
                /** The container engine's driver: `nvidia`, `cdi`. */
                driver: z.string().min(1),
                /** What the driver calls them. */
                devices: z.array(z.string().min(1)).min(1),
                capabilities: z.array(z.string().min(1)).min(1).optional(),
              }),
            )
            .max(16)
            .default([]),
          /** Logins for images in registries; no program ever sees one. */
          registries: z
            .array(
              z.strictObject({
                host: z.string().min(1),
                username: z.string().min(1),
                passwordFile: z.string().min(1),
              }),
            )
            .max(32)
            .default([]),
        })
        .optional(),
    })
    .prefault({}),
  /** Tasks whose results a key of trusted hardware signs; absent: none are taken. */
  attested: z
    .strictObject({
      /** Addresses of `AttestedPolicy` contracts of one registry whose tasks are taken. */
      policies: z.array(address).min(1).max(32),
      /** Id of the key's enrolment, as deco attest enroll tells it. */
      enrolment: z
        .string()
        .regex(/^0x[0-9a-f]{64}$/)
        .transform((id) => id as `0x${string}`),
      /** Evidence document of the key: published and kept, so that anybody can verify it again. */
      evidence: z.string().min(1).optional(),
      /** Folder of a key in a TPM, as deco attest quote makes it; or the PEM file of one in software, for local networks. */
      key: z.union([
        z.strictObject({ tpmFolder: z.string().min(1) }),
        z.strictObject({ file: z.string().min(1) }),
      ]),
    })
    .optional(),
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
      /** Lowest price per replica by payment token; tokens named neither here nor in `pricing` are refused unless `otherTokens`. */
      minPrice: z.record(address, amount).default({}),
      /** Computes a lowest price for each task; where `minPrice` is higher, that counts. */
      pricing: pricing.optional(),
      otherTokens: z.boolean().default(true),
      /** Highest lock of one seat, DECO. */
      maxLock: amount.optional(),
      /** When given, only these requesters are served. */
      allowRequesters: z.array(address).optional(),
      denyRequesters: z.array(address).default([]),
      /** Whether tasks are taken whose input only seated providers can read; see docs/PRIVACY.md. */
      private: z.boolean().default(true),
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
      /** Programs (single runs, items of bags) run at the same time. Default: all cores but one, which the daemon needs. */
      slots: z
        .int()
        .min(1)
        .default(() => Math.max(1, availableParallelism() - 1)),
      /** Processor time of all programs that run at the same time: 1000 is one core. Default: all cores. */
      cpuMillis: z
        .int()
        .positive()
        .default(() => availableParallelism() * 1_000),
      /** Memory of all programs that run at the same time. Default: half of the machine's. */
      memoryBytes: z.int().positive().default(halfOfMemory),
      /** Largest output, input folder, or image of one task. */
      diskBytes: z
        .int()
        .positive()
        .default(2 ** 33),
      /**
       * Disk of all tasks that are worked on at the same time: programs, inputs, outputs. Default: what is free in the data folder at
       * the start, but for `health.minDiskBytes`; at least `diskBytes`.
       */
      workDiskBytes: z.int().positive().optional(),
      /** Programs and inputs kept between tasks, those in use included; of the others, what was used longest ago goes first. */
      cacheBytes: z
        .int()
        .min(0)
        .default(2 ** 32),
      /** Images kept in the container engine when no task needs them; what was used longest ago goes first. */
      imageCacheBytes: z
        .int()
        .min(0)
        .default(2 ** 32),
      /**
       * Part of their limits (time, fuel) that runs of programs never seen here are expected to take, in basis points, but never more
       * than half of the task's time; afterwards it is what they took. No seat is taken that would not end in time by that.
       */
      expectedBps: z.int().min(1).max(10_000).default(1_000),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      /** Highest fee per gas ever offered, wei. */
      maxFeePerGas: amount.default(500_000_000_000n),
      /** Blocks without inclusion after which the fee is raised by an eighth, up to the cap. */
      bumpAfterBlocks: z.int().min(1).default(6),
      /** Blocks without inclusion after which the alarm is raised. */
      stuckAfterBlocks: z.int().min(1).default(30),
      /** Most gas money spent in a day (UTC), wei; beyond it no seats are taken, but those held are served. */
      maxPerDay: amount.optional(),
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
  /** What `deco provider report` counts energy with; absent: energy is told, not priced. */
  energy: z
    .strictObject({
      /** Price of one kilowatt-hour, as decimal text. */
      pricePerKwh: z.string().regex(/^\d{1,6}(\.\d{1,6})?$/, "must be a decimal number, as text"),
      currency: z.string().min(1).max(12).default("EUR"),
      /** Watts of one busy processor core, where the machine does not measure its energy. */
      wattsPerCore: z.number().positive().max(1_000).default(10),
    })
    .optional(),
  /** Checkpoints of programs that keep some, for whoever may have to finish their tasks. */
  checkpoints: z
    .strictObject({
      /**
       * `sole`: of tasks whose one seat decides alone, since nobody else may go on from another's; `always`: of others too, which
       * hands their work to the seats that have not voted yet.
       */
      publish: z.enum(["never", "sole", "always"]).default("sole"),
      /** Shortest time between two of a seat that are published. */
      intervalSeconds: z.int().min(1).max(86_400).default(300),
      /** Most that a seat publishes, each for gas and the market's fee; the market takes 64. */
      perSeat: z.int().min(1).max(64).default(16),
      /** Larger ones stay on this machine. */
      maxBytes: z
        .int()
        .positive()
        .default(2 ** 28),
    })
    .prefault({}),
  /** Days that results are kept after their task. */
  retentionDays: z.number().min(0).default(30),
  /** What requesters may learn of their tasks' runs here. */
  progress: z
    .strictObject({
      /** Bytes of a program's standard error that they see of runs that are not paid, or not yet. */
      unpaidBytes: z.int().min(0).max(KEPT_BYTES).default(4_096),
    })
    .prefault({}),
  /** Stop when standard input ends: for a parent process that must not leave children behind. */
  stopWithParent: z.boolean().default(false),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default("info") }).prefault({}),
});

/** What is written in a file. */
export type ExecutorConfigInput = z.input<typeof executorConfigSchema>;
/** Validated, with defaults. */
export type ExecutorConfig = z.output<typeof executorConfigSchema>;
