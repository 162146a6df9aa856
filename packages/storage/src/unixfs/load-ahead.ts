/**
 * Loads items in order while the next ones are under way already, at most `width` at a time, so
 * that round trips overlap and memory stays bounded.
 */
export async function* loadAhead<Item, Loaded>(
  items: Iterable<Item>,
  load: (item: Item) => Promise<Loaded>,
  width: number,
): AsyncGenerator<{ readonly item: Item; readonly loaded: Loaded }> {
  const window: { item: Item; loading: Promise<Loaded> }[] = [];
  const iterator = items[Symbol.iterator]();
  for (;;) {
    while (window.length < width) {
      const next = iterator.next();
      if (next.done === true) break;
      const loading = load(next.value);
      // It may fail while an earlier item is still awaited, or after the reader has left.
      loading.catch(() => undefined);
      window.push({ item: next.value, loading });
    }
    const first = window.shift();
    if (first === undefined) return;
    yield { item: first.item, loaded: await first.loading };
  }
}
