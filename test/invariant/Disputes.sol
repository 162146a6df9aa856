// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Dispute, DisputeKind, DisputeStatus, PanelLib} from "../../contracts/types/Panel.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {BagTree} from "../contracts/support/BagTree.sol";
import {Owners} from "./Owners.sol";
import {PanelModel} from "./PanelModel.sol";

/// @title Disputes
/// @notice Who says that an accepted result is wrong or missing, rightly or not; and the audit's draw.
abstract contract Disputes is Owners {
    /// @dev Of the draw of an audit.
    enum Audit {
        None,
        Due,
        Lost,
        Unknown
    }

    mapping(bytes32 taskId => mapping(uint256 index => Dispute)) internal _disputes;
    /// @dev Bit i: dispute i was opened.
    mapping(bytes32 taskId => uint256) internal _disputed;

    function dispute(uint256 seed) external {
        uint256 count = _live.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[(seed % count + i) % count];
            if (_votes[taskId].status == TaskStatus.Accepted && _disputeOne(taskId, seed >> 8)) return;
        }
        _skip();
    }

    function _disputeOne(bytes32 taskId, uint256 seed) private returns (bool) {
        uint256 what = seed % 4;
        seed >>= 4;
        if (what == 0 && _claimUndelivered(taskId)) return true;
        if (what == 1 && _appealDecision(taskId)) return true;
        if (what == 2 && _showLeaf(taskId)) return true;
        return _appeal(taskId, seed);
    }

    function _isAcceptedRight(bytes32 taskId) internal view returns (bool) {
        return _accepted[taskId] == _result(taskId, true);
    }

    // --- openings ---

    /// @dev Wrong results always, right ones now and then.
    function _appeal(bytes32 taskId, uint256 seed) private returns (bool) {
        Request storage request = _bodies[taskId];
        if (request.challengeWindow == 0 || block.timestamp > _acceptedAt[taskId] + request.challengeWindow) {
            return false;
        }
        if (_isAcceptedRight(taskId) && seed % 8 != 0) return false;
        uint256 leaf;
        if (request.volume > 1) leaf = (seed >> 4) % 4 == 0 ? (seed >> 8) % VOLUME : WRONG_LEAF;
        uint256 index = _freeIndex(taskId);
        if (index == 8 || _disputeOn(taskId, leaf) != 10) return false;
        bool shows = request.volume > 1 && (seed >> 16) % 2 == 0;
        bytes32 item = shows ? _item(taskId, leaf, _isAcceptedRight(taskId)) : bytes32(0);
        _as(APPELLANT);
        uint256 given = market.appeal(request, leaf, item, shows ? _proof(taskId, leaf) : new bytes32[](0));
        if (given != index) revert("rule 3: an appeal has another's number");
        _openDispute(taskId, index, leaf, APPELLANT, request.volume > 1 ? item : _accepted[taskId]);
        return true;
    }

    function _appealDecision(bytes32 taskId) private returns (bool) {
        for (uint256 i = 0; i < 10; ++i) {
            Dispute storage about = _disputes[taskId][i];
            if (about.status != DisputeStatus.Decided) continue;
            if (block.timestamp > uint256(about.decidedAt) + _bodies[taskId].challengeWindow) continue;
            _as(SECOND);
            market.appealDecision(_bodies[taskId], i);
            about.second = SECOND;
            about.secondBond = uint128(_panelCost(taskId, 2));
            about.level = 2;
            about.status = DisputeStatus.Voting;
            _entrust(_bodies[taskId].token, SECOND, about.secondBond);
            _openPanel(taskId, i, 2);
            return true;
        }
        return false;
    }

    function _claimUndelivered(bytes32 taskId) private returns (bool) {
        Request storage request = _bodies[taskId];
        if (request.deliveryWindow == 0 || block.timestamp > _acceptedAt[taskId] + request.deliveryWindow) {
            return false;
        }
        if ((_disputed[taskId] >> PanelLib.DELIVERY) & 1 == 1) return false;
        _as(request.requester);
        market.undelivered(request);
        _openDispute(taskId, PanelLib.DELIVERY, 0, request.requester, PanelLib.AVAILABLE);
        return true;
    }

    function _showLeaf(bytes32 taskId) private returns (bool) {
        for (uint256 i = 0; i < 9; ++i) {
            Dispute storage about = _disputes[taskId][i];
            if (about.status == DisputeStatus.None || about.item != 0) continue;
            bytes32 item = _item(taskId, about.leaf, _isAcceptedRight(taskId));
            _as(STRANGER);
            market.showLeaf(_bodies[taskId], i, item, _proof(taskId, about.leaf));
            about.item = item;
            return true;
        }
        return false;
    }

    /// @dev Of an item of the accepted bag: its path, then the manifest.
    function _proof(bytes32 taskId, uint256 leaf) internal view returns (bytes32[] memory proof) {
        bool right = _isAcceptedRight(taskId);
        bytes32[] memory path = BagTree.path(_items(taskId, right), leaf);
        proof = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            proof[i] = path[i];
        }
        proof[path.length] = _digest(taskId, right);
    }

    // --- audits ---

    function _auditOf(bytes32 taskId) internal view returns (Audit) {
        uint256 bps = _bodies[taskId].auditBps;
        if (bps == 0 || (_disputed[taskId] >> PanelLib.AUDIT) & 1 == 1) return Audit.None;
        Task storage task = _votes[taskId];
        bytes32 seed = randomness.seed(task.seedBlock);
        if (seed == 0) {
            if (!randomness.lost(task.seedBlock)) return Audit.Unknown;
            // A draw that is lost twice draws nobody.
            return task.reseeded ? Audit.None : Audit.Lost;
        }
        bool drawn = PanelModel.isDrawn(seed, taskId, bps);
        return drawn && _disputeOn(taskId, _auditedLeaf(taskId)) == 10 ? Audit.Due : Audit.None;
    }

    function _auditedLeaf(bytes32 taskId) private view returns (uint256) {
        return PanelModel.leafOf(randomness.seed(_votes[taskId].seedBlock), taskId, _bodies[taskId].volume);
    }

    /// @dev Opens the panel that the draw demands, or draws anew.
    function _audit(bytes32 taskId, address caller) internal returns (bool) {
        Audit state = _auditOf(taskId);
        if (state != Audit.Due && state != Audit.Lost) return false;
        uint256 leaf = state == Audit.Due ? _auditedLeaf(taskId) : 0;
        _as(caller);
        try market.audit(_bodies[taskId]) {}
        catch {
            revert("rule 2: an audit is due, and refused");
        }
        if (state == Audit.Lost) {
            (_votes[taskId].reseeded, _votes[taskId].seedBlock) = (true, uint32(block.number + 1));
        } else {
            bool bag = _bodies[taskId].volume > 1;
            _openDispute(taskId, PanelLib.AUDIT, leaf, address(0), bag ? bytes32(0) : _accepted[taskId]);
        }
        return true;
    }

    // --- by the model ---

    function _openDispute(bytes32 taskId, uint256 index, uint256 leaf, address claimant, bytes32 judged) private {
        Dispute storage about = _disputes[taskId][index];
        about.kind = index == PanelLib.AUDIT
            ? DisputeKind.Audit
            : index == PanelLib.DELIVERY ? DisputeKind.Delivery : DisputeKind.Appeal;
        (about.status, about.level, about.leaf) = (DisputeStatus.Voting, 1, uint24(leaf));
        (about.claimant, about.item) = (claimant, judged);
        about.bond = uint128(_panelCost(taskId, 1));
        _disputed[taskId] |= 1 << index;
        if (claimant != address(0)) _entrust(_bodies[taskId].token, claimant, about.bond);
        _openPanel(taskId, index, 1);
    }

    function _openPanel(bytes32 taskId, uint256 index, uint8 level) internal {
        bytes32 id = PanelModel.panelId(taskId, index, level);
        (_panelOf[id].taskId, _panelOf[id].index, _panelOf[id].level) = (taskId, uint8(index), level);
        TaskParameters memory terms = _terms(taskId);
        _openVote(id, level == 1 ? terms.panelSeats : terms.widePanelSeats, _votes[taskId].parameters);
        _panels.push(id);
    }

    function _freeIndex(bytes32 taskId) private view returns (uint256 index) {
        while (index < 8 && (_disputed[taskId] >> index) & 1 == 1) ++index;
    }

    /// @dev The dispute on a leaf that goes on or was decided; 10 when there is none.
    function _disputeOn(bytes32 taskId, uint256 leaf) private view returns (uint256) {
        for (uint256 i = 0; i < 9; ++i) {
            Dispute storage about = _disputes[taskId][i];
            if (about.status == DisputeStatus.None || about.leaf != leaf) continue;
            if (about.status != DisputeStatus.Closed || about.first | about.last != 0) return i;
        }
        return 10;
    }
}
