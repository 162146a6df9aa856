import * as z from "zod";
import { address, base64, bytes32, cid, integer, text } from "./fields.ts";
import { MAX_VOLUME } from "./input.ts";
import { programDraftSchema, programSchema } from "./program.ts";

const seconds = integer(1, 2 ** 20 - 1);
const optionalSeconds = integer(0, 2 ** 20 - 1);
const basisPoints = integer(0, 10_000);
const localPath = text(4096);

/** `"1.5"` or `"1.5 DECO"` in whole tokens, `"1500000 base"` in base units. Read by `parseAmount`. */
const amount = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,29})(\.[0-9]{1,36})?( [A-Za-z][A-Za-z0-9.-]{0,15})?$/);

/** A program: a program or draft file, a stored document, or the document itself. */
const program = z.union([
  z.strictObject({ file: localPath }),
  z.strictObject({ cid }),
  z.strictObject({ document: z.union([programSchema, programDraftSchema]) }),
]);

/** Where the items of a bag come from. */
const items = z.union([
  /** Each regular file of a folder is an item, in the order of their names' bytes. */
  z.strictObject({ folder: localPath }),
  /** Each line of a text file is an item, without its line feed. */
  z.strictObject({ lines: localPath }),
  z.strictObject({ inline: z.array(base64(65_536)).min(2).max(4096) }),
  /** Already stored: see the input document. */
  z.strictObject({ list: cid, count: integer(2, MAX_VOLUME) }),
]);

const royalty = z.strictObject({ owner: address, bps: basisPoints });

/** What a person writes for `deco run JOB`. Paths are relative to the job file. */
export const jobSchema = z.strictObject({
  deco: z.literal("job/1"),
  name: text(100).exactOptional(),
  program,
  input: z
    .strictObject({
      /** Folder shown to the program as /in. */
      files: z
        .union([z.strictObject({ folder: localPath }), z.strictObject({ cid })])
        .exactOptional(),
      items: items.exactOptional(),
      /** For circuits: what the input commits to. */
      commitment: bytes32.exactOptional(),
    })
    .exactOptional(),
  /** Only seated providers can read the input, and only the requester the result; `true` is X25519. */
  private: z.union([z.boolean(), z.literal("post-quantum")]).exactOptional(),
  /** Folder into which `deco run` writes the verified outputs. */
  output: localPath.exactOptional(),
  price: z.strictObject({
    /** Payment token: its address or "DECO". */
    token: z.union([z.literal("DECO"), address]).exactOptional(),
    /** Price per replica, for the whole bag, when a claim window opens. Default: 0. */
    min: amount.exactOptional(),
    /** Price per replica when the ramp has ended. */
    max: amount,
    /** Length of the ramp; default and least: the claim window. */
    rampSeconds: seconds.exactOptional(),
    /** Paid to the caller of each settling transaction; default: the token's minimum. */
    settlementFee: amount.exactOptional(),
  }),
  /** DECO bound per replica; default: the smallest that the market accepts for this price. */
  lock: amount.exactOptional(),
  /** Share of the lock that a dissenter loses; default 10000 for wasm, the no-show share for oci. */
  dissentBps: basisPoints.exactOptional(),
  /** Seats of a round; default 3. */
  replicas: integer(1, 16).exactOptional(),
  /** Seats over all rounds; default twice the replicas, at most 16. */
  maxReplicas: integer(1, 16).exactOptional(),
  /** Share of committed weight that a result needs; default 6000. */
  thresholdBps: integer(5001, 7500).exactOptional(),
  /** Distinct providers that must agree; default 2, or 1 for a single replica. */
  minAgreeing: integer(1, 2).exactOptional(),
  /** Trust index in tenths; default 10. */
  minTrust: integer(10, 100).exactOptional(),
  /** Agreeing weight that settles; default 0. */
  minWeight: integer(0, 65_535).exactOptional(),
  /** Seconds from planning after which the request can no longer be posted; default 3600. */
  expirySeconds: seconds.exactOptional(),
  windows: z
    .strictObject({
      claimSeconds: seconds.exactOptional(),
      commitSeconds: seconds.exactOptional(),
      revealSeconds: seconds.exactOptional(),
      challengeSeconds: optionalSeconds.exactOptional(),
      deliverySeconds: optionalSeconds.exactOptional(),
      inputSeconds: optionalSeconds.exactOptional(),
    })
    .exactOptional(),
  /** Lets a proof policy decide instead of a vote: a circuit's id is `data` of a zk policy. */
  policy: z.strictObject({ address, data: bytes32 }).exactOptional(),
  auditBps: integer(0, 1000).exactOptional(),
  panelPrice: amount.exactOptional(),
  callback: z.strictObject({ address, gas: integer(1, 1_000_000) }).exactOptional(),
  royalties: z
    .strictObject({ program: royalty.exactOptional(), data: royalty.exactOptional() })
    .exactOptional(),
});
export type JobDocument = z.infer<typeof jobSchema>;
