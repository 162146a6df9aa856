// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {Accounting} from "../libraries/Accounting.sol";
import {Trust} from "../libraries/Trust.sol";
import {TaskParametersLib} from "../types/Parameters.sol";
import {ProviderWork} from "../types/Provider.sol";
import {Request} from "../types/Request.sol";
import {Seat, SeatLib, SeatOutcome, SeatStatus} from "../types/Seat.sol";
import {Closings, Ending} from "./Closings.sol";

/// @title Endings
/// @notice Ends every seat of a task, then the task: pays, unlocks, slashes, moves trust, refunds. What each seat gets is the
/// verdict of the module that ends the task.
abstract contract Endings is Closings {
    using TaskParametersLib for uint256;
    using Trust for ProviderWork;

    /// @dev What one seat is paid and what it loses.
    function _verdict(Request calldata request, Ending memory ending, Seat memory seat, bool favoured)
        internal
        pure
        virtual
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed);

    /// @dev Every seat of the task, once: ids ascend, each has a seat, and there are as many as were taken.
    function _roster(bytes32 taskId, uint256 expected, uint32[] calldata roster)
        internal
        view
        returns (Seat[] memory seats)
    {
        if (roster.length != expected) revert RosterIncomplete(roster.length, expected);
        seats = new Seat[](expected);
        uint256 previous;
        for (uint256 i = 0; i < expected; ++i) {
            uint32 provider = roster[i];
            if (provider <= previous) revert InvalidRoster(i);
            previous = provider;
            Seat memory seat = SeatLib.unpack(_seats[SeatLib.key(taskId, provider)]);
            if (seat.status == SeatStatus.None || seat.status == SeatStatus.Declined) revert InvalidRoster(i);
            seats[i] = seat;
        }
    }

    /// @dev Seats that did not reveal.
    function _fault(Request calldata request, uint256 terms, Seat memory seat)
        internal
        pure
        returns (SeatOutcome, uint256, uint256)
    {
        if (seat.status == SeatStatus.Committed) return (SeatOutcome.Withheld, 0, request.lock);
        if (seat.status == SeatStatus.Abstained) {
            return (SeatOutcome.Abstained, 0, Accounting.shareDown(request.lock, terms.declineBps()));
        }
        return (SeatOutcome.NoShow, 0, Accounting.shareDown(request.lock, terms.noShowBps()));
    }

    /// @dev Pays, unlocks, slashes and moves trust for one seat, and forgets it.
    function _endSeat(Request calldata request, uint32 provider, Seat memory seat, bool favoured, Ending memory ending)
        private
    {
        (SeatOutcome outcome, uint256 paid, uint256 slashed) = _verdict(request, ending, seat, favoured);
        ProviderWork memory work = _workOf(provider);
        _unlock(provider, work, request.lock, slashed, ending.terms.minIdentityStake() * 1 ether);
        if (ending.accepted) _moveTrust(work, ending.terms, seat, outcome);
        _storeWork(provider, work);
        delete _seats[SeatLib.key(ending.taskId, provider)];
        if (paid != 0) {
            _earnings[request.token][provider] += paid;
            ending.paid += paid;
        }
        ending.slashed += slashed;
        if (outcome == SeatOutcome.NoShow) ending.noShow += slashed;
        emit IDecoTasks.SeatEnded(ending.taskId, provider, outcome, paid, slashed, work.trust, work.debt);
    }

    function _moveTrust(ProviderWork memory work, uint256 terms, Seat memory seat, SeatOutcome outcome) private view {
        if (outcome == SeatOutcome.Agreed) {
            if (seat.early && terms.trustMoves()) work.raise(terms.agreeStep(), block.timestamp / terms.epoch());
        } else if (
            outcome == SeatOutcome.Dissented || outcome == SeatOutcome.Withheld || outcome == SeatOutcome.Undelivered
        ) {
            work.lower(terms.dissentStep());
        } else if (outcome == SeatOutcome.NoShow) {
            work.lower(terms.noShowStep());
        }
    }

    /// @dev Ends every seat, then the task's accounts.
    function _close(Request calldata request, uint32[] calldata roster, Seat[] memory seats, Ending memory ending)
        internal
        returns (uint256 refund)
    {
        for (uint256 i = 0; i < seats.length; ++i) {
            _endSeat(request, roster[i], seats[i], (ending.favoured >> i) & 1 == 1, ending);
        }
        _bookSlashes(request.requester, ending);
        return _closeAccounts(request, ending);
    }

    function _bookSlashes(address requester, Ending memory ending) private {
        if (ending.slashed == 0) return;
        uint256 postingFee = ending.terms.postingFee() * MILLI;
        uint256 left = ending.slashed - ending.awarded;
        uint256 compensation = Accounting.compensation(ending.noShow < left ? ending.noShow : left, postingFee);
        _burnStake(ending.slashed, left - compensation);
        if (compensation == 0) return;
        _balances[DECO][requester] += compensation;
        emit IDecoTasks.RequesterCompensated(ending.taskId, requester, compensation);
    }
}
