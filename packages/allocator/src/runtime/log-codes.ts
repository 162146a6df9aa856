/**
 * Every code that a line of the allocator's log can carry, with its level and meaning. docs/LOGS.md is made from this; the logger takes
 * no other codes.
 */
export const LOG_CODES = {
  "allocator-ready": { level: "info", means: "Started; takes orders." },
  "allocator-stopped": { level: "info", means: "Everything is closed." },
  "look-failed": { level: "warn", means: "The chain was not read; tried again." },
  "order-taken": { level: "info", means: "A signed request is worked on." },
  "order-refused": {
    level: "info",
    means: "A signed request is refused or given up; `reason` says why.",
  },
  "order-opened": { level: "info", means: "A task is open, with its seats given." },
  "offer-refused": {
    level: "info",
    means: "An executor refused an offer; `reason` is a code of REASONS.",
  },
  "offer-missing": { level: "info", means: "An executor did not answer." },
  "match-failed": { level: "error", means: "Matching an order failed; tried again." },
  "match-reverted": { level: "warn", means: "The market refused to open a task." },
  "relay-reverted": { level: "warn", means: "The market refused relayed commitments." },
  "relay-failed": { level: "warn", means: "Relaying failed; tried again." },
  "ballot-held": { level: "debug", means: "A seat gave its ballot." },
  "commitments-brought": { level: "info", means: "All commitments of a round are on their way." },
  "commitments-refused": {
    level: "warn",
    means: "Relayed commitments were refused; seats commit themselves.",
  },
  "nonce-displaced": { level: "error", means: "Another transaction of this key used the nonce." },
  "offer-failed": { level: "warn", means: "An endpoint did not take signed bytes; tried again." },
  "message-failed": { level: "error", means: "A message could not be answered." },
  "message-answered": { level: "debug", means: "A message was answered." },
  "message-refused": { level: "debug", means: "A message was refused: form, age, sender." },
} as const;

export type LogCode = keyof typeof LOG_CODES;
