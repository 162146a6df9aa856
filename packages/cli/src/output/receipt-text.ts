import type { FetchedReceipt } from "@deco-network/requester";

const MIB = 2 ** 20;

/** One line for each provider that served a receipt, and one for those that did not. */
export function receiptLines(receipts: readonly FetchedReceipt[]): string[] {
  const absent = receipts.filter(({ status }) => status === "absent");
  const list = absent.map(({ provider }) => provider).join(", ");
  return [
    ...receipts.flatMap((receipt) => receiptLine(receipt)),
    ...(absent.length === 0 ? [] : [`no receipt from provider ${list}`]),
  ];
}

function receiptLine(fetched: FetchedReceipt): string[] {
  if (fetched.status === "absent") return [];
  const { provider } = fetched;
  if (fetched.status === "refused") {
    return [`receipt of provider ${provider} refused (${fetched.fault}): ${fetched.detail}`];
  }
  const { engine, timings, runs, cpuMillis, peakMemoryBytes, energyMillijoules } = fetched.receipt;
  const parts = [
    `${engine.name} ${engine.version}`,
    `${runs} ${runs === 1 ? "run" : "runs"} in ${timings.runMillis} ms`,
    `processor ${cpuMillis} ms`,
    `peak memory ${(peakMemoryBytes / MIB).toFixed(1)} MiB`,
    ...(energyMillijoules === undefined ? [] : [`energy ${energyMillijoules / 1_000} J`]),
    `fetched in ${timings.fetchMillis} ms, prepared in ${timings.prepareMillis} ms`,
  ];
  return [`receipt of provider ${provider}, signed: ${parts.join(", ")}`];
}
