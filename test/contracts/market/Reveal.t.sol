// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Reveal} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {Task} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract RevealTest is MarketFixture {
    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(6);
        request = _request();
        taskId = _post(request);
        _fill(request, taskId, _slice(ids, 0, 3));
    }

    function test_RevertWhen_ThereAreMoreThan64Items() public {
        _refused(abi.encodeWithSelector(TooManyReveals.selector, 65, 64));
        market.reveal(new Reveal[](65));
        _nothing(new Reveal[](64), RevealRefusal.WrongStatus);
    }

    function test_RevertWhen_ThereIsNone() public {
        _nothing(new Reveal[](0), RevealRefusal.None);
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        _commit(taskId, ids[0], RIGHT);
        _nothing(_one(ids[0], RIGHT), RevealRefusal.WrongStatus);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        Reveal[] memory reveals = new Reveal[](1);
        reveals[0].taskId = RIGHT;
        _nothing(reveals, RevealRefusal.WrongStatus);
    }

    function test_RevertWhen_TheRevealWindowHasClosed() public {
        _commitAll();
        VM.warp(block.timestamp + request.revealWindow + 1);
        _nothing(_one(ids[0], RIGHT), RevealRefusal.WindowClosed);
        VM.warp(block.timestamp - 1);
        market.reveal(_one(ids[0], RIGHT));
    }

    function test_RevertWhen_TheSeatHasNotCommitted() public {
        _commit(taskId, ids[0], RIGHT);
        _later(request.commitWindow + 1);
        _nothing(_one(ids[1], RIGHT), RevealRefusal.NotCommitted);
        _nothing(_one(ids[5], RIGHT), RevealRefusal.NotCommitted);
    }

    function test_RevertWhen_TheSeatIsOfAnEarlierRound() public {
        _commitAll();
        _voteFails(request);
        _escalate(request);
        Reveal[] memory late = _one(ids[0], RIGHT);
        _fill(request, taskId, _slice(ids, 3, 6));
        _later(request.commitWindow + 1);
        _nothing(late, RevealRefusal.WrongRound);
    }

    function test_RevertWhen_TagOrSaltDoNotOpenTheCommitment() public {
        _commitAll();
        _nothing(_one(ids[0], WRONG), RevealRefusal.Mismatch);
        Reveal[] memory reveals = _one(ids[0], RIGHT);
        reveals[0].salt = 0;
        _nothing(reveals, RevealRefusal.Mismatch);
        // Another's opening: a commitment binds its provider.
        reveals = _one(ids[0], RIGHT);
        reveals[0].provider = ids[1];
        _nothing(reveals, RevealRefusal.Mismatch);
    }

    function test_WhenABadItemIsAmongGoodOnes() public {
        _commitAll();
        Reveal[] memory reveals = new Reveal[](4);
        reveals[0] = _reveal(taskId, ids[0], WRONG);
        reveals[1] = _reveal(taskId, ids[1], RIGHT);
        reveals[2] = _reveal(taskId, ids[1], RIGHT);
        reveals[3] = _reveal(taskId, ids[2], RIGHT);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.RevealSkipped(taskId, ids[0], RevealRefusal.Mismatch);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.Revealed(taskId, ids[1], reveals[1].tag, reveals[1].salt);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.RevealSkipped(taskId, ids[1], RevealRefusal.NotCommitted);
        market.reveal(reveals);
        _seatIs(taskId, ids[0], SeatStatus.Committed);
        _seatIs(taskId, ids[1], SeatStatus.Revealed);
        _seatIs(taskId, ids[2], SeatStatus.Revealed);
    }

    function test_WhenTheCommitWindowHasPassedWithACommitmentMissing() public {
        _commit(taskId, ids[0], RIGHT);
        uint256 end = uint256(market.getTask(taskId).phaseAt) + request.commitWindow;
        VM.warp(end + request.revealWindow + 1);
        _nothing(_one(ids[0], RIGHT), RevealRefusal.WindowClosed);
        VM.warp(end + request.revealWindow);
        market.reveal(_one(ids[0], RIGHT));
        eq(market.getTask(taskId).phaseAt, end, "from the end of the commit window");
    }

    function test_WhenItemsBelongToDifferentTasks() public {
        _commitAll();
        Request memory other = _request();
        bytes32 otherId = _post(other);
        uint32[] memory others = _slice(ids, 3, 6);
        _fill(other, otherId, others);
        for (uint256 i = 0; i < 3; ++i) {
            _commit(otherId, others[i], RIGHT);
        }
        Reveal[] memory reveals = new Reveal[](2);
        reveals[0] = _reveal(otherId, others[0], RIGHT);
        reveals[1] = _reveal(taskId, ids[0], RIGHT);
        market.reveal(reveals);
        _seatIs(taskId, ids[0], SeatStatus.Revealed);
        _seatIs(otherId, others[0], SeatStatus.Revealed);
    }

    function test_WhenAllIsWell() public {
        _commitAll();
        Reveal[] memory reveals = _one(ids[2], RIGHT);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.Revealed(taskId, ids[2], reveals[0].tag, reveals[0].salt);
        _as(STRANGER);
        market.reveal(reveals);
        _revealOne(taskId, ids[0], RIGHT);
        eq(bytes32(market.getSeat(taskId, ids[2]).value), bytes32(bytes24(reveals[0].tag)), "tag");
        Task memory task = market.getTask(taskId);
        eq(task.revealed, 2, "count");
    }

    function _commitAll() private {
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
    }

    function _one(uint32 id, bytes32 result) private view returns (Reveal[] memory reveals) {
        reveals = new Reveal[](1);
        reveals[0] = _reveal(taskId, id, result);
    }

    function _nothing(Reveal[] memory reveals, RevealRefusal first) private {
        _refused(abi.encodeWithSelector(NothingRevealed.selector, first));
        market.reveal(reveals);
    }
}
