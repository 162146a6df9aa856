import type { Reason } from "./reason.ts";

const NOTHING = "Nothing.";
const NORMAL = "Nothing: this is how the market works.";
const REPORT = "See the log of that moment; report it if it comes back.";
const POLICY = (field: string) => `Change ${field} in the configuration if such tasks are wanted.`;

function no(means: string, operator: string, requester?: string): Reason {
  return { kind: "no", means, operator, ...(requester && { requester }) };
}
function wait(means: string, operator = NOTHING, requester?: string): Reason {
  return { kind: "wait", means, operator, ...(requester && { requester }) };
}
function end(means: string, operator = NOTHING, requester?: string): Reason {
  return { kind: "end", means, operator, ...(requester && { requester }) };
}

const NEXT_ROUND = "Wait for the next round, or post a new task.";

/**
 * Every reason code, in the order of a task's way: what it means, and what operator and requester can do. Codes are never reused
 * for something else. docs/REASONS.md is made from this.
 */
export const REASONS = {
  // Terms: judged from the request alone.
  "policy-unsupported": no(
    "The request is proven by a policy that this executor does not serve.",
    NOTHING,
    "Use the replicated policy.",
  ),
  "requester-denied": no(
    "The requester is on the deny list.",
    POLICY("policy.denyRequesters"),
    "Ask the provider.",
  ),
  "requester-not-allowed": no(
    "Only listed requesters are served.",
    POLICY("policy.allowRequesters"),
    "Ask the provider to be listed.",
  ),
  "token-refused": no(
    "The payment token has no minimum price here, and others are refused.",
    POLICY("policy.minPrice, policy.pricing or policy.otherTokens"),
    "Pay in another token.",
  ),
  "price-too-low": no(
    "The highest price that the request reaches within its claim window is below the minimum, or below the work's cost: see the detail.",
    POLICY("policy.minPrice or policy.pricing"),
    "Raise the maximum price, or let the ramp reach it earlier.",
  ),
  "lock-too-high": no(
    "The lock per seat is above the highest allowed one.",
    POLICY("policy.maxLock"),
    "Ask for a smaller lock.",
  ),
  "volume-too-large": no(
    "The bag has more items than allowed.",
    POLICY("policy.maxVolume"),
    "Split the bag.",
  ),
  "commit-window-too-short": no(
    "The time to run is shorter than the minimum.",
    POLICY("policy.minCommitWindow"),
    "Give a longer commit window.",
  ),
  "reveal-window-too-short": no(
    "The time to reveal is shorter than the minimum, which covers the chain's confirmations.",
    POLICY("policy.minRevealWindow"),
    "Give a longer reveal window.",
  ),
  // Standing: judged from the provider's state on the chain.
  "provider-leaving": no("The provider has deregistered.", "Register another provider."),
  "provider-dormant": no(
    "The stake is below an identity's minimum.",
    "Add stake: deco provider stake AMOUNT.",
  ),
  "trust-too-low": no(
    "The request asks for more trust than this provider has.",
    "Earn trust on tasks that ask for less.",
    "Lower the minimum trust if too few providers reach it.",
  ),
  "stake-too-young": no(
    "The stake came after the task's post, and does not count for it.",
    "Nothing: it counts for later tasks.",
  ),
  "stake-not-free": no(
    "Less stake is free than the seat locks.",
    "Add stake, or wait until other seats end.",
    "Ask for a smaller lock.",
  ),
  "key-not-live": no(
    "The attested key is not active yet, revoked, challenged, or expires before the result is due.",
    "See deco attest show KEY; enrol a key again before it expires.",
  ),
  "key-not-accepted": no(
    "The request accepts other attesters, measurements or kinds of hardware than those of the attested key.",
    "Have the key enrolled by an attester that requesters accept.",
    "Name attesters and measurements of more providers.",
  ),
  "key-cover-exceeded": no(
    "With this seat more would be locked than the accepted attesters put behind the attested key.",
    "Wait until other seats end, or have attesters put more behind a new enrolment.",
    "Ask for a smaller lock.",
  ),
  // Intake: the whole executor takes no seats.
  starting: no("The executor was starting.", NOTHING),
  draining: no(
    "Intake is off: the operator drains the executor, or it was stopping.",
    "Turn it on again: deco provider resume.",
  ),
  "foreign-activity": no(
    "Another process works with this provider's key; two would be slashed.",
    "Stop the other executor, then restart this one.",
  ),
  "disk-low": no(
    "Less disk is free than health.minDiskBytes.",
    "Free disk, or move the data folder; intake opens again by itself.",
  ),
  "balance-low": no(
    "The operator key holds too little for the gas of the seats.",
    "Send it ETH; intake opens again by itself.",
  ),
  "spending-limit": no(
    "The day's transactions.maxPerDay is spent.",
    "Raise it, or wait for the day's end (UTC); intake opens again by itself.",
  ),
  // Chance and competition.
  "not-drawn": no("The provider's ticket was not drawn for this round.", NORMAL, NEXT_ROUND),
  "seats-taken": no("Others took all seats.", NORMAL),
  "already-seated": no("The provider has, or had, a seat on this task already.", NORMAL),
  "capacity-full": no(
    "As many tasks as capacity.tasks are under way or promised.",
    "Raise capacity.tasks if the machine has room.",
    "Ask again later.",
  ),
  "backlog-full": no(
    "What is accepted already leaves too little time: some of it, or this task, would be late. See the detail.",
    "Nothing, or more capacity; capacity.expectedBps if runs end much sooner than foreseen.",
    "Ask again later, or give a longer commit window.",
  ),
  "deadline-unreachable": no(
    "The task's runs would not end within its commit window here, even alone: see the detail.",
    "Nothing; capacity.expectedBps if runs end much sooner than foreseen.",
    "Give a longer commit window, or split the bag.",
  ),
  // The task went on before a seat was taken.
  "task-absent": no(
    "The task is not on the chain any more: a reorganisation took its post.",
    NOTHING,
    "Look at the transaction; post again if it is gone.",
  ),
  "task-open": no("Another round than this one is open.", NORMAL),
  "task-unfilled": no("The claim window was over.", NORMAL, "Raise price or claim window."),
  "task-executing": no("The round was full.", NORMAL),
  "task-revealing": no("The round was full and has been run.", NORMAL),
  "task-counting": no("The round is over.", NORMAL),
  "task-failed": no("The round's vote has failed.", NORMAL, NEXT_ROUND),
  "task-accepted": no("A result was accepted already.", NORMAL),
  "task-settled": no("The task was settled already.", NORMAL),
  "task-ended": no("The task had ended already.", NORMAL),
  "claim-*": no(
    "The market refused the claim with the error that the code ends with.",
    "Look the error up in contracts/interfaces; others may have been faster.",
  ),
  // Program and input, verified before a lock is at stake.
  "program-invalid": no(
    "The program document, or its module, is malformed or asks for what no engine may do.",
    NOTHING,
    "Check it: deco program check.",
  ),
  "input-invalid": no(
    "The input document or its content is malformed.",
    NOTHING,
    "Publish the input again with deco run.",
  ),
  "image-invalid": no(
    "The container image is not the one that was named, or is malformed.",
    NOTHING,
    "Check the image: deco program check.",
  ),
  "volume-mismatch": no(
    "The input has another number of items than the request says.",
    NOTHING,
    "Post with the input's own number of items.",
  ),
  "engine-missing": no(
    "There is no engine for this kind of program here.",
    "Configure engines.oci, or see in the log why it is unavailable.",
    "Use WebAssembly, which every executor runs.",
  ),
  "memory-limit": no(
    "One run may take more memory than there is for all.",
    "Raise capacity.memoryBytes.",
    "Lower the program's memory and output limits.",
  ),
  "disk-limit": no(
    "Image, input or output exceed the disk limit of a task, or of all together.",
    "Raise capacity.diskBytes or capacity.workDiskBytes.",
    "Make them smaller.",
  ),
  "cpu-limit": no(
    "One run may take more processor time than there is for all.",
    "Raise capacity.cpuMillis if the machine has more cores.",
    "Lower the program's cpuMillis.",
  ),
  "accelerator-missing": no(
    "The program needs accelerators that are not here, or not so many, or not with so much memory: see the detail.",
    "List them in engines.oci.accelerators if the machine has them.",
    "Ask for fewer or others; providers describe theirs in their metadata.",
  ),
  "private-refused": no(
    "The task is private, and none are taken here.",
    POLICY("policy.private"),
    "Ask for other providers.",
  ),
  "private-terms": no(
    "The task is private and asks for what private tasks cannot have: see the detail.",
    NOTHING,
    "Post a single run that is voted on, without panels and without a callback.",
  ),
  "recipient-undescribed": no(
    "The task is private, and the provider's metadata does not name the age recipient of this executor.",
    "Put the recipient that the log shows at the start into provider.json, and run: deco provider describe.",
    "Ask for other providers.",
  ),
  "input-unavailable": no(
    "Program or input could not be fetched in time.",
    "Check that the node can dial out (storage.listen, firewall).",
    "Keep the requester's node reachable until seats are taken.",
  ),
  // The engine refused before the claim.
  "engine-input-unavailable": no("The engine cannot read the input.", REPORT),
  "engine-image-invalid": no(
    "The engine refuses the image: see the detail.",
    NOTHING,
    "Check it: deco program check.",
  ),
  "engine-limit-exceeded": no(
    "Preparing the program exceeded a limit: see the detail.",
    NOTHING,
    "Make the program smaller.",
  ),
  "engine-killed": no("The engine was killed while it prepared the program.", REPORT),
  "engine-engine-unavailable": no(
    "The engine did not answer.",
    "Check it: for containers, that the daemon runs (systemctl status docker).",
  ),
  "engine-program-invalid": no(
    "The sandbox refuses the program: see the detail.",
    NOTHING,
    "Check it: deco program check.",
  ),
  "engine-other": no("The engine failed while it prepared the program.", REPORT),
  // Offers to allocators.
  "allocator-unlisted": no(
    "The asking allocator is not listed.",
    "List it in allocators if it is trusted.",
    "Use another allocator.",
  ),
  "allocator-mismatch": no("Another allocator than the request's asked.", NOTHING),
  "being-prepared": no("An offer for this task is being prepared already.", NOTHING),
  "request-expired": no("The request is too old to be opened.", NOTHING, "Sign it again."),
  "task-known": no("The executor has, or had, a seat on this task.", NOTHING),
  // A seat without a result; the chain counts these.
  "limit-exceeded": {
    kind: "abstained",
    means: "The run exceeded a limit (time, memory, output), or came too near to the deadline.",
    operator:
      "If honest programs often end so, this machine is too slow: see policy.minCommitWindow.",
    requester: "Raise limits and windows.",
  },
  killed: {
    kind: "abstained",
    means: "The run was ended by a signal or for want of memory.",
    operator: "See the log; check the machine's memory.",
    requester: "Raise the memory limit.",
  },
  "engine-unavailable": {
    kind: "abstained",
    means: "The engine did not answer while the seat was held.",
    operator: "Check it: for containers, that the daemon runs (systemctl status docker).",
  },
  other: { kind: "abstained", means: "The run failed for another reason.", operator: REPORT },
  "private-key-missing": {
    kind: "abstained",
    means:
      "The requester did not send the key of the private input in the first half of the commit window.",
    operator:
      "If it happens with many requesters: check that the node is reachable (storage.announce, firewall).",
    requester: "Keep deco run, or deco task result, running until the task is settled.",
  },
  // What is waited for.
  "private-key-awaited": wait(
    "The round is full; the requester has not sent the key of the private input yet.",
    "Check that the node is reachable from outside (storage.announce, firewall).",
    "Keep deco run, or deco task result, running.",
  ),
  "allocator-first": wait("The task's allocator may still ask for an offer."),
  "offer-standing": wait("An offer for this task stands; its allocator may give the seat."),
  "input-missing": wait(
    "Program or input cannot be fetched yet; it is tried until the claim window ends.",
    "Check that the node can dial out (storage.listen, firewall).",
    "Keep the requester's node reachable.",
  ),
  "seed-unknown": wait("The round's randomness is not on the chain yet."),
  "own-ticket": wait("The provider's ticket is drawn at a later moment of the claim window."),
  "price-rising": wait("The price has not risen to the minimum yet."),
  "capacity-awaited": wait(
    "As many tasks as capacity.tasks are under way or promised.",
    "Raise capacity.tasks if the machine has room.",
  ),
  "backlog-awaited": wait(
    "What is accepted already leaves too little time: some of it, or this task, would be late.",
    "Nothing, or more capacity; capacity.expectedBps if runs end much sooner than foreseen.",
  ),
  "seat-declinable": wait("All seats are taken; one may still be declined."),
  "rescue-awaited": wait("The seat is held; if its holder proves nothing in time, anybody may."),
  // How assignments end, and why they took a step.
  assigned: end("The task's allocator gave the seat."),
  reorg: end("Blocks left the chain; the step is repeated."),
  "decline-refused": end("The round filled before the decline: the seat is served."),
  declined: end("The seat was given back while the round was open, for a small fee."),
  "commit-missed": end(
    "No commitment was on the chain at the deadline: part of the lock is lost.",
    "See the log of that time: chain endpoints, balance, machine too slow.",
  ),
  "reveal-missed": end(
    "The commitment was not revealed in time: the lock is lost.",
    "See the log of that time: chain endpoints, balance.",
  ),
  "foreign-commitment": end(
    "The chain holds a commitment of this key that this executor did not make.",
    "Stop the other executor with this key.",
  ),
  "vote-unknown": end(
    "The chain holds a vote of this seat that is not found again here.",
    "Restore a newer backup of the data folder, or expect the loss of the lock.",
  ),
  "found-on-chain": end(
    "The chain knew of this step before this data folder did: it was restored.",
  ),
  "vote-lost": end(
    "The chain accepted another result.",
    "Run the program again: deco program check; report it if it is deterministic.",
  ),
  "no-result": end("The task settled without a result of this seat."),
  "outputs-missing": end("The panel found that the outputs cannot be fetched."),
  "retention-over": end("The result won, and was kept for the retention time."),
  none: end("The task ended."),
  cancelled: end("The requester cancelled the task."),
  unfilled: end(
    "Too few seats were taken; locks were released.",
    NOTHING,
    "Raise price or window.",
  ),
  "vote-failed": end("No result found enough agreement in all rounds."),
  "cannot-run": end("Several providers found that the program cannot be run."),
  voided: end("A panel voided the accepted result."),
  undelivered: end("A panel found that the outputs cannot be fetched."),
  "policy-removed": end(
    "The request's proof policy, or the circuit that it names, was removed: nobody loses anything.",
  ),
  unproven: end("The proof did not come in time."),
  rejected: end("The judge rejected the result."),
  unjudged: end("The judge did not decide in time."),
} as const satisfies Readonly<Record<string, Reason>>;
