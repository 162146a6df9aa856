// Sample numbers without state: each is a function of (seed, pixel, sample, dimension), so a
// pixel comes out the same whichever tile it lies in. Two-dimensional points are the first two
// dimensions of Sobol's sequence, shuffled and Owen-scrambled by hashes (Burley, "Practical
// hash-based Owen scrambling", 2020): far less noise than independent numbers at equal cost.

const UNIT: f64 = 1.0 / 4294967296.0;

let pixelSeed: u32 = 0;
let dimension: u32 = 0;
let reversedIndex: u32 = 0;

/** The point that {@link next2} produced, each coordinate in [0, 1). */
export let u0: f64 = 0;
export let u1: f64 = 0;

/** The point that {@link nextDisk} produced, inside the unit circle. */
export let diskX: f64 = 0;
export let diskY: f64 = 0;

@inline
function mix(value: u32): u32 {
  let h = value;
  h ^= h >> 16;
  h *= 0x7feb352d;
  h ^= h >> 15;
  h *= 0x846ca68b;
  h ^= h >> 16;
  return h;
}

@inline
function reverse(value: u32): u32 {
  let v = value;
  v = ((v >> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return rotl<u32>(v, 16);
}

/** Each bit is flipped by a hash of the lower bits: an Owen scramble of a bit-reversed number. */
@inline
function scramble(value: u32, seed: u32): u32 {
  let v = value;
  v ^= v * 0x3d20adea;
  v += seed;
  v *= (seed >> 16) | 1;
  v ^= v * 0x05526c56;
  v ^= v * 0x53a22864;
  return v;
}

/** Second Sobol dimension of a sample index, bit-reversed: Pascal's triangle modulo 2. */
@inline
function sobolSecond(index: u32): u32 {
  let v = index;
  v ^= v >> 16;
  v ^= (v & 0xff00ff00) >> 8;
  v ^= (v & 0xf0f0f0f0) >> 4;
  v ^= (v & 0xcccccccc) >> 2;
  v ^= (v & 0xaaaaaaaa) >> 1;
  return v;
}

/** Chooses the pixel whose numbers follow. */
export function startPixel(seed: u32, x: i32, y: i32): void {
  pixelSeed = mix(mix(mix(seed) ^ <u32>x) + <u32>y);
}

/** Chooses the sample within the pixel; dimensions start anew. */
export function startSample(index: i32): void {
  reversedIndex = reverse(index);
  dimension = 0;
}

/** The next number in [0, 1). */
export function next1(): f64 {
  const seed = mix(pixelSeed + dimension++ * 0x9e3779b9);
  const index = reverse(scramble(reversedIndex, seed));
  return <f64>reverse(scramble(index, seed ^ 0xa511e9b3)) * UNIT;
}

/** The next point of the unit square, in `u0` and `u1`. */
export function next2(): void {
  const seed = mix(pixelSeed + dimension++ * 0x9e3779b9);
  const index = reverse(scramble(reversedIndex, seed));
  u0 = <f64>reverse(scramble(index, seed ^ 0xa511e9b3)) * UNIT;
  u1 = <f64>reverse(scramble(sobolSecond(index), seed ^ 0x63d83595)) * UNIT;
}

/** The next point of the unit disk (Shirley's concentric map), in `diskX` and `diskY`. */
export function nextDisk(): void {
  next2();
  const a = 2.0 * u0 - 1.0;
  const b = 2.0 * u1 - 1.0;
  if (a == 0 && b == 0) {
    diskX = diskY = 0;
  } else if (a * a > b * b) {
    const angle = 0.7853981633974483 * (b / a);
    diskX = a * cosine(angle);
    diskY = a * sine(angle);
  } else {
    const angle = 0.7853981633974483 * (a / b);
    diskX = b * sine(angle);
    diskY = b * cosine(angle);
  }
}

// Taylor polynomials; the angle never exceeds a quarter of pi, where they are exact to 1e-8.

@inline
function sine(x: f64): f64 {
  const q = x * x;
  return x * (1 + q * (-1 / 6.0 + q * (1 / 120.0 + q * (-1 / 5040.0 + q * (1 / 362880.0)))));
}

@inline
function cosine(x: f64): f64 {
  const q = x * x;
  return (
    1 + q * (-0.5 + q * (1 / 24.0 + q * (-1 / 720.0 + q * (1 / 40320.0 + q * (-1 / 3628800.0)))))
  );
}
