// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../interfaces/IDecoProofs.sol";
import {IProofPolicy, ProofContext} from "../../interfaces/IProofPolicy.sol";
import {CappedCalls} from "../../libraries/CappedCalls.sol";
import {Opening} from "../../types/Opening.sol";
import {Request} from "../../types/Request.sol";
import {MarketState} from "../MarketState.sol";

/// @title ProofQuestions
/// @notice What a proof policy is asked, and what is told when it said yes.
abstract contract ProofQuestions is MarketState {
    /// @dev By a static call: nothing that a policy does can change the market while it is asked.
    function _ask(
        Request calldata request,
        uint256 gasCap,
        bytes32 taskId,
        uint32 provider,
        bytes32 result,
        bytes calldata proof
    ) internal view {
        ProofContext memory context = ProofContext({
            taskId: taskId,
            provider: provider,
            program: request.program,
            input: request.input,
            policyData: request.policyData,
            volume: request.volume
        });
        bytes memory question = abi.encodeCall(IProofPolicy.verify, (context, result, proof));
        if (!CappedCalls.ask(request.policy, gasCap, question)) revert ProofRefused(taskId, provider);
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
}
