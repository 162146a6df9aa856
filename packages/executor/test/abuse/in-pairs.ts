/** Two at a time: a machine of two cores is no faster with more. */
export async function inPairs<Item, Result>(
  items: readonly Item[],
  make: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await make(items[index] as Item);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}
