// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {BlockingToken} from "../../../contracts/mocks/BlockingToken.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Log, VM} from "../support/Vm.sol";

contract RoyaltiesTest is MarketFixture {
    address private constant AUTHOR = address(0xa07);
    address private constant COLLECTOR = address(0xda7a);

    uint32[] private ids;
    uint32[] private three;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(6);
        three = _slice(ids, 0, 3);
        request = _request();
        (request.programOwner, request.programBps) = (AUTHOR, 333);
        (request.dataOwner, request.dataBps) = (COLLECTOR, 4_999);
    }

    function test_RevertWhen_AnOwnerHasNoShare() public {
        request.programBps = 0;
        _outOfRange("programBps", 0, 1, 5_000);
        (request.programBps, request.dataBps) = (1, 0);
        _outOfRange("dataBps", 0, 1, 5_000);
    }

    function test_RevertWhen_AShareHasNoOwner() public {
        request.programOwner = address(0);
        _outOfRange("programBps", 333, 0, 0);
        (request.programBps, request.dataOwner) = (0, address(0));
        _outOfRange("dataBps", 4_999, 0, 0);
    }

    function test_RevertWhen_AShareIsAboveHalfOfThePrice() public {
        request.programBps = 5_001;
        _outOfRange("programBps", 5_001, 1, 5_000);
        (request.programBps, request.dataBps) = (5_000, 5_001);
        _outOfRange("dataBps", 5_001, 1, 5_000);
    }

    function test_GivenAnOwnerOfTheProgramAndOneOfTheData() public {
        uint256 funds = token.balanceOf(REQUESTER);
        taskId = _post(request);
        eq(funds - token.balanceOf(REQUESTER), _escrow(request), "escrow");
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        uint256 paid = _price(request, taskId, ids[0]) + _price(request, taskId, ids[1]);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.RoyaltyPaid(taskId, AUTHOR, paid * 333 / 10_000);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.RoyaltyPaid(taskId, COLLECTOR, paid * 4_999 / 10_000);
        _settle(request, three, RIGHT);
        uint256 spent = paid + paid * 200 / 10_000 + paid * 333 / 10_000 + paid * 4_999 / 10_000;
        eq(_balance(AUTHOR), paid * 333 / 10_000, "the program's owner");
        eq(_balance(COLLECTOR), paid * 4_999 / 10_000, "the data's owner");
        eq(_balance(REQUESTER), _escrow(request) - spent - request.settlementFee, "refund");
        _as(AUTHOR);
        market.withdraw(address(token), paid * 333 / 10_000, AUTHOR);
    }

    function test_GivenOneOwnerWithTheSmallestShare() public {
        (request.programBps, request.dataOwner, request.dataBps) = (1, address(0), 0);
        taskId = _post(request);
        _vote(request, taskId, three, _same(3, RIGHT));
        VM.recordLogs();
        _settle(request, three, RIGHT);
        uint256 told;
        Log[] memory logs = VM.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IDecoTasks.RoyaltyPaid.selector) ++told;
        }
        uint256 paid = _earned(ids[0]) + _earned(ids[1]) + _earned(ids[2]);
        isTrue(paid / 10_000 != 0, "a share");
        eq(_balance(AUTHOR), paid / 10_000, "one ten-thousandth");
        eq(told, 1, "nothing of nobody's share");
    }

    function test_GivenOneOwnerOfBoth() public {
        request.dataOwner = AUTHOR;
        uint256 paid = _agreeOn();
        eq(_balance(AUTHOR), paid * 333 / 10_000 + paid * 4_999 / 10_000, "both");
    }

    function testFuzz_GivenAnyPricesAndShares(uint256 seed) public {
        request.minPrice = uint96(seed % 1_000);
        request.maxPrice = request.minPrice + uint96((seed >> 16) % 1_000);
        request.programBps = uint16(1 + (seed >> 32) % 5_000);
        request.dataBps = uint16(1 + (seed >> 64) % 5_000);
        uint256 paid = _agreeOn();
        uint256 all = paid + _balance(TREASURY) + _balance(AUTHOR) + _balance(COLLECTOR);
        eq(all + _balance(REQUESTER) + request.settlementFee, _escrow(request), "every unit");
        eq(token.balanceOf(address(market)), _escrow(request), "which the market holds");
    }

    function test_GivenTheTokenBarsTheOwner() public {
        BlockingToken blocking = new BlockingToken();
        parameters.setToken(address(blocking), TokenParameters(true, 0, 0));
        blocking.mint(REQUESTER, 1e12);
        _as(REQUESTER);
        blocking.approve(address(market), type(uint256).max);
        blocking.setBarred(AUTHOR, true);
        request.token = address(blocking);
        _agreeOn();
        uint256 held = market.balanceOf(address(blocking), AUTHOR);
        isTrue(held > 0, "credited");
        _refused(abi.encodeWithSelector(BlockingToken.Barred.selector, AUTHOR));
        _as(AUTHOR);
        market.withdraw(address(blocking), held, AUTHOR);
        uint256 others = market.balanceOf(address(blocking), COLLECTOR);
        _as(COLLECTOR);
        market.withdraw(address(blocking), others, COLLECTOR);
    }

    function test_GivenVotesOfTwoRoundsThatPay() public {
        request.thresholdBps = 7_000;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _voteFails(request);
        _escalate(request);
        _vote(request, taskId, _slice(ids, 3, 6), _same(3, RIGHT));
        _settle(request, ids, RIGHT);
        uint256 paid;
        for (uint256 i = 0; i < 6; ++i) {
            paid += _earned(ids[i]);
        }
        eq(_balance(AUTHOR), paid * 333 / 10_000, "share of both rounds");
    }

    function test_WhenTheVoteFails() public {
        request.maxReplicas = 3;
        request.thresholdBps = 7_000;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _voteFails(request);
        _expire(request, three);
        isTrue(_earned(ids[0]) > 0, "consoled");
        eq(_balance(AUTHOR) + _balance(COLLECTOR), 0, "royalties");
        uint256 spent = _earned(ids[0]) + _earned(ids[1]) + request.settlementFee;
        eq(_balance(REQUESTER), _escrow(request) - spent, "refund");
    }

    function test_WhenTheRequestIsCancelled() public {
        taskId = _post(request);
        _as(REQUESTER);
        market.cancel(request);
        eq(_balance(REQUESTER), _escrow(request), "refund");
    }

    /// @return paid Sum of the prices.
    function _agreeOn() private returns (uint256 paid) {
        taskId = _post(request);
        _vote(request, taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
        for (uint256 i = 0; i < 3; ++i) {
            paid += market.earningsOf(request.token, ids[i]);
        }
    }

    function _outOfRange(bytes32 field, uint256 value, uint256 minimum, uint256 maximum) private {
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, field, value, minimum, maximum));
        _as(REQUESTER);
        market.post(request);
    }
}
