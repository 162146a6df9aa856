// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoFolds} from "../../../contracts/interfaces/IDecoFolds.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Fold, SealedCommitment} from "../../../contracts/types/Fold.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {EndReason, Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {FoldFixture} from "../FoldFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract UnfoldTest is FoldFixture {
    function test_RevertWhen_TheTaskIsNotFolded() public {
        Fold memory fold = _openFolded();
        market.unfold(taskId, fold);
        _refused(abi.encodeWithSelector(FoldMismatch.selector, taskId));
        market.unfold(taskId, fold);
    }

    function test_RevertWhen_TheFoldIsAnother() public {
        Fold memory fold = _openFolded();
        ++fold.seats[1];
        _refused(abi.encodeWithSelector(FoldMismatch.selector, taskId));
        market.unfold(taskId, fold);
    }

    function test_WhenNobodyHasCommitted() public {
        Fold memory fold = _openFolded();
        VM.expectEmit(true, false, false, true);
        emit IDecoFolds.TaskUnfolded(taskId);
        _as(STRANGER);
        market.unfold(taskId, fold);
        Task memory task = market.getTask(taskId);
        isTrue(task.status == TaskStatus.Executing, "executing");
        eq(task.taken, 2, "full");
        uint256 state = VM.snapshotState();

        _commit(taskId, ids[0], RIGHT);
        _seatIs(taskId, ids[0], SeatStatus.Committed);
        isTrue(VM.revertToState(state), "back");
        _as(_operator(ids[0]));
        market.decline(request);
        _seatIs(taskId, ids[0], SeatStatus.Declined);
        isTrue(VM.revertToState(state), "back");
        _abstain(taskId, ids[0], 3);
        _seatIs(taskId, ids[0], SeatStatus.Abstained);
    }

    function test_WhenAProviderUnfoldsAndCommitsInOneTransaction() public {
        Fold memory fold = _openFolded();
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoFolds.unfold, (taskId, fold));
        calls[1] = abi.encodeCall(IDecoTasks.commit, (taskId, _commitmentTo(ids[1], RIGHT)));
        _as(_operator(ids[1]));
        Multicall(address(market)).multicall(calls);
        _seatIs(taskId, ids[0], SeatStatus.Taken);
        _seatIs(taskId, ids[1], SeatStatus.Committed);
    }

    function test_WhenAllHaveCommitted() public {
        Fold memory fold = _openFolded();
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        items[1] = _sealedOf(ids[1], WRONG);
        market.commitFolded(taskId, fold, items);
        Fold memory now_ = _committed(fold, RIGHT);
        now_.seats[1] = _committed(fold, WRONG).seats[1];
        market.unfold(taskId, now_);
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], WRONG);
        eq(market.getTask(taskId).revealed, 2, "revealed");
        // One against one: the vote failed, and a further round may judge.
        _voteFails(request);
        _escalate(request);
        eq(market.getTask(taskId).round, 2, "round");
    }

    function test_WhenEverybodyIsSilent() public {
        Fold memory fold = _openFolded();
        uint256 supply = market.pendingBurn();
        _later(uint256(request.commitWindow) + request.revealWindow + Defaults.task().settleWindow + 1);
        VM.startPrank(STRANGER);
        market.unfold(taskId, fold);
        market.escalate(request);
        _later(uint256(request.allocatorWindow) + request.claimWindow + 1);
        market.expire(request, fold.roster);
        VM.stopPrank();
        _isEnded(taskId, EndReason.VoteFailed);
        for (uint256 i = 0; i < 2; ++i) {
            eq(_work(ids[i]).locked, 0, "free");
            eq(_work(ids[i]).liveSeats, 0, "no seat");
        }
        // Each lost the share of a no-show; the requester got its posting fee back out of it.
        eq(market.pendingBurn() - supply, 2 * uint256(LOCK) / 10 - Defaults.POSTING_FEE, "burned");
    }
}
