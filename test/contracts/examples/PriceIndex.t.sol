// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";

import {DecoReceiver} from "../../../contracts/callback/DecoReceiver.sol";
import {PriceIndex} from "../../../contracts/examples/PriceIndex.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract PriceIndexTest is MarketFixture {
    PriceIndex private prices;
    uint32[] private ids;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        prices = new PriceIndex(market, 200 ether, keccak256("program"));
        require(deco.transfer(address(prices), 10_000 ether), "funds");
        token.mint(address(prices), 10_000e6);
    }

    // --- ask ---

    function test_RevertWhen_AStrangerAsks() public {
        Request memory request = _own();
        _refused(abi.encodeWithSelector(PriceIndex.NotOwner.selector, STRANGER));
        _as(STRANGER);
        prices.ask(1, request, 0, 0);
    }

    function test_RevertWhen_TheRequestIsForSomethingElse() public {
        Request memory request = _own();
        request.program = keccak256("another program");
        _notForThis(request);
        request = _own();
        request.volume = 2;
        _notForThis(request);
        request = _own();
        request.callback = STRANGER;
        _notForThis(request);
    }

    function test_RevertWhen_ThePeriodHasPassed() public {
        _answer(_own(), 5, "103");
        Request memory request = _own();
        _refused(abi.encodeWithSelector(PriceIndex.PeriodPassed.selector, 5, 5));
        prices.ask(5, request, 0, 0);
    }

    function test_Ask_PostsAsItsRequester() public {
        bytes32 taskId = _ask(_own(), 1);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "open");
        isTrue(prices.expected(taskId), "expected");
        eq(prices.periodOf(taskId), 1, "period");
    }

    // --- delivery ---

    function test_RevertWhen_SomebodyElseCalls() public {
        bytes32 taskId = _ask(_own(), 1);
        Opening memory opened = _opened(_document("1"));
        _refused(abi.encodeWithSelector(DecoReceiver.NotMarket.selector, address(this)));
        prices.onDecoResult(taskId, opened, 1_000 ether);
    }

    function test_WhenSomebodyElsePostedTheTask() public {
        Request memory request = _own();
        request.requester = REQUESTER;
        bytes32 taskId = _post(request);
        _voteFor(request, taskId, _document("666"));
        isTrue(!market.deliver(request, _opened(_document("666"))), "refused");
        eq(prices.valueOf(0), 0, "value");
    }

    function test_WhenLyingWasCheap() public {
        Request memory request = _own();
        request.dissentBps = 1_000;
        isTrue(!_answer(request, 1, "100"), "refused");
    }

    function test_WhenOnlyTheDigestComes() public {
        Request memory request = _own();
        bytes32 taskId = _ask(request, 1);
        _later(1);
        bytes memory document = _document("100");
        _voteFor(request, taskId, document);
        isTrue(!market.deliver(request, _opening(sha256(document))), "refused");
        isTrue(market.deliver(request, _opened(document)), "taken later");
        isTrue(!prices.expected(taskId), "no longer expected");
    }

    function test_WhenTheAnswerIsNoNumber() public {
        isTrue(!_answer(_own(), 1, ""), "empty");
        isTrue(!_answer(_own(), 1, "12.5"), "fraction");
        isTrue(!_answer(_own(), 1, "-1"), "negative");
        isTrue(!_answer(_own(), 1, "0"), "zero");
        // 2^152.
        isTrue(!_answer(_own(), 1, "5708990770823839524233143877797980545530986496"), "too large");
        isTrue(
            !_answer(_own(), 1, "1000000000000000000000000000000000000000000000000000000000000000000000000000000"),
            "78 digits"
        );
        Request memory request = _own();
        bytes32 taskId = _ask(request, 1);
        _later(1);
        bytes memory other =
            '{"deco":"result/1","exitCode":0,"outputs":{"inline":[{"base64":"MTA=","path":"other.txt"}]}}';
        _voteFor(request, taskId, other);
        isTrue(!market.deliver(request, _opened(other)), "another file");
        request = _own();
        taskId = _ask(request, 1);
        _later(1);
        other = '{"deco":"result/1","exitCode":1}';
        _voteFor(request, taskId, other);
        isTrue(!market.deliver(request, _opened(other)), "failed program");
    }

    function test_WhenAnOlderPeriodComesLast() public {
        Request memory older = _own();
        bytes32 olderId = _ask(older, 1);
        isTrue(_answer(_own(), 2, "200"), "newer first");
        _voteFor(older, olderId, _document("100"));
        isTrue(market.deliver(older, _opened(_document("100"))), "older");
        eq(prices.valueOf(1), 100, "older value");
        (uint64 period, uint256 value) = prices.latest(1 hours);
        eq(period, 2, "latest period");
        eq(value, 200, "latest value");
    }

    function test_WhenASecondValueOfAPeriodComes() public {
        Request memory second = _own();
        bytes32 secondId = _ask(second, 1);
        isTrue(_answer(_own(), 1, "100"), "first");
        _voteFor(second, secondId, _document("101"));
        isTrue(!market.deliver(second, _opened(_document("101"))), "second");
        eq(prices.valueOf(1), 100, "the first stays");
    }

    function test_WhenAValueComes() public {
        Request memory request = _own();
        bytes32 taskId = _ask(request, 7);
        _later(1);
        _voteFor(request, taskId, _document("12345\n"));
        VM.expectEmit(true, true, false, true);
        emit PriceIndex.Published(7, 12_345);
        market.deliver(request, _opened(_document("12345\n")));
        eq(prices.valueOf(7), 12_345, "value");
    }

    // --- latest ---

    function test_RevertWhen_ThereIsNoneOrItIsTooOld() public {
        _refused(abi.encodeWithSelector(PriceIndex.Stale.selector, 0));
        prices.latest(type(uint128).max);
        _answer(_own(), 1, "100");
        uint256 then = block.timestamp;
        VM.warp(then + 61);
        _refused(abi.encodeWithSelector(PriceIndex.Stale.selector, then));
        prices.latest(60);
    }

    function test_Latest_ReturnsIt() public {
        _answer(_own(), 9, "100");
        VM.warp(block.timestamp + 60);
        (uint64 period, uint256 value) = prices.latest(60);
        eq(period, 9, "period");
        eq(value, 100, "value");
    }

    // --- drain ---

    function test_RevertWhen_AStrangerDrains() public {
        _refused(abi.encodeWithSelector(PriceIndex.NotOwner.selector, STRANGER));
        _as(STRANGER);
        prices.drain(address(token));
    }

    function test_Drain_SendsRefundAndRest() public {
        _answer(_own(), 1, "100");
        uint256 refund = market.balanceOf(address(token), address(prices));
        uint256 rest = token.balanceOf(address(prices));
        uint256 before = token.balanceOf(address(this));
        isTrue(refund != 0 && rest != 0, "both");
        prices.drain(address(token));
        eq(token.balanceOf(address(this)) - before, refund + rest, "drained");
    }

    // --- helpers ---

    function _own() private returns (Request memory request) {
        request = _request();
        request.requester = address(prices);
        (request.callback, request.callbackGas) = (address(prices), 300_000);
    }

    function _ask(Request memory request, uint64 period) private returns (bytes32) {
        return prices.ask(period, request, _escrow(request), 1 ether);
    }

    function _document(string memory text) private pure returns (bytes memory) {
        return bytes.concat(
            '{"deco":"result/1","exitCode":0,"outputs":{"inline":[{"base64":"',
            bytes(Base64.encode(bytes(text))),
            '","path":"index.txt"}]}}'
        );
    }

    function _opened(bytes memory document) private pure returns (Opening memory opening) {
        opening.digest = sha256(document);
        opening.document = document;
    }

    function _voteFor(Request memory request, bytes32 taskId, bytes memory document) private {
        _vote(request, taskId, ids, _same(3, sha256(document)));
        _settle(request, ids, sha256(document));
    }

    /// @return Whether the index took it.
    function _answer(Request memory request, uint64 period, string memory text) private returns (bool) {
        bytes32 taskId = _ask(request, period);
        _later(1);
        bytes memory document = _document(text);
        _voteFor(request, taskId, document);
        return market.deliver(request, _opened(document));
    }

    function _notForThis(Request memory request) private {
        _refused(abi.encodeWithSelector(PriceIndex.NotForThisIndex.selector));
        prices.ask(1, request, 0, 0);
    }
}
