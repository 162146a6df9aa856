import * as z from "zod";
import { cid, decimal, integer, sha256Id, text } from "./fields.ts";
import { containerNetwork, noNetwork } from "./program-network.ts";
import { validateDocument } from "./validate-document.ts";

const commandText = z.string().max(16_384).refine(hasNoNul, "NUL is not allowed");
const command = z.array(commandText).max(256);

/** Environment names are C identifiers; `__proto__` is one that JavaScript objects cannot carry safely. */
const environmentName = z.string().regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,127}$/);
const environment = z
  .record(environmentName, commandText)
  .refine(hasFewMembers, "at most 256 names");

/** Limits that every engine enforces. */
const commonLimits = {
  /** Memory of one run, in bytes: linear memory for wasm, what the processes of the container may use for oci. */
  memoryBytes: integer(65_536, 2 ** 44),
  /** Total size of the files in /out, in bytes. */
  outputBytes: integer(0, 2 ** 40),
  /** Kept part of standard output, in bytes; more is a limit exceeded. */
  stdoutBytes: integer(0, 2 ** 30),
  /** Wall-clock time of one run (one item of a bag), in seconds. */
  wallSeconds: integer(1, 604_800),
};

const wasmLimits = z.strictObject({
  ...commonLimits,
  /** Metered instructions of one run; deterministic, so running out of it is a result. */
  fuel: decimal,
  /** Stack units (a call takes some 20 to 60, see docs/WASM.md), deterministic too; the engine's default when absent. */
  stackDepth: integer(1, 1_000_000).exactOptional(),
});

const ociLimits = z.strictObject({
  ...commonLimits,
  /** 1000 is one core. */
  cpuMillis: integer(1, 1_024_000),
  pids: integer(1, 65_536),
  /** Writable scratch space beside /out, in bytes. */
  diskBytes: integer(0, 2 ** 44),
});

/** What engines have in common. */
const common = {
  deco: z.literal("program/1"),
  command,
  env: environment,
  /** Programs see no network, except containers through a proxy. */
  network: noNetwork,
  /** Whether standard output is part of the result. */
  stdout: z.boolean(),
};

/** An image in a registry, by content: `host/name@sha256:...`. */
const registryReference = z
  .string()
  .max(512)
  .regex(/^[a-z0-9.-]+(:[0-9]{1,5})?(\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/);

const registryImage = z.strictObject({ registry: registryReference, id: sha256Id });

/** Devices that a run needs for itself, by the name under which providers offer them. */
const accelerators = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$/),
      count: integer(1, 64),
      /** Least memory of each device, in bytes. */
      memoryBytes: integer(1, 2 ** 44).exactOptional(),
    }),
  )
  .min(1)
  .max(8)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, "each name once");

/** Programs that say what a long run needs to go on elsewhere: see docs/SANDBOX.md. */
const checkpoint = z.strictObject({
  /** Shortest time between two checkpoints that are kept, in seconds. */
  intervalSeconds: integer(1, 86_400),
  /** Largest `/checkpoint/current`, in bytes. */
  bytes: integer(1, 2 ** 30),
});
const checkpointed = { checkpoint: checkpoint.exactOptional() };

/** What only containers may ask for. */
const container = { network: containerNetwork, accelerators: accelerators.exactOptional() };

/** A program: an immutable description of what runs. Its digest is its identity. */
export const programSchema = z.discriminatedUnion("engine", [
  z.strictObject({
    ...common,
    ...checkpointed,
    engine: z.literal("wasm"),
    module: cid,
    limits: wasmLimits,
  }),
  z.strictObject({
    ...common,
    ...checkpointed,
    ...container,
    engine: z.literal("oci"),
    image: z.union([z.strictObject({ archive: cid, id: sha256Id }), registryImage]),
    limits: ociLimits,
  }),
  z.strictObject({
    ...common,
    engine: z.literal("circuit"),
    /** UnixFS folder with `verification-key.json`, `proving.zkey` and `witness.wasm`. */
    circuit: cid,
    limits: z.strictObject(commonLimits),
  }),
  z.strictObject({
    ...common,
    engine: z.literal("riscv"),
    module: cid,
    limits: z.strictObject({ ...commonLimits, fuel: decimal }),
  }),
]);
export type ProgramDocument = z.infer<typeof programSchema>;

