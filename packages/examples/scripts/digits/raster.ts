import type { Command } from "opentype.js";

type Point = readonly [x: number, y: number];

/** How a glyph is turned before it is drawn. */
export interface Variation {
  /** Radians. */
  readonly rotation: number;
  /** Horizontal shift for each unit of height. */
  readonly slant: number;
  /** Share of the picture's side that the larger side of the glyph takes. */
  readonly size: number;
  /** Shares of the picture's side. */
  readonly shift: Point;
}

/** Points that stand for a curve, beside its ends. */
const CURVE_POINTS = 8;
const SAMPLES = 8;

/** Outlines as closed lines of points. */
export function outlinesOf(commands: readonly Command[]): Point[][] {
  const outlines: Point[][] = [];
  let outline: Point[] = [];
  let [x, y] = [0, 0];
  for (const command of commands) {
    if (command.type === "Z") continue;
    if (command.type === "M") {
      outline = [];
      outlines.push(outline);
    }
    if (command.type === "Q" || command.type === "C") {
      for (let step = 1; step < CURVE_POINTS; step++) {
        outline.push(curvePoint([x, y], command, step / CURVE_POINTS));
      }
    }
    [x, y] = [command.x, command.y];
    outline.push([x, y]);
  }
  return outlines;
}

/**
 * Draws outlines into a square picture, fitted to it with their proportions kept; inside is where they wind.
 * @returns brightness of each pixel, 0 to `max`, row by row
 */
export function draw(
  outlines: readonly Point[][],
  { rotation, slant, size, shift }: Variation,
  side: number,
  max: number,
): number[] {
  const [sin, cos] = [Math.sin(rotation), Math.cos(rotation)];
  const turned = outlines.map((outline) =>
    outline.map(([x, y]): Point => {
      const leaning = x - slant * y;
      return [leaning * cos - y * sin, leaning * sin + y * cos];
    }),
  );
  const points = turned.flat();
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, top, bottom] = [
    ...[Math.min(...xs), Math.max(...xs)],
    ...[Math.min(...ys), Math.max(...ys)],
  ] as [number, number, number, number];
  const scale = (side * size) / Math.max(right - left, bottom - top);
  const fitted = turned.map((outline) =>
    outline.map(
      ([x, y]): Point => [
        (x - (left + right) / 2) * scale + side * (0.5 + shift[0]),
        (y - (top + bottom) / 2) * scale + side * (0.5 + shift[1]),
      ],
    ),
  );
  const covered = new Array<number>(side * side).fill(0);
  for (let row = 0; row < side * SAMPLES; row++) {
    const crossings = crossingsAt(fitted, (row + 0.5) / SAMPLES);
    for (let column = 0; column < side * SAMPLES; column++) {
      const at = (column + 0.5) / SAMPLES;
      const winding = crossings.reduce((sum, [x, turn]) => (x < at ? sum + turn : sum), 0);
      const pixel = Math.floor(row / SAMPLES) * side + Math.floor(column / SAMPLES);
      if (winding !== 0) covered[pixel] = (covered[pixel] ?? 0) + 1;
    }
  }
  return covered.map((count) => Math.round((count * max) / SAMPLES ** 2));
}

/** Where outlines cross a horizontal line, and which way. */
function crossingsAt(outlines: readonly Point[][], y: number): Point[] {
  const crossings: Point[] = [];
  for (const outline of outlines) {
    for (const [index, [x1, y1]] of outline.entries()) {
      const [x2, y2] = outline[(index + 1) % outline.length] ?? [x1, y1];
      if (y1 <= y === y2 <= y) continue;
      crossings.push([x1 + ((y - y1) * (x2 - x1)) / (y2 - y1), y2 > y1 ? 1 : -1]);
    }
  }
  return crossings;
}

function curvePoint(
  [x, y]: Point,
  command: Extract<Command, { type: "Q" | "C" }>,
  t: number,
): Point {
  const points: Point[] =
    command.type === "Q"
      ? [
          [x, y],
          [command.x1, command.y1],
          [command.x, command.y],
        ]
      : [
          [x, y],
          [command.x1, command.y1],
          [command.x2, command.y2],
          [command.x, command.y],
        ];
  // De Casteljau: the same for both kinds.
  let level = points;
  while (level.length > 1) {
    level = level.slice(1).map(([bx, by], index): Point => {
      const [ax, ay] = level[index] ?? [bx, by];
      return [ax + (bx - ax) * t, ay + (by - ay) * t];
    });
  }
  return level[0] ?? [x, y];
}
