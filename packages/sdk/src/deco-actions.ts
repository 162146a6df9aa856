import { abstain } from "./actions/abstain.ts";
import { acceptOwnership } from "./actions/accept-ownership.ts";
import { appeal } from "./actions/appeal.ts";
import { appealDecision } from "./actions/appeal-decision.ts";
import { approve } from "./actions/approve.ts";
import { assign } from "./actions/assign.ts";
import { audit } from "./actions/audit.ts";
import { burnPending } from "./actions/burn-pending.ts";
import { cancel } from "./actions/cancel.ts";
import { cancelOffer } from "./actions/cancel-offer.ts";
import { cancelOrders } from "./actions/cancel-orders.ts";
import { cancelRequest } from "./actions/cancel-request.ts";
import { checkpoint } from "./actions/checkpoint.ts";
import { claim } from "./actions/claim.ts";
import { claimPanel } from "./actions/claim-panel.ts";
import { closeReserve } from "./actions/close-reserve.ts";
import { commit } from "./actions/commit.ts";
import { commitFolded } from "./actions/commit-folded.ts";
import { commitSigned } from "./actions/commit-signed.ts";
import { conclude } from "./actions/conclude.ts";
import { decide } from "./actions/decide.ts";
import { decline } from "./actions/decline.ts";
import { deliver } from "./actions/deliver.ts";
import { deposit } from "./actions/deposit.ts";
import { depositWithPermit } from "./actions/deposit-with-permit.ts";
import { deregister } from "./actions/deregister.ts";
import { describe } from "./actions/describe.ts";
import { dropOrder } from "./actions/drop-order.ts";
import { escalate } from "./actions/escalate.ts";
import { escalatePanel } from "./actions/escalate-panel.ts";
import { expire } from "./actions/expire.ts";
import { finalize } from "./actions/finalize.ts";
import { getDispute } from "./actions/get-dispute.ts";
import { getEarnings } from "./actions/get-earnings.ts";
import { getFold } from "./actions/get-fold.ts";
import { getMarketBalance } from "./actions/get-market-balance.ts";
import { getMarketState } from "./actions/get-market-state.ts";
import { getOfferUse } from "./actions/get-offer-use.ts";
import { getOrder } from "./actions/get-order.ts";
import { getOrderNonce } from "./actions/get-order-nonce.ts";
import { getParameters } from "./actions/get-parameters.ts";
import { getPolicy } from "./actions/get-policy.ts";
import { getProvider } from "./actions/get-provider.ts";
import { getProviderOf } from "./actions/get-provider-of.ts";
import { getReserve } from "./actions/get-reserve.ts";
import { getSeat } from "./actions/get-seat.ts";
import { getSeed } from "./actions/get-seed.ts";
import { getTask } from "./actions/get-task.ts";
import { getTaskEvents } from "./actions/get-task-events.ts";
import { getToken } from "./actions/get-token.ts";
import { holdOrder } from "./actions/hold-order.ts";
import { listAccepted } from "./actions/list-accepted.ts";
import { listCheckpoints } from "./actions/list-checkpoints.ts";
import { listCircuitDescriptions } from "./actions/list-circuit-descriptions.ts";
import { listEndpoints } from "./actions/list-endpoints.ts";
import { listOperators } from "./actions/list-operators.ts";
import { listPaymentTokens } from "./actions/list-payment-tokens.ts";
import { listProviders } from "./actions/list-providers.ts";
import { listReserves } from "./actions/list-reserves.ts";
import { listTasks } from "./actions/list-tasks.ts";
import { offerOwnership } from "./actions/offer-ownership.ts";
import { openAndAssign } from "./actions/open-and-assign.ts";
import { openAndFold } from "./actions/open-and-fold.ts";
import { openMany } from "./actions/open-many.ts";
import { openReserve } from "./actions/open-reserve.ts";
import { openSigned } from "./actions/open-signed.ts";
import { plan } from "./actions/plan.ts";
import { post } from "./actions/post.ts";
import { postWithPermit } from "./actions/post-with-permit.ts";
import { prove } from "./actions/prove.ts";
import { proveFolded } from "./actions/prove-folded.ts";
import { proveHeld } from "./actions/prove-held.ts";
import { proveOrder } from "./actions/prove-order.ts";
import { proveRandomness } from "./actions/prove-randomness.ts";
import { raiseOfferEpoch } from "./actions/raise-offer-epoch.ts";
import { register } from "./actions/register.ts";
import { reseed } from "./actions/reseed.ts";
import { reseedPanel } from "./actions/reseed-panel.ts";
import { reveal } from "./actions/reveal.ts";
import { setOperator } from "./actions/set-operator.ts";
import { settle } from "./actions/settle.ts";
import { settleAgreed } from "./actions/settle-agreed.ts";
import { settleFolded } from "./actions/settle-folded.ts";
import { showLeaf } from "./actions/show-leaf.ts";
import { signAssignment } from "./actions/sign-assignment.ts";
import { signCommitment } from "./actions/sign-commitment.ts";
import { signOffer } from "./actions/sign-offer.ts";
import { signPermit } from "./actions/sign-permit.ts";
import { signRequest } from "./actions/sign-request.ts";
import { signTaskOffer } from "./actions/sign-task-offer.ts";
import { stake } from "./actions/stake.ts";
import { unbond } from "./actions/unbond.ts";
import { undelivered } from "./actions/undelivered.ts";
import { unfold } from "./actions/unfold.ts";
import { verifyResult } from "./actions/verify-result.ts";
import { waitForTask } from "./actions/wait-for-task.ts";
import { withdraw } from "./actions/withdraw.ts";
import { withdrawEarnings } from "./actions/withdraw-earnings.ts";
import { withdrawStake } from "./actions/withdraw-stake.ts";
import type { DecoClient, DecoDeployment } from "./client/deployment.ts";

