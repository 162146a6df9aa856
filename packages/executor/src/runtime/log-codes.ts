/** An event as it stands in the log. */
export interface LogEvent {
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  readonly means: string;
  /** What the operator does about it; absent: nothing. */
  readonly act?: string;
}

const REPORT = "Report it, with the lines around it.";
const NODE = "If it lasts: check the endpoints and the node.";

/**
 * Every code that a line of the log can carry. One code is one event: its name, once released, never gets another meaning.
 * docs/LOGS.md is made from this; the logger takes no other codes.
 */
export const LOG_CODES = {
  "executor-ready": {
    level: "info",
    means: "Started; takes tasks unless `not-ready` came before.",
  },
  "not-ready": {
    level: "warn",
    means: "Started, but takes no seats; `problem` is a code of REASONS.",
    act: "Do what `remedy` says.",
  },
  "executor-stopping": {
    level: "info",
    means: "Intake is off for good; open commitments are finished, at most `timing.drain` seconds.",
  },
  "stopped-with-duties": {
    level: "warn",
    means: "Stopped while seats are open.",
    act: "Start again before their deadlines, or part of the locks is lost.",
  },
  "executor-stopped": { level: "info", means: "Everything is closed." },
  "close-failed": { level: "error", means: "A part did not close cleanly.", act: REPORT },
  "drain-unknown": { level: "warn", means: "When the last lock is free could not be computed." },
  "intake-off": { level: "info", means: "The operator drained the executor." },
  "intake-on": { level: "info", means: "The operator resumed intake." },
  "intake-closed": {
    level: "error",
    means: "A condition closed intake; `reason` is a code of REASONS.",
    act: "Mend the condition: free disk, or send ETH to the operator key.",
  },
  "intake-reopened": { level: "info", means: "That condition is over." },
  "condition-unknown": {
    level: "warn",
    means: "Disk, balance or an engine could not be looked at.",
    act: NODE,
  },
  "control-failed": { level: "error", means: "The control API could not answer.", act: REPORT },
  "records-unwritable": {
    level: "error",
    means: "A reason or a cost was not recorded; work goes on.",
    act: "Check the disk's space and health.",
  },
  "service-crashed": { level: "error", means: "A part failed and is started again.", act: REPORT },
  "service-ended": { level: "error", means: "A part ended and is started again.", act: REPORT },
  "private-recipient": {
    level: "info",
    means: "The age recipient for private tasks; it belongs in the provider's description.",
  },
  // Tasks.
  "private-key-refused": {
    level: "warn",
    means:
      "A requester's envelope with the key of a private task cannot be used; `reason` says why.",
    act: "If it happens with many: describe the executor's current age recipient.",
  },
  "assignment-moved": { level: "info", means: "A task took a step, to `to`, because of `reason`." },
  "assignment-failed": {
    level: "error",
    means: "A step failed and is tried again.",
    act: "If it repeats: see `err`; a deadline may be near.",
  },
  "task-unread": { level: "warn", means: "A task's post or seat could not be read.", act: NODE },
  "task-refused": {
    level: "info",
    means: "Program or input cannot be run here; `detail` says what exactly.",
  },
  "task-abstained": {
    level: "warn",
    means: "A held seat gives no result: the decline fee is lost.",
    act: "See `reason` in REASONS; if it is often this machine's fault, change limits or policy.",
  },
  "program-ran": {
    level: "debug",
    means: "One run ended; what it took, and the end of its stderr.",
  },
  "checkpoint-resumed": {
    level: "info",
    means:
      "A run goes on from a checkpoint, its `own` or another provider's, instead of from the beginning.",
  },
  "checkpoint-dropped": {
    level: "warn",
    means:
      "A run from a checkpoint ended with a fault, another exit code than 0, or not at all; it is done again from the beginning.",
  },
  "checkpoint-refused": {
    level: "warn",
    means:
      "A checkpoint that the chain names cannot be used, because of `reason`; an older one, or the beginning, is.",
  },
  "checkpoint-published": {
    level: "info",
    means: "A checkpoint is public content, and its digest is on its way to the chain.",
  },
  "checkpoint-unpublished": {
    level: "warn",
    means: "A checkpoint stays on this machine; the next one is tried.",
    act: "See `err`: the disk may be full, or the node silent.",
  },
  "checkpoint-unkept": {
    level: "warn",
    means:
      "A checkpoint could not be kept on this machine: after a crash the run starts further back.",
    act: "Check the data folder's rights and the free space.",
  },
  "cache-damaged": {
    level: "warn",
    means:
      "A program or input that was kept for later is not what was put there; it is fetched again.",
    act: "After a power cut: nothing. Otherwise check the disk's health.",
  },
  "cache-unwritten": {
    level: "warn",
    means:
      "Who holds a kept program or input could not be written: after a restart it may be fetched again.",
    act: "Check the data folder's rights and the free space.",
  },
  "run-log-unwritten": {
    level: "warn",
    means: "The end of a program's stderr could not be kept: its requester will not see it.",
    act: "Check the data folder's rights and the free space.",
  },
  "vote-lost": {
    level: "warn",
    means: "The chain accepted another result; the dissent share of the lock is lost.",
    act: "Run the program again with deco program check; look at the machine.",
  },
  "result-published": { level: "info", means: "The own result won; its outputs are public." },
  "outputs-missing": {
    level: "info",
    means: "A panel's seat here cannot fetch the outputs in question.",
  },
  "delivery-failed": {
    level: "warn",
    means: "The requester's callback keeps failing; others may try.",
  },
  "delivery-refused": {
    level: "warn",
    means: "The market refuses to deliver a result to its callback.",
  },
  "foreign-activity": {
    level: "fatal",
    means: "Another process works with this provider's key; no seats are taken.",
    act: "Stop it at once; two would be slashed.",
  },
  "foreign-commitment": {
    level: "fatal",
    means: "The chain holds a commitment of this key that this executor did not make.",
    act: "Stop the other process; this seat is lost.",
  },
  // Allocators and relays.
  "offer-made": { level: "info", means: "An allocator got an offer." },
  "offer-refused": {
    level: "info",
    means: "An allocator got none; `reason` is a code of REASONS.",
  },
  "release-failed": {
    level: "warn",
    means: "What was prepared for an offer could not be removed.",
    act: REPORT,
  },
  "heartbeat-unheard": {
    level: "debug",
    means: "A listed allocator did not answer; told again soon.",
  },
  "ballot-unheld": {
    level: "info",
    means: "A relayer did not take a ballot; the seat acts by itself.",
  },
  "message-answered": { level: "debug", means: "A message was answered." },
  "message-refused": { level: "debug", means: "A message was refused: form, age, sender." },
  "message-handler-failed": { level: "debug", means: "A message could not be answered." },
  // Chain and transactions.
  "chain-poll-failed": { level: "warn", means: "The chain's head could not be read.", act: NODE },
  "chain-reorganised": {
    level: "warn",
    means: "`depth` blocks left the chain; steps are repeated.",
  },
  "transaction-sent": { level: "debug", means: "A transaction was signed, journaled and offered." },
  "transaction-refused": {
    level: "debug",
    means: "The contract would refuse a transaction; it was not sent.",
  },
  "transaction-stuck": {
    level: "error",
    means: "A transaction is not included and its fee has reached the cap.",
    act: "Raise transactions.maxFeePerGas and restart, before the deadline.",
  },
  "fee-above-cap": {
    level: "warn",
    means: "The chain asks for more than the cap; nothing is sent.",
    act: "Raise transactions.maxFeePerGas if seats are open.",
  },
  "balance-too-low": {
    level: "error",
    means: "The operator key cannot pay for a transaction.",
    act: "Send it ETH, before the deadline.",
  },
  "send-failed": {
    level: "warn",
    means: "A transaction could not be prepared or signed; tried again.",
    act: NODE,
  },
  "offer-failed": {
    level: "warn",
    means: "An endpoint did not take signed bytes; tried again.",
    act: NODE,
  },
  "nonce-displaced": {
    level: "error",
    means: "Another transaction of this key used the nonce.",
    act: "Nothing else may use the operator key.",
  },
  "endpoint-changed": { level: "info", means: "New addresses are described on the chain." },
  // Engines and storage.
  "engine-ready": { level: "info", means: "An engine works." },
  "engine-unavailable": {
    level: "warn",
    means: "A configured engine does not work at the start.",
    act: "Do what `remedy` says, then restart.",
  },
  "engine-lost": {
    level: "error",
    means: "An engine that worked does not answer.",
    act: "Do what `remedy` says.",
  },
  "engine-leftover": {
    level: "warn",
    means: "A container could not be removed.",
    act: "Remove containers labelled by deco if it repeats.",
  },
  "address-lost": { level: "info", means: "The last addresses were taken; new ones are used." },
  collected: { level: "info", means: "Unused blocks were removed from storage." },
  "storage-peer-connected": { level: "debug", means: "An IPFS peer connected." },
  "storage-peer-disconnected": { level: "debug", means: "An IPFS peer left." },
  "storage-dial-failed": { level: "debug", means: "An IPFS peer could not be dialled." },
  "storage-source-lied": {
    level: "debug",
    means: "A block did not match its name and was thrown away.",
  },
  "storage-gateway-failed": { level: "debug", means: "A gateway did not give a block." },
  "storage-block-corrupt": {
    level: "debug",
    means: "A damaged block was removed; it is fetched again.",
  },
  "storage-garbage-collected": { level: "debug", means: "Storage was cleaned up." },
  "storage-kubo-kept": { level: "debug", means: "The Kubo daemon keeps a pinned DAG." },
  "storage-kubo-released": {
    level: "debug",
    means: "The Kubo daemon need not keep a DAG any more.",
  },
  "storage-kubo-failed": {
    level: "warn",
    means:
      "A call to the Kubo daemon failed; it is tried again, and results are served from here meanwhile.",
    act: "Look whether the daemon runs, at storage.kubo.api, and takes the token.",
  },
  "storage-kubo-not-announced": {
    level: "debug",
    means:
      "The Kubo daemon could not tell its network of a DAG at once; it does so on its own schedule.",
  },
  // Endpoints, gas money, interruptions.
  "balance-low": {
    level: "error",
    means: "Gas money would not end the held seats and one more; no seats are taken.",
    act: "Send ETH to the operator key.",
  },
  "balance-low-over": { level: "info", means: "There is enough gas money again." },
  "balance-unread": {
    level: "warn",
    means: "The operator key's balance could not be read.",
    act: "If it lasts: check the endpoints and the node.",
  },
  "endpoint-dropped": {
    level: "warn",
    means: "An endpoint closes connections; the next one is asked.",
    act: "Look at the endpoint; have three.",
  },
  "endpoint-failing": {
    level: "warn",
    means: "An endpoint answers with a server's error; the next one is asked.",
    act: "Look at the endpoint; have three.",
  },
  "endpoint-lied": {
    level: "error",
    means:
      "An endpoint told of a block without its hash, or of a receipt of no block of the chain.",
    act: "Take it out.",
  },
  "endpoint-malformed": {
    level: "warn",
    means: "An endpoint's answer cannot be read; the next one is asked.",
    act: "Look at the endpoint; have three.",
  },
  "endpoint-rate-limited": {
    level: "warn",
    means: "An endpoint said 429; it is left alone for as long as it asked.",
    act: "A larger plan, or one more endpoint.",
  },
  "endpoint-recovered": { level: "info", means: "An endpoint is asked again." },
  "endpoint-stale": {
    level: "warn",
    means: "An endpoint's head stands still while the others' moves on.",
    act: "Look at the endpoint; have three.",
  },
  "endpoint-timeout": {
    level: "warn",
    means: "An endpoint does not answer in time; the next one is asked.",
    act: "Look at the endpoint; have three.",
  },
  "endpoint-wrong-chain": {
    level: "error",
    means: "An endpoint serves another chain now.",
    act: "Take it out.",
  },
  "endpoints-disagree": {
    level: "error",
    means: "No head has enough votes; after ten heads the first endpoint is believed.",
    act: "Find out which endpoint is wrong.",
  },
  "fee-at-cap": {
    level: "warn",
    means: "A transaction is offered at `transactions.maxFeePerGas`: the chain asks for more.",
    act: "Raise it, or wait.",
  },
  "headers-unverifiable": {
    level: "warn",
    means: "This chain's headers are not Ethereum's: hashes are taken as told.",
    act: "Know it.",
  },
  "nonce-gap": {
    level: "error",
    means: "A nonce of the operator key is missing, and is filled.",
    act: "Give the key to one executor only.",
  },
  "queue-poll-failed": {
    level: "warn",
    means: "Transactions could not be looked after; it is tried again.",
    act: "If it lasts: check the endpoints and the node.",
  },
  "receipt-disputed": {
    level: "warn",
    means: "Endpoints tell differently how a transaction ended.",
    act: "Find out which endpoint is wrong.",
  },
  "receipt-withdrawn": {
    level: "warn",
    means: "An endpoint no longer tells how a transaction ended.",
    act: "Find out which endpoint is wrong.",
  },
  "reveal-single-witness": {
    level: "warn",
    means: "The window ends soon, and the second witness is away: one endpoint is believed.",
    act: "Have three endpoints.",
  },
  "run-interrupted": {
    level: "warn",
    means: "The container engine went away or ended the program; it is run again.",
  },
  "spending-limit": {
    level: "error",
    means: "The day's `transactions.maxPerDay` is spent; no seats are taken.",
    act: "Raise it, or wait for the day's end (UTC).",
  },
  "spending-limit-over": { level: "info", means: "Gas money may be spent again." },
  "transaction-stuck-over": { level: "info", means: "A transaction that was stuck is included." },
  "vote-unknown": {
    level: "error",
    means: "The seat's own vote on the chain is not found again here.",
    act: "Restore a newer backup of the data folder.",
  },
} as const satisfies Readonly<Record<string, LogEvent>>;

export type LogCode = keyof typeof LOG_CODES;
