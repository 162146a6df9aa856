// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IDecoParameters} from "../../interfaces/IDecoParameters.sol";
import {IRandomness} from "../../interfaces/IRandomness.sol";
import {ReserveWord} from "../../types/Hold.sol";
import {MatchingLib, Offer} from "../../types/Matching.sol";
import {Dispute, PanelLib, Verdict} from "../../types/Panel.sol";
import {ProviderIdentity, ProviderRecord, ProviderStake, ProviderWords, ProviderWork} from "../../types/Provider.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatLib} from "../../types/Seat.sol";
import {Outcome, Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {MarketState} from "../MarketState.sol";

/// @title Views
/// @notice What the market's storage says.
abstract contract Views is MarketState {
    using ProviderWords for uint256;
    using TaskLib for uint256;

    /// @dev See {IDecoTasks-getSeat}.
    function getSeat(bytes32 taskId, uint32 provider) external view returns (Seat memory) {
        return SeatLib.unpack(_seats[SeatLib.key(taskId, provider)]);
    }

    /// @dev See {IDecoTasks-getTask}.
    function getTask(bytes32 taskId) external view returns (Task memory) {
        return _load(taskId);
    }

    /// @dev See {IDecoAccounts-balanceOf}.
    function balanceOf(address token, address account) external view returns (uint256) {
        return _balances[token][account];
    }

    /// @dev See {IDecoAccounts-earningsOf}.
    function earningsOf(address token, uint32 provider) external view returns (uint256) {
        return _earnings[token][provider];
    }

    /// @dev See {IDecoAccounts-pendingBurn}.
    function pendingBurn() external view returns (uint256) {
        return _pendingBurn + uint256(_pendingFees) * MILLI;
    }

    /// @dev See {IDecoMarket-deco}.
    function deco() external view returns (address) {
        return DECO;
    }

    /// @dev See {IDecoMarket-parameters}.
    function parameters() external view returns (IDecoParameters) {
        return PARAMETERS;
    }

    /// @dev See {IDecoMarket-randomness}.
    function randomness() external view returns (IRandomness) {
        return RANDOMNESS;
    }

    /// @dev See {IDecoMarket-domainSeparator}.
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev See {IDecoProviders-providerCount}.
    function providerCount() external view returns (uint32) {
        return _providerCount;
    }

    /// @dev See {IDecoProviders-activeIdentities}.
    function activeIdentities() external view returns (uint32) {
        return _activeIdentities;
    }

    /// @dev See {IDecoPanels-panelIdOf}.
    function panelIdOf(bytes32 taskId, uint256 index, uint256 level) external pure returns (bytes32) {
        return PanelLib.id(taskId, index, level);
    }

    /// @dev See {IDecoPanels-getVerdict}.
    function getVerdict(bytes32 taskId) external view returns (Verdict memory) {
        return _verdicts[taskId];
    }

    /// @dev See {IDecoPanels-getDispute}.
    function getDispute(bytes32 taskId, uint256 index) external view returns (Dispute memory) {
        return _disputes[taskId][index];
    }

    /// @dev See {IDecoProviders-providerOf}.
    function providerOf(address operator) external view returns (uint32) {
        return _providerOf[operator];
    }

    /// @dev See {IDecoProviders-getProvider}.
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

    /// @dev See {IDecoProviders-totalStake}.
    function totalStake() external view returns (uint256) {
        return _totalStake;
    }

    /// @dev See {IDecoTasks-hashRequest}.
    function hashRequest(Request calldata request) external view returns (bytes32 taskId) {
        return _hash(request);
    }

    /// @dev See {IDecoMatching-hashOffer}.
    function hashOffer(Offer calldata offer) external view returns (bytes32) {
        return _hashTypedDataV4(MatchingLib.structHash(offer));
    }

    /// @dev See {IDecoOrders-reserveOf}.
    function reserveOf(uint32 provider, uint8 index) external view returns (uint256) {
        return _reserves[ReserveWord.key(provider, index)];
    }

    /// @dev See {IDecoMatching-orderNonces}.
    function orderNonces(address requester, uint248 position) external view returns (uint256) {
        return _orderNonces[requester][position];
    }

    /// @dev See {IDecoMatching-offerUse}.
    function offerUse(bytes32 offer) external view returns (uint256) {
        return _offerUses[offer];
    }

    /// @dev See {IDecoTasks-getOutcome}.
    function getOutcome(bytes32 taskId) external view returns (Outcome memory outcome) {
        uint256 word = _tasks[taskId];
        outcome.status = word.statusOf();
        if (outcome.status == TaskStatus.None) revert UnknownTask(taskId);
        if (outcome.status == TaskStatus.Settled || outcome.status == TaskStatus.Ended) return word.unpackOutcome();
    }

    /// @dev See {IDecoTasks-verifyResult}.
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
}
