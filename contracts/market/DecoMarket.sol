// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoAccounts} from "../interfaces/IDecoAccounts.sol";
import {IDecoFolds} from "../interfaces/IDecoFolds.sol";
import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {IDecoMatching} from "../interfaces/IDecoMatching.sol";
import {IDecoPanels} from "../interfaces/IDecoPanels.sol";
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IDecoProofs} from "../interfaces/IDecoProofs.sol";
import {IDecoProviders} from "../interfaces/IDecoProviders.sol";
import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {Fold} from "../types/Fold.sol";
import {Match, MatchingLib, Offer} from "../types/Matching.sol";
import {Opening} from "../types/Opening.sol";
import {Dispute, PanelLib, Verdict} from "../types/Panel.sol";
import {ProviderIdentity, ProviderRecord, ProviderStake, ProviderWords, ProviderWork} from "../types/Provider.sol";
import {Request} from "../types/Request.sol";
import {Outcome, TaskLib, TaskStatus} from "../types/Task.sol";
import {MarketModule} from "./MarketModule.sol";
import {MarketState} from "./MarketState.sol";
import {Agreement} from "./core/Agreement.sol";

/// @notice Where the parts of the market's code are.
struct Modules {
    address opening;
    address panels;
    address proofs;
    address extension;
}

