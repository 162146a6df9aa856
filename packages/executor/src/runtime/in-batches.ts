/** Does something with all items, no more than `size` of them at a time; the first failure ends it once its batch is done. */
export async function inBatches<Item>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += size) {
    const batch = await Promise.allSettled(items.slice(from, from + size).map(work));
    const failed = batch.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }
}
