// Shapes and the two ray queries. Everything hot is flat f64 arithmetic on unmanaged fields:
// no vectors are allocated while rendering.

export const SPHERE: i32 = 0;
export const PLANE: i32 = 1;
export const QUAD: i32 = 2;
export const TRIANGLE: i32 = 3;
export const BOX: i32 = 4;

/** Distance under which a hit counts as the surface that the ray starts on. */
const NEAR: f64 = 1e-6;
const FAR: f64 = 1e30;

@final
export class Vec {
  constructor(
    public x: f64,
    public y: f64,
    public z: f64,
  ) {}

  minus(o: Vec): Vec {
    return new Vec(this.x - o.x, this.y - o.y, this.z - o.z);
  }

  scaled(s: f64): Vec {
    return new Vec(this.x * s, this.y * s, this.z * s);
  }

  dot(o: Vec): f64 {
    return this.x * o.x + this.y * o.y + this.z * o.z;
  }

  cross(o: Vec): Vec {
    return new Vec(
      this.y * o.z - this.z * o.y,
      this.z * o.x - this.x * o.z,
      this.x * o.y - this.y * o.x,
    );
  }

  get length(): f64 {
    return Math.sqrt(this.dot(this));
  }

  get unit(): Vec {
    return this.scaled(1.0 / this.length);
  }
}

/** One shape of the scene; `kind` says which fields hold something. */
@final
export class Shape {
  material: i32 = 0;
  /** Emits light and is sampled as a lamp (spheres, quads and triangles). */
  lamp: bool = false;
  /** Sphere and box: centre. Quad and triangle: corner. Plane: a point of it. */
  px: f64 = 0;
  py: f64 = 0;
  pz: f64 = 0;
  /** Unit normal of plane, quad and triangle. Box: half the edges. */
  nx: f64 = 0;
  ny: f64 = 0;
  nz: f64 = 0;
  /** Edges of quad and triangle. */
  ux: f64 = 0;
  uy: f64 = 0;
  uz: f64 = 0;
  vx: f64 = 0;
  vy: f64 = 0;
  vz: f64 = 0;
  /** Dual edges: their dot product with (hit − corner) gives the edge coordinates. */
  ax: f64 = 0;
  ay: f64 = 0;
  az: f64 = 0;
  bx: f64 = 0;
  by: f64 = 0;
  bz: f64 = 0;
  /** Sphere: radius. */
  radius: f64 = 0;
  /** Quad and triangle: surface. */
  area: f64 = 0;
  /** Box: turn around the vertical axis. */
  cos: f64 = 1;
  sin: f64 = 0;

  constructor(public kind: i32) {}

  static sphere(center: Vec, radius: f64): Shape {
    const shape = new Shape(SPHERE);
    shape.place(center);
    shape.radius = radius;
    return shape;
  }

  static plane(point: Vec, normal: Vec): Shape {
    const shape = new Shape(PLANE);
    shape.place(point);
    shape.face(normal.unit);
    return shape;
  }

  /** A quad or triangle with a corner and two edges that are not parallel. */
  static facet(kind: i32, corner: Vec, u: Vec, v: Vec): Shape {
    const shape = new Shape(kind);
    const n = u.cross(v);
    const w = n.scaled(1.0 / n.dot(n));
    const a = v.cross(w);
    const b = w.cross(u);
    shape.place(corner);
    shape.face(n.unit);
    shape.ux = u.x;
    shape.uy = u.y;
    shape.uz = u.z;
    shape.vx = v.x;
    shape.vy = v.y;
    shape.vz = v.z;
    shape.ax = a.x;
    shape.ay = a.y;
    shape.az = a.z;
    shape.bx = b.x;
    shape.by = b.y;
    shape.bz = b.z;
    shape.area = kind == TRIANGLE ? 0.5 * n.length : n.length;
    return shape;
  }

  static box(center: Vec, half: Vec, cos: f64, sin: f64): Shape {
    const shape = new Shape(BOX);
    shape.place(center);
    shape.face(half);
    shape.cos = cos;
    shape.sin = sin;
    return shape;
  }

  private place(p: Vec): void {
    this.px = p.x;
    this.py = p.y;
    this.pz = p.z;
  }

  private face(n: Vec): void {
    this.nx = n.x;
    this.ny = n.y;
    this.nz = n.z;
  }
}

/** Filled by {@link trace}: distance, index of the shape, outward unit normal at the hit. */
export let hitT: f64 = 0;
export let hitNx: f64 = 0;
export let hitNy: f64 = 0;
export let hitNz: f64 = 0;

/**
 * Distance to `s` along the ray; {@link FAR}, or anything above `limit`, when it is not met below
 * `limit`. The direction must be a unit vector.
 */