/// @title DecoMarket
/// @notice A marketplace for computation whose payments depend on proof. See {IDecoMarket} for the specification.
/// @dev One contract may hold 24,576 bytes of code, so it holds what replicas call most often; the other calls are in
/// modules and run here by delegatecall. All inherit {MarketState} first, so their storage layout is one; the modules'
/// addresses are immutable; each forwarded call is listed below. See docs/decisions/0070.
contract DecoMarket is Agreement, Multicall {
    using ProviderWords for uint256;
    using TaskLib for uint256;

    /// @notice Thrown at deployment when a module was made for another market.
    error ModuleMismatch(address module);

    address private immutable OPENING;
    address private immutable PANELS;
    address private immutable PROOFS;
    address private immutable EXTENSION;

    /// @param deco_ The stake token; it must be burnable.
    /// @param parameters_ Governed values.
    /// @param randomness_ Seeds for sortition.
    /// @param modules_ Code made with the same three.
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_, Modules memory modules_)
        MarketState(deco_, parameters_, randomness_)
    {
        OPENING = _checked(modules_.opening);
        PANELS = _checked(modules_.panels);
        PROOFS = _checked(modules_.proofs);
        EXTENSION = _checked(modules_.extension);
    }

    /// @notice The parts of this contract's code that are elsewhere.
    function modules() external view returns (Modules memory) {
        return Modules({opening: OPENING, panels: PANELS, proofs: PROOFS, extension: EXTENSION});
    }

    // --- forwarded to the opening ---

    /// @inheritdoc IDecoTasks
    function post(Request calldata) external returns (bytes32) {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoTasks
    function postWithPermit(Request calldata, uint256, uint256, uint8, bytes32, bytes32) external returns (bytes32) {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoMatching
    function openSigned(Request calldata, bytes calldata) external returns (bytes32) {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoMatching
    function openAndAssign(Match calldata) external returns (bytes32) {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoFolds
    function openFolded(Match calldata) external returns (bytes32) {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoMatching
    function openMany(Match[] calldata) external returns (uint256) {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoMatching
    function cancelRequest(Request calldata) external {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoMatching
    function cancelOffer(Offer calldata) external {
        _forward(OPENING);
    }

    /// @inheritdoc IDecoMatching
    function raiseOfferEpoch(uint32) external returns (uint32) {
        _forward(OPENING);
    }

    // --- forwarded to the proofs ---

    /// @inheritdoc IDecoTasks
    function settle(Request calldata, uint32[] calldata, Opening calldata) external {
        _forward(PROOFS);
    }

    /// @inheritdoc IDecoProofs
    function prove(Request calldata, uint32[] calldata, Opening calldata, bytes calldata) external {
        _forward(PROOFS);
    }

    /// @inheritdoc IDecoProofs
    function conclude(Request calldata, uint32[] calldata, Opening calldata) external {
        _forward(PROOFS);
    }

    /// @inheritdoc IDecoProofs
    function deliver(Request calldata, Opening calldata) external returns (bool) {
        _forward(PROOFS);
    }

    /// @inheritdoc IDecoProofs
    function checkpoint(bytes32, bytes32, uint16) external {
        _forward(PROOFS);
    }

    // --- forwarded to the panels ---

    /// @inheritdoc IDecoPanels
    function appeal(Request calldata, uint256, bytes32, bytes32[] calldata) external returns (uint256) {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function appealDecision(Request calldata, uint256) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function audit(Request calldata) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function undelivered(Request calldata) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function showLeaf(Request calldata, uint256, bytes32, bytes32[] calldata) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function claimPanel(Request calldata, uint256) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function reseedPanel(Request calldata, uint256) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function decide(Request calldata, uint256, uint32[] calldata, bytes32) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function escalatePanel(Request calldata, uint256, uint32[] calldata) external {
        _forward(PANELS);
    }

    /// @inheritdoc IDecoPanels
    function finalize(Request calldata, uint32[] calldata) external {
        _forward(PANELS);
    }

    // --- forwarded to the extension ---

    /// @inheritdoc IDecoProviders
    function register(address, bytes32, string calldata, uint96) external returns (uint32) {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function describe(uint32, bytes32, string calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function stake(uint32, uint96) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function unbond(uint32, uint96) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function withdrawStake(uint32) external returns (uint256) {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function setOperator(uint32, address) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function offerOwnership(uint32, address) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function acceptOwnership(uint32) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoProviders
    function deregister(uint32) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoTasks
    function cancel(Request calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoTasks
    function decline(Request calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoTasks
    function reseed(Request calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoTasks
    function abstain(bytes32, uint8) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoFolds
    function unfold(bytes32, Fold calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoTasks
    function escalate(Request calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoTasks
    function expire(Request calldata, uint32[] calldata) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoAccounts
    function deposit(address, uint256) external returns (uint256) {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoAccounts
    function depositWithPermit(address, uint256, uint256, uint8, bytes32, bytes32) external returns (uint256) {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoAccounts
    function withdraw(address, uint256, address) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoAccounts
    function withdrawEarnings(uint32, address, uint256, address) external {
        _forward(EXTENSION);
    }

    /// @inheritdoc IDecoAccounts
    function burnPending() external returns (uint256) {
        _forward(EXTENSION);
    }

    // --- views ---

    /// @inheritdoc IDecoAccounts
    function balanceOf(address token, address account) external view returns (uint256) {
        return _balances[token][account];
    }

    /// @inheritdoc IDecoAccounts
    function earningsOf(address token, uint32 provider) external view returns (uint256) {
        return _earnings[token][provider];
    }

    /// @inheritdoc IDecoAccounts
    function pendingBurn() external view returns (uint256) {
        return _pendingBurn + uint256(_pendingFees) * MILLI;
    }

    /// @inheritdoc IDecoMarket
    function deco() external view returns (address) {
        return DECO;
    }

    /// @inheritdoc IDecoMarket
    function parameters() external view returns (IDecoParameters) {
        return PARAMETERS;
    }

    /// @inheritdoc IDecoMarket
    function randomness() external view returns (IRandomness) {
        return RANDOMNESS;
    }

    /// @inheritdoc IDecoMarket
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @inheritdoc IDecoProviders
    function providerCount() external view returns (uint32) {
        return _providerCount;
    }

    /// @inheritdoc IDecoProviders
    function activeIdentities() external view returns (uint32) {
        return _activeIdentities;
    }

    /// @inheritdoc IDecoPanels
    function panelIdOf(bytes32 taskId, uint256 index, uint256 level) external pure returns (bytes32) {
        return PanelLib.id(taskId, index, level);
    }

    /// @inheritdoc IDecoPanels
    function getVerdict(bytes32 taskId) external view returns (Verdict memory) {
        return _verdicts[taskId];
    }

    /// @inheritdoc IDecoPanels
    function getDispute(bytes32 taskId, uint256 index) external view returns (Dispute memory) {
        return _disputes[taskId][index];
    }

    /// @inheritdoc IDecoProviders
    function providerOf(address operator) external view returns (uint32) {
        return _providerOf[operator];
    }

    /// @inheritdoc IDecoProviders
    function getProvider(uint32 provider)
        external
        view
        returns (ProviderStake memory, ProviderWork memory, ProviderIdentity memory)
    {
        uint256 key = _keys[provider];
        ProviderRecord storage record = _records[provider];
        ProviderIdentity memory identity = ProviderIdentity({
            owner: record.owner,
            operator: key.operatorOf(),
            offerEpoch: key.offerEpochOf(),
            pendingOwner: record.pendingOwner,
            metadata: record.metadata,
            unbonding: record.unbonding,
            unbondsAt: record.unbondsAt
        });
        return (_stakeOf(provider), _workOf(provider), identity);
    }

    /// @inheritdoc IDecoProviders
    function totalStake() external view returns (uint256) {
        return _totalStake;
    }

    /// @inheritdoc IDecoTasks
    function hashRequest(Request calldata request) external view returns (bytes32 taskId) {
        return _hash(request);
    }

    /// @inheritdoc IDecoMatching
    function hashOffer(Offer calldata offer) external view returns (bytes32) {
        return _hashTypedDataV4(MatchingLib.structHash(offer));
    }

    /// @inheritdoc IDecoMatching
    function offerUse(bytes32 offer) external view returns (uint256) {
        return _offerUses[offer];
    }

    /// @inheritdoc IDecoTasks
    function getOutcome(bytes32 taskId) external view returns (Outcome memory outcome) {
        uint256 word = _tasks[taskId];
        outcome.status = word.statusOf();
        if (outcome.status == TaskStatus.None) revert UnknownTask(taskId);
        if (outcome.status == TaskStatus.Settled || outcome.status == TaskStatus.Ended) return word.unpackOutcome();
    }

    /// @inheritdoc IDecoTasks
    function verifyResult(bytes32 taskId, uint256 index, bytes32 item, bytes32[] calldata proof)
        external
        view
        returns (bool accepted, uint256 securityBudget)
    {
        uint256 word = _tasks[taskId];
        if (word.statusOf() != TaskStatus.Settled) return (false, 0);
        Outcome memory outcome = word.unpackOutcome();
        bytes32 result = item;
        if (outcome.bag) {
            if (proof.length == 0) return (false, 0);
            // The manifest digest ends the proof; the path comes before it.
            uint256 last = proof.length - 1;
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(index, item))));
            bytes32 root = MerkleProof.processProofCalldata(proof[:last], leaf);
            result = keccak256(abi.encode(root, proof[last]));
        } else if (index != 0 || proof.length != 0) {
            return (false, 0);
        }
        accepted = outcome.result == bytes26(result);
        if (accepted) securityBudget = uint256(outcome.securityBudget) * 1 ether;
    }

    function _checked(address module) private view returns (address) {
        (address itsDeco, IDecoParameters itsParameters, IRandomness itsRandomness) =
            MarketModule(module).configuration();
        bool matches = itsDeco == DECO && itsParameters == PARAMETERS && itsRandomness == RANDOMNESS;
        if (!matches) revert ModuleMismatch(module);
        return module;
    }

    /// @dev Runs this call's data as code of a module, and ends the call with what it returned.
    function _forward(address target) private {
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            calldatacopy(pointer, 0, calldatasize())
            let succeeded := delegatecall(gas(), target, pointer, calldatasize(), 0, 0)
            returndatacopy(pointer, 0, returndatasize())
            if iszero(succeeded) { revert(pointer, returndatasize()) }
            return(pointer, returndatasize())
        }
    }
}
