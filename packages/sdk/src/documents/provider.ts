import * as z from "zod";
import { agent, ageRecipient, did, integer, text } from "./fields.ts";

const count = integer(1, 1_000_000);

/** One kind of accelerator. Kinds and vendors are open: any hardware can be described. */
const accelerator = z.strictObject({
  /** Lower case, e.g. "gpu", "tpu", "fpga", "asic", "npu", "qpu". */
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  vendor: text(64),
  model: text(128),
  count,
  /** Memory of one device. */
  memoryBytes: integer(0).exactOptional(),
  /** Whatever else tells it apart, e.g. { "computeCapability": "9.0", "interconnect": "nvlink" }. */
  extra: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/), text(256)).exactOptional(),
});

/** What a provider says of itself. Nothing here is proven; the chain holds only its digest. */
export const providerSchema = z.strictObject({
  deco: z.literal("provider/1"),
  name: text(100),
  cpu: z.strictObject({
    cores: count,
    model: text(128).exactOptional(),
    /** e.g. "x86_64", "aarch64", "riscv64". */
    architecture: text(32).exactOptional(),
    /** A named measurement, larger is faster. */
    benchmark: z.strictObject({ name: text(64), score: integer(0) }).exactOptional(),
  }),
  memoryBytes: integer(1),
  diskBytes: integer(1),
  accelerators: z.array(accelerator).max(64),
  /** ISO 3166-1 alpha-2 country, optionally with an ISO 3166-2 subdivision: "DE", "US-CA". */
  region: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/)
    .exactOptional(),
  energy: z
    .strictObject({
      /** e.g. "solar", "grid", "hydro". */
      source: text(64),
      gramsCo2PerKwh: integer(0, 10_000).exactOptional(),
    })
    .exactOptional(),
  bandwidth: z
    .strictObject({ upBitsPerSecond: integer(0), downBitsPerSecond: integer(0) })
    .exactOptional(),
  /** What it can run; requests for other engines are never claimed. */
  engines: z
    .array(
      z.strictObject({
        name: z.enum(["wasm", "oci", "circuit", "riscv"]),
        version: text(128).exactOptional(),
        /** Container runtime or prover, e.g. "runsc". */
        runtime: text(64).exactOptional(),
      }),
    )
    .min(1)
    .max(16),
  /** Days for which results of its tasks stay fetchable. */
  retentionDays: integer(0, 3650),
  /** age recipient to which the keys of private inputs are encrypted; without one it gets no private task. */
  recipient: ageRecipient.exactOptional(),
  /** Identifiers that are said to be this provider's; whether they say so too is for `deco provider identity show`. */
  dids: z.array(did).min(1).max(8).exactOptional(),
  /** Agents of ERC-8004 that are said to be this provider. */
  agents: z.array(agent).min(1).max(8).exactOptional(),
});
export type ProviderDocument = z.infer<typeof providerSchema>;
