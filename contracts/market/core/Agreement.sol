// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Openings} from "../../libraries/Openings.sol";
import {Fold} from "../../types/Fold.sol";
import {Opening, OpeningLib} from "../../types/Opening.sol";
import {PanelLib} from "../../types/Panel.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {Request} from "../../types/Request.sol";
import {SeatLib, SeatStatus} from "../../types/Seat.sol";
import {TaskLib, TaskStatus} from "../../types/Task.sol";
import {Closings, Ending} from "../Closings.sol";
import {Voting} from "./Voting.sol";

/// @title Agreement
/// @notice The usual end, made cheap: a first round of which every seat committed to the same result. Reveals are checked
/// and not stored, so `reveal` and `settle` are one call. Its effects are those of the two; a test compares them.
abstract contract Agreement is Voting, Closings {
    using TaskLib for uint256;
    using TaskParametersLib for uint256;

    /// @dev Apart, so that the stack suffices without the optimiser through Yul, which planted bugs do without.
    struct Agreed {
        bytes32 taskId;
        /// Packed {TaskParameters} of the post.
        uint256 terms;
        bytes32 result;
        uint256 weight;
        uint256 refund;
    }

    /// @dev See {IDecoTasks-settleAgreed}.
    function settleAgreed(
        Request calldata request,
        uint32[] calldata roster,
        Opening calldata opening,
        bytes32[] calldata salts
    ) external {
        bytes32 taskId = _hash(request);
        uint256 task = _tasks[taskId];
        uint256 count = roster.length;
        _requireCommitted(request, taskId, task, count);
        uint256[] memory seats = new uint256[](count);
        uint256 previous;
        for (uint256 i = 0; i < count; ++i) {
            uint32 provider = roster[i];
            if (provider <= previous) revert InvalidRoster(i);
            previous = provider;
            bytes32 key = SeatLib.key(taskId, provider);
            seats[i] = _seats[key];
            delete _seats[key];
        }
        Agreed memory agreed;
        agreed.taskId = taskId;
        agreed.terms = PARAMETERS.taskWord(task.parametersOf());
        _settleAgreed(request, agreed, roster, seats, opening, salts);
    }

    /// @dev See {IDecoFolds-settleFolded}.
    function settleFolded(
        Request calldata request,
        Fold calldata fold,
        Opening calldata opening,
        bytes32[] calldata salts
    ) external {
        bytes32 taskId = _hash(request);
        uint256[] memory seats = _checkedSeats(taskId, fold);
        _requireCommitted(request, taskId, fold.task, seats.length);
        Agreed memory agreed;
        agreed.taskId = taskId;
        agreed.terms = fold.terms;
        _settleAgreed(request, agreed, fold.roster, seats, opening, salts);
    }

    /// @dev A first round within its reveal window, all of whose seats have committed and none has revealed, of a request that
    /// is final at once.
    function _requireCommitted(Request calldata request, bytes32 taskId, uint256 task, uint256 count) private view {
        if (request.policy != address(0)) revert WrongPolicy(taskId, request.policy);
        if (PanelLib.delayed(request)) revert NotFinalAtOnce(taskId);
        if (task.statusOf() != TaskStatus.Revealing) {
            if (task == 0) revert UnknownTask(taskId);
            revert WrongStatus(taskId, task.statusOf());
        }
        uint256 closesAt = task.revealsCloseAt();
        if (block.timestamp > closesAt) revert RevealWindowClosed(closesAt);
        // The round's commitments are as many as the seats of all rounds: there is one round, and nobody stayed away.
        uint256 committed = task.committedOf();
        if (committed != task.seatsOf() || task.revealedOf() != 0) {
            revert NotAllCommitted(taskId, committed, task.seatsOf());
        }
        if (count != committed) revert RosterIncomplete(count, committed);
    }

    function _settleAgreed(
        Request calldata request,
        Agreed memory agreed,
        uint32[] calldata roster,
        uint256[] memory seats,
        Opening calldata opening,
        bytes32[] calldata salts
    ) private {
        agreed.result = Openings.check(opening, request.volume);
        agreed.weight = _openSeats(agreed, roster, seats, salts);
        // All agree, so the score is one.
        if (seats.length < request.minAgreeing || agreed.weight < request.minWeight) {
            revert ResultNotAccepted(agreed.result, agreed.weight, agreed.weight);
        }
        _tasks[agreed.taskId] = _settledWord(request, agreed.result, seats.length);
        agreed.refund = _payAll(request, agreed, roster, seats);
        _announceAgreed(agreed, seats, opening, salts);
    }

    /// @dev Pays the seats, then ends the task's accounts.
    function _payAll(Request calldata request, Agreed memory agreed, uint32[] calldata roster, uint256[] memory seats)
        private
        returns (uint256 refund)
    {
        Ending memory ending;
        ending.taskId = agreed.taskId;
        ending.rounds = 1;
        ending.accepted = true;
        ending.terms = agreed.terms;
        mapping(uint32 => uint256) storage earnings = _earnings[request.token];
        for (uint256 i = 0; i < seats.length; ++i) {
            // What is left of the seat is for the event.
            seats[i] = _payAgreed(request, earnings, roster[i], seats[i], ending);
        }
        return _closeAccounts(request, ending);
    }

    /// @dev Checks that each seat committed to the result.
    /// @return weight Of all seats, see {Votes}.
    function _openSeats(
        Agreed memory agreed,
        uint32[] calldata roster,
        uint256[] memory seats,
        bytes32[] calldata salts
    ) private pure returns (uint256 weight) {
        if (salts.length != seats.length) revert RosterIncomplete(salts.length, seats.length);
        bytes32 taskId = agreed.taskId;
        bytes32 tag = OpeningLib.tag(taskId, 1, agreed.result);
        uint256 smallest = type(uint8).max;
        for (uint256 i = 0; i < seats.length; ++i) {
            uint256 seat = seats[i];
            bytes24 prefix = bytes24(OpeningLib.commitment(taskId, 1, roster[i], tag, salts[i]));
            if (prefix != SeatLib.valueOf(seat) || SeatLib.statusOf(seat) != SeatStatus.Committed) {
                revert NotAgreed(taskId, roster[i]);
            }
            uint256 trust = SeatLib.trustOf(seat);
            if (trust < smallest) smallest = trust;
        }
        uint256 cap = smallest * agreed.terms.weightCap();
        for (uint256 i = 0; i < seats.length; ++i) {
            uint256 trust = SeatLib.trustOf(seats[i]);
            weight += trust < cap ? trust : cap;
        }
    }

    function _announceAgreed(
        Agreed memory agreed,
        uint256[] memory seats,
        Opening calldata opening,
        bytes32[] calldata salts
    ) private {
        emit IDecoTasks.TaskAgreed(
            agreed.taskId,
            agreed.result,
            opening.digest,
            opening.root,
            agreed.weight,
            agreed.refund,
            msg.sender,
            seats,
            salts,
            opening.document
        );
    }
}
