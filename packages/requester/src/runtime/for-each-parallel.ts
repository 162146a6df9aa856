/**
 * Works on numbers 0 to `count` - 1, at most `parallel` at a time. The first failure stops the
 * taking of further numbers and is thrown once the work under way has ended.
 */
export async function forEachParallel(
  count: number,
  parallel: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (failure === undefined && next < count) {
      const index = next;
      next += 1;
      await work(index).catch((error: unknown) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
