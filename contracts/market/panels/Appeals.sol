// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../interfaces/IDecoPanels.sol";
import {Dispute, DisputeKind, DisputeStatus, PanelLib, Verdict} from "../../types/Panel.sol";
import {Request} from "../../types/Request.sol";
import {Task, TaskLib} from "../../types/Task.sol";
import {Funds} from "../Funds.sol";
import {Disputes} from "./Disputes.sol";

/// @title Appeals
/// @notice Opens disputes: by an appellant, by the requester whose outputs are missing, by the audit's draw.
abstract contract Appeals is Funds, Disputes {
    using TaskLib for Task;

    /// @dev See {IDecoPanels-appeal}.
    function appeal(Request calldata request, uint256 leaf, bytes32 item, bytes32[] calldata proof)
        external
        nonReentrant
        returns (uint256 index)
    {
        (bytes32 taskId, Task memory task) = _accepted(request);
        uint256 closesAt = uint256(_verdicts[taskId].acceptedAt) + request.challengeWindow;
        if (request.challengeWindow == 0 || block.timestamp > closesAt) revert ChallengeWindowClosed(closesAt);
        bytes32 judged = _judged(request, taskId, leaf, item, proof);
        index = _freeIndex(taskId, leaf);
        _open(request, taskId, task, index, leaf, judged);
        _take(request.token, _disputes[taskId][index].bond);
    }

    /// @dev See {IDecoPanels-appealDecision}.
    function appealDecision(Request calldata request, uint256 index) external nonReentrant {
        (bytes32 taskId, Task memory task) = _accepted(request);
        Dispute storage dispute = _dispute(taskId, index, DisputeStatus.Decided);
        uint256 closesAt = uint256(dispute.decidedAt) + request.challengeWindow;
        if (block.timestamp > closesAt) revert ChallengeWindowClosed(closesAt);
        uint256 bond = PanelLib.cost(request, _terms(task), 2);
        dispute.second = msg.sender;
        dispute.secondBond = uint128(bond);
        dispute.level = 2;
        dispute.status = DisputeStatus.Voting;
        emit IDecoPanels.DecisionAppealed(taskId, uint8(index), msg.sender, bond);
        _openPanel(request, taskId, index, task.parameters, 2);
        _take(request.token, bond);
    }

    /// @dev See {IDecoPanels-undelivered}.
    function undelivered(Request calldata request) external nonReentrant {
        if (msg.sender != request.requester) revert NotRequester(msg.sender, request.requester);
        (bytes32 taskId, Task memory task) = _accepted(request);
        Verdict storage verdict = _verdicts[taskId];
        uint256 closesAt = uint256(verdict.acceptedAt) + request.deliveryWindow;
        if (request.deliveryWindow == 0 || block.timestamp > closesAt) revert DeliveryWindowClosed(closesAt);
        if ((verdict.opened >> PanelLib.DELIVERY) & 1 == 1) revert AlreadyClaimedUndelivered(taskId);
        _open(request, taskId, task, PanelLib.DELIVERY, 0, PanelLib.AVAILABLE);
        _take(request.token, _disputes[taskId][PanelLib.DELIVERY].bond);
    }

    /// @dev See {IDecoPanels-audit}.
    function audit(Request calldata request) external {
        (bytes32 taskId, Task memory task) = _accepted(request);
        Verdict memory verdict = _verdicts[taskId];
        if (request.auditBps == 0 || (verdict.opened >> PanelLib.AUDIT) & 1 == 1) revert NoAuditDue(taskId);
        (bytes32 seed, bool lost) = _auditSeed(task);
        if (lost) {
            if (task.reseeded) revert AlreadyReseeded(taskId);
            task.reseeded = true;
            task.seedBlock = uint32(block.number + 1);
            _tasks[taskId] = task.pack();
            emit IDecoPanels.AuditReseeded(taskId, task.seedBlock);
            return;
        }
        if (!_auditDue(request, taskId, verdict, seed)) revert NotDrawnForAudit(taskId);
        uint256 leaf = PanelLib.auditedLeaf(seed, taskId, request.volume);
        bytes32 judged = request.volume == 1 ? verdict.result : bytes32(0);
        _open(request, taskId, task, PanelLib.AUDIT, leaf, judged);
    }

    /// @dev See {IDecoPanels-showLeaf}.
    function showLeaf(Request calldata request, uint256 index, bytes32 item, bytes32[] calldata proof) external {
        (bytes32 taskId,) = _accepted(request);
        Dispute storage dispute = _disputes[taskId][index];
        if (dispute.status == DisputeStatus.None || dispute.item != 0) {
            revert WrongDisputeStatus(taskId, index, dispute.status);
        }
        _checkLeaf(taskId, _verdicts[taskId].result, dispute.leaf, item, proof);
        dispute.item = item;
        emit IDecoPanels.LeafShown(taskId, uint8(index), item);
    }

    /// @dev Number of the next appeal, over a leaf that no other dispute has settled or will.
    function _freeIndex(bytes32 taskId, uint256 leaf) private view returns (uint256 index) {
        uint256 opened = _verdicts[taskId].opened;
        uint256 same = _disputeOn(taskId, opened, leaf);
        if (same != PanelLib.DISPUTES) revert LeafDisputed(taskId, leaf, same);
        while ((opened >> index) & 1 == 1) ++index;
        if (index >= PanelLib.MAX_APPEALS) revert TooManyAppeals(taskId, PanelLib.MAX_APPEALS);
    }

    /// @dev What an appeal sends to judgement.
    function _judged(Request calldata request, bytes32 taskId, uint256 leaf, bytes32 item, bytes32[] calldata proof)
        private
        view
        returns (bytes32)
    {
        if (leaf >= request.volume) revert FieldOutOfRange("leaf", leaf, 0, request.volume - 1);
        bytes32 result = _verdicts[taskId].result;
        bool single = request.volume == 1;
        if (item == 0 || single) {
            if (item != 0 || proof.length != 0) revert LeafMismatch(taskId, leaf, item);
            return single ? result : bytes32(0);
        }
        _checkLeaf(taskId, result, leaf, item, proof);
        return item;
    }

    /// @dev The caller takes the bond afterwards: a token's hook then finds the dispute open.
    function _open(
        Request calldata request,
        bytes32 taskId,
        Task memory task,
        uint256 index,
        uint256 leaf,
        bytes32 judged
    ) private {
        DisputeKind kind = index == PanelLib.AUDIT
            ? DisputeKind.Audit
            : index == PanelLib.DELIVERY ? DisputeKind.Delivery : DisputeKind.Appeal;
        address claimant = kind == DisputeKind.Audit ? address(0) : msg.sender;
        uint256 bond = PanelLib.cost(request, _terms(task), 1);
        _verdicts[taskId].opened |= uint16(1 << index);
        Dispute storage dispute = _disputes[taskId][index];
        dispute.kind = kind;
        dispute.status = DisputeStatus.Voting;
        dispute.level = 1;
        dispute.leaf = uint24(leaf);
        dispute.claimant = claimant;
        dispute.bond = uint128(bond);
        dispute.item = judged;
        emit IDecoPanels.DisputeOpened(taskId, uint8(index), kind, uint32(leaf), claimant, bond);
        _openPanel(request, taskId, index, task.parameters, 1);
    }
}
