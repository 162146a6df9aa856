// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {IProofPolicy, ProofContext} from "../interfaces/IProofPolicy.sol";
import {CappedCalls} from "../libraries/CappedCalls.sol";
import {Opening} from "../types/Opening.sol";
import {PolicyWord} from "../types/Parameters.sol";
import {MarketState} from "./MarketState.sol";

/// @title ProofQuestions
/// @notice What a proof policy is asked, and what is told when it said yes.
abstract contract ProofQuestions is MarketState {
    using PolicyWord for uint256;

    /// @dev By a static call: nothing that a policy does can change the market while it is asked.
    function _ask(address policy, uint256 gasCap, ProofContext memory context, bytes32 result, bytes calldata proof)
        internal
        view
    {
        bytes memory question = abi.encodeCall(IProofPolicy.verify, (context, result, proof));
        if (!CappedCalls.ask(policy, gasCap, question)) revert ProofRefused(context.taskId, context.provider);
    }

    /// @param ended As {IDecoProofs-TaskProven} tells it.
    function _announceProven(
        bytes32 taskId,
        address policy,
        uint32 provider,
        uint256 ended,
        uint256 refund,
        Opening calldata opening
    ) internal {
        emit IDecoProofs.TaskProven(
            taskId, policy, provider, opening.digest, opening.root, ended, refund, msg.sender, opening.document
        );
    }

    /// @dev For results whose prover had no seat, or whose seats were ended one by one.
    function _announce(bytes32 taskId, bytes32 result, Opening calldata opening, uint256 refund) internal {
        emit IDecoTasks.TaskSettled(
            taskId, result, opening.digest, opening.root, 0, 0, refund, msg.sender, opening.document
        );
    }

    /// @dev A policy of this kind that was not removed.
    function _livePolicy(address policy, bytes32 taskId, IProofPolicy.Kind kind)
        internal
        view
        returns (uint256 gasCap)
    {
        if (policy == address(0)) revert WrongPolicy(taskId, policy);
        uint256 word = PARAMETERS.policyWord(policy);
        if (word.kindOf() != kind) revert WrongPolicy(taskId, policy);
        if (word.tombstoned()) revert PolicyRemoved(policy);
        return word.gasCapOf();
    }
}
