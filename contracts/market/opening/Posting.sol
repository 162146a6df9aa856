// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {IProofPolicy} from "../../interfaces/IProofPolicy.sol";
import {Policies} from "../../libraries/Policies.sol";
import {PanelLib} from "../../types/Panel.sol";
import {PolicyWord, TaskParametersLib} from "../../types/Parameters.sol";
import {PostWord, TokenWord} from "../../types/PostWord.sol";
import {REQUEST_WORDS, Request, RequestLib} from "../../types/Request.sol";
import {Royalties} from "../../types/Royalties.sol";
import {TaskLib} from "../../types/Task.sol";
import {PanelTerms} from "./PanelTerms.sol";

/// @title Posting
/// @notice How every task opens. Everything that could make a vote unwinnable, or a task endless, is refused here.
abstract contract Posting is PanelTerms {
    using RequestLib for Request;
    using PostWord for uint256;
    using TaskLib for uint256;
    using TaskParametersLib for uint256;
    using TokenWord for uint256;

    uint256 internal constant MAX_VOLUME = 2 ** 20;
    uint256 internal constant MAX_REPLICAS = 16;
    /// @dev Half of each price, for each of the two owners.
    uint256 internal constant MAX_ROYALTY_BPS = 5_000;

    /// @dev Checks a request and announces its task. The caller stores the task and takes what it costs from the requester.
    /// @return word The packed task.
    /// @return terms The packed parameters of its post.
    /// @return escrow Base units of the payment token.
    /// @return fee DECO to be burned, in base units.
    function _open(Request calldata request, bytes32 taskId)
        internal
        returns (uint256 word, uint256 terms, uint256 escrow, uint256 fee)
    {
        uint256 limits;
        uint256 listing;
        (limits, terms, listing) = _checkCommon(request);
        if (!request.plain()) {
            _checkUnsupported(request);
            uint256 gasCap = _checkPolicy(request);
            if (gasCap != 0) _checkServed(request, gasCap);
            _checkExtras(request, limits, terms, listing);
            if (listing.lockRate() != 0 && PanelLib.delayed(request)) {
                _verdicts[taskId].lockRate = uint112(listing.lockRate());
            }
        }

        // The supply bounds it well below; see DecoToken.
        uint256 total = (uint256(_totalStake) + MILLI - 1) / MILLI;
        if (total == 0) revert NoActiveStake();
        word = TaskLib.opened(request.replicas, request.commitWindow, request.revealWindow, limits.versionOf(), total);
        (escrow, fee) = _book(request, taskId, terms);
    }

    /// @dev What every request must keep to.
    function _checkCommon(Request calldata request)
        private
        view
        returns (uint256 limits, uint256 terms, uint256 listing)
    {
        (limits, terms, listing) = PARAMETERS.atPost(request.token);
        if (!listing.listed()) revert TokenNotListed(request.token);
        _checkRanges(request, terms);
        _checkMoney(request, limits, listing);
        _checkWindows(request, terms, limits);
    }

    /// @dev Books the posting fee and tells of the post.
    function _book(Request calldata request, bytes32 taskId, uint256 terms)
        private
        returns (uint256 escrow, uint256 fee)
    {
        uint256 postingFee = terms.postingFee();
        if (postingFee != 0) _pendingFees += uint64(postingFee);
        _announcePost(request, taskId);
        escrow = _escrow(request, terms);
        fee = postingFee * MILLI;
    }

    /// @dev What ordinary requests leave zero, the policy apart.
    function _checkExtras(Request calldata request, uint256 limits, uint256 terms, uint256 listing) private view {
        _checkRoyalties(request.royalties());
        _checkCallback(request, limits);
        _checkPanels(request, terms, listing);
    }

    /// @dev Every field was range-checked as it was read above, so the words go into the event as they are.
    function _announcePost(Request calldata request, bytes32 taskId) private {
        bytes32 topic = IDecoTasks.TaskPosted.selector;
        address requester = request.requester;
        bytes32 program = request.program;
        uint256 size = REQUEST_WORDS * 32;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept.
            let pointer := mload(0x40)
            calldatacopy(pointer, request, size)
            log4(pointer, size, topic, taskId, requester, program)
        }
    }

    function _announceRound(bytes32 taskId, uint256 word) internal {
        emit IDecoTasks.RoundOpened(taskId, 1, uint8(word.wantedOf()), uint32(word.seedBlockOf()));
    }

    /// @dev Fields whose mechanism this market does not have must be zero; one test for the ordinary case.
    function _checkUnsupported(Request calldata request) private pure {
        _supported(request.inputWindow, "inputWindow");
    }

    function _supported(uint256 value, bytes32 field) private pure {
        if (value != 0) revert FieldNotSupported(field);
    }

    function _checkRanges(Request calldata request, uint256 terms) private view {
        if (block.timestamp > request.expiry) revert RequestExpired(request.expiry, block.timestamp);
        _within("volume", request.volume, 1, MAX_VOLUME);
        // A policy needs one seat, or none.
        bool voted = request.policy == address(0);
        _within("replicas", request.replicas, voted ? 1 : 0, voted ? MAX_REPLICAS : 1);
        uint256 maximum = uint256(request.replicas) * TaskLib.MAX_ROUNDS;
        _within("maxReplicas", request.maxReplicas, request.replicas, maximum < MAX_REPLICAS ? maximum : MAX_REPLICAS);
        _within("thresholdBps", request.thresholdBps, 5_001, 7_500);
        _within("minAgreeing", request.minAgreeing, 1, request.maxReplicas < 2 ? 1 : 2);
        _within("minTrust", request.minTrust, 10, 100);
        // More weight than the seats could reach would let a requester compute for free.
        _within("minWeight", request.minWeight, 0, uint256(request.maxReplicas) * request.minTrust);
        // Lying must not be cheaper than staying away.
        _within("dissentBps", request.dissentBps, terms.noShowBps(), 10_000);
    }

    function _checkMoney(Request calldata request, uint256 limits, uint256 listing) private pure {
        _within("maxPrice", request.maxPrice, request.minPrice, type(uint96).max);
        _within("settlementFee", request.settlementFee, listing.minSettlementFee(), type(uint96).max);
        _checkLock(request.lock, request.maxPrice, limits, listing);
    }

    function _checkLock(uint256 lock, uint256 price, uint256 limits, uint256 listing) internal pure {
        uint256 minimum = limits.minLock() * MILLI;
        uint256 atRate = (price * listing.lockRate()) / 1e18;
        if (atRate > minimum) minimum = atRate;
        if (lock < minimum) revert LockTooSmall(lock, minimum);
    }

    /// @dev One result needs one prover.
    /// @return gasCap Gas that the policy gets; zero without a policy, as listed ones have some.
    function _checkPolicy(Request calldata request) private view returns (uint256 gasCap) {
        address policy = request.policy;
        if (policy == address(0)) {
            if (request.policyData != 0) revert FieldNotSupported("policyData");
            return 0;
        }
        uint256 listing = PARAMETERS.policyWord(policy);
        if (!PolicyWord.listed(listing)) revert PolicyNotListed(policy);
        // A proof is final: panels recompute votes.
        _within("challengeWindow", request.challengeWindow, 0, 0);
        _within("deliveryWindow", request.deliveryWindow, 0, 0);
        _within("auditBps", request.auditBps, 0, 0);
        bool judged = PolicyWord.kindOf(listing) == IProofPolicy.Kind.Judge;
        _within("replicas", request.replicas, judged ? 1 : 0, 1);
        _within("maxReplicas", request.maxReplicas, request.replicas, request.replicas);
        return PolicyWord.gasCapOf(listing);
    }

    function _checkServed(Request calldata request, uint256 gasCap) private view {
        if (!Policies.serves(request.policy, request.policyData, gasCap)) {
            revert PolicyRefuses(request.policy, request.policyData);
        }
    }

    /// @dev An owner without a share, or a share without an owner, is a mistake.
    function _checkRoyalties(Royalties calldata royalties) internal pure {
        _checkRoyalty("programBps", royalties.programOwner, royalties.programBps);
        _checkRoyalty("dataBps", royalties.dataOwner, royalties.dataBps);
    }

    function _checkRoyalty(bytes32 field, address owner, uint256 bps) private pure {
        if (owner == address(0)) _within(field, bps, 0, 0);
        else _within(field, bps, 1, MAX_ROYALTY_BPS);
    }

    /// @dev A callback without gas, or gas without a callback, is a mistake. Whether it is a contract is asked when it is called: it
    /// may be the requester itself, posting while it is made.
    function _checkCallback(Request calldata request, uint256 limits) private pure {
        bool none = request.callback == address(0);
        _within("callbackGas", request.callbackGas, none ? 0 : 1, none ? 0 : limits.maxCallbackGas());
    }

    function _checkWindows(Request calldata request, uint256 terms, uint256 limits) private pure {
        _within("claimWindow", request.claimWindow, limits.minClaimWindow(), TaskLib.MAX_WINDOW);
        _within("commitWindow", request.commitWindow, 1, TaskLib.MAX_WINDOW);
        _within("revealWindow", request.revealWindow, limits.minRevealWindow(), TaskLib.MAX_WINDOW);
        // A window without an allocator, or an allocator without a window, is a mistake.
        bool allocated = request.allocator != address(0);
        _within("allocatorWindow", request.allocatorWindow, allocated ? 1 : 0, allocated ? TaskLib.MAX_WINDOW : 0);
        // Else eligible providers wait for the highest price before competition has opened.
        _within("rampSeconds", request.rampSeconds, request.claimWindow, type(uint32).max);
        uint256 length = request.maxRounds() * _roundSeconds(request, terms) + _panelSeconds(request, terms);
        uint256 half = limits.unbond() / 2;
        if (length > half) revert TaskTooLong(length, half);
    }
}
