// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {FoldLib, SignedCommitment} from "../../../contracts/types/Fold.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {FoldFixture} from "../FoldFixture.sol";
import {VM} from "../support/Vm.sol";
import {Keys} from "../support/Wallets.sol";

contract CommitSignedTest is FoldFixture {
    function setUp() public override {
        super.setUp();
        request = _request();
        taskId = _post(request);
        _drawAll(request, taskId);
    }

    function test_RevertWhen_ThereAreMoreThan64Items() public {
        _refused(abi.encodeWithSelector(TooManyCommitments.selector, 65, 64));
        market.commitSigned(new SignedCommitment[](65));
        _nothing(new SignedCommitment[](64), CommitRefusal.WrongStatus);
    }

    function test_RevertWhen_ThereIsNone() public {
        _nothing(new SignedCommitment[](0), CommitRefusal.None);
    }

    function test_RevertWhen_TheRoundIsNotFull() public {
        _claim(request, ids[0]);
        _nothing(_signedOf(_one(0), RIGHT), CommitRefusal.WrongStatus);
    }

    function test_RevertWhen_TheCommitWindowHasPassed() public {
        _fill(request, taskId, _three());
        SignedCommitment[] memory items = _signedOf(_three(), RIGHT);
        VM.warp(block.timestamp + request.commitWindow + 1);
        _nothing(items, CommitRefusal.WindowClosed);
        VM.warp(block.timestamp - 1);
        market.commitSigned(items);
    }

    function test_RevertWhen_TheProviderHasNoSeat() public {
        _fill(request, taskId, _three());
        _nothing(_signedOf(_one(4), RIGHT), CommitRefusal.NotSeated);
    }

    function test_RevertWhen_TheSeatHasCommitted() public {
        _fill(request, taskId, _three());
        _commit(taskId, ids[0], RIGHT);
        _nothing(_signedOf(_one(0), WRONG), CommitRefusal.NotSeated);
    }

    function test_RevertWhen_TheCommitmentIsEmpty() public {
        _fill(request, taskId, _three());
        SignedCommitment[] memory items = _signedOf(_one(0), RIGHT);
        items[0].commitment = bytes32(uint256(1));
        (items[0].r, items[0].vs) = _signCommitment(_key(ids[0]), items[0].commitment);
        _nothing(items, CommitRefusal.EmptyCommitment);
    }

    function test_RevertWhen_AnotherKeySigned() public {
        _fill(request, taskId, _three());
        SignedCommitment[] memory items = _signedOf(_one(0), RIGHT);
        (items[0].r, items[0].vs) = _signCommitment(_key(ids[1]), items[0].commitment);
        _nothing(items, CommitRefusal.InvalidSignature);
    }

    function test_RevertWhen_TheKeyWasChangedAfterSigning() public {
        _fill(request, taskId, _three());
        SignedCommitment[] memory items = _signedOf(_one(0), RIGHT);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], STRANGER);
        _nothing(items, CommitRefusal.InvalidSignature);
    }

    function test_WhenTheSeatIsOfALaterRound() public {
        (request.replicas, request.maxReplicas) = (1, 3);
        (request.minAgreeing, request.nonce) = (2, request.nonce + 100);
        taskId = _post(request);
        _later(request.claimWindow - 2);
        _fill(request, taskId, _one(0));
        _commit(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[0], RIGHT);
        _voteFails(request);
        _escalate(request);
        _later(request.claimWindow - 2);
        _fill(request, taskId, _one(1));
        // Signed for round 1.
        _nothing(_signedOf(_one(1), RIGHT), CommitRefusal.InvalidSignature);
        SignedCommitment[] memory items = new SignedCommitment[](1);
        items[0].taskId = taskId;
        items[0].provider = ids[1];
        items[0].commitment = _commitment(taskId, ids[1], RIGHT);
        bytes32 digest = _digest(FoldLib.structHash(taskId, 2, items[0].commitment));
        (items[0].r, items[0].vs) = Keys.signShort(_key(ids[1]), digest);
        market.commitSigned(items);
        _seatIs(taskId, ids[1], SeatStatus.Committed);
    }

    function test_WhenABadItemIsAmongGoodOnes() public {
        _fill(request, taskId, _three());
        SignedCommitment[] memory items = _signedOf(_three(), RIGHT);
        items[1].commitment = WRONG;
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.CommitmentSkipped(taskId, ids[1], CommitRefusal.InvalidSignature);
        market.commitSigned(items);
        _seatIs(taskId, ids[0], SeatStatus.Committed);
        _seatIs(taskId, ids[1], SeatStatus.Taken);
        _seatIs(taskId, ids[2], SeatStatus.Committed);
        isTrue(_status(taskId) == TaskStatus.Executing, "executing");
    }

    function test_WhenAllIsWell() public {
        _fill(request, taskId, _three());
        _commit(taskId, ids[2], RIGHT);
        SignedCommitment[] memory items = _signedOf(_pair(), RIGHT);
        for (uint256 i = 0; i < 2; ++i) {
            VM.expectEmit(true, true, false, true);
            emit IDecoTasks.Committed(taskId, ids[i], items[i].commitment);
        }
        _as(STRANGER);
        market.commitSigned(items);
        isTrue(_status(taskId) == TaskStatus.Revealing, "revealing");
        for (uint256 i = 0; i < 3; ++i) {
            _revealOne(taskId, ids[i], RIGHT);
        }
        _settle(request, _three(), RIGHT);
    }

    function _three() private view returns (uint32[] memory) {
        return _slice(ids, 0, 3);
    }

    function _nothing(SignedCommitment[] memory items, CommitRefusal first) private {
        _refused(abi.encodeWithSelector(NothingCommitted.selector, first));
        market.commitSigned(items);
    }
}
