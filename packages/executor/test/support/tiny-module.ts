/**
 * A WebAssembly program that writes its environment to standard output: small enough to read, and
 * its result differs from item to item of a bag (DECO_ITEM_INDEX).
 */
export function tinyModule(): Uint8Array {
  const i32 = 0x7f;
  const types = [
    functionType([i32, i32, i32, i32], [i32]),
    functionType([i32, i32], [i32]),
    functionType([], []),
  ];
  const imports = [
    imported("fd_write", 0),
    imported("environ_sizes_get", 1),
    imported("environ_get", 1),
  ];
  const [fdWrite, sizesGet, environGet, start] = [0, 1, 2, 3];
  const constant = (value: number) => [0x41, ...signed(value)];
  const call = (index: number) => [0x10, index];
  const [drop, store, load] = [[0x1a], [0x36, 2, 0], [0x28, 2, 0]];
  const code = [
    ...[constant(0), constant(4), call(sizesGet), drop],
    ...[constant(64), constant(1024), call(environGet), drop],
    ...[constant(8), constant(1024), store],
    ...[constant(12), constant(4), load, store],
    ...[constant(1), constant(8), constant(1), constant(16), call(fdWrite), drop],
  ].flat();
  const body = [0, ...code, 0x0b];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector(imports)),
    ...section(3, vector([[2]])),
    ...section(5, vector([[1, 1, 1]])),
    ...section(7, vector([exported("memory", 2, 0), exported("_start", 0, start)])),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ]);
}

function functionType(parameters: number[], results: number[]): number[] {
  return [0x60, parameters.length, ...parameters, results.length, ...results];
}

function imported(name: string, type: number): number[] {
  return [...text("wasi_snapshot_preview1"), ...text(name), 0, type];
}

function exported(name: string, kind: number, index: number): number[] {
  return [...text(name), kind, index];
}

function text(value: string): number[] {
  return [value.length, ...new TextEncoder().encode(value)];
}

function vector(entries: number[][]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}
