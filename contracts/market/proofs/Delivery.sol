// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../interfaces/IDecoProofs.sol";
import {IDecoReceiver} from "../../interfaces/IDecoReceiver.sol";
import {CappedCalls} from "../../libraries/CappedCalls.sol";
import {Openings} from "../../libraries/Openings.sol";
import {Opening} from "../../types/Opening.sol";
import {Request} from "../../types/Request.sol";
import {Outcome, TaskLib, TaskStatus} from "../../types/Task.sol";
import {MarketState} from "../MarketState.sol";

/// @title Delivery
/// @notice Results brought to contracts, in a call of their own: settlement knows nothing of callbacks.
/// @dev The callback runs with the market's state complete and no lock held, so that it may use the market, to post its next task
/// for instance. All that it could repeat is this delivery, which counts as done while it runs.
abstract contract Delivery is MarketState {
    using TaskLib for uint256;

    /// @dev See {IDecoProofs-deliver}.
    function deliver(Request calldata request, Opening calldata opening) external returns (bool delivered) {
        bytes32 taskId = _hash(request);
        uint256 word = _tasks[taskId];
        if (word.statusOf() != TaskStatus.Settled) {
            if (word == 0) revert UnknownTask(taskId);
            revert WrongStatus(taskId, word.statusOf());
        }
        address callback = request.callback;
        if (callback == address(0)) revert NoCallback(taskId);
        Outcome memory outcome = word.unpackOutcome();
        if (outcome.delivered) revert AlreadyDelivered(taskId);
        bytes32 result = Openings.check(opening, request.volume);
        if (bytes26(result) != outcome.result) revert WrongResult(taskId, result);

        _tasks[taskId] = word | TaskLib.DELIVERED;
        uint256 budget = uint256(outcome.securityBudget) * 1 ether;
        bytes memory data = abi.encodeCall(IDecoReceiver.onDecoResult, (taskId, opening, budget));
        delivered = CappedCalls.send(callback, request.callbackGas, data);
        if (delivered) {
            emit IDecoProofs.ResultDelivered(taskId, callback);
        } else {
            _tasks[taskId] = word;
            emit IDecoProofs.DeliveryFailed(taskId, callback);
        }
    }
}
