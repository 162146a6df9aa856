import type { AssignmentState } from "../assignments/states.ts";

/** What a state is, and what it usually waits for, for people. */
export const STATE_TEXT: Readonly<
  Record<AssignmentState, { readonly means: string; readonly waitsFor: string }>
> = {
  discovered: { means: "considered", waitsFor: "the chain's next block" },
  validating: {
    means: "program and input are fetched and checked",
    waitsFor: "program and input",
  },
  eligible: {
    means: "ready to run; a seat is wanted",
    waitsFor: "its ticket, a price worth it, and room",
  },
  claiming: { means: "the seat is being claimed", waitsFor: "the claim's inclusion" },
  seated: { means: "a seat is held", waitsFor: "the round to fill" },
  running: { means: "the program runs", waitsFor: "the program's end" },
  ran: { means: "the program has run", waitsFor: "the commitment" },
  committing: { means: "the commitment is on its way", waitsFor: "the commitment's inclusion" },
  committed: {
    means: "the commitment is on the chain",
    waitsFor: "the other seats' commitments, or the commit deadline",
  },
  revealing: { means: "the reveal is on its way", waitsFor: "the reveal's inclusion" },
  revealed: {
    means: "the vote is revealed",
    waitsFor: "the other seats' reveals, or the reveal deadline",
  },
  settling: {
    means: "the seat's own part is over; its lock is bound until the task ends",
    waitsFor: "somebody to end the task, or windows and panels to be over",
  },
  settled: { means: "the task ended with a result", waitsFor: "confirmations of its end" },
  published: { means: "the result won and is kept", waitsFor: "the end of the retention time" },
  expired: { means: "the task ended without a result", waitsFor: "confirmations of its end" },
  declining: { means: "the seat is being given back", waitsFor: "the decline's inclusion" },
  declined: { means: "the seat was given back", waitsFor: "the task's end" },
  abstaining: { means: "the seat gives no result", waitsFor: "the abstention's inclusion" },
  abstained: { means: "the seat gave no result", waitsFor: "the task's end" },
  lost: { means: "no seat was taken", waitsFor: "nothing" },
  released: { means: "over; nothing of it is left here", waitsFor: "nothing" },
};