/** An action with its client filled in; parameters may be left out where all of them may. */
type Bound<Action extends (client: DecoClient, parameters: never) => unknown> = Action extends (
  client: DecoClient,
  ...parameters: infer Parameters
) => infer Return
  ? (...parameters: Parameters) => Return
  : never;

/** Deco's actions as methods of a viem client. Those that send transactions need an account. */
export type DecoActions = {
  readonly abstain: Bound<typeof abstain>;
  readonly conclude: Bound<typeof conclude>;
  readonly prove: Bound<typeof prove>;
  readonly proveFolded: Bound<typeof proveFolded>;
  readonly getPolicy: Bound<typeof getPolicy>;
  readonly listAccepted: Bound<typeof listAccepted>;
  readonly listCheckpoints: Bound<typeof listCheckpoints>;
  readonly checkpoint: Bound<typeof checkpoint>;
  readonly deliver: Bound<typeof deliver>;
  readonly acceptOwnership: Bound<typeof acceptOwnership>;
  readonly appeal: Bound<typeof appeal>;
  readonly appealDecision: Bound<typeof appealDecision>;
  readonly audit: Bound<typeof audit>;
  readonly undelivered: Bound<typeof undelivered>;
  readonly showLeaf: Bound<typeof showLeaf>;
  readonly claimPanel: Bound<typeof claimPanel>;
  readonly reseedPanel: Bound<typeof reseedPanel>;
  readonly decide: Bound<typeof decide>;
  readonly escalatePanel: Bound<typeof escalatePanel>;
  readonly finalize: Bound<typeof finalize>;
  readonly getDispute: Bound<typeof getDispute>;
  readonly approve: Bound<typeof approve>;
  readonly burnPending: Bound<typeof burnPending>;
  readonly cancel: Bound<typeof cancel>;
  readonly claim: Bound<typeof claim>;
  readonly commit: Bound<typeof commit>;
  readonly decline: Bound<typeof decline>;
  readonly depositWithPermit: Bound<typeof depositWithPermit>;
  readonly deposit: Bound<typeof deposit>;
  readonly deregister: Bound<typeof deregister>;
  readonly describe: Bound<typeof describe>;
  readonly escalate: Bound<typeof escalate>;
  readonly expire: Bound<typeof expire>;
  readonly getMarketBalance: Bound<typeof getMarketBalance>;
  readonly getEarnings: Bound<typeof getEarnings>;
  readonly getMarketState: Bound<typeof getMarketState>;
  readonly getOrder: Bound<typeof getOrder>;
  readonly getOrderNonce: Bound<typeof getOrderNonce>;
  readonly getParameters: Bound<typeof getParameters>;
  readonly getProviderOf: Bound<typeof getProviderOf>;
  readonly getProvider: Bound<typeof getProvider>;
  readonly getSeat: Bound<typeof getSeat>;
  readonly getSeed: Bound<typeof getSeed>;
  readonly getTaskEvents: Bound<typeof getTaskEvents>;
  readonly getTask: Bound<typeof getTask>;
  readonly getToken: Bound<typeof getToken>;
  readonly listCircuitDescriptions: Bound<typeof listCircuitDescriptions>;
  readonly listEndpoints: Bound<typeof listEndpoints>;
  readonly listOperators: Bound<typeof listOperators>;
  readonly listPaymentTokens: Bound<typeof listPaymentTokens>;
  readonly listProviders: Bound<typeof listProviders>;
  readonly listTasks: Bound<typeof listTasks>;
  readonly offerOwnership: Bound<typeof offerOwnership>;
  readonly postWithPermit: Bound<typeof postWithPermit>;
  readonly plan: Bound<typeof plan>;
  readonly post: Bound<typeof post>;
  readonly proveOrder: Bound<typeof proveOrder>;
  readonly openReserve: Bound<typeof openReserve>;
  readonly closeReserve: Bound<typeof closeReserve>;
  readonly getReserve: Bound<typeof getReserve>;
  readonly listReserves: Bound<typeof listReserves>;
  readonly holdOrder: Bound<typeof holdOrder>;
  readonly proveHeld: Bound<typeof proveHeld>;
  readonly dropOrder: Bound<typeof dropOrder>;
  readonly proveRandomness: Bound<typeof proveRandomness>;
  readonly register: Bound<typeof register>;
  readonly reseed: Bound<typeof reseed>;
  readonly reveal: Bound<typeof reveal>;
  readonly setOperator: Bound<typeof setOperator>;
  readonly settle: Bound<typeof settle>;
  readonly signPermit: Bound<typeof signPermit>;
  readonly stake: Bound<typeof stake>;
  readonly unbond: Bound<typeof unbond>;
  readonly verifyResult: Bound<typeof verifyResult>;
  readonly waitForTask: Bound<typeof waitForTask>;
  readonly withdrawEarnings: Bound<typeof withdrawEarnings>;
  readonly withdrawStake: Bound<typeof withdrawStake>;
  readonly withdraw: Bound<typeof withdraw>;
  readonly assign: Bound<typeof assign>;
  readonly openSigned: Bound<typeof openSigned>;
  readonly openAndAssign: Bound<typeof openAndAssign>;
  readonly openMany: Bound<typeof openMany>;
  readonly cancelOrders: Bound<typeof cancelOrders>;
  readonly cancelRequest: Bound<typeof cancelRequest>;
  readonly cancelOffer: Bound<typeof cancelOffer>;
  readonly raiseOfferEpoch: Bound<typeof raiseOfferEpoch>;
  readonly signRequest: Bound<typeof signRequest>;
  readonly signOffer: Bound<typeof signOffer>;
  readonly signTaskOffer: Bound<typeof signTaskOffer>;
  readonly signAssignment: Bound<typeof signAssignment>;
  readonly getOfferUse: Bound<typeof getOfferUse>;
  readonly commitFolded: Bound<typeof commitFolded>;
  readonly commitSigned: Bound<typeof commitSigned>;
  readonly getFold: Bound<typeof getFold>;
  readonly openAndFold: Bound<typeof openAndFold>;
  readonly settleAgreed: Bound<typeof settleAgreed>;
  readonly settleFolded: Bound<typeof settleFolded>;
  readonly signCommitment: Bound<typeof signCommitment>;
  readonly unfold: Bound<typeof unfold>;
};

