// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Dispute, PanelLib} from "../../types/Panel.sol";
import {Request} from "../../types/Request.sol";
import {SeatLib} from "../../types/Seat.sol";
import {Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Disputes} from "./Disputes.sol";

/// @title PanelSeats
/// @notice How panels fill. Commitments and reveals are those of tasks.
abstract contract PanelSeats is Disputes {
    using TaskLib for Task;
    using TaskLib for uint256;

    /// @dev See {IDecoPanels-claimPanel}. Any trust may judge: a minimum would let a requester choose its judges.
    function claimPanel(Request calldata request, uint256 index) external {
        uint32 provider = _caller();
        (bytes32 taskId, Dispute storage dispute, bytes32 panelId) = _voting(request, index);
        uint256 panel = _tasks[panelId];
        if (panel.statusOf() != TaskStatus.Open) revert WrongStatus(panelId, panel.statusOf());
        uint256 closesAt = panel.openedAtOf() + request.claimWindow;
        if (block.timestamp > closesAt) revert ClaimWindowClosed(closesAt);
        _requireFresh(taskId, index, dispute.level, panelId, provider);

        uint256 elapsed = block.timestamp - panel.openedAtOf();
        _checkDrawn(panelId, panel, provider, elapsed, request.claimWindow);
        uint256 trust = _lock(provider, request.lock, 0);
        // Never early: a panel raises nobody's trust.
        _seats[SeatLib.key(panelId, provider)] = SeatLib.taken(1, trust, false, 0);
        panel += TaskLib.ONE_SEAT + TaskLib.ONE_TAKEN;
        if (panel.takenOf() == panel.wantedOf()) panel = panel.inPhase(TaskStatus.Executing, block.timestamp);
        _tasks[panelId] = panel;
        emit IDecoTasks.SeatTaken(panelId, provider, 1, uint8(trust), false, 0);
    }

    /// @dev See {IDecoPanels-reseedPanel}.
    function reseedPanel(Request calldata request, uint256 index) external {
        (,, bytes32 panelId) = _voting(request, index);
        Task memory panel = _load(panelId);
        if (panel.status != TaskStatus.Open) revert WrongStatus(panelId, panel.status);
        uint256 closesAt = uint256(panel.openedAt) + request.claimWindow;
        if (block.timestamp > closesAt) revert ClaimWindowClosed(closesAt);
        if (panel.reseeded) revert AlreadyReseeded(panelId);
        if (!RANDOMNESS.lost(panel.seedBlock)) revert SeedNotLost(panel.seedBlock);
        panel.reseeded = true;
        panel.openedAt = uint32(block.timestamp);
        panel.seedBlock = uint32(block.number + 1);
        _tasks[panelId] = panel.pack();
        emit IDecoTasks.Reseeded(panelId, panel.seedBlock);
    }

    /// @dev Nobody judges its own vote, nor twice in one dispute. The seats of a panel stay after its end for this.
    function _requireFresh(bytes32 taskId, uint256 index, uint256 level, bytes32 panelId, uint32 provider)
        private
        view
    {
        uint256 held = _seats[SeatLib.key(taskId, provider)] | _seats[SeatLib.key(panelId, provider)];
        if (level == 2) held |= _seats[SeatLib.key(PanelLib.id(taskId, index, 1), provider)];
        if (held != 0) revert AlreadySeated(panelId, provider);
    }
}
