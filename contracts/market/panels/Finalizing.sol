// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../interfaces/IDecoPanels.sol";
import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {OpeningLib} from "../../types/Opening.sol";
import {Dispute, DisputeKind, DisputeStatus, PanelLib, Verdict} from "../../types/Panel.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatOutcome, SeatStatus} from "../../types/Seat.sol";
import {EndReason, Task} from "../../types/Task.sol";
import {Ending, Fate} from "../Closings.sol";
import {Endings} from "../Endings.sol";
import {Bonds, Spoils} from "./Bonds.sol";
import {Disputes} from "./Disputes.sol";

/// @title Finalizing
/// @notice Ends accepted tasks by what stands after all disputes.
abstract contract Finalizing is Disputes, Endings, Bonds {
    /// @dev What stands.
    struct Standing {
        bytes32 accepted;
        /// The result to be paid for; another than `accepted` when panels replaced it.
        bytes32 result;
        Fate fate;
        /// Panel seats behind a replaced result.
        uint256 heads;
        /// Bit i: seat i of the roster voted for the accepted result.
        uint256 voters;
    }

    /// @dev See {IDecoPanels-finalize}.
    function finalize(Request calldata request, uint32[] calldata roster) external {
        (bytes32 taskId, Task memory task) = _accepted(request);
        Verdict memory verdict = _verdicts[taskId];
        _requireWindowsClosed(request, taskId, task, verdict);
        Dispute[] memory disputes = _ended(request, taskId, verdict);
        Standing memory standing = _standing(request, verdict, disputes);
        Seat[] memory seats = _roster(taskId, task.seats, roster);

        Ending memory ending;
        ending.taskId = taskId;
        // One settlement fee for each round, and one for this call.
        ending.rounds = uint256(task.round) + 1;
        ending.terms = _terms(task);
        ending.accepted = true;
        ending.fate = standing.fate;
        ending.favoured = _judgeSeats(seats, standing, ending);
        _resolveAll(request, verdict, disputes, seats, standing, ending);
        _finish(request, roster, seats, standing, ending);
    }

    function _finish(
        Request calldata request,
        uint32[] calldata roster,
        Seat[] memory seats,
        Standing memory standing,
        Ending memory ending
    ) private {
        bytes32 taskId = ending.taskId;
        if (standing.fate == Fate.Stands) {
            uint256 backing = _count(ending.favoured) + standing.heads;
            _tasks[taskId] = _settledWord(request, standing.result, backing);
            uint256 refund = _close(request, roster, seats, ending);
            bool overturned = standing.result != standing.accepted;
            emit IDecoPanels.TaskFinalized(taskId, standing.result, overturned, refund, msg.sender);
        } else {
            EndReason reason = standing.fate == Fate.Voided ? EndReason.Voided : EndReason.Undelivered;
            _end(taskId, reason);
            uint256 refund = _close(request, roster, seats, ending);
            emit IDecoTasks.TaskEnded(taskId, reason, refund, msg.sender);
        }
    }

    /// @dev What a seat gets: `favoured` are those who voted for what stands, or, when nothing does, for what fell.
    function _verdict(Request calldata request, Ending memory ending, Seat memory seat, bool favoured)
        internal
        pure
        override
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed)
    {
        if (seat.status != SeatStatus.Revealed) return _fault(request, ending.terms, seat);
        uint256 share = Accounting.shareDown(request.lock, request.dissentBps);
        if (ending.fate == Fate.Stands) {
            if (!favoured) return (SeatOutcome.Dissented, 0, share);
            return (SeatOutcome.Agreed, Accounting.priceDown(request.minPrice, request.maxPrice, seat.priceFraction), 0);
        }
        if (favoured) return (ending.fate == Fate.Voided ? SeatOutcome.Dissented : SeatOutcome.Undelivered, 0, share);
        // Who opposed a void bag was not wrong.
        if (ending.fate == Fate.Voided) return (SeatOutcome.Released, 0, 0);
        return (SeatOutcome.Dissented, 0, share);
    }

    function _requireWindowsClosed(Request calldata request, bytes32 taskId, Task memory task, Verdict memory verdict)
        private
        view
    {
        uint256 closesAt = uint256(verdict.acceptedAt) + request.challengeWindow;
        if (request.challengeWindow != 0 && block.timestamp <= closesAt) revert ChallengeWindowOpen(closesAt);
        closesAt = uint256(verdict.acceptedAt) + request.deliveryWindow;
        if (request.deliveryWindow != 0 && block.timestamp <= closesAt) revert DeliveryWindowOpen(closesAt);
        if (request.auditBps == 0 || (verdict.opened >> PanelLib.AUDIT) & 1 == 1) return;
        (bytes32 seed, bool lost) = _auditSeed(task);
        // A seed that is lost twice draws nobody.
        if (lost ? !task.reseeded : _auditDue(request, taskId, verdict, seed)) revert AuditDue(taskId);
    }

    /// @dev All disputes, by index, when none of them can go on.
    function _ended(Request calldata request, bytes32 taskId, Verdict memory verdict)
        private
        view
        returns (Dispute[] memory disputes)
    {
        disputes = new Dispute[](PanelLib.DISPUTES);
        for (uint256 i = 0; i < PanelLib.DISPUTES; ++i) {
            if ((verdict.opened >> i) & 1 == 0) continue;
            Dispute memory dispute = _disputes[taskId][i];
            if (dispute.status == DisputeStatus.Voting) revert WrongDisputeStatus(taskId, i, dispute.status);
            if (dispute.status == DisputeStatus.Decided) {
                uint256 closesAt = uint256(dispute.decidedAt) + request.challengeWindow;
                if (block.timestamp <= closesAt) revert ChallengeWindowOpen(closesAt);
            }
            disputes[i] = dispute;
        }
    }

    /// @dev A wrong result outweighs missing outputs: those who voted for it lose as much.
    function _standing(Request calldata request, Verdict memory verdict, Dispute[] memory disputes)
        private
        pure
        returns (Standing memory standing)
    {
        standing.accepted = verdict.result;
        standing.result = verdict.result;
        for (uint256 i = 0; i <= PanelLib.AUDIT; ++i) {
            if (!PanelLib.overturned(disputes[i])) continue;
            if (request.volume > 1) {
                standing.fate = Fate.Voided;
            } else {
                standing.result = PanelLib.decision(disputes[i]);
                standing.heads = disputes[i].heads;
            }
        }
        bool missing = PanelLib.overturned(disputes[PanelLib.DELIVERY]);
        if (missing && standing.fate == Fate.Stands && standing.result == verdict.result) {
            standing.fate = Fate.Undelivered;
        }
    }

    /// @return favoured See {_verdict}.
    function _judgeSeats(Seat[] memory seats, Standing memory standing, Ending memory ending)
        private
        pure
        returns (uint256 favoured)
    {
        standing.voters = _votersFor(ending.taskId, seats, standing.accepted);
        if (standing.result == standing.accepted) return standing.voters;
        return _votersFor(ending.taskId, seats, standing.result);
    }

    /// @dev Bit i: seat i revealed a tag of the result; each round has its own.
    function _votersFor(bytes32 taskId, Seat[] memory seats, bytes32 result) private pure returns (uint256 voters) {
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].status != SeatStatus.Revealed) continue;
            if (seats[i].value == bytes24(OpeningLib.tag(taskId, seats[i].round, result))) voters |= 1 << i;
        }
    }

    function _resolveAll(
        Request calldata request,
        Verdict memory verdict,
        Dispute[] memory disputes,
        Seat[] memory seats,
        Standing memory standing,
        Ending memory ending
    ) private {
        Spoils memory spoils;
        spoils.lockRate = verdict.lockRate;
        if (standing.fate != Fate.Stands || standing.result != standing.accepted) {
            _convict(request, seats, standing, spoils);
        }
        for (uint256 i = 0; i < PanelLib.DISPUTES; ++i) {
            if (disputes[i].kind != DisputeKind.None) _resolve(request, ending.taskId, i, disputes[i], spoils);
        }
        if (spoils.treasury != 0) _balances[request.token][PARAMETERS.treasury()] += spoils.treasury;
        ending.charged = spoils.charged;
        ending.awarded = spoils.awarded;
    }

    /// @dev What those lose who voted for a result that does not stand.
    function _convict(Request calldata request, Seat[] memory seats, Standing memory standing, Spoils memory spoils)
        private
        pure
    {
        uint256 share = Accounting.shareDown(request.lock, request.dissentBps);
        for (uint256 i = 0; i < seats.length; ++i) {
            if ((standing.voters >> i) & 1 == 0) continue;
            spoils.forfeited += Accounting.priceDown(request.minPrice, request.maxPrice, seats[i].priceFraction);
            spoils.slash += share;
        }
        spoils.bounties = spoils.slash / 2;
    }

    function _count(uint256 bits) private pure returns (uint256 ones) {
        for (; bits != 0; bits &= bits - 1) {
            ++ones;
        }
    }
}
