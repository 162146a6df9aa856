// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {Accounting} from "../libraries/Accounting.sol";
import {Trust} from "../libraries/Trust.sol";
import {TaskParametersLib} from "../types/Parameters.sol";
import {ProviderWords} from "../types/Provider.sol";
import {Request, RequestLib} from "../types/Request.sol";
import {Royalties} from "../types/Royalties.sol";
import {SeatLib} from "../types/Seat.sol";
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
    /// Packed {TaskParameters}.
    uint256 terms;
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

/// @title Closings
/// @notice Ends a task's accounts, once it is known what its seats are paid: fee, royalties, the requester's refund.
abstract contract Closings is Tasks {
    using ProviderWords for uint256;
    using RequestLib for Request;
    using TaskParametersLib for uint256;
    using Trust for uint256;

    /// @dev Pays and frees a packed seat that agreed with the result.
    /// @param earnings Those in the payment token.
    /// @return ended What events tell of it, from the lowest bit: provider 32, trust afterwards 8, debt 16, paid 96.
    function _payAgreed(
        Request calldata request,
        mapping(uint32 => uint256) storage earnings,
        uint32 provider,
        uint256 seat,
        Ending memory ending
    ) internal returns (uint256 ended) {
        uint256 terms = ending.terms;
        uint256 work = _works[provider].released(request.lock);
        if (SeatLib.earlyOf(seat) && terms.trustMoves()) {
            work = work.raised(terms.agreeStep(), block.timestamp / terms.epoch());
        }
        _works[provider] = work;
        uint256 paid = Accounting.priceDown(request.minPrice, request.maxPrice, SeatLib.fractionOf(seat));
        if (paid != 0) {
            earnings[provider] += paid;
            ending.paid += paid;
        }
        return provider | (work.trustOf() << 32) | (work.debtOf() << 40) | (paid << 56);
    }

    /// @dev Fee, royalties, the requester's refund, the caller's fee: all that follows from what the seats were paid.
    function _closeAccounts(Request calldata request, Ending memory ending) internal returns (uint256 refund) {
        uint256 terms = ending.terms;
        uint256 fee = ending.accepted ? Accounting.shareDown(ending.paid, terms.protocolFeeBps()) : 0;
        if (fee != 0) _balances[request.token][PARAMETERS.treasury()] += fee;
        if (ending.accepted && request.programBps | request.dataBps != 0) {
            fee += _payRoyalties(request.royalties(), ending.taskId, request.token, ending.paid);
        }
        // Each round before the last was opened by a paid `escalate`; `finalize` counts as a round more.
        refund = Accounting.refund(
            _escrow(request, terms) - ending.charged, ending.paid, fee, ending.rounds * request.settlementFee
        );
        if (refund != 0) _balances[request.token][request.requester] += refund;
        if (request.settlementFee != 0) _balances[request.token][msg.sender] += request.settlementFee;
    }

    /// @dev Shares of the prices paid, on top of them, to the owners that the requester named. Credited, never sent: no owner can hold
    /// a settlement up.
    function _payRoyalties(Royalties calldata royalties, bytes32 taskId, address token, uint256 paid)
        internal
        returns (uint256 sum)
    {
        uint256 program = Accounting.shareDown(paid, royalties.programBps);
        uint256 data = Accounting.shareDown(paid, royalties.dataBps);
        _payRoyalty(taskId, token, royalties.programOwner, program);
        _payRoyalty(taskId, token, royalties.dataOwner, data);
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
}
