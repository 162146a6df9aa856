import { mkdir, writeFile } from "node:fs/promises";
import { SAMPLE_FOLDER } from "./files.ts";

const SEED = 20260101;
const DAYS = 60;
const SITES = ["Almeria", "Evora", "Foggia", "Kalamata", "Larnaca", "Tavira"];
const INVERTERS = ["A", "B"];

/** Sixty days of readings of an invented company's solar plants; the same text every time. */
export function sampleCsv(): string {
  const random = mulberry32(SEED);
  const rows = ["date,site,inverter,kwh"];
  for (let day = 0; day < DAYS; day += 1) {
    const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
    for (const site of SITES) {
      for (const inverter of INVERTERS) {
        // At night and in maintenance an inverter draws a little itself.
        const hundredths = Math.floor(random() * 52_000) - 300;
        rows.push([date, site, inverter, (hundredths / 100).toFixed(2)].join(","));
      }
    }
  }
  return `${rows.join("\n")}\n`;
}

/** A small generator with a seed, so that the sample never changes. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.main) {
  await mkdir(SAMPLE_FOLDER, { recursive: true });
  await writeFile(new URL("readings.csv", SAMPLE_FOLDER), sampleCsv());
}
