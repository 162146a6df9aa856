export {
  type Agent,
  type AgentFault,
  type AgentLink,
  checkAgent,
  nameProviderByAgent,
  parseAgent,
} from "./agents.ts";
export { checkLink, type Link, type LinkedProvider, type LinkFault } from "./check-link.ts";
export { ethrDid, keyDid } from "./dids.ts";
export { IdentityError, type IdentityErrorCode } from "./errors.ts";
export { type ProviderPlace, providerUri, SERVICE_TYPE } from "./provider-uri.ts";
export { type NameProvider, nameProvider, type SigningClient, unnameProvider } from "./registry.ts";
export { createResolver, type DidResolver, knownRegistry } from "./resolver.ts";
