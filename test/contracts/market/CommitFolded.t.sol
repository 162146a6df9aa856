// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Fold, FoldLib, SealedCommitment} from "../../../contracts/types/Fold.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {FoldFixture} from "../FoldFixture.sol";
import {VM} from "../support/Vm.sol";
import {Keys} from "../support/Wallets.sol";

contract CommitFoldedTest is FoldFixture {
    Fold private fold;

    function setUp() public override {
        super.setUp();
        Fold memory opened = _openFolded();
        fold.task = opened.task;
        fold.terms = opened.terms;
        fold.roster = opened.roster;
        fold.seats = opened.seats;
    }

    function test_RevertWhen_TheTaskIsNotFolded() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        market.unfold(taskId, fold);
        _refuses(fold, items, abi.encodeWithSelector(FoldMismatch.selector, taskId));
        taskId = RIGHT;
        _refuses(fold, items, abi.encodeWithSelector(FoldMismatch.selector, taskId));
    }

    function test_RevertWhen_TheFoldIsAnother() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        bytes memory reason = abi.encodeWithSelector(FoldMismatch.selector, taskId);
        for (uint256 part = 0; part < 5; ++part) {
            Fold memory other = abi.decode(abi.encode(fold), (Fold));
            if (part == 0) ++other.task;
            if (part == 1) ++other.terms;
            if (part == 2) other.roster[1] = ids[4];
            if (part == 3) ++other.seats[0];
            if (part == 4) other.roster = _one(0);
            _refuses(other, items, reason);
        }
    }

    function test_RevertWhen_TheCommitmentsWereBroughtBefore() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        Fold memory now_ = _commitFolded(fold, RIGHT);
        _refuses(fold, items, abi.encodeWithSelector(FoldMismatch.selector, taskId));
        _refuses(now_, items, abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Revealing));
    }

    function test_RevertWhen_TheCommitWindowHasPassed() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        uint256 closesAt = block.timestamp + request.commitWindow;
        VM.warp(closesAt + 1);
        _refuses(fold, items, abi.encodeWithSelector(CommitWindowClosed.selector, closesAt));
        VM.warp(closesAt);
        market.commitFolded(taskId, fold, items);
    }

    function test_RevertWhen_ACommitmentIsMissing() public {
        _refuses(fold, _sealed(_one(0), RIGHT), abi.encodeWithSelector(RosterIncomplete.selector, 1, 2));
    }

    function test_RevertWhen_ACommitmentIsEmpty() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        items[1].commitment = bytes32(uint256(1));
        _refuses(fold, items, abi.encodeWithSelector(EmptyCommitment.selector));
    }

    function test_RevertWhen_AnotherKeySigned() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        (items[1].r, items[1].vs) = _signCommitment(_key(ids[2]), items[1].commitment);
        _refuses(fold, items, abi.encodeWithSelector(InvalidSignature.selector, _operator(ids[1])));
    }

    function test_RevertWhen_TheSignatureIsOfAnotherCommitmentRoundTaskOrMarket() public {
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, _operator(ids[0]));
        for (uint256 other = 0; other < 4; ++other) {
            SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
            bytes32 commitment = items[0].commitment;
            bytes32 structHash =
                FoldLib.structHash(other == 0 ? RIGHT : taskId, other == 1 ? 2 : 1, other == 2 ? WRONG : commitment);
            bytes32 separator = other == 3 ? WRONG : market.domainSeparator();
            bytes32 digest = keccak256(abi.encodePacked(hex"1901", separator, structHash));
            (items[0].r, items[0].vs) = Keys.signShort(_key(ids[0]), digest);
            _refuses(fold, items, reason);
        }
    }

    function test_WhenAllIsWell() public {
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        for (uint256 i = 0; i < 2; ++i) {
            VM.expectEmit(true, true, false, true);
            emit IDecoTasks.Committed(taskId, ids[i], items[i].commitment);
        }
        Fold memory now_ = _commitFolded(fold, RIGHT);
        market.unfold(taskId, now_);
        Task memory task = market.getTask(taskId);
        isTrue(task.status == TaskStatus.Revealing, "revealing");
        eq(task.committed, 2, "committed");
        eq(task.phaseAt, block.timestamp, "since now");
        _revealOne(taskId, ids[0], RIGHT);
    }

    function _refuses(Fold memory given, SealedCommitment[] memory items, bytes memory reason) private {
        _refused(reason);
        market.commitFolded(taskId, given, items);
    }
}
