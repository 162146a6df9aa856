import type { Fault } from "./fault.ts";
import { CONTENT_FAULTS } from "./groups/content.ts";
import { DOCKER_FAULTS } from "./groups/docker.ts";
import { HOST_FAULTS } from "./groups/host.ts";
import { QUEUE_FAULTS } from "./groups/queue.ts";
import { REORG_FAULTS } from "./groups/reorg.ts";
import { RPC_FAULTS } from "./groups/rpc.ts";

/**
 * Everything that is made to go wrong; the tests and `npm run faults` share it. Each group is a file;
 * one more group is one more line here.
 */
export const CATALOGUE: readonly Fault[] = [
  ...RPC_FAULTS,
  ...QUEUE_FAULTS,
  ...REORG_FAULTS,
  ...CONTENT_FAULTS,
  ...HOST_FAULTS,
  ...DOCKER_FAULTS,
];
