// The integrator: paths from the camera, lamps sampled at every diffuse hit and weighed against
// chance hits (multiple importance sampling, balance heuristic).

import {
  diskX,
  diskY,
  next1,
  next2,
  nextDisk,
  startPixel,
  startSample,
  u0,
  u1,
} from "./random";
import { DIFFUSE, EMISSIVE, GLASS, Material, METAL, Scene, Tile } from "./scene";
import { blocked, hitNx, hitNy, hitNz, hitT, Shape, SPHERE, TRIANGLE, trace } from "./shapes";

const PI: f64 = 3.141592653589793;
/** From this bounce on, dim paths end by chance. */
const ROULETTE_BOUNCE: i32 = 3;
/**
 * A lamp found by chance through mirrors or glass after a diffuse bounce (a caustic) counts at
 * most this much, against single bright dots ("fireflies").
 */
const CAUSTIC_LIMIT: f64 = 1.5;

const CELL_SHIFT: f64 = 1e-4;

/** Colour found by {@link radiance}. */
let red: f64 = 0;
let green: f64 = 0;
let blue: f64 = 0;

/** Unit direction that the last sampling function chose. */
let dirX: f64 = 0;
let dirY: f64 = 0;
let dirZ: f64 = 0;
/** Distance to the point that {@link sampleLamp} chose. */
let lampDistance: f64 = 0;

/** Sets the direction to a local vector, given a unit `n` as the local z axis. */
@inline
function setLocal(nx: f64, ny: f64, nz: f64, x: f64, y: f64, z: f64): void {
  // Branch-free basis of Duff et al., 2017.
  const sign: f64 = nz < 0 ? -1 : 1;
  const a = -1.0 / (sign + nz);
  const b = nx * ny * a;
  dirX = x * (1.0 + sign * nx * nx * a) + y * b + z * nx;
  dirY = x * (sign * b) + y * (sign + ny * ny * a) + z * ny;
  dirZ = x * (-sign * nx) + y * -ny + z * nz;
}

/** A direction about `n` with density cosine / pi; returns the cosine. */
@inline
function sampleCosine(nx: f64, ny: f64, nz: f64): f64 {
  nextDisk();
  const z = Math.sqrt(Math.max(1e-12, 1.0 - diskX * diskX - diskY * diskY));
  setLocal(nx, ny, nz, diskX, diskY, z);
  return z;
}

/** 1 − cosine of the cone under which a sphere is seen, or 0 from inside. */
@inline
function coneHeight(lamp: Shape, distance2: f64): f64 {
  const sine2 = (lamp.radius * lamp.radius) / distance2;
  return sine2 < 1 ? sine2 / (1.0 + Math.sqrt(1.0 - sine2)) : 0;
}

/** Density per solid angle of choosing a direction to `lamp` that meets it at `t`; 0 if never. */
function lampDensity(
  lamp: Shape,
  ox: f64,
  oy: f64,
  oz: f64,
  dx: f64,
  dy: f64,
  dz: f64,
  t: f64,
): f64 {
  if (lamp.kind == SPHERE) {
    const x = lamp.px - ox;
    const y = lamp.py - oy;
    const z = lamp.pz - oz;
    const height = coneHeight(lamp, x * x + y * y + z * z);
    return height > 0 ? 1.0 / (2.0 * PI * height) : 0;
  }
  const cosine = Math.abs(lamp.nx * dx + lamp.ny * dy + lamp.nz * dz);
  return cosine > 1e-9 ? (t * t) / (cosine * lamp.area) : 0;
}

/** Chooses a point of the lamp: sets direction and distance, returns the density (0: none). */
function sampleLamp(lamp: Shape, ox: f64, oy: f64, oz: f64): f64 {
  if (lamp.kind == SPHERE) {
    const x = lamp.px - ox;
    const y = lamp.py - oy;
    const z = lamp.pz - oz;
    const distance2 = x * x + y * y + z * z;
    const height = coneHeight(lamp, distance2);
    nextDisk();
    if (height <= 0) return 0;
    const r2 = diskX * diskX + diskY * diskY;
    // 1 − cosine grows evenly with the disk's squared radius; the sine follows.
    const drop = r2 * height;
    const scale = Math.sqrt(height * (2.0 - drop));
    const distance = Math.sqrt(distance2);
    const inverse = 1.0 / distance;
    const cosine = 1.0 - drop;
    setLocal(
      x * inverse,
      y * inverse,
      z * inverse,
      diskX * scale,
      diskY * scale,
      cosine,
    );
    const inside = lamp.radius * lamp.radius - distance2 * drop * (2.0 - drop);
    lampDistance = distance * cosine - Math.sqrt(Math.max(0, inside));
    return 1.0 / (2.0 * PI * height);
  }
  next2();
  let a = u0;
  let b = u1;
  if (lamp.kind == TRIANGLE && a + b > 1) {
    a = 1.0 - a;
    b = 1.0 - b;
  }
  const x = lamp.px + a * lamp.ux + b * lamp.vx - ox;
  const y = lamp.py + a * lamp.uy + b * lamp.vy - oy;
  const z = lamp.pz + a * lamp.uz + b * lamp.vz - oz;
  const distance2 = x * x + y * y + z * z;
  if (distance2 < 1e-12) return 0;
  lampDistance = Math.sqrt(distance2);
  const inverse = 1.0 / lampDistance;
  dirX = x * inverse;
  dirY = y * inverse;
  dirZ = z * inverse;
  return lampDensity(lamp, ox, oy, oz, dirX, dirY, dirZ, lampDistance);
}

