// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoFolds} from "../../interfaces/IDecoFolds.sol";
import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Fold} from "../../types/Fold.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {ProviderWork} from "../../types/Provider.sol";
import {Request, RequestLib, SeatTerms, SeatTermsLib} from "../../types/Request.sol";
import {Seat, SeatLib, SeatStatus} from "../../types/Seat.sol";
import {EndReason, Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Folds} from "../Folds.sol";
import {Tasks} from "../Tasks.sol";

/// @title SeatExits
/// @notice Ways out before a vote: cancelling, declining, abstaining, and replacing a lost seed.
abstract contract SeatExits is Tasks, Folds {
    using RequestLib for Request;
    using SeatLib for Seat;
    using SeatTermsLib for SeatTerms;
    using TaskLib for Task;
    using TaskLib for uint16;
    using TaskParametersLib for uint256;

    /// @dev Reason codes of abstentions are 1 .. MAX_REASON.
    uint8 internal constant MAX_REASON = 7;

    /// @dev See {IDecoTasks-cancel}.
    function cancel(Request calldata request) external {
        if (msg.sender != request.requester) revert NotRequester(msg.sender, request.requester);
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        if (task.seats != 0) revert SeatsTaken(taskId, task.seats);
        // Without seats to take, provers are at work from the post on.
        if (request.replicas == 0) revert ProofWindowOpen(uint256(task.openedAt) + request.commitWindow);
        uint256 escrow = _escrow(request, _terms(task));
        _end(taskId, EndReason.Cancelled);
        _balances[request.token][request.requester] += escrow;
        emit IDecoTasks.TaskEnded(taskId, EndReason.Cancelled, escrow, msg.sender);
    }

    /// @dev See {IDecoTasks-decline}.
    function decline(Request calldata request) external {
        uint32 provider = _caller();
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        uint256 terms = _terms(task);
        uint256 deadline = request.seats().claimsCloseAt(task.openedAt);
        if (task.status == TaskStatus.Executing) {
            uint256 grace = uint256(task.phaseAt) + terms.declineGrace();
            if (grace < deadline) deadline = grace;
        } else if (task.status != TaskStatus.Open) {
            revert WrongStatus(taskId, task.status);
        }
        if (block.timestamp > deadline) revert DeclineTooLate(deadline);

        bytes32 key = SeatLib.key(taskId, provider);
        Seat memory seat = SeatLib.unpack(_seats[key]);
        if (seat.status != SeatStatus.Taken || seat.round != task.round) {
            revert WrongSeatStatus(taskId, provider, seat.status);
        }
        // The seat is kept as declined, so that it cannot be taken again by the same provider.
        seat.status = SeatStatus.Declined;
        _seats[key] = seat.pack();
        --task.seats;
        --task.taken;
        task.status = TaskStatus.Open;
        task.phaseAt = 0;
        _tasks[taskId] = task.pack();

        uint256 fee = Accounting.shareDown(request.lock, terms.declineBps());
        ProviderWork memory work = _workOf(provider);
        _unlock(provider, work, request.lock, fee, terms.minIdentityStake() * 1 ether);
        _storeWork(provider, work);
        _burnStake(fee, fee);
        emit IDecoTasks.SeatDeclined(taskId, provider, fee);
    }

    /// @dev See {IDecoFolds-unfold}.
    function unfold(bytes32 taskId, Fold calldata fold) external {
        uint256[] memory seats = _checkedSeats(taskId, fold);
        _tasks[taskId] = fold.task;
        for (uint256 i = 0; i < seats.length; ++i) {
            _seats[SeatLib.key(taskId, fold.roster[i])] = seats[i];
        }
        emit IDecoFolds.TaskUnfolded(taskId);
    }

    /// @dev See {IDecoTasks-reseed}.
    function reseed(Request calldata request) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        if (task.status != TaskStatus.Open) revert WrongStatus(taskId, task.status);
        uint256 closesAt = request.seats().claimsCloseAt(task.openedAt);
        if (block.timestamp > closesAt) revert ClaimWindowClosed(closesAt);
        if (task.reseeded) revert AlreadyReseeded(taskId);
        if (!RANDOMNESS.lost(task.seedBlock)) revert SeedNotLost(task.seedBlock);
        task.reseeded = true;
        task.openedAt = uint32(block.timestamp);
        task.seedBlock = uint32(block.number + 1);
        _tasks[taskId] = task.pack();
        emit IDecoTasks.Reseeded(taskId, task.seedBlock);
    }

    /// @dev See {IDecoTasks-abstain}.
    function abstain(bytes32 taskId, uint8 reason) external {
        if (reason == 0 || reason > MAX_REASON) revert InvalidReason(reason);
        uint32 provider = _caller();
        (uint256 word, bytes32 key, uint256 seat) = _ownSeat(taskId, provider);
        _seats[key] = SeatLib.advance(seat, SeatStatus.Abstained, bytes24(uint192(reason)));
        Task memory task = TaskLib.unpack(word + TaskLib.ONE_ABSTAINED);
        task.reasons = task.reasons.countReason(reason);
        _storeVoter(taskId, task.pack());
        emit IDecoTasks.SeatAbstained(taskId, provider, reason);
    }
}
