// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IDecoPanels} from "../../interfaces/IDecoPanels.sol";
import {Dispute, DisputeStatus, PanelLib, Verdict} from "../../types/Panel.sol";
import {Request} from "../../types/Request.sol";
import {Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Drawing} from "../Drawing.sol";

/// @title Disputes
/// @notice What every call about an accepted result reads, and how a panel opens.
abstract contract Disputes is Drawing {
    using TaskLib for Task;
    using TaskLib for uint256;

    function _accepted(Request calldata request) internal view returns (bytes32 taskId, Task memory task) {
        taskId = _hash(request);
        task = _load(taskId);
        if (task.status != TaskStatus.Accepted) revert WrongStatus(taskId, task.status);
    }

    function _dispute(bytes32 taskId, uint256 index, DisputeStatus status)
        internal
        view
        returns (Dispute storage dispute)
    {
        dispute = _disputes[taskId][index];
        if (dispute.status != status) revert WrongDisputeStatus(taskId, index, dispute.status);
    }

    /// @dev A dispute whose panel is open, and that panel.
    function _voting(Request calldata request, uint256 index)
        internal
        view
        returns (bytes32 taskId, Dispute storage dispute, bytes32 panelId)
    {
        taskId = _hash(request);
        dispute = _dispute(taskId, index, DisputeStatus.Voting);
        panelId = PanelLib.id(taskId, index, dispute.level);
    }

    /// @dev The dispute on a leaf that is live or was decided; {PanelLib.DISPUTES} when there is none.
    function _disputeOn(bytes32 taskId, uint256 opened, uint256 leaf) internal view returns (uint256 index) {
        for (index = 0; index <= PanelLib.AUDIT; ++index) {
            if ((opened >> index) & 1 == 0) continue;
            Dispute storage dispute = _disputes[taskId][index];
            if (dispute.leaf != leaf) continue;
            if (dispute.status != DisputeStatus.Closed || dispute.first | dispute.last != 0) return index;
        }
        return PanelLib.DISPUTES;
    }

    /// @dev Opens the panel of the dispute's level: a round of its own id, drawn among stake that was active before now.
    function _openPanel(Request calldata request, bytes32 taskId, uint256 index, uint16 version, uint256 level)
        internal
    {
        uint256 terms = PARAMETERS.taskWord(version);
        bytes32 panelId = PanelLib.id(taskId, index, level);
        Task memory panel;
        panel.status = TaskStatus.Open;
        panel.round = 1;
        panel.wanted = uint8(PanelLib.seatsOf(terms, level));
        panel.parameters = version;
        panel.postedAt = uint32(block.timestamp);
        panel.openedAt = panel.postedAt;
        panel.commitWindow = request.commitWindow;
        panel.revealWindow = request.revealWindow;
        panel.seedBlock = uint32(block.number + 1);
        panel.totalStake = uint64((uint256(_totalStake) + MILLI - 1) / MILLI);
        _tasks[panelId] = panel.pack();
        emit IDecoPanels.PanelOpened(taskId, panelId, uint8(index), uint8(level), panel.wanted, panel.seedBlock);
    }

    /// @dev Whether `item` is the accepted result of `leaf`. The manifest's digest ends the proof.
    function _checkLeaf(bytes32 taskId, bytes32 result, uint256 leaf, bytes32 item, bytes32[] calldata proof)
        internal
        pure
    {
        if (proof.length != 0) {
            uint256 last = proof.length - 1;
            bytes32 hashed = keccak256(bytes.concat(keccak256(abi.encode(leaf, item))));
            bytes32 root = MerkleProof.processProofCalldata(proof[:last], hashed);
            if (keccak256(abi.encode(root, proof[last])) == result) return;
        }
        revert LeafMismatch(taskId, leaf, item);
    }

    /// @dev Seed of an audit's draw; zero with `lost` when it will never be known.
    function _auditSeed(Task memory task) internal view returns (bytes32 seed, bool lost) {
        seed = RANDOMNESS.seed(task.seedBlock);
        if (seed != 0) return (seed, false);
        lost = RANDOMNESS.lost(task.seedBlock);
        if (!lost) revert SeedUnknown(task.seedBlock);
    }

    /// @dev Whether the audit's draw sends the task to a panel that nothing else has spared.
    function _auditDue(Request calldata request, bytes32 taskId, Verdict memory verdict, bytes32 seed)
        internal
        view
        returns (bool)
    {
        if (!PanelLib.drawn(seed, taskId, request.auditBps)) return false;
        uint256 leaf = PanelLib.auditedLeaf(seed, taskId, request.volume);
        return _disputeOn(taskId, verdict.opened, leaf) == PanelLib.DISPUTES;
    }
}