/** Share of light that a boundary reflects (exact for unpolarised light); 1 when all of it. */
function fresnel(cosine: f64, ratio: f64): f64 {
  const k = 1.0 - ratio * ratio * (1.0 - cosine * cosine);
  if (k <= 0) return 1;
  const inner = Math.sqrt(k);
  const s = (ratio * cosine - inner) / (ratio * cosine + inner);
  const p = (cosine - ratio * inner) / (cosine + ratio * inner);
  return 0.5 * (s * s + p * p);
}

/** Light that arrives along a ray; the result is in red, green, blue. */
function radiance(
  scene: Scene,
  startX: f64,
  startY: f64,
  startZ: f64,
  directionX: f64,
  directionY: f64,
  directionZ: f64,
): void {
  const shapes = scene.shapes;
  const lamps = scene.lamps;
  const lampCount = lamps.length;
  let ox = startX;
  let oy = startY;
  let oz = startZ;
  let dx = directionX;
  let dy = directionY;
  let dz = directionZ;
  let weightR: f64 = 1;
  let weightG: f64 = 1;
  let weightB: f64 = 1;
  let sumR: f64 = 0;
  let sumG: f64 = 0;
  let sumB: f64 = 0;
  /** Density with which the last diffuse bounce chose this ray; 0 after camera and mirrors. */
  let density: f64 = 0;
  let scattered = false;

  for (let bounce = 0; ; bounce++) {
    const index = trace(shapes, ox, oy, oz, dx, dy, dz);
    const shape = unchecked(shapes[max(index, 0)]);
    const material = unchecked(scene.materials[shape.material]);
    const kind = material.kind;
    if (index < 0 || kind == EMISSIVE) {
      let r = material.color.x;
      let g = material.color.y;
      let b = material.color.z;
      if (index < 0) {
        const height = Math.max(0, dy);
        r = scene.horizon.x + (scene.zenith.x - scene.horizon.x) * height;
        g = scene.horizon.y + (scene.zenith.y - scene.horizon.y) * height;
        b = scene.horizon.z + (scene.zenith.z - scene.horizon.z) * height;
      }
      r *= weightR;
      g *= weightG;
      b *= weightB;
      let share: f64 = 1;
      if (density > 0 && index >= 0 && shape.lamp) {
        const other = lampDensity(shape, ox, oy, oz, dx, dy, dz, hitT) / lampCount;
        share = density / (density + other);
      } else if (scattered && density == 0) {
        const brightest = Math.max(r, Math.max(g, b));
        if (brightest > CAUSTIC_LIMIT) share = CAUSTIC_LIMIT / brightest;
      }
      sumR += r * share;
      sumG += g * share;
      sumB += b * share;
      break;
    }
    if (bounce >= scene.maxBounces) break;

    const facing = hitNx * dx + hitNy * dy + hitNz * dz;
    const outside = facing < 0;
    const nx = outside ? hitNx : -hitNx;
    const ny = outside ? hitNy : -hitNy;
    const nz = outside ? hitNz : -hitNz;
    const cosine = Math.min(1, Math.abs(facing));
    ox += hitT * dx;
    oy += hitT * dy;
    oz += hitT * dz;

    // The mirror-like part: metal, the reflection of a coat, reflection and refraction of glass.
    if (kind != DIFFUSE) {
      let mirrored = true;
      if (kind == METAL) {
        weightR *= material.color.x;
        weightG *= material.color.y;
        weightB *= material.color.z;
      } else {
        const ratio = outside ? 1.0 / material.ior : material.ior;
        mirrored = next1() < fresnel(cosine, kind == GLASS ? ratio : 1.0 / material.ior);
        if (!mirrored && kind == GLASS) {
          const sine2 = ratio * ratio * (1.0 - cosine * cosine);
          const bend = ratio * cosine - Math.sqrt(Math.max(0, 1.0 - sine2));
          normalize(ratio * dx + bend * nx, ratio * dy + bend * ny, ratio * dz + bend * nz);
          dx = dirX;
          dy = dirY;
          dz = dirZ;
          weightR *= material.color.x;
          weightG *= material.color.y;
          weightB *= material.color.z;
          density = 0;
          continue;
        }
      }
      if (mirrored) {
        dx += 2.0 * cosine * nx;
        dy += 2.0 * cosine * ny;
        dz += 2.0 * cosine * nz;
        if (kind == METAL && material.fuzz > 0) {
          // A point of the unit sphere's surface, by area.
          nextDisk();
          const r2 = diskX * diskX + diskY * diskY;
          const scale = 2.0 * material.fuzz * Math.sqrt(Math.max(0, 1.0 - r2));
          dx += diskX * scale;
          dy += diskY * scale;
          dz += material.fuzz * (1.0 - 2.0 * r2);
        }
        normalize(dx, dy, dz);
        dx = dirX;
        dy = dirY;
        dz = dirZ;
        if (dx * nx + dy * ny + dz * nz <= 0) break;
        density = 0;
        continue;
      }
    }

    // The diffuse part.
    let color = material.color;
    if (material.checkerSize > 0) {
      const scale = 1.0 / material.checkerSize;
      // The shift keeps surfaces that lie exactly between two cells from flickering.
      const cell =
        Math.floor(ox * scale + CELL_SHIFT) +
        Math.floor(oy * scale + CELL_SHIFT) +
        Math.floor(oz * scale + CELL_SHIFT);
      if (cell != 2.0 * Math.floor(0.5 * cell)) color = material.checkerColor;
    }
    weightR *= color.x;
    weightG *= color.y;
    weightB *= color.z;
    scattered = true;

    if (lampCount > 0) {
      const pick = lampCount == 1 ? 0 : min(<i32>(next1() * lampCount), lampCount - 1);
      const lamp = unchecked(lamps[pick]);
      const chosen = sampleLamp(lamp, ox, oy, oz) / lampCount;
      const slope = dirX * nx + dirY * ny + dirZ * nz;
      if (chosen > 0 && slope > 0) {
        const limit = lampDistance * (1.0 - 1e-6) - 1e-6;
        if (!blocked(shapes, ox, oy, oz, dirX, dirY, dirZ, limit)) {
          const light = unchecked(scene.materials[lamp.material]).color;
          const byChance = slope / PI;
          const gain = byChance / (chosen + byChance);
          sumR += weightR * gain * light.x;
          sumG += weightG * gain * light.y;
          sumB += weightB * gain * light.z;
        }
      }
    }

    density = sampleCosine(nx, ny, nz) / PI;
    dx = dirX;
    dy = dirY;
    dz = dirZ;

    if (bounce >= ROULETTE_BOUNCE) {
      const survival = Math.min(0.95, Math.max(weightR, Math.max(weightG, weightB)));
      if (next1() >= survival) break;
      const boost = 1.0 / survival;
      weightR *= boost;
      weightG *= boost;
      weightB *= boost;
    }
  }

  red = sumR;
  green = sumG;
  blue = sumB;
}

