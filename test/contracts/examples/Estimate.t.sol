// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Estimate} from "../../../contracts/examples/Estimate.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";

contract EstimateTest is MarketFixture {
    bytes private constant DOCUMENT = '{"deco":"result/1","exitCode":0}';

    Estimate private estimate;
    uint32[] private ids;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        estimate = new Estimate(market, 200 ether);
        require(deco.transfer(address(estimate), 10_000 ether), "funds");
        token.mint(address(estimate), 10_000e6);
    }

    function test_RevertWhen_AStrangerAsks() public {
        Request memory request = _own();
        _refused(abi.encodeWithSelector(Estimate.NotOwner.selector, STRANGER));
        _as(STRANGER);
        estimate.ask(request, 0, 0);
    }

    function test_Ask_PostsAsItsRequester() public {
        Request memory request = _own();
        uint256 before = token.balanceOf(address(estimate));
        bytes32 taskId = _ask(request);
        require(_status(taskId) == TaskStatus.Open, "open");
        require(before - token.balanceOf(address(estimate)) == _escrow(request), "escrow");
        require(estimate.asked(taskId), "asked");
    }

    function test_RevertWhen_TheTaskIsNotItsOwn() public {
        (, bytes32 taskId) = _agree(ids);
        _refused(abi.encodeWithSelector(Estimate.NotMine.selector, taskId));
        estimate.take(taskId, DOCUMENT);
    }

    function test_RevertWhen_TheDocumentIsAnother() public {
        bytes32 taskId = _answered(_own());
        _refused(abi.encodeWithSelector(Estimate.NotProven.selector, taskId, 0, 200 ether));
        estimate.take(taskId, "another document");
    }

    function test_RevertWhen_TheTaskHasNotSettled() public {
        bytes32 taskId = _ask(_own());
        _refused(abi.encodeWithSelector(Estimate.NotProven.selector, taskId, 0, 200 ether));
        estimate.take(taskId, DOCUMENT);
    }

    function test_RevertWhen_LyingWasCheap() public {
        Request memory request = _own();
        request.dissentBps = 1_000;
        bytes32 taskId = _answered(request);
        // Three agreeing locks of 100 DECO at a tenth each.
        _refused(abi.encodeWithSelector(Estimate.NotProven.selector, taskId, 30 ether, 200 ether));
        estimate.take(taskId, DOCUMENT);
    }

    function test_Take_KeepsTheBytes() public {
        bytes32 taskId = _answered(_own());
        estimate.take(taskId, DOCUMENT);
        require(keccak256(estimate.answer()) == keccak256(DOCUMENT), "answer");
    }

    function test_RevertWhen_AStrangerDrains() public {
        _refused(abi.encodeWithSelector(Estimate.NotOwner.selector, STRANGER));
        _as(STRANGER);
        estimate.drain(address(token));
    }

    function test_Drain_SendsRefundAndRest() public {
        _answered(_own());
        uint256 refund = market.balanceOf(address(token), address(estimate));
        uint256 rest = token.balanceOf(address(estimate));
        uint256 before = token.balanceOf(address(this));
        require(refund != 0 && rest != 0, "both");
        estimate.drain(address(token));
        require(token.balanceOf(address(this)) - before == refund + rest, "drained");
    }

    /// @dev A request of the contract's own, paid in the fixture's dollar.
    function _own() private returns (Request memory request) {
        request = _request();
        request.requester = address(estimate);
    }

    function _ask(Request memory request) private returns (bytes32) {
        return estimate.ask(request, _escrow(request), 1 ether);
    }

    function _answered(Request memory request) private returns (bytes32 taskId) {
        taskId = _ask(request);
        _later(1);
        bytes32 result = sha256(DOCUMENT);
        _vote(request, taskId, ids, _same(3, result));
        _settle(request, ids, result);
    }
}