/** Names a file beside the draft, to be added to storage first. */
const artefactFile = z.strictObject({ file: text(4096) });
const artefact = z.union([cid, artefactFile]);

/** Draft defaults: what most programs want. */
const draftCommon = {
  ...common,
  command: command.exactOptional(),
  env: environment.exactOptional(),
  network: noNetwork.exactOptional(),
  stdout: z.boolean().exactOptional(),
};

/**
 * What a person writes: a program whose module or image archive may still be a local file, and
 * whose command, environment and network may be left out. `resolveProgramDraft` completes it.
 */
export const programDraftSchema = z.discriminatedUnion("engine", [
  z.strictObject({
    ...draftCommon,
    ...checkpointed,
    engine: z.literal("wasm"),
    module: artefact,
    limits: wasmLimits,
  }),
  z.strictObject({
    ...draftCommon,
    ...checkpointed,
    network: containerNetwork.exactOptional(),
    accelerators: accelerators.exactOptional(),
    engine: z.literal("oci"),
    image: z.union([z.strictObject({ archive: artefact, id: sha256Id }), registryImage]),
    limits: ociLimits,
  }),
  z.strictObject({
    ...draftCommon,
    engine: z.literal("circuit"),
    /** The folder of keys, beside the draft. */
    circuit: z.union([cid, z.strictObject({ folder: text(4096) })]),
    limits: z.strictObject(commonLimits),
  }),
]);
export type ProgramDraft = z.infer<typeof programDraftSchema>;

/** The local file that a draft names, if any. */
export function draftArtefact(draft: ProgramDraft): string | undefined {
  if (draft.engine === "circuit") return undefined;
  if (draft.engine === "wasm")
    return typeof draft.module === "string" ? undefined : draft.module.file;
  if (!("archive" in draft.image) || typeof draft.image.archive === "string") return undefined;
  return draft.image.archive.file;
}

/** The local folder of keys that a circuit's draft names, if any. */
export function draftFolder(draft: ProgramDraft): string | undefined {
  if (draft.engine !== "circuit" || typeof draft.circuit === "string") return undefined;
  return draft.circuit.folder;
}

/**
 * Completes a draft.
 * @param artefactCid CID of what {@link draftArtefact} or {@link draftFolder} names; ignored when they name nothing.
 */
export function resolveProgramDraft(draft: ProgramDraft, artefactCid?: string): ProgramDocument {
  const common = {
    deco: draft.deco,
    command: draft.command ?? [],
    env: draft.env ?? {},
    network: draft.network ?? "none",
    stdout: draft.stdout ?? false,
  };
  if (draft.engine === "wasm") {
    const module = typeof draft.module === "string" ? draft.module : artefactCid;
    return validateDocument(programSchema, {
      ...common,
      ...(draft.checkpoint && { checkpoint: draft.checkpoint }),
      engine: "wasm",
      module,
      limits: draft.limits,
    });
  }
  if (draft.engine === "circuit") {
    const circuit = typeof draft.circuit === "string" ? draft.circuit : artefactCid;
    const { limits } = draft;
    return validateDocument(programSchema, { ...common, engine: "circuit", circuit, limits });
  }
  const image =
    "archive" in draft.image && typeof draft.image.archive !== "string"
      ? { archive: artefactCid, id: draft.image.id }
      : draft.image;
  const { limits, accelerators: wanted, checkpoint: kept } = draft;
  return validateDocument(programSchema, {
    ...common,
    ...(kept && { checkpoint: kept }),
    ...(wanted && { accelerators: wanted }),
    ...{ engine: "oci", image, limits },
  });
}

function hasNoNul(value: string): boolean {
  return !value.includes("\u0000");
}

function hasFewMembers(value: object): boolean {
  return Object.keys(value).length <= 256;
}
