export { DEVNET_MNEMONIC, type DevnetAccount, devnetAccount } from "./accounts.ts";
export { type AttestedContracts, deployAttested } from "./deploy/deploy-attested.ts";
export type { DevnetAddresses, RandomnessKind } from "./deploy/deploy-contracts.ts";
export { deployZkPolicy } from "./deploy/deploy-zk-policy.ts";
export type { Funding } from "./deploy/fund-accounts.ts";
export {
  LOCAL_POST_PARAMETERS,
  LOCAL_TASK_PARAMETERS,
  LOCAL_TOKEN_PARAMETERS,
} from "./deploy/parameters.ts";
export { type Deployment, writeDeployment } from "./deployments.ts";
export { DevnetError, type DevnetErrorCode } from "./errors.ts";
export { type Devnet, type DevnetOptions, startDevnet } from "./start-devnet.ts";
