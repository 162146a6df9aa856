export { type CalibrateOptions, calibrate, type MachineSpeed } from "./calibrate.ts";
export { KERNELS } from "./kernels.ts";
export type { ContainerChoice } from "./measure-container.ts";
export { type Costs, type PriceLine, type Proposal, proposePrices } from "./propose-prices.ts";
