// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../interfaces/IDecoPanels.sol";
import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Trust} from "../../libraries/Trust.sol";
import {OpeningLib} from "../../types/Opening.sol";
import {Dispute, DisputeKind, DisputeStatus, PanelLib} from "../../types/Panel.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {ProviderWork} from "../../types/Provider.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatOutcome, SeatStatus} from "../../types/Seat.sol";
import {EndReason, Outcome, Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Endings} from "../Endings.sol";
import {Disputes} from "./Disputes.sol";

/// @title Verdicts
/// @notice Ends panels: pays their seats from the dispute's bond, and says what follows.
abstract contract Verdicts is Disputes, Endings {
    using TaskParametersLib for uint256;
    using Trust for ProviderWork;

    /// @dev A panel being ended.
    struct Bench {
        bytes32 panelId;
        /// Packed {TaskParameters}.
        uint256 terms;
        TaskStatus status;
        /// Tag of the decision; zero when there is none.
        bytes24 tag;
        uint256 agreeing;
        /// Seats that get the panel price.
        uint256 payees;
        /// DECO taken out of stakes.
        uint256 slashed;
    }

    /// @dev See {IDecoPanels-decide}.
    function decide(Request calldata request, uint256 index, uint32[] calldata roster, bytes32 decision) external {
        (bytes32 taskId, Dispute storage dispute, bytes32 panelId) = _voting(request, index);
        if (dispute.kind == DisputeKind.Delivery && decision != PanelLib.AVAILABLE && decision != PanelLib.UNAVAILABLE)
        {
            revert InvalidDecision(decision);
        }
        if (decision == 0) revert InvalidDecision(decision);
        Task memory panel = _load(panelId);
        _requireRevealing(panelId, panel);
        if (panel.revealed < panel.committed) {
            uint256 closesAt = uint256(panel.phaseAt) + panel.revealWindow;
            if (block.timestamp <= closesAt) revert RevealWindowOpen(closesAt);
        }
        Bench memory bench = _bench(panelId, panel);
        bench.tag = bytes24(OpeningLib.tag(panelId, 1, decision));
        Seat[] memory seats = _roster(panelId, panel.seats, roster);
        _countHeads(bench, seats);
        if (bench.agreeing * 2 <= panel.committed) revert PanelUndecided(panelId, bench.agreeing, panel.committed);

        _tasks[panelId] = _decidedWord(decision, bench.agreeing);
        _endPanel(request, roster, seats, bench);
        _spend(request, dispute, bench);
        dispute.heads = uint8(bench.agreeing);
        if (dispute.level == 1) dispute.first = decision;
        else dispute.last = decision;
        // Without a challenge window nothing can follow a decision.
        bool last = dispute.level == 2 || request.challengeWindow == 0;
        dispute.status = last ? DisputeStatus.Closed : DisputeStatus.Decided;
        dispute.decidedAt = uint40(block.timestamp);
        emit IDecoPanels.PanelDecided(taskId, panelId, decision, bench.agreeing, panel.committed, msg.sender);
    }

    /// @dev See {IDecoPanels-escalatePanel}.
    function escalatePanel(Request calldata request, uint256 index, uint32[] calldata roster) external {
        (bytes32 taskId, Dispute storage dispute, bytes32 panelId) = _voting(request, index);
        Task memory panel = _load(panelId);
        Bench memory bench = _bench(panelId, panel);
        _requireFailed(request, panelId, panel, bench);
        Seat[] memory seats = _roster(panelId, panel.seats, roster);
        _end(panelId, bench.status == TaskStatus.Open ? EndReason.Unfilled : EndReason.VoteFailed);
        _endPanel(request, roster, seats, bench);
        _spend(request, dispute, bench);
        emit IDecoPanels.PanelFailed(taskId, panelId, bench.status != TaskStatus.Open, msg.sender);

        if (bench.status != TaskStatus.Open && dispute.level == 1) {
            dispute.level = 2;
            _openPanel(request, taskId, index, panel.parameters, 2);
        } else {
            dispute.status = DisputeStatus.Closed;
        }
    }

    function _bench(bytes32 panelId, Task memory panel) private view returns (Bench memory bench) {
        bench.panelId = panelId;
        bench.terms = _terms(panel);
        bench.status = panel.status;
    }

    /// @dev Too few came, or nobody has opened a majority in time.
    function _requireFailed(Request calldata request, bytes32 panelId, Task memory panel, Bench memory bench)
        private
        view
    {
        uint256 closesAt = uint256(panel.openedAt) + request.claimWindow;
        if (panel.status == TaskStatus.Open) {
            if (block.timestamp <= closesAt) revert ClaimWindowOpen(closesAt);
            return;
        }
        _requireRevealing(panelId, panel);
        if (panel.committed == 0) return;
        closesAt = uint256(panel.phaseAt) + panel.revealWindow + bench.terms.settleWindow();
        if (block.timestamp <= closesAt) revert SettleWindowOpen(closesAt);
    }

    function _countHeads(Bench memory bench, Seat[] memory seats) private pure {
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].status == SeatStatus.Revealed && seats[i].value == bench.tag) ++bench.agreeing;
        }
    }

    function _endPanel(Request calldata request, uint32[] calldata roster, Seat[] memory seats, Bench memory bench)
        private
    {
        for (uint256 i = 0; i < seats.length; ++i) {
            _endPanellist(request, roster[i], seats[i], bench);
        }
        _burnStake(bench.slashed, bench.slashed);
    }

    /// @dev Pays, unlocks, slashes one seat. Trust falls for faults against a decision; it never rises: else an appellant
    /// would farm it.
    function _endPanellist(Request calldata request, uint32 provider, Seat memory seat, Bench memory bench) private {
        (SeatOutcome outcome, uint256 slashed) = _panellistEnds(request, seat, bench);
        ProviderWork memory work = _workOf(provider);
        _unlock(provider, work, request.lock, slashed, bench.terms.minIdentityStake() * 1 ether);
        if (bench.tag != 0) {
            if (outcome == SeatOutcome.NoShow) {
                work.lower(bench.terms.noShowStep());
            } else if (outcome == SeatOutcome.Dissented || outcome == SeatOutcome.Withheld) {
                work.lower(bench.terms.dissentStep());
            }
        }
        _storeWork(provider, work);
        uint256 paid;
        if (outcome == SeatOutcome.Agreed || outcome == SeatOutcome.Released) {
            paid = request.panelPrice;
            _earnings[request.token][provider] += paid;
            ++bench.payees;
        }
        bench.slashed += slashed;
        emit IDecoTasks.SeatEnded(bench.panelId, provider, outcome, paid, slashed, work.trust, work.debt);
    }

    /// @dev Without a decision those who revealed, or waited for others in vain, have done their part.
    function _panellistEnds(Request calldata request, Seat memory seat, Bench memory bench)
        private
        pure
        returns (SeatOutcome outcome, uint256 slashed)
    {
        if (bench.status == TaskStatus.Open) return (SeatOutcome.Released, 0);
        if (seat.status != SeatStatus.Revealed) {
            (outcome,, slashed) = _fault(request, bench.terms, seat);
            return (outcome, slashed);
        }
        if (bench.tag == 0) return (SeatOutcome.Released, 0);
        if (seat.value == bench.tag) return (SeatOutcome.Agreed, 0);
        return (SeatOutcome.Dissented, Accounting.shareDown(request.lock, request.dissentBps));
    }

    /// @dev The panel's price and its caller's fee, out of the bond of whoever asked for it; out of the escrow for an audit.
    function _spend(Request calldata request, Dispute storage dispute, Bench memory bench) private {
        uint256 spent = bench.payees * request.panelPrice + request.settlementFee;
        _balances[request.token][msg.sender] += request.settlementFee;
        if (dispute.second != address(0)) dispute.secondSpent += uint128(spent);
        else dispute.spent += uint128(spent);
    }

    function _decidedWord(bytes32 decision, uint256 agreeing) private pure returns (uint256) {
        Outcome memory outcome;
        outcome.status = TaskStatus.Settled;
        outcome.agreeing = uint8(agreeing);
        outcome.result = bytes26(decision);
        return TaskLib.packOutcome(outcome);
    }
}
