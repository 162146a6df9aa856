// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Dispute, DisputeKind, DisputeStatus, PanelLib} from "../../contracts/types/Panel.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {TaskStatus} from "../../contracts/types/Task.sol";
import {Disputes} from "./Disputes.sol";
import {Close} from "./Endings.sol";
import {Due, Model} from "./Model.sol";
import {PanelModel} from "./PanelModel.sol";
import {PanelOf} from "./Seats.sol";
import {Kind} from "./World.sol";

/// @title Panels
/// @notice Who judges, and how: rightly, with the liars, by copying what was accepted, or not at all. And who ends panels.
abstract contract Panels is Disputes {
    // --- judges ---

    function judge(uint256 seed) external {
        uint256 count = _panels.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 id = _panels[(seed % count + i) % count];
            if (_judgeOne(id, seed >> 8) || _sitDown(id, seed >> 8) || _reseedPanel(id)) return;
        }
        _skip();
    }

    function _sitDown(bytes32 id, uint256 seed) private returns (bool) {
        if (!_claimable(id)) return false;
        Model.Draw memory draw = _drawOf(id);
        for (uint256 i = 0; i < _memberCount; ++i) {
            uint32 provider = uint32((seed % _memberCount + i) % _memberCount) + 1;
            if (!_mayTake(id, provider, draw)) continue;
            PanelOf memory panel = _panelOf[id];
            _as(_members[provider].operator);
            try market.claimPanel(_bodies[panel.taskId], panel.index) {}
            catch {
                revert("rule 2: a panel's seat was drawn and refused");
            }
            _seated(id, provider, false, 0);
            return true;
        }
        return false;
    }

    /// @dev One of those who sit and have not voted.
    function _judgeOne(bytes32 id, uint256 seed) private returns (bool) {
        if (!_committable(id)) return false;
        uint32[] storage roster = _rosters[id];
        for (uint256 i = 0; i < roster.length; ++i) {
            uint32 provider = roster[(seed % roster.length + i) % roster.length];
            Kind kind = _kind(provider);
            if (_seats[id][provider].status != SeatStatus.Taken || kind == Kind.NoShows) continue;
            if (kind == Kind.Decliners) _abstainFrom(id, provider, 3);
            else _commitTo(id, provider, _opinion(id, kind));
            return true;
        }
        return false;
    }

    /// @dev Those who abstain from tasks are lazy here: they copy what was accepted.
    function _opinion(bytes32 id, Kind kind) private view returns (bytes32) {
        PanelOf memory panel = _panelOf[id];
        Dispute storage about = _disputes[panel.taskId][panel.index];
        bool right = kind != Kind.Liars;
        if (kind == Kind.Abstainers && about.item != 0) return about.item;
        if (about.kind == DisputeKind.Delivery) {
            bool available = uint256(panel.taskId) % 2 == 0;
            return available == right ? PanelLib.AVAILABLE : PanelLib.UNAVAILABLE;
        }
        if (_bodies[panel.taskId].volume == 1) return _digest(panel.taskId, right);
        // Where liars computed what others did, they lie now.
        if (!right && about.leaf != WRONG_LEAF) return keccak256("a lie");
        return _item(panel.taskId, about.leaf, right);
    }

    function _reseedPanel(bytes32 id) private returns (bool) {
        if (!_seedLost(id)) return false;
        _as(STRANGER);
        market.reseedPanel(_bodies[_panelOf[id].taskId], _panelOf[id].index);
        _reopened(id);
        return true;
    }

    // --- ends of panels ---

    /// @dev Whether more than half of the committed heads said the same, and that was opened.
    function _decide(bytes32 id, address caller) internal returns (bool) {
        if (!_countable(id)) return false;
        (uint32[] memory roster, Seat[] memory seats) = _rosterOf(id);
        bytes32 decision;
        uint256 heads;
        for (uint256 i = 0; i < seats.length && heads * 2 <= _votes[id].committed; ++i) {
            if (seats[i].status != SeatStatus.Revealed) continue;
            (decision, heads) = (_voted[id][roster[i]], 0);
            for (uint256 j = 0; j < seats.length; ++j) {
                if (seats[j].status == SeatStatus.Revealed && seats[j].value == seats[i].value) ++heads;
            }
        }
        if (heads * 2 <= _votes[id].committed) {
            if (decision != 0) _decideInVain(id, roster, decision, caller);
            return false;
        }
        PanelOf memory panel = _panelOf[id];
        _as(caller);
        try market.decide(_bodies[panel.taskId], panel.index, roster, decision) {}
        catch {
            revert("rule 2: a panel has decided, and that was refused");
        }
        _endPanel(id, roster, seats, decision, caller);
        Dispute storage about = _disputes[panel.taskId][panel.index];
        about.heads = uint8(heads);
        if (panel.level == 1) about.first = decision;
        else about.last = decision;
        about.decidedAt = uint40(block.timestamp);
        bool isLast = panel.level == 2 || _bodies[panel.taskId].challengeWindow == 0;
        about.status = isLast ? DisputeStatus.Closed : DisputeStatus.Decided;
        return true;
    }

    function _decideInVain(bytes32 id, uint32[] memory roster, bytes32 decision, address caller) private {
        PanelOf memory panel = _panelOf[id];
        _as(caller);
        try market.decide(_bodies[panel.taskId], panel.index, roster, decision) {
            revert("rule 3: half of a panel has decided");
        } catch (bytes memory reason) {
            if (bytes4(reason) != PanelUndecided.selector) revert("rule 2: decide refused by another error");
        }
    }

    /// @dev Too few came, or no majority was opened in time. Undecided, the first panel is followed by a larger one.
    function _escalatePanel(bytes32 id, address caller) internal returns (bool) {
        bool unfilled = _votes[id].status == TaskStatus.Open;
        if (unfilled ? block.timestamp <= _claimsUntil(id) : !_failed(id)) return false;
        (uint32[] memory roster, Seat[] memory seats) = _rosterOf(id);
        PanelOf memory panel = _panelOf[id];
        _as(caller);
        try market.escalatePanel(_bodies[panel.taskId], panel.index, roster) {}
        catch {
            revert("rule 2: escalatePanel is the only exit, and refused");
        }
        _endPanel(id, roster, seats, 0, caller);
        Dispute storage about = _disputes[panel.taskId][panel.index];
        if (!unfilled && panel.level == 1) {
            about.level = 2;
            _openPanel(panel.taskId, panel.index, 2);
        } else {
            about.status = DisputeStatus.Closed;
        }
        return true;
    }

    /// @dev Judges are paid, and the caller, out of the bond of whoever asked for the panel; out of the escrow for an audit.
    function _endPanel(bytes32 id, uint32[] memory roster, Seat[] memory seats, bytes32 decision, address caller)
        private
    {
        bytes32 taskId = _panelOf[id].taskId;
        Request memory request = _bodies[taskId];
        Close memory close = _closing(taskId, caller, decision != 0);
        bool unfilled = _votes[id].status == TaskStatus.Open;
        for (uint256 i = 0; i < roster.length; ++i) {
            Due memory due = PanelModel.judged(id, request, close.terms, seats[i], decision, unfilled);
            _endSeat(close, roster[i], due);
        }
        _burn(close.slashed);
        _release(request.token, caller, request.settlementFee);
        _compareBalance(request.token, caller, "rule 1: the caller's fee is not that of the request");
        uint256 spent = close.paid + request.settlementFee;
        Dispute storage about = _disputes[taskId][_panelOf[id].index];
        if (about.second != address(0)) about.secondSpent += uint128(spent);
        else about.spent += uint128(spent);
        if (about.kind == DisputeKind.Audit && about.second == address(0)) _escrows[taskId] -= spent;
        _remove(_panels, id);
    }
}
