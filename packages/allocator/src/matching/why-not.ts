import type { Lack } from "./choose.ts";

/** What became of the executors that might have taken a seat. */
export interface Asked {
  /** Seats that are to be given. */
  readonly wanted: number;
  /** Of those that were not asked. */
  readonly lacks: readonly Lack[];
  /** Codes of those that refused. */
  readonly refusals: readonly string[];
  readonly silent: number;
  readonly offered: number;
  /** Whom nothing kept from being asked. */
  readonly able: number;
}

/** Why an order is not matched: a stable code, and what is behind it for a person. */
export interface WhyNot {
  readonly reason: `no-${Lack["of"]}` | "no-offers" | "too-few-offers";
  readonly detail: string;
}

/** What an executor lacks, in words, the rarest first: of lacks that are met equally often it is the one to tell. */
const WORDS = {
  accelerator: "the accelerators",
  engine: "the engine",
  memory: "memory",
  disk: "disk",
  cpu: "processor time",
  slots: "a slot",
  tasks: "room for a task",
} as const satisfies Readonly<Record<Lack["of"], string>>;

const RAREST_FIRST = Object.keys(WORDS) as (keyof typeof WORDS)[];

/**
 * Names the resource that most executors lack where that is what the order fails for: where nobody has all, or where there would
 * be enough executors if none lacked anything.
 */
export function whyNot(asked: Asked): WhyNot {
  const { wanted, lacks, offered, able } = asked;
  const detail = detailOf(asked);
  const [most] = counted(lacks);
  const failsForIt = able === 0 || (able < wanted && able + lacks.length >= wanted);
  if (most && failsForIt) return { reason: `no-${most.of}`, detail };
  return { reason: offered === 0 ? "no-offers" : "too-few-offers", detail };
}

function detailOf({ wanted, lacks, refusals, silent, offered, able }: Asked): string {
  const parts = counted(lacks).map(({ of, count }) => `${count} without ${WORDS[of]}`);
  if (refusals.length > 0) {
    const codes = [...new Set(refusals)].sort().join(", ");
    parts.push(`${refusals.length} refused (${codes})`);
  }
  if (silent > 0) parts.push(`${silent} silent`);
  if (offered > 0) parts.push(`${offered} offered`);
  const of = parts.length === 0 ? "" : `: ${parts.join("; ")}`;
  const [most] = counted(lacks);
  const example = most === undefined ? "" : ` ${most.detail}`;
  return `${wanted} wanted of ${able + lacks.length} providers${of}.${example}`;
}

function counted(lacks: readonly Lack[]) {
  return RAREST_FIRST.flatMap((of) => {
    const own = lacks.filter((lack) => lack.of === of);
    const [first] = own;
    return first ? [{ of, count: own.length, detail: first.detail }] : [];
  }).sort((a, b) => b.count - a.count);
}
