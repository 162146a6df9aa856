// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Openings} from "../../libraries/Openings.sol";
import {Opening} from "../../types/Opening.sol";
import {Request} from "../../types/Request.sol";
import {Closings, Ending} from "../Closings.sol";
import {SignedOpening} from "../opening/SignedOpening.sol";
import {ProofQuestions} from "./ProofQuestions.sol";

/// @title OneCallProving
/// @notice Opens a signed request without a seat and proves it in the same call: the task has no other word than its end's.
/// @dev Its effects are those of `openSigned` and `prove` in one transaction; a test compares them.
abstract contract OneCallProving is SignedOpening, Closings, ProofQuestions {
    /// @dev See {IDecoProofs-openAndProve}.
    function openAndProve(
        Request calldata request,
        bytes calldata signature,
        Opening calldata opening,
        bytes calldata proof
    ) external nonReentrant returns (bytes32 taskId) {
        Ending memory ending;
        taskId = _hash(request);
        if (_tasks[taskId] != 0) revert AlreadyPosted(taskId);
        uint32 provider = _caller();
        _requireSigned(request.requester, taskId, signature);
        bytes32 result = Openings.check(opening, request.volume);
        ending.terms = _openAndAsk(request, taskId, provider, result, proof);

        _tasks[taskId] = _settledWord(request, result, 0);
        ending.taskId = taskId;
        ending.rounds = 1;
        ending.accepted = true;
        // The ramp begins now.
        ending.paid = request.minPrice;
        if (ending.paid != 0) _earnings[request.token][provider] += ending.paid;
        uint256 refund = _closeAccounts(request, ending);
        _announceProven(taskId, request.policy, provider, provider | (ending.paid << 56), refund, opening);
    }

    /// @dev Checks and charges the request, then has its policy judge the proof.
    /// @return terms The packed parameters of the post.
    function _openAndAsk(
        Request calldata request,
        bytes32 taskId,
        uint32 provider,
        bytes32 result,
        bytes calldata proof
    ) private returns (uint256 terms) {
        uint256 gasCap;
        uint256 escrow;
        uint256 fee;
        (terms, gasCap, escrow, fee) = _openEnding(request, taskId);
        _charge(request, escrow, fee);
        _ask(request, gasCap, taskId, provider, result, proof);
    }
}