/**
 * Extends any viem client with Deco's actions:
 * `createWalletClient({ chain, transport, account }).extend(decoActions({ deployment }))`.
 * @param options The market to talk to; default: the one known on the client's chain.
 */
export function decoActions({
  deployment,
}: {
  readonly deployment?: DecoDeployment | undefined;
} = {}): (client: DecoClient) => DecoActions {
  return (client) => ({
    abstain: (parameters) => abstain(client, { deployment, ...parameters }),
    conclude: (parameters) => conclude(client, { deployment, ...parameters }),
    prove: (parameters) => prove(client, { deployment, ...parameters }),
    proveFolded: (parameters) => proveFolded(client, { deployment, ...parameters }),
    getPolicy: (parameters) => getPolicy(client, { deployment, ...parameters }),
    listAccepted: (parameters) => listAccepted(client, { deployment, ...parameters }),
    listCheckpoints: (parameters) => listCheckpoints(client, { deployment, ...parameters }),
    checkpoint: (parameters) => checkpoint(client, { deployment, ...parameters }),
    deliver: (parameters) => deliver(client, { deployment, ...parameters }),
    acceptOwnership: (parameters) => acceptOwnership(client, { deployment, ...parameters }),
    appeal: (parameters) => appeal(client, { deployment, ...parameters }),
    appealDecision: (parameters) => appealDecision(client, { deployment, ...parameters }),
    audit: (parameters) => audit(client, { deployment, ...parameters }),
    undelivered: (parameters) => undelivered(client, { deployment, ...parameters }),
    showLeaf: (parameters) => showLeaf(client, { deployment, ...parameters }),
    claimPanel: (parameters) => claimPanel(client, { deployment, ...parameters }),
    reseedPanel: (parameters) => reseedPanel(client, { deployment, ...parameters }),
    decide: (parameters) => decide(client, { deployment, ...parameters }),
    escalatePanel: (parameters) => escalatePanel(client, { deployment, ...parameters }),
    finalize: (parameters) => finalize(client, { deployment, ...parameters }),
    getDispute: (parameters) => getDispute(client, { deployment, ...parameters }),
    approve: (parameters) => approve(client, { deployment, ...parameters }),
    burnPending: (parameters) => burnPending(client, { deployment, ...parameters }),
    cancel: (parameters) => cancel(client, { deployment, ...parameters }),
    claim: (parameters) => claim(client, { deployment, ...parameters }),
    commit: (parameters) => commit(client, { deployment, ...parameters }),
    decline: (parameters) => decline(client, { deployment, ...parameters }),
    depositWithPermit: (parameters) => depositWithPermit(client, { deployment, ...parameters }),
    deposit: (parameters) => deposit(client, { deployment, ...parameters }),
    deregister: (parameters) => deregister(client, { deployment, ...parameters }),
    describe: (parameters) => describe(client, { deployment, ...parameters }),
    escalate: (parameters) => escalate(client, { deployment, ...parameters }),
    expire: (parameters) => expire(client, { deployment, ...parameters }),
    getMarketBalance: (parameters) => getMarketBalance(client, { deployment, ...parameters }),
    getEarnings: (parameters) => getEarnings(client, { deployment, ...parameters }),
    getMarketState: (parameters) => getMarketState(client, { deployment, ...parameters }),
    getOrder: (parameters) => getOrder(client, { deployment, ...parameters }),
    getOrderNonce: (parameters) => getOrderNonce(client, { deployment, ...parameters }),
    getParameters: (parameters) => getParameters(client, { deployment, ...parameters }),
    getProviderOf: (parameters) => getProviderOf(client, { deployment, ...parameters }),
    getProvider: (parameters) => getProvider(client, { deployment, ...parameters }),
    getSeat: (parameters) => getSeat(client, { deployment, ...parameters }),
    getSeed: (parameters) => getSeed(client, { deployment, ...parameters }),
    getTaskEvents: (parameters) => getTaskEvents(client, { deployment, ...parameters }),
    getTask: (parameters) => getTask(client, { deployment, ...parameters }),
    getToken: (parameters) => getToken(client, { deployment, ...parameters }),
    listCircuitDescriptions: (parameters) =>
      listCircuitDescriptions(client, { deployment, ...parameters }),
    listEndpoints: (parameters) => listEndpoints(client, { deployment, ...parameters }),
    listOperators: (parameters) => listOperators(client, { deployment, ...parameters }),
    listPaymentTokens: (parameters) => listPaymentTokens(client, { deployment, ...parameters }),
    listProviders: (parameters) => listProviders(client, { deployment, ...parameters }),
    listTasks: (parameters) => listTasks(client, { deployment, ...parameters }),
    offerOwnership: (parameters) => offerOwnership(client, { deployment, ...parameters }),
    postWithPermit: (parameters) => postWithPermit(client, { deployment, ...parameters }),
    plan: (parameters) => plan(client, { deployment, ...parameters }),
    post: (parameters) => post(client, { deployment, ...parameters }),
    proveOrder: (parameters) => proveOrder(client, { deployment, ...parameters }),
    openReserve: (parameters) => openReserve(client, { deployment, ...parameters }),
    closeReserve: (parameters) => closeReserve(client, { deployment, ...parameters }),
    getReserve: (parameters) => getReserve(client, { deployment, ...parameters }),
    listReserves: (parameters) => listReserves(client, { deployment, ...parameters }),
    holdOrder: (parameters) => holdOrder(client, { deployment, ...parameters }),
    proveHeld: (parameters) => proveHeld(client, { deployment, ...parameters }),
    dropOrder: (parameters) => dropOrder(client, { deployment, ...parameters }),
    proveRandomness: (parameters) => proveRandomness(client, { deployment, ...parameters }),
    register: (parameters) => register(client, { deployment, ...parameters }),
    reseed: (parameters) => reseed(client, { deployment, ...parameters }),
    reveal: (parameters) => reveal(client, { deployment, ...parameters }),
    setOperator: (parameters) => setOperator(client, { deployment, ...parameters }),
    settle: (parameters) => settle(client, { deployment, ...parameters }),
    signPermit: (parameters) => signPermit(client, { deployment, ...parameters }),
    stake: (parameters) => stake(client, { deployment, ...parameters }),
    unbond: (parameters) => unbond(client, { deployment, ...parameters }),
    verifyResult: (parameters) => verifyResult(client, { deployment, ...parameters }),
    waitForTask: (parameters) => waitForTask(client, { deployment, ...parameters }),
    withdrawEarnings: (parameters) => withdrawEarnings(client, { deployment, ...parameters }),
    withdrawStake: (parameters) => withdrawStake(client, { deployment, ...parameters }),
    withdraw: (parameters) => withdraw(client, { deployment, ...parameters }),
    assign: (parameters) => assign(client, { deployment, ...parameters }),
    openSigned: (parameters) => openSigned(client, { deployment, ...parameters }),
    openAndAssign: (parameters) => openAndAssign(client, { deployment, ...parameters }),
    openMany: (parameters) => openMany(client, { deployment, ...parameters }),
    cancelOrders: (parameters) => cancelOrders(client, { deployment, ...parameters }),
    cancelRequest: (parameters) => cancelRequest(client, { deployment, ...parameters }),
    cancelOffer: (parameters) => cancelOffer(client, { deployment, ...parameters }),
    raiseOfferEpoch: (parameters) => raiseOfferEpoch(client, { deployment, ...parameters }),
    signRequest: (parameters) => signRequest(client, { deployment, ...parameters }),
    signOffer: (parameters) => signOffer(client, { deployment, ...parameters }),
    signTaskOffer: (parameters) => signTaskOffer(client, { deployment, ...parameters }),
    signAssignment: (parameters) => signAssignment(client, { deployment, ...parameters }),
    getOfferUse: (parameters) => getOfferUse(client, { deployment, ...parameters }),
    commitFolded: (parameters) => commitFolded(client, { deployment, ...parameters }),
    commitSigned: (parameters) => commitSigned(client, { deployment, ...parameters }),
    getFold: (parameters) => getFold(client, { deployment, ...parameters }),
    openAndFold: (parameters) => openAndFold(client, { deployment, ...parameters }),
    settleAgreed: (parameters) => settleAgreed(client, { deployment, ...parameters }),
    settleFolded: (parameters) => settleFolded(client, { deployment, ...parameters }),
    signCommitment: (parameters) => signCommitment(client, { deployment, ...parameters }),
    unfold: (parameters) => unfold(client, { deployment, ...parameters }),
  });
}
