import type { HandlerTable } from "@deco-network/executor";

/** A step of the daemon that an adversary may take in another way. */
export type Handler = HandlerTable[keyof HandlerTable];
export type HandlerContext = Parameters<Handler>[0];

/** Waits for the task's end and does nothing towards it. */
export const idle: Handler = async (context) => {
  const { phase, now } = await context.overview();
  if (phase.name === "settled") {
    const facts = { accepted: phase.result, retainUntil: now };
    return { kind: "move", to: "settled", facts };
  }
  if (phase.name === "ended") return { kind: "move", to: "expired" };
  return { kind: "wait", until: now };
};
