// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../../../contracts/types/Request.sol";
import {EndReason} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";

contract NoRandomnessTest is MarketFixture {
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        market = _deployMarket(deco, parameters, _deployNoRandomness());
        _fund(REQUESTER);
        _providers(3);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_ASeatIsClaimedBySortition() public {
        _later(100);
        _refused(abi.encodeWithSelector(SeedUnknown.selector, market.getTask(taskId).seedBlock));
        _claim(request, 1);
    }

    function test_RevertWhen_ASeedIsReplaced() public {
        _later(100);
        _refused(abi.encodeWithSelector(SeedNotLost.selector, market.getTask(taskId).seedBlock));
        market.reseed(request);
    }

    function test_WhenNobodyGivesSeatsUntilTheClaimWindowHasEnded() public {
        _later(uint256(request.claimWindow) + 1);
        uint256 before = token.balanceOf(REQUESTER) + _balance(REQUESTER);
        _expire(request, _none());
        _isEnded(taskId, EndReason.Unfilled);
        uint256 refund = token.balanceOf(REQUESTER) + _balance(REQUESTER) - before;
        eq(refund, _escrow(request) - _balance(RELAYER), "all but the caller's fee");
    }
}