@inline
function normalize(x: f64, y: f64, z: f64): void {
  const scale = 1.0 / Math.sqrt(Math.max(1e-300, x * x + y * y + z * z));
  dirX = x * scale;
  dirY = y * scale;
  dirZ = z * scale;
}

/** Offset of a sample within a pixel: a tent two pixels wide, which smooths edges. */
@inline
function tent(u: f64): f64 {
  return u < 0.5 ? Math.sqrt(2.0 * u) - 1.0 : 1.0 - Math.sqrt(2.0 - 2.0 * u);
}

/** Film response (Narkowicz's fit of ACES) and sRGB encoding. */
function encode(value: f64): u8 {
  const x = Math.max(0, value);
  const film = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14);
  const linear = Math.min(1, Math.max(0, film));
  const srgb = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return <u8>(srgb * 255.0 + 0.5);
}

/** Renders a tile into `target`, three bytes a pixel, rows from the top. */
export function render(scene: Scene, tile: Tile, target: usize): void {
  const camera = scene.camera;
  const p = camera.position;
  const scale = scene.exposure / <f64>scene.samples;
  let out = target;
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const x = tile.x + column;
      const y = tile.y + row;
      let sumR: f64 = 0;
      let sumG: f64 = 0;
      let sumB: f64 = 0;
      startPixel(scene.seed, x, y);
      for (let sample = 0; sample < scene.samples; sample++) {
        startSample(sample);
        next2();
        const sx = (2.0 * (<f64>x + 0.5 + tent(u0))) / <f64>scene.width - 1.0;
        const sy = 1.0 - (2.0 * (<f64>y + 0.5 + tent(u1))) / <f64>scene.height;
        nextDisk();
        const lx = diskX * camera.lensRight.x + diskY * camera.lensUp.x;
        const ly = diskX * camera.lensRight.y + diskY * camera.lensUp.y;
        const lz = diskX * camera.lensRight.z + diskY * camera.lensUp.z;
        normalize(
          camera.forward.x + sx * camera.halfRight.x + sy * camera.halfUp.x - lx,
          camera.forward.y + sx * camera.halfRight.y + sy * camera.halfUp.y - ly,
          camera.forward.z + sx * camera.halfRight.z + sy * camera.halfUp.z - lz,
        );
        radiance(scene, p.x + lx, p.y + ly, p.z + lz, dirX, dirY, dirZ);
        sumR += red;
        sumG += green;
        sumB += blue;
      }
      store<u8>(out, encode(sumR * scale));
      store<u8>(out + 1, encode(sumG * scale));
      store<u8>(out + 2, encode(sumB * scale));
      out += 3;
    }
  }
}
