import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { circuitIdOf, parseVerificationKey, type VerificationKey } from "@deco-network/proofs";
import { plonk, powersOfTau, zKey } from "snarkjs";

import {
  arePrepared,
  type Contribution,
  contributionsOfKey,
  contributionsOfPowers,
} from "../ceremony/contributions.ts";
import { readTranscript } from "../ceremony/transcript.ts";
import { type BuiltCircuit, circomVersion, compile, sha256Of } from "../source/compile.ts";
import type { CheckJob, Message } from "../worker/messages.ts";
import { KEY_FILES } from "../workplace.ts";
import { CHECKS, type CheckName, type CircuitCheck } from "./report.ts";

type Findings = Omit<Extract<Message, { kind: "done" }>, "kind">;

/** A check that does not hold: its message is what is told. */
class Refuted extends Error {
  override readonly name = "Refuted";
}

/** A check that needs what another did not give. */
class Without extends Error {
  override readonly name = "Without";
}

/**
 * Builds anew whatever can be built from a circuit's artefacts and compares. Runs in this thread, for as long as the files make it.
 * @returns what follows from the artefacts themselves
 */
export async function checkArtefacts(
  job: CheckJob,
  tell: (check: CircuitCheck) => void,
): Promise<Findings> {
  const key = (name: string) => join(job.keys, name);
  const transcript = await readTranscript(job.transcript);
  const told = transcript.circuits.find(({ name }) => name === job.name);
  const circom = await circomVersion();
  let built: BuiltCircuit | undefined;
  let powers: string | undefined;
  let verification: VerificationKey | undefined;
  const found: { -readonly [Key in keyof Findings]: Findings[Key] } = { circom };

  const steps: Record<
    Exclude<CheckName, "verifier-code" | "registration">,
    () => Promise<string>
  > = {
    async constraints() {
      if (job.claimed !== undefined && job.claimed.circom !== circom) {
        throw new Refuted(
          `they are of circom ${job.claimed.circom}, here is ${circom}: nothing can be compared`,
        );
      }
      if (told === undefined) throw new Refuted(`the transcript tells nothing of ${job.name}`);
      const { main, optimisation } = job;
      const made = await compile(job.root, {
        ...{ source: "source", built: "built", main, optimisation },
      });
      built = made;
      const digest = await sha256Of(made.constraints);
      found.constraints = digest;
      same(digest, `0x${told.r1cs}`, "the transcript's");
      if (job.claimed !== undefined) same(digest, job.claimed.constraints, "the document's");
      return `${main} compiles to ${digest}`;
    },

    async "witness-generator"() {
      const made = await sha256Of(needed(built, "the source does not compile").witness);
      const given = await sha256Of(key(KEY_FILES.witness)).catch(() => undefined);
      // Before publication it may not be there yet; what is published then is what was made here.
      if (given !== undefined) same(given, made, "the rebuilt one's");
      else if (job.claimed !== undefined) throw new Refuted("there is none");
      same(made, `0x${told?.witness}`, "the transcript's");
      return made;
    },

    async "powers-of-tau"() {
      const digest = await sha256Of(job.powers);
      const made = transcript.powers.find(({ sha256 }) => `0x${sha256}` === digest);
      if (made === undefined) throw new Refuted(`the transcript tells nothing of ${digest}`);
      compareCeremony(await contributionsOfPowers(job.powers), made);
      const log = new Log();
      if (!(await powersOfTau.verify(job.powers, log))) throw new Refuted(log.words());
      powers = job.powers;
      return `2^${made.power}, ${ceremonyText(made)}`;
    },

    async "proving-key"() {
      const { constraints } = needed(built, "the source does not compile");
      const ready = await prepared(needed(powers, "the powers of tau do not verify"), job.root);
      const given = key(KEY_FILES.proving);
      const log = new Log();
      if (told?.system === "plonk") {
        const again = join(job.root, "again.zkey");
        await plonk.setup(constraints, ready, again, log);
        same(await sha256Of(given), await sha256Of(again), "the one set up again's");
      } else if (!(await zKey.verifyFromR1cs(constraints, ready, given, log))) {
        throw new Refuted(log.words());
      }
      same(await sha256Of(given), `0x${told?.provingKey}`, "the transcript's");
      return "it is of these constraints and powers";
    },

    async contributions() {
      if (told === undefined) throw new Without("the transcript tells nothing of the circuit");
      if (told.system === "plonk") return "PLONK has no second phase";
      compareCeremony(await contributionsOfKey(key(KEY_FILES.proving)), told);
      return ceremonyText(told);
    },

    async "verification-key"() {
      const given = JSON.parse(await readFile(key(KEY_FILES.verification), "utf8"));
      const exported = await zKey.exportVerificationKey(key(KEY_FILES.proving), new Log());
      if (canonical(given) !== canonical(exported)) {
        throw new Refuted("it is not the one that the proving key exports");
      }
      return "it is the proving key's";
    },

    async "key-contributed"() {
      const bytes = await readFile(key(KEY_FILES.verification));
      try {
        verification = parseVerificationKey(bytes);
      } catch (error) {
        throw new Refuted(messageOf(error));
      }
      found.system = verification.system;
      return verification.system === "plonk" ? "PLONK has no second phase" : "gamma is not delta";
    },

    async "circuit-id"() {
      const { system } = needed(verification, "the verification key cannot be used");
      if (told !== undefined && told.system !== system) {
        throw new Refuted(`the key is of ${system}, the transcript tells of ${told.system}`);
      }
      if (job.claimed !== undefined && job.claimed.system !== system) {
        throw new Refuted(`the key is of ${system}, the document of ${job.claimed.system}`);
      }
      const id = circuitIdOf(needed(verification, "the verification key cannot be used"));
      found.circuit = id;
      if (job.claimed !== undefined) same(id, job.claimed.circuit, "the document's");
      return id;
    },
  };

  for (const name of CHECKS) {
    if (name === "verifier-code" || name === "registration") continue;
    tell(await judged(name, steps[name]));
  }
  return found;
}

