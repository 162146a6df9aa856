/**
 * Gas of whole tasks: the sum of receipts' `gasUsed` of signed transactions on a node, accounts
 * warm, deposits apart.
 *
 *   npm run gas                 compare with the committed snapshot; exit 1 when a row grew
 *   npm run gas -- --json       the same, the rows as one last line of JSON
 *   npm run gas -- --write      accept the figures as the new snapshot
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { prepareProven } from "../support/proven-work.ts";
import { assigned } from "./assigned.ts";
import { attestedClaimed, prepareAttested } from "./attested.ts";
import { openSortition3, type Steps } from "./lifecycle.ts";
import { startGasNetwork } from "./network.ts";
import { openReserve, provenFolded, provenHeld, provenOnClaim, provenOneShot } from "./proven.ts";

const SNAPSHOT = new URL("./snapshot.json", import.meta.url);
/** Zero bytes in hashes and timestamps move call data by some tens of gas. */
const TOLERANCE = 0.002;
const BAG = 1_000;
/** Proofs in one transaction. */
const SHOTS = 10;

type Rows = Record<string, number>;

const { values: flags } = parseArgs({
  options: { json: { type: "boolean" }, write: { type: "boolean" } },
});
const say = (line: string) => process.stderr.write(`${line}\n`);

const network = await startGasNetwork(3);
try {
  // The first task writes slots that later ones find warm; it is not counted.
  await openSortition3(network, 1, 0n, false);
  const single = await openSortition3(network, 1, 1n, true);
  const own = await openSortition3(network, 1, 3n, false);
  const two = await assigned(network, 2, 10n);
  const three = await assigned(network, 3, 11n);
  const bag = await assigned(network, 3, 12n, BAG);
  const openBag = await openSortition3(network, BAG, 2n, true);
  const proven = await prepareProven(network.devnet);
  await provenFolded(network, proven, 20n);
  const folded = await provenFolded(network, proven, 21n);
  // The first order of 256 writes their word of nonces.
  await provenOneShot(network, proven, 22n);
  // Like a stake: once, for any number of orders.
  const reserve = await openReserve(network);
  await provenHeld(network, proven, 25n);
  const held = await provenHeld(network, proven, 26n);
  const oneShot = await provenOneShot(network, proven, 24n);
  const claimed = await provenOnClaim(network, proven, 23n);
  const shots = await provenOneShot(network, proven, 30n, SHOTS);
  const attested = await prepareAttested(network);
  await attestedClaimed(network, attested, 40n);
  const signed = await attestedClaimed(network, attested, 41n);
  show("replicated2", two);
  show("replicated3", three);
  show("openSortition3", single);
  show("openSortition3OwnCommits", own);
  show(`a bag of ${BAG} items`, bag);
  show(`the same by open sortition`, openBag);
  show("zkHeld", held);
  say(`  a reserve, before    ${reserve.toLocaleString("en").padStart(9)}, not counted`);
  show("zkFolded", folded);
  show("zkClaimedWithProof", claimed);
  show("zkOneShot", oneShot);
  show(`${SHOTS} of them in one transaction`, shots);
  show("attestedClaimed", signed);
  const rows: Rows = {
    replicated2: sum(two),
    replicated3: sum(three),
    openSortition3: sum(single),
    openSortition3OwnCommits: sum(own),
    bag1000PerItem: Math.ceil(sum(bag) / BAG),
    openBag1000PerItem: Math.ceil(sum(openBag) / BAG),
    zkHeld: sum(held),
    zkFolded: sum(folded),
    zkClaimedWithProof: sum(claimed),
    zkOneShot: sum(oneShot),
    zkOneShot10PerTask: Math.ceil(sum(shots) / SHOTS),
    attestedClaimed: sum(signed),
  };
  if (flags.write) {
    await writeFile(SNAPSHOT, `${JSON.stringify(rows, null, 2)}\n`);
    say("snapshot written");
  } else {
    compare(JSON.parse(await readFile(SNAPSHOT, "utf8")) as Rows, rows);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
} finally {
  await network.stop();
}

function sum(steps: Steps): number {
  return Number(steps.reduce((total, { gas }) => total + gas, 0n));
}

function show(name: string, steps: Steps): void {
  say(`${name}: ${sum(steps).toLocaleString("en")} gas`);
  for (const { step, gas } of steps)
    say(`  ${step.padEnd(20)}${gas.toLocaleString("en").padStart(10)}`);
}

function compare(expected: Rows, actual: Rows): void {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [before, now] = [expected[name], actual[name]];
    if (before === undefined || now === undefined) {
      say(`${name}: only in ${before === undefined ? "this run" : "the snapshot"}`);
      process.exitCode = 1;
      continue;
    }
    const change = now / before - 1;
    say(`${name}: ${now} (snapshot ${before}, ${(change * 100).toFixed(2)} %)`);
    // A lower figure fails too: the snapshot would stop protecting it.
    if (Math.abs(now - before) > Math.max(1, before * TOLERANCE)) {
      say(`  differs; accept it with: npm run gas -- --write`);
      process.exitCode = 1;
    }
  }
}
