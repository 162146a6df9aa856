// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlockingToken} from "../../../contracts/mocks/BlockingToken.sol";
import {PostParameters, TaskParameters, TokenParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {LivenessFixture} from "../LivenessFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

/// @dev What others can do to a live task from outside: the token's issuer, and governance.
contract TokenExitsTest is LivenessFixture {
    BlockingToken private blocking;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        blocking = new BlockingToken();
        token = blocking;
        parameters.setToken(address(token), TokenParameters(true, LOCK_RATE, 10_000));
        _endow(REQUESTER);
        _endow(APPELLANT);
    }

    function test_GivenATokenThatPausesWhileATaskRuns() public {
        request = _request();
        taskId = _seated(request);
        uint256 spent = _cost() + request.settlementFee;
        blocking.setPaused(true);
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _as(STRANGER);
        market.settle(request, _members(0, 3), _opening(RIGHT));
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        _onlyThisTokenWaits();
        _allGoHome(spent, 0);
    }

    function test_GivenATokenThatPausesWhileAPanelIsOpen() public {
        request = _windowed();
        taskId = _seated(request);
        uint256 spent = _cost() + 2 * request.settlementFee;
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _settle(request, _members(0, 3), RIGHT);
        _later(1);
        _appeal(request);
        blocking.setPaused(true);
        _decided(request, taskId, 0, RIGHT);
        _silence();
        _strangerFinalizes(request);
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        _onlyThisTokenWaits();
        _allGoHome(spent, 0);
    }

    function test_GivenATokenThatBarsTheRequester() public {
        request = _request();
        taskId = _post(request);
        blocking.setBarred(REQUESTER, true);
        _silence();
        _strangerExpires(request, _none());
        _isEnded(taskId, EndReason.Unfilled);
        uint256 refund = _escrow(request) - request.settlementFee;
        _refused(abi.encodeWithSelector(BlockingToken.Barred.selector, REQUESTER));
        _as(REQUESTER);
        market.withdraw(address(token), refund, REQUESTER);
        _as(REQUESTER);
        market.withdraw(address(token), refund, SECOND);
        eq(token.balanceOf(SECOND), refund, "elsewhere");
    }

    function test_GivenATokenThatIsDelisted() public {
        request = _request();
        taskId = _seated(request);
        uint256 spent = _cost() + request.settlementFee;
        parameters.setToken(address(token), TokenParameters(false, LOCK_RATE, 10_000));
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _as(STRANGER);
        market.settle(request, _members(0, 3), _opening(RIGHT));
        _allGoHome(spent, 0);
    }

    /// @dev Governance at its worst: whatever it may set, it sets to the other end of its bounds.
    function test_GivenParametersThatChangeWhileATaskRuns() public {
        request = _request();
        request.maxReplicas = 3;
        taskId = _seated(request);
        TaskParameters memory terms = Defaults.task();
        (terms.noShowBps, terms.declineBps, terms.protocolFeeBps, terms.postingFee) = (2_000, 100, 500, 5_000);
        PostParameters memory limits = Defaults.post();
        limits.minLock = 1_000_000;
        parameters.setParameters(terms, limits);
        parameters.setTreasury(SECOND);
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allLose(0, 3, LOCK / 10);
        _allGoHome(request.settlementFee, 1 ether);
    }

    function _endow(address account) private {
        blocking.mint(account, FUNDS);
        _as(account);
        token.approve(address(market), type(uint256).max);
    }

    /// @dev Prices of three seats and the protocol's fee on them.
    function _cost() private view returns (uint256 prices) {
        for (uint256 i = 0; i < 3; ++i) {
            prices += _price(request, taskId, ids[i]);
        }
        prices += prices * Defaults.task().protocolFeeBps / 10_000;
    }

    function _onlyThisTokenWaits() private {
        uint256 earned = _earned(ids[0]);
        _refused(abi.encodeWithSelector(BlockingToken.Paused.selector));
        _as(_owner(ids[0]));
        market.withdrawEarnings(ids[0], address(token), earned, _owner(ids[0]));
        VM.startPrank(STRANGER);
        deco.approve(address(market), 0);
        VM.stopPrank();
        _as(_owner(ids[11]));
        market.unbond(ids[11], STAKE);
        _silence();
        _as(_owner(ids[11]));
        market.withdrawStake(ids[11]);
        _as(_owner(ids[11]));
        market.withdraw(address(deco), STAKE, _owner(ids[11]));
        blocking.setPaused(false);
    }
}
