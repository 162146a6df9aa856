// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Dispute, DisputeStatus} from "../../contracts/types/Panel.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat} from "../../contracts/types/Seat.sol";
import {EndReason, Outcome, TaskStatus} from "../../contracts/types/Task.sol";
import {Close} from "./Endings.sol";
import {Due, Model} from "./Model.sol";
import {Bond, Fate, PanelModel, Pool} from "./PanelModel.sol";
import {Panels} from "./Panels.sol";

/// @title Finals
/// @notice The end of accepted tasks: by what stands after all disputes, and what becomes of every bond.
abstract contract Finals is Panels {
    /// @dev Whoever has time ends what can be ended.
    function close(uint256 seed) external {
        uint256 count = _panels.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 id = _panels[(seed % count + i) % count];
            if (_decide(id, RELAYER) || _escalatePanel(id, RELAYER)) return;
        }
        count = _live.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[(seed % count + i) % count];
            if (_votes[taskId].status != TaskStatus.Accepted) continue;
            if (_audit(taskId, RELAYER) || _finalize(taskId, RELAYER)) return;
        }
        _skip();
    }

    function _finalizable(bytes32 taskId) private view returns (bool) {
        Request storage request = _bodies[taskId];
        uint256 at = _acceptedAt[taskId];
        if (request.challengeWindow != 0 && block.timestamp <= at + request.challengeWindow) return false;
        if (request.deliveryWindow != 0 && block.timestamp <= at + request.deliveryWindow) return false;
        for (uint256 i = 0; i < 10; ++i) {
            Dispute storage about = _disputes[taskId][i];
            if (about.status == DisputeStatus.Voting) return false;
            if (about.status != DisputeStatus.Decided) continue;
            if (block.timestamp <= uint256(about.decidedAt) + request.challengeWindow) return false;
        }
        return _auditOf(taskId) == Audit.None;
    }

    function _finalize(bytes32 taskId, address caller) internal returns (bool) {
        if (!_finalizable(taskId)) return false;
        (uint32[] memory roster, Seat[] memory seats) = _rosterOf(taskId);
        (Fate what, bytes32 replaced) = PanelModel.fate(_disputesOf(taskId), _bodies[taskId].volume > 1);
        bytes32 stands = what == Fate.Replaced ? replaced : _accepted[taskId];
        Due[] memory dues = _dues(taskId, seats, stands, what);
        _as(caller);
        try market.finalize(_bodies[taskId], roster) {}
        catch {
            revert("rule 2: finalize is the only exit, and refused");
        }
        _compareOutcome(taskId, stands, what);
        Close memory closing = _closing(taskId, caller, true);
        closing.awarded = _resolveBonds(taskId, _pool(taskId, seats, what));
        _compareBonds(taskId);
        _end(closing, roster, dues);
        if (what == Fate.Stands || what == Fate.Replaced) _delivers(taskId);
        return true;
    }

    function _dues(bytes32 taskId, Seat[] memory seats, bytes32 stands, Fate what)
        private
        view
        returns (Due[] memory dues)
    {
        Request memory request = _bodies[taskId];
        dues = new Due[](seats.length);
        for (uint256 i = 0; i < seats.length; ++i) {
            dues[i] = PanelModel.finalized(taskId, request, _terms(taskId), seats[i], _accepted[taskId], stands, what);
        }
    }

    function _compareOutcome(bytes32 taskId, bytes32 stands, Fate what) private view {
        Outcome memory outcome = market.getOutcome(taskId);
        if (what == Fate.Stands || what == Fate.Replaced) {
            if (outcome.status != TaskStatus.Settled || outcome.result != bytes26(stands)) {
                revert("rule 3: another result is final than stands");
            }
            return;
        }
        EndReason reason = what == Fate.Voided ? EndReason.Voided : EndReason.Undelivered;
        if (outcome.status != TaskStatus.Ended || outcome.reason != reason) {
            revert("rule 3: a fallen result did not end its task");
        }
    }

    /// @dev What those lose who voted for a result that does not stand.
    function _pool(bytes32 taskId, Seat[] memory seats, Fate what) private view returns (Pool memory pool) {
        pool.rate = _rateAtPost[taskId];
        if (what == Fate.Stands) return pool;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (!Model.agrees(taskId, seats[i], _accepted[taskId])) continue;
            pool.forfeited += Model.price(_bodies[taskId], seats[i]);
            pool.slash += _dissentShare(taskId);
        }
        pool.bounties = pool.slash / 2;
    }

    /// @return awarded DECO that went to those who were right.
    function _resolveBonds(bytes32 taskId, Pool memory pool) private returns (uint256 awarded) {
        uint256 toTreasury;
        for (uint256 i = 0; i < 10; ++i) {
            if (_disputes[taskId][i].status == DisputeStatus.None) continue;
            (Bond memory first, Bond memory second) = PanelModel.bondsOf(_disputes[taskId][i]);
            uint256 lost = PanelModel.leftBy(first) + PanelModel.leftBy(second);
            lost = _resolveBond(taskId, first, lost, pool);
            toTreasury += _resolveBond(taskId, second, lost, pool);
        }
        address paid = _bodies[taskId].token;
        _release(paid, _currentTreasury, toTreasury);
        _escrows[taskId] -= pool.charged;
        return pool.awarded;
    }

    function _resolveBond(bytes32 taskId, Bond memory bond, uint256 lost, Pool memory pool)
        private
        returns (uint256 left)
    {
        uint256 returned;
        uint256 awarded;
        (returned, awarded, left) = PanelModel.resolve(bond, lost, pool);
        if (bond.account == address(0)) return left;
        _release(_bodies[taskId].token, bond.account, returned);
        _balances[address(deco)][bond.account] += awarded;
    }

    /// @dev When everything of the task is booked.
    function _compareBonds(bytes32 taskId) private view {
        address paid = _bodies[taskId].token;
        _compareBalance(paid, APPELLANT, "rule 3: a bond did not end as its dispute");
        _compareBalance(address(deco), APPELLANT, "rule 3: a bounty is not what its dispute earned");
        _compareBalance(paid, SECOND, "rule 3: a bond did not end as its dispute");
        _compareBalance(address(deco), SECOND, "rule 3: a bounty is not what its dispute earned");
    }

    function _disputesOf(bytes32 taskId) private view returns (Dispute[10] memory disputes) {
        for (uint256 i = 0; i < 10; ++i) {
            disputes[i] = _disputes[taskId][i];
        }
    }
}