async function judged(name: CheckName, step: () => Promise<string>): Promise<CircuitCheck> {
  try {
    return { name, status: "passed", detail: await step() };
  } catch (error) {
    // Files that are somebody else's make parsers fail in many ways, and each says that they are not what they should be.
    const status = error instanceof Without ? "skipped" : "failed";
    return { name, status, detail: messageOf(error) };
  }
}

/** Powers of tau ready for a second phase; getting there takes no secret. */
async function prepared(powers: string, root: string): Promise<string> {
  if (await arePrepared(powers)) return powers;
  const ready = join(root, "prepared.ptau");
  await powersOfTau.preparePhase2(powers, ready, new Log());
  return ready;
}

/** That a file tells of the same steps as the transcript: contributors in their order, then the beacon if there was one. */
function compareCeremony(
  steps: readonly Contribution[],
  { contributors, beacon }: { readonly contributors: readonly string[]; readonly beacon?: string },
): void {
  const people = steps.filter((step) => step.beacon === undefined).map(({ name }) => name);
  if (JSON.stringify(people) !== JSON.stringify(contributors)) {
    throw new Refuted(
      `the file has contributions by ${listed(people)}, the transcript by ${listed(contributors)}`,
    );
  }
  const beacons = steps.flatMap((step) => (step.beacon === undefined ? [] : [step.beacon]));
  if (beacons.length > 1) throw new Refuted("there is more than one beacon");
  if (beacons[0] !== beacon) {
    throw new Refuted(
      `the beacon is ${beacons[0] ?? "none"}, the transcript's ${beacon ?? "none"}`,
    );
  }
  if (beacon !== undefined && steps.at(-1)?.beacon === undefined) {
    throw new Refuted("somebody contributed after the beacon");
  }
}

function ceremonyText({
  contributors,
  beacon,
}: {
  readonly contributors: readonly string[];
  readonly beacon?: string;
}): string {
  const last = beacon === undefined ? "no beacon" : `the beacon ${beacon}`;
  return `contributions by ${listed(contributors)}, then ${last}`;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "nobody";
  return names.map((name) => name || "somebody without a name").join(", ");
}

function same(value: string, other: string, whose: string): void {
  if (value !== other) throw new Refuted(`it is ${value}, and ${whose} is ${other}`);
}

function needed<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new Without(why);
  return value;
}

/** JSON with members in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Keeps what snarkjs complains of. */
class Log {
  readonly #complaints: string[] = [];
  debug(): void {}
  info(): void {}
  warn(message: string): void {
    this.#complaints.push(message);
  }
  error(message: string): void {
    this.#complaints.push(message);
  }
  words(): string {
    return this.#complaints.join("; ") || "snarkjs refuses it";
  }
}
