// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {Accounting} from "../libraries/Accounting.sol";
import {Trust} from "../libraries/Trust.sol";
import {TaskParameters} from "../types/Parameters.sol";
import {ProviderWords, ProviderWork} from "../types/Provider.sol";
import {Request} from "../types/Request.sol";
import {Seat, SeatLib, SeatOutcome, SeatStatus} from "../types/Seat.sol";
import {Outcome, TaskLib, TaskStatus} from "../types/Task.sol";
import {Tasks} from "./Tasks.sol";

/// @dev What panels made of an accepted result.
enum Fate {
    Stands,
    /// A leaf of the bag is wrong or absent.
    Voided,
    Undelivered
}

/// @dev A task being ended: what was decided, then what it has paid and slashed so far.
struct Ending {
    bytes32 taskId;
    uint256 rounds;
    TaskParameters terms;
    /// Whether a result was accepted.
    bool accepted;
    /// Bit i: seat i of the roster agrees with it, or, when none was, is consoled.
    uint256 favoured;
    /// Round whose seats were never asked to work; zero when there is none.
    uint256 releasedRound;
    /// Base units of the payment token credited to replicas.
    uint256 paid;
    /// DECO taken out of stakes.
    uint256 slashed;
    /// Part of it from seats that never committed.
    uint256 noShow;
    /// What became of the accepted result.
    Fate fate;
    /// Base units of the payment token that disputes took out of the escrow.
    uint256 charged;
    /// DECO that whoever mended the harm gets out of the slashes.
    uint256 awarded;
    /// Whether somebody else proved what the seat did not.
    bool rescued;
}

/// @title Endings
/// @notice Ends every seat of a task, then the task: pays, unlocks, slashes, moves trust, refunds. What each seat gets is the
/// verdict of the module that ends the task.
abstract contract Endings is Tasks {
    using ProviderWords for uint256;
    using ProviderWords for ProviderWork;
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
    function _fault(Request calldata request, TaskParameters memory terms, Seat memory seat)
        internal
        pure
        returns (SeatOutcome, uint256, uint256)
    {
        if (seat.status == SeatStatus.Committed) return (SeatOutcome.Withheld, 0, request.lock);
        if (seat.status == SeatStatus.Abstained) {
            return (SeatOutcome.Abstained, 0, Accounting.shareDown(request.lock, terms.declineBps));
        }
        return (SeatOutcome.NoShow, 0, Accounting.shareDown(request.lock, terms.noShowBps));
    }

    /// @dev Pays, unlocks, slashes and moves trust for one seat, and forgets it.
    function _endSeat(Request calldata request, uint32 provider, Seat memory seat, bool favoured, Ending memory ending)
        private
    {
        (SeatOutcome outcome, uint256 paid, uint256 slashed) = _verdict(request, ending, seat, favoured);
        ProviderWork memory work = _works[provider].unpackWork();
        _unlock(provider, work, request.lock, slashed, uint256(ending.terms.minIdentityStake) * 1 ether);
        if (ending.accepted) _moveTrust(work, ending.terms, seat, outcome);
        _works[provider] = work.pack();
        delete _seats[SeatLib.key(ending.taskId, provider)];
        if (paid != 0) {
            _earnings[request.token][provider] += paid;
            ending.paid += paid;
        }
        ending.slashed += slashed;
        if (outcome == SeatOutcome.NoShow) ending.noShow += slashed;
        emit IDecoTasks.SeatEnded(ending.taskId, provider, outcome, paid, slashed, work.trust, work.debt);
    }

    function _moveTrust(ProviderWork memory work, TaskParameters memory terms, Seat memory seat, SeatOutcome outcome)
        private
        view
    {
        if (outcome == SeatOutcome.Agreed) {
            if (seat.early && terms.trustMoves) work.raise(terms.agreeStep, block.timestamp / terms.epoch);
        } else if (
            outcome == SeatOutcome.Dissented || outcome == SeatOutcome.Withheld || outcome == SeatOutcome.Undelivered
        ) {
            work.lower(terms.dissentStep);
        } else if (outcome == SeatOutcome.NoShow) {
            work.lower(terms.noShowStep);
        }
    }

    /// @dev Ends every seat, books slashes, compensates and refunds the requester, pays the caller.
    function _close(Request calldata request, uint32[] calldata roster, Seat[] memory seats, Ending memory ending)
        internal
        returns (uint256 refund)
    {
        for (uint256 i = 0; i < seats.length; ++i) {
            _endSeat(request, roster[i], seats[i], (ending.favoured >> i) & 1 == 1, ending);
        }
        TaskParameters memory terms = ending.terms;
        _bookSlashes(request.requester, ending);
        uint256 fee = ending.accepted ? Accounting.shareDown(ending.paid, terms.protocolFeeBps) : 0;
        if (fee != 0) _balances[request.token][PARAMETERS.treasury()] += fee;
        if (ending.accepted && request.programBps | request.dataBps != 0) fee += _payRoyalties(request, ending);
        // Each round before the last was opened by a paid `escalate`; `finalize` counts as a round more.
        refund = Accounting.refund(
            _escrow(request, terms) - ending.charged, ending.paid, fee, ending.rounds * request.settlementFee
        );
        if (refund != 0) _balances[request.token][request.requester] += refund;
        if (request.settlementFee != 0) _balances[request.token][msg.sender] += request.settlementFee;
    }

    /// @dev Shares of the prices paid, on top of them, to the owners that the requester named. Credited, never sent: no owner can hold
    /// a settlement up.
    function _payRoyalties(Request calldata request, Ending memory ending) private returns (uint256 sum) {
        uint256 program = Accounting.shareDown(ending.paid, request.programBps);
        uint256 data = Accounting.shareDown(ending.paid, request.dataBps);
        _payRoyalty(ending.taskId, request.token, request.programOwner, program);
        _payRoyalty(ending.taskId, request.token, request.dataOwner, data);
        return program + data;
    }

    function _payRoyalty(bytes32 taskId, address token, address owner, uint256 amount) private {
        if (amount == 0) return;
        _balances[token][owner] += amount;
        emit IDecoTasks.RoyaltyPaid(taskId, owner, amount);
    }

    /// @dev The word that stays of a task whose result is final.
    function _settledWord(Request calldata request, bytes32 result, uint256 agreeing) internal pure returns (uint256) {
        uint256 budget = agreeing * Accounting.shareDown(request.lock, request.dissentBps) / 1 ether;
        Outcome memory outcome;
        outcome.status = TaskStatus.Settled;
        outcome.agreeing = uint8(agreeing);
        outcome.proven = request.policy != address(0);
        outcome.bag = request.volume > 1;
        outcome.securityBudget = budget > type(uint32).max ? type(uint32).max : uint32(budget);
        outcome.result = bytes26(result);
        return TaskLib.packOutcome(outcome);
    }

    function _bookSlashes(address requester, Ending memory ending) private {
        if (ending.slashed == 0) return;
        uint256 postingFee = uint256(ending.terms.postingFee) * MILLI;
        uint256 left = ending.slashed - ending.awarded;
        uint256 compensation = Accounting.compensation(ending.noShow < left ? ending.noShow : left, postingFee);
        _burnStake(ending.slashed, left - compensation);
        if (compensation == 0) return;
        _balances[DECO][requester] += compensation;
        emit IDecoTasks.RequesterCompensated(ending.taskId, requester, compensation);
    }
}
