// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../interfaces/IDecoPanels.sol";
import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Openings} from "../../libraries/Openings.sol";
import {Tally, Votes} from "../../libraries/Votes.sol";
import {Opening} from "../../types/Opening.sol";
import {PanelLib} from "../../types/Panel.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatOutcome, SeatStatus} from "../../types/Seat.sol";
import {Task, TaskLib} from "../../types/Task.sol";
import {Ending} from "../Closings.sol";
import {Endings} from "../Endings.sol";

/// @title Settlement
/// @notice Opens and pays an accepted result.
abstract contract Settlement is Endings {
    using TaskLib for uint256;
    using TaskParametersLib for uint256;
    using Votes for Tally;

    /// @dev See {IDecoTasks-settle}.
    function settle(Request calldata request, uint32[] calldata roster, Opening calldata opening) external {
        bytes32 taskId = _hash(request);
        if (request.policy != address(0)) revert WrongPolicy(taskId, request.policy);
        Task memory task = _load(taskId);
        _requireRevealing(taskId, task);
        if (task.revealed < task.committed) {
            uint256 closesAt = uint256(task.phaseAt) + task.revealWindow;
            if (block.timestamp <= closesAt) revert RevealWindowOpen(closesAt);
        }
        bytes32 result = Openings.check(opening, request.volume);
        uint256 terms = _terms(task);
        Seat[] memory seats = _roster(taskId, task.seats, roster);
        Tally memory tally = Votes.tally(taskId, seats, result, task.round, terms.weightCap());
        if (!tally.accepted(request.thresholdBps, request.minAgreeing, request.minWeight)) {
            revert ResultNotAccepted(result, tally.weight, tally.total);
        }

        if (PanelLib.delayed(request)) {
            _accept(request, taskId, result, opening, tally);
            return;
        }
        _tasks[taskId] = _settledWord(request, result, tally.agreeing);
        Ending memory ending;
        ending.taskId = taskId;
        ending.rounds = task.round;
        ending.terms = terms;
        ending.accepted = true;
        ending.favoured = tally.agrees;
        uint256 refund = _close(request, roster, seats, ending);
        _announce(taskId, result, opening, tally, refund);
    }

    /// @dev The result waits for its windows; see `finalize`. Its audit is drawn by the next block.
    function _accept(
        Request calldata request,
        bytes32 taskId,
        bytes32 result,
        Opening calldata opening,
        Tally memory tally
    ) private {
        _tasks[taskId] = _tasks[taskId].accepted(block.number + 1);
        _verdicts[taskId].result = result;
        _verdicts[taskId].acceptedAt = uint40(block.timestamp);
        _balances[request.token][msg.sender] += request.settlementFee;
        emit IDecoPanels.TaskAccepted(
            taskId, result, opening.digest, opening.root, tally.weight, tally.total, msg.sender, opening.document
        );
    }

    /// @dev Apart, so that the stack suffices without the optimiser through Yul, which planted bugs do without.
    function _announce(bytes32 taskId, bytes32 result, Opening calldata opening, Tally memory tally, uint256 refund)
        private
    {
        emit IDecoTasks.TaskSettled(
            taskId,
            result,
            opening.digest,
            opening.root,
            tally.weight,
            tally.total,
            refund,
            msg.sender,
            opening.document
        );
    }

    /// @dev What a seat gets when a result was accepted.
    function _verdict(Request calldata request, Ending memory ending, Seat memory seat, bool agrees)
        internal
        pure
        override
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed)
    {
        if (agrees) {
            paid = Accounting.priceDown(request.minPrice, request.maxPrice, seat.priceFraction);
            return (SeatOutcome.Agreed, paid, 0);
        }
        if (seat.status == SeatStatus.Revealed) {
            return (SeatOutcome.Dissented, 0, Accounting.shareDown(request.lock, request.dissentBps));
        }
        return _fault(request, ending.terms, seat);
    }
}
