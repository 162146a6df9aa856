import type { Fault } from "./fault.ts";
import { REORG_FAULTS } from "./groups/reorg.ts";
import { RPC_FAULTS } from "./groups/rpc.ts";

/** Everything that is made to go wrong; the tests and `npm run faults` share it. */
export const CATALOGUE: readonly Fault[] = [...RPC_FAULTS, ...REORG_FAULTS];
