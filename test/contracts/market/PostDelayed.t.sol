// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";

contract PostDelayedTest is PanelFixture {
    function test_RevertWhen_APanelPriceIsGivenWithoutWindows() public {
        Request memory request = _request();
        request.panelPrice = 1;
        _outOfRange(request, "panelPrice", 1, 0, 0);
    }

    function test_RevertWhen_WindowsAreGivenWithoutAPanelPrice() public {
        Request memory request = _windowed();
        request.panelPrice = 0;
        _outOfRange(request, "panelPrice", 0, 1, type(uint96).max);
    }

    function test_RevertWhen_AWindowOrTheAuditIsOutOfItsRange() public {
        Request memory request = _windowed();
        request.challengeWindow = 2 days + 1;
        _outOfRange(request, "challengeWindow", 2 days + 1, 0, 2 days);
        request = _windowed();
        request.deliveryWindow = 2 days + 1;
        _outOfRange(request, "deliveryWindow", 2 days + 1, 0, 2 days);
        request = _windowed();
        request.auditBps = 1_001;
        _outOfRange(request, "auditBps", 1_001, 0, 1_000);
    }

    function test_RevertWhen_RoundsAndPanelsTogetherExceedHalfOfTheUnbondingDelay() public {
        Request memory request = _windowed();
        request.challengeWindow = 2 days;
        request.deliveryWindow = 1 days;
        request.commitWindow = 1 days - 1_020 + 1;
        // A round and two panels of a day each, two windows of two days: a second too long.
        _refused(abi.encodeWithSelector(TaskTooLong.selector, 7 days + 3, 7 days));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_FewerIdentitiesAreActiveThanSeatsAndPanelsNeed() public {
        Request memory request = _windowed();
        for (uint256 i = 10; i < 12; ++i) {
            _as(_owner(ids[i]));
            market.deregister(ids[i]);
        }
        eq(market.activeIdentities(), 10, "active identities");
        _refused(abi.encodeWithSelector(TooFewIdentities.selector, 10, 11));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_TheLiarsStakeDoesNotCoverThePanels() public {
        Request memory request = _windowed();
        // Two locks of 100 DECO; the panels cost more than 200.
        request.panelPrice = 2_500_000;
        uint256 cost = _inDeco(_bond(request, 1));
        _refused(abi.encodeWithSelector(PanelsNotCovered.selector, 200 ether, cost));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_PanelsWouldJudgeAPolicy() public {
        Request memory request = _windowed();
        SignaturePolicy policy = new SignaturePolicy();
        parameters.setPolicy(address(policy), true, 200_000);
        request.policy = address(policy);
        request.policyData = bytes32(uint256(uint160(STRANGER)));
        request.replicas = 1;
        request.maxReplicas = 1;
        request.minAgreeing = 1;
        _refused(
            abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("challengeWindow"), request.challengeWindow, 0, 0)
        );
        _as(REQUESTER);
        market.post(request);
    }

    function test_GivenIdentitiesThatComeAndGo() public {
        eq(market.activeIdentities(), 12, "registered");
        _as(_owner(ids[0]));
        market.unbond(ids[0], STAKE);
        eq(market.activeIdentities(), 11, "dormant");
        _as(_owner(ids[0]));
        market.deregister(ids[1 - 1]);
        eq(market.activeIdentities(), 11, "dormant ones that leave count once");
        _as(_owner(ids[1]));
        market.unbond(ids[1], STAKE);
        _as(_owner(ids[1]));
        market.stake(ids[1], STAKE);
        eq(market.activeIdentities(), 11, "awake again");
    }

    function test_GivenJustAsManyIdentitiesAsSeatsAndPanelsNeed() public {
        Request memory request = _windowed();
        _as(_owner(ids[11]));
        market.deregister(ids[11]);
        eq(market.activeIdentities(), 11, "active identities");
        eq(uint256(_status(_post(request))), uint256(TaskStatus.Open), "status");
    }

    function test_GivenLiarsStakeThatJustCoversThePanels() public {
        Request memory request = _windowed();
        request.panelPrice = 2_487_500;
        eq(_inDeco(_bond(request, 1)), 2 * uint256(LOCK), "cost");
        eq(uint256(_status(_post(request))), uint256(TaskStatus.Open), "status");
    }

    function test_GivenAnAudit() public {
        Request memory request = _windowed();
        request.auditBps = 500;
        uint256 before = token.balanceOf(REQUESTER);
        _post(request);
        eq(before - token.balanceOf(REQUESTER), _escrow(request) + _bond(request, 1), "escrow");
    }

    function test_GivenAnAuditAndATaskWithoutSeats() public {
        Request memory request = _windowed();
        request.auditBps = 500;
        _post(request);
        _as(REQUESTER);
        market.cancel(request);
        eq(_balance(REQUESTER), _escrow(request) + _bond(request, 1), "refund");
    }

    function test_WhenAllIsWell() public {
        Request memory request = _windowed();
        bytes32 taskId = _post(request);
        eq(market.getVerdict(taskId).lockRate, LOCK_RATE, "lock rate");
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "status");
    }

    function _outOfRange(Request memory request, bytes32 field, uint256 value, uint256 minimum, uint256 maximum)
        private
    {
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, field, value, minimum, maximum));
        _as(REQUESTER);
        market.post(request);
    }
}