@inline
function distance(
  s: Shape,
  ox: f64,
  oy: f64,
  oz: f64,
  dx: f64,
  dy: f64,
  dz: f64,
  limit: f64,
): f64 {
  const x = ox - s.px;
  const y = oy - s.py;
  const z = oz - s.pz;
  const kind = s.kind;
  if (kind == SPHERE) {
    const b = x * dx + y * dy + z * dz;
    const c = x * x + y * y + z * z - s.radius * s.radius;
    const d = b * b - c;
    if (d < 0 || (b > 0 && c > 0)) return FAR;
    const root = Math.sqrt(d);
    const near = -b - root;
    if (near > NEAR) return near;
    const far = root - b;
    return far > NEAR ? far : FAR;
  }
  if (kind == BOX) return boxDistance(s, x, y, z, dx, dy, dz);
  const slope = s.nx * dx + s.ny * dy + s.nz * dz;
  const t = -(s.nx * x + s.ny * y + s.nz * z) / slope;
  // Written so that the NaN of a parallel ray fails too.
  if (!(t > NEAR && t < limit)) return FAR;
  if (kind == PLANE) return t;
  const hx = x + t * dx;
  const hy = y + t * dy;
  const hz = z + t * dz;
  const a = hx * s.ax + hy * s.ay + hz * s.az;
  const b = hx * s.bx + hy * s.by + hz * s.bz;
  if (!(a >= 0 && b >= 0)) return FAR;
  const inside = kind == QUAD ? a <= 1 && b <= 1 : a + b <= 1;
  return inside ? t : FAR;
}

/** Slab test in the box's own axes. */
function boxDistance(s: Shape, x: f64, y: f64, z: f64, dx: f64, dy: f64, dz: f64): f64 {
  const ix = 1.0 / (s.cos * dx - s.sin * dz);
  const iy = 1.0 / dy;
  const iz = 1.0 / (s.sin * dx + s.cos * dz);
  const mx = -(s.cos * x - s.sin * z) * ix;
  const my = -y * iy;
  const mz = -(s.sin * x + s.cos * z) * iz;
  const rx = s.nx * Math.abs(ix);
  const ry = s.ny * Math.abs(iy);
  const rz = s.nz * Math.abs(iz);
  const near = Math.max(Math.max(mx - rx, my - ry), mz - rz);
  const far = Math.min(Math.min(mx + rx, my + ry), mz + rz);
  if (!(near <= far)) return FAR;
  if (near > NEAR) return near;
  return far > NEAR ? far : FAR;
}

/** Normal of a box at a point given relative to its centre: the axis where it lies outermost. */
function boxNormal(s: Shape, x: f64, y: f64, z: f64): void {
  const lx = (s.cos * x - s.sin * z) / s.nx;
  const ly = y / s.ny;
  const lz = (s.sin * x + s.cos * z) / s.nz;
  const ax = Math.abs(lx);
  const ay = Math.abs(ly);
  const az = Math.abs(lz);
  hitNx = hitNy = hitNz = 0;
  if (ay >= ax && ay >= az) {
    hitNy = ly < 0 ? -1 : 1;
  } else if (ax >= az) {
    const sign: f64 = lx < 0 ? -1 : 1;
    hitNx = sign * s.cos;
    hitNz = -sign * s.sin;
  } else {
    const sign: f64 = lz < 0 ? -1 : 1;
    hitNx = sign * s.sin;
    hitNz = sign * s.cos;
  }
}

/** Index of the nearest shape that the ray meets, or -1; fills `hitT` and the normal. */
export function trace(
  shapes: StaticArray<Shape>,
  ox: f64,
  oy: f64,
  oz: f64,
  dx: f64,
  dy: f64,
  dz: f64,
): i32 {
  let nearest = FAR;
  let index = -1;
  for (let i = 0, count = shapes.length; i < count; i++) {
    const t = distance(unchecked(shapes[i]), ox, oy, oz, dx, dy, dz, nearest);
    if (t < nearest) {
      nearest = t;
      index = i;
    }
  }
  if (index < 0) return index;
  hitT = nearest;
  const s = unchecked(shapes[index]);
  if (s.kind == SPHERE) {
    const inverse = 1.0 / s.radius;
    hitNx = (ox + nearest * dx - s.px) * inverse;
    hitNy = (oy + nearest * dy - s.py) * inverse;
    hitNz = (oz + nearest * dz - s.pz) * inverse;
  } else if (s.kind == BOX) {
    boxNormal(s, ox + nearest * dx - s.px, oy + nearest * dy - s.py, oz + nearest * dz - s.pz);
  } else {
    hitNx = s.nx;
    hitNy = s.ny;
    hitNz = s.nz;
  }
  return index;
}

/** Whether anything lies on the ray nearer than `limit`. */
export function blocked(
  shapes: StaticArray<Shape>,
  ox: f64,
  oy: f64,
  oz: f64,
  dx: f64,
  dy: f64,
  dz: f64,
  limit: f64,
): bool {
  for (let i = 0, count = shapes.length; i < count; i++) {
    if (distance(unchecked(shapes[i]), ox, oy, oz, dx, dy, dz, limit) < limit) return true;
  }
  return false;
}
