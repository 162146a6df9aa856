export { createCircuitEngine } from "./circuit-engine.ts";
