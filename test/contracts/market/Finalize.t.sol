// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {Opening, OpeningLib} from "../../../contracts/types/Opening.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatOutcome, SeatStatus} from "../../../contracts/types/Seat.sol";
import {EndReason, Outcome, TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {BagTree} from "../support/BagTree.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract FinalizeTest is PanelFixture {
    bytes32 private constant MANIFEST = keccak256("manifest");
    bytes32[] private _items;

    function test_RevertWhen_TheTaskHasNotAcceptedAResult() public {
        Request memory request = _windowed();
        bytes32 taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _finalize(request);
    }

    function test_RevertWhen_TheTaskIsFinal() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _windowsPass(request);
        _finalize(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Settled));
        _finalize(request);
    }

    function test_RevertWhen_TheResultMayStillBeAppealed() public {
        (Request memory request, bytes32 taskId) = _wronged();
        uint256 closesAt = market.getVerdict(taskId).acceptedAt + uint256(CHALLENGE);
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(ChallengeWindowOpen.selector, closesAt));
        _finalize(request);
    }

    function test_RevertWhen_OutputsMayStillBeClaimedMissing() public {
        Request memory request = _windowed();
        request.deliveryWindow = 2 * CHALLENGE;
        bytes32 taskId = _accepted(request, RIGHT);
        _later(CHALLENGE + 1);
        uint256 closesAt = market.getVerdict(taskId).acceptedAt + uint256(2 * CHALLENGE);
        _refused(abi.encodeWithSelector(DeliveryWindowOpen.selector, closesAt));
        _finalize(request);
    }

    function test_RevertWhen_APanelIsOpen() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _windowsPass(request);
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.Voting));
        _finalize(request);
    }

    function test_RevertWhen_ADecisionMayStillBeAppealed() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _later(CHALLENGE - 10);
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        uint256 closesAt = market.getDispute(taskId, 0).decidedAt + uint256(CHALLENGE);
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(ChallengeWindowOpen.selector, closesAt));
        _finalize(request);
    }

    function test_RevertWhen_TheAuditSSeedIsNotKnownYet() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _revealed(request, _same(3, RIGHT));
        _settle(request, _members(0, 3), RIGHT);
        uint256 seedBlock = market.getTask(taskId).seedBlock;
        _refused(abi.encodeWithSelector(SeedUnknown.selector, seedBlock));
        _finalize(request);
    }

    function test_RevertWhen_TheTaskWasDrawnForAnAudit() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _accepted(request, RIGHT);
        _seedAudit(request, taskId, true);
        _refused(abi.encodeWithSelector(AuditDue.selector, taskId));
        _finalize(request);
    }

    function test_RevertWhen_TheAuditSSeedIsLost() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _accepted(request, RIGHT);
        _loseSeed(taskId);
        _refused(abi.encodeWithSelector(AuditDue.selector, taskId));
        _finalize(request);
    }

    function test_RevertWhen_TheRosterIsNotTheTaskS() public {
        (Request memory request,) = _wronged();
        _windowsPass(request);
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 2, 3));
        market.finalize(request, _members(0, 2));
    }

    function test_GivenASeedLostTwice() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _accepted(request, RIGHT);
        _loseSeed(taskId);
        market.audit(request);
        _later(1);
        _loseSeed(taskId);
        _finalize(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "status");
    }

    function test_GivenAnAuditThatWasNotDrawn() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _accepted(request, RIGHT);
        _seedAudit(request, taskId, false);
        uint256 prices = _prices(request, taskId);
        _finalize(request);
        eq(_balance(REQUESTER), _leftOver(request, prices) + _bond(request, 1), "refund");
    }

    function test_GivenAnAuditThatUpheldTheResult() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _accepted(request, RIGHT);
        _seedAudit(request, taskId, true);
        market.audit(request);
        _later(1);
        _decided(request, taskId, PanelLib.AUDIT, RIGHT);
        uint256 prices = _prices(request, taskId);
        _finalize(request);
        uint256 panel = 3 * PANEL_PRICE + request.settlementFee;
        eq(_balance(REQUESTER), _leftOver(request, prices) + _bond(request, 1) - panel, "refund");
    }

    function test_GivenAnAuditThatOverturnedTheResult() public {
        Request memory request = _auditedOnly();
        bytes32 taskId = _accepted(request, WRONG);
        _seedAudit(request, taskId, true);
        market.audit(request);
        _later(1);
        _decided(request, taskId, PanelLib.AUDIT, RIGHT);
        uint256 burned = market.pendingBurn();
        _finalize(request);
        uint256 panel = 3 * PANEL_PRICE + request.settlementFee;
        eq(_balance(REQUESTER), _leftOver(request, 0) + _bond(request, 1) - panel, "refund");
        eq(market.pendingBurn() - burned, 3 * uint256(LOCK), "all burned");
    }

    function test_GivenARightAppeal() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        uint256 burned = market.pendingBurn();
        _later(CHALLENGE + 1);
        uint256 bounty = _inDeco(_bond(request, 1));
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.BondResolved(taskId, 0, APPELLANT, _bond(request, 1), bounty);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.Dissented, 0, LOCK, 10, 10);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.TaskFinalized(
            taskId, RIGHT, true, _leftOver(request, 0) - 3 * PANEL_PRICE - request.settlementFee, RELAYER
        );
        _finalize(request);
        Outcome memory outcome = market.getOutcome(taskId);
        isTrue(outcome.result == bytes26(RIGHT), "the true result");
        eq(outcome.agreeing, 3, "backed by the panel");
        uint256 spent = 3 * PANEL_PRICE + request.settlementFee;
        eq(_balance(APPELLANT), _bond(request, 1), "the whole bond");
        eq(market.balanceOf(address(deco), APPELLANT), bounty, "bounty");
        eq(_balance(REQUESTER), _leftOver(request, 0) - spent, "refund");
        eq(market.pendingBurn() - burned, 3 * uint256(LOCK) - bounty, "burned");
        for (uint256 i = 0; i < 3; ++i) {
            eq(_earned(ids[i]), 0, "unpaid");
            eq(_stake(ids[i]).active, STAKE - LOCK, "slashed");
            eq(_work(ids[i]).locked, 0, "unlocked");
            _seatIs(taskId, ids[i], SeatStatus.None);
        }
    }

    function test_GivenARightAppealThatAnHonestMinorityShared() public {
        Request memory request = _windowed();
        bytes32 taskId = _acceptedAs(request, _results(WRONG, WRONG, RIGHT), WRONG);
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _later(CHALLENGE + 1);
        uint256 price = _price(request, taskId, ids[2]);
        _finalize(request);
        eq(_earned(ids[2]), price, "the honest one");
        eq(_stake(ids[2]).active, STAKE, "not slashed");
        eq(_stake(ids[0]).active, STAKE - LOCK, "slashed");
        eq(market.getOutcome(taskId).agreeing, 4, "one replica, three judges");
    }

    function test_GivenARightAppealWorthMoreThanTheForfeitedPrices() public {
        Request memory request = _windowed();
        request.minPrice = 0;
        request.maxPrice = 0;
        bytes32 taskId = _accepted(request, WRONG);
        parameters.setToken(address(token), TokenParameters(true, 1, 10_000));
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _later(CHALLENGE + 1);
        _finalize(request);
        uint256 spent = 3 * PANEL_PRICE + request.settlementFee;
        eq(_balance(APPELLANT), _bond(request, 1) - spent, "rest of the bond");
        eq(market.balanceOf(address(deco), APPELLANT), _inDeco(spent) + _inDeco(_bond(request, 1)), "in DECO");
    }

    function test_GivenABondWorthMoreThanHalfOfTheSlash() public {
        Request memory request = _windowed();
        // 8 seats at 2.2 dollars: 177 DECO of 300 that are slashed.
        request.panelPrice = 2_200_000;
        bytes32 taskId = _accepted(request, WRONG);
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        uint256 forfeited = _prices(request, taskId);
        _later(CHALLENGE + 1);
        _finalize(request);
        uint256 spent = 3 * uint256(request.panelPrice) + request.settlementFee;
        uint256 paid = spent < forfeited ? spent : forfeited;
        eq(_balance(APPELLANT), _bond(request, 1) - spent + paid, "repaid");
        uint256 given = market.balanceOf(address(deco), APPELLANT);
        eq(given, _inDeco(spent - paid) + 150 ether, "bounty");
    }

    function test_GivenAWrongAppeal() public {
        Request memory request = _windowed();
        bytes32 taskId = _accepted(request, RIGHT);
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        uint256 price = _price(request, taskId, ids[0]);
        uint256 prices = _prices(request, taskId);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(_earned(ids[0]), price, "price");
        uint256 spent = 3 * PANEL_PRICE + request.settlementFee;
        eq(_balance(APPELLANT), 0, "bond");
        eq(_balance(TREASURY), prices * Defaults.task().protocolFeeBps / 10_000 + _bond(request, 1) - spent, "treasury");
        eq(_balance(REQUESTER), _leftOver(request, prices), "refund");
    }

    function test_GivenAFirstPanelThatASecondOneReversed() public {
        Request memory request = _windowed();
        bytes32 taskId = _accepted(request, RIGHT);
        _appeal(request);
        _decided(request, taskId, 0, WRONG);
        _appealDecision(request, 0);
        _decidedWide(request, taskId, 0, RIGHT);
        _later(CHALLENGE + 1);
        uint256 prices = _prices(request, taskId);
        _finalize(request);
        isTrue(market.getOutcome(taskId).result == bytes26(RIGHT), "result");
        eq(_balance(SECOND), _bond(request, 2), "made whole");
        eq(_balance(APPELLANT), 0, "lost");
        uint256 fee = prices * Defaults.task().protocolFeeBps / 10_000;
        uint256 panels = 8 * uint256(PANEL_PRICE) + 2 * request.settlementFee;
        eq(_balance(TREASURY), fee + _bond(request, 1) + _bond(request, 2) - panels - _bond(request, 2), "rest");
    }

    function test_GivenAFirstPanelThatUpheldAndASecondOneThatDidNot() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, WRONG);
        _appealDecision(request, 0);
        _decidedWide(request, taskId, 0, RIGHT);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(_balance(APPELLANT), _bond(request, 1), "first");
        eq(_balance(SECOND), _bond(request, 2), "second");
        isTrue(market.getOutcome(taskId).result == bytes26(RIGHT), "result");
    }

    function test_GivenASecondAppealThatWasWrongToo() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
        _decidedWide(request, taskId, 0, RIGHT);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(_balance(APPELLANT), _bond(request, 1), "first");
        eq(_balance(SECOND), 0, "second");
    }

    function test_GivenOutputsThatAPanelCouldNotFetch() public {
        Request memory request = _windowed();
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _accepted(request, RIGHT);
        _setTrust(ids[0], 30);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
        _decided(request, taskId, PanelLib.DELIVERY, PanelLib.UNAVAILABLE);
        uint256 burned = market.pendingBurn();
        _later(CHALLENGE + 1);
        uint256 spent = 3 * PANEL_PRICE + request.settlementFee;
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.Undelivered, 0, LOCK, 20, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.Undelivered, _leftOver(request, 0), RELAYER);
        _finalize(request);
        _isEnded(taskId, EndReason.Undelivered);
        eq(_balance(REQUESTER), _leftOver(request, 0) + _bond(request, 1) - spent, "refund and rest of the bond");
        eq(market.balanceOf(address(deco), REQUESTER), _inDeco(spent), "panel");
        eq(market.pendingBurn() - burned, 3 * uint256(LOCK) - _inDeco(spent), "burned");
        eq(_stake(ids[0]).active, STAKE - LOCK, "slashed");
        eq(_work(ids[0]).trust, 20, "trust");
        eq(_earned(ids[0]), 0, "unpaid");
    }

    function test_GivenOutputsThatAPanelFetched() public {
        Request memory request = _windowed();
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _accepted(request, RIGHT);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
        _decided(request, taskId, PanelLib.DELIVERY, PanelLib.AVAILABLE);
        uint256 prices = _prices(request, taskId);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "status");
        eq(_balance(REQUESTER), _leftOver(request, prices), "refund");
    }

    function test_GivenAWrongResultWhoseOutputsAreMissingToo() public {
        Request memory request = _windowed();
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _acceptedAs(request, _results(WRONG, WRONG, RIGHT), WRONG);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
        _decided(request, taskId, PanelLib.DELIVERY, PanelLib.UNAVAILABLE);
        _appeal(request);
        _judge(request, taskId, 0, _members(6, 9), _same(3, RIGHT));
        _decide(request, 0, _members(6, 9), RIGHT);
        _later(CHALLENGE + 1);
        _finalize(request);
        isTrue(market.getOutcome(taskId).result == bytes26(RIGHT), "result");
        eq(_stake(ids[2]).active, STAKE, "the honest one is not slashed");
    }

    function test_GivenABagWithAWrongLeaf() public {
        Request memory request = _windowed();
        bytes32 taskId = _bagOf(request, true);
        _as(APPELLANT);
        market.appeal(request, 2, _items[2], _proof(2));
        _later(1);
        _decided(request, taskId, 0, keccak256("the true item"));
        _later(CHALLENGE + 1);
        _finalize(request);
        _isEnded(taskId, EndReason.Voided);
        eq(_stake(ids[0]).active, STAKE - LOCK, "slashed");
        eq(_stake(ids[2]).active, STAKE, "released");
        uint256 spent = 3 * PANEL_PRICE + request.settlementFee;
        eq(_balance(REQUESTER), _leftOver(request, 0) - spent, "refund");
        eq(_balance(APPELLANT), _bond(request, 1), "bond");
    }

    function test_GivenABagAndTwoAppealsOfWhichOneIsRight() public {
        Request memory request = _windowed();
        bytes32 taskId = _bagOf(request, false);
        _as(APPELLANT);
        market.appeal(request, 2, _items[2], _proof(2));
        _as(SECOND);
        market.appeal(request, 1, _items[1], _proof(1));
        _later(1);
        _decided(request, taskId, 0, keccak256("the true item"));
        _judge(request, taskId, 1, _members(6, 9), _same(3, _items[1]));
        _decide(request, 1, _members(6, 9), _items[1]);
        _later(CHALLENGE + 1);
        _finalize(request);
        _isEnded(taskId, EndReason.Voided);
        eq(_balance(APPELLANT), _bond(request, 1), "right");
        eq(_balance(SECOND), 0, "wrong");
    }

    function test_GivenRightAppealsWorthMoreThanTheSlash() public {
        Request memory request = _windowed();
        request.minPrice = 0;
        request.maxPrice = 0;
        request.panelPrice = 2_200_000;
        bytes32 taskId = _bagOf(request, true);
        _as(APPELLANT);
        market.appeal(request, 2, _items[2], _proof(2));
        _as(SECOND);
        market.appeal(request, 1, _items[1], _proof(1));
        _later(1);
        _decided(request, taskId, 0, keccak256("the true item"));
        _judge(request, taskId, 1, _members(6, 9), _same(3, keccak256("another")));
        _decide(request, 1, _members(6, 9), keccak256("another"));
        _later(CHALLENGE + 1);
        uint256 burned = market.pendingBurn();
        _finalize(request);
        uint256 slash = 2 * uint256(LOCK);
        uint256 first = _inDeco(3 * uint256(request.panelPrice) + request.settlementFee) + slash / 2;
        eq(market.balanceOf(address(deco), APPELLANT), first, "what its panel cost, and a bounty");
        eq(market.balanceOf(address(deco), SECOND), slash - first, "what is left");
        eq(market.pendingBurn() - burned, 0, "nothing to burn");
    }

    function test_GivenACommitmentThatIsTheResultSTag() public {
        Request memory request = _windowed();
        bytes32 taskId = _post(request);
        _drawEveryone(request, taskId);
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        _as(_operator(ids[2]));
        market.commit(taskId, OpeningLib.tag(taskId, 1, RIGHT));
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        _later(request.revealWindow + 1);
        _settle(request, _members(0, 3), RIGHT);
        _windowsPass(request);
        _finalize(request);
        eq(market.getOutcome(taskId).agreeing, 2, "agreeing");
        eq(_stake(ids[2]).active, STAKE - LOCK, "withheld");
    }

    function test_GivenAnAwardOfOneUnit() public {
        Request memory request = _windowed();
        request.deliveryWindow = CHALLENGE;
        uint256 spent = 3 * PANEL_PRICE + request.settlementFee;
        parameters.setToken(address(token), TokenParameters(true, uint112(1e18 / spent + 1), 10_000));
        bytes32 taskId = _accepted(request, RIGHT);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
        _decided(request, taskId, PanelLib.DELIVERY, PanelLib.UNAVAILABLE);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(market.balanceOf(address(deco), REQUESTER), 1, "in DECO");
    }

    function test_GivenATaskThatWasAcceptedLongAfterItsPost() public {
        Request memory request = _windowed();
        bytes32 taskId = _revealed(request, _same(3, RIGHT));
        // Beyond what the offsets of a task word can hold.
        _later(2 ** 20 + 5 days);
        _settle(request, _members(0, 3), RIGHT);
        eq(market.getVerdict(taskId).acceptedAt, block.timestamp, "accepted");
        _refused(abi.encodeWithSelector(ChallengeWindowOpen.selector, block.timestamp + CHALLENGE));
        _finalize(request);
        _windowsPass(request);
        _finalize(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "status");
    }

    function test_WhenNobodyObjects() public {
        Request memory request = _windowed();
        uint256 before = _balance(RELAYER);
        bytes32 taskId = _revealed(request, _same(3, RIGHT));
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.TaskAccepted(taskId, RIGHT, RIGHT, 0, 30, 30, RELAYER, "");
        _settle(request, _members(0, 3), RIGHT);
        _later(1);
        eq(_balance(RELAYER) - before, request.settlementFee, "settle");
        eq(_earned(ids[0]), 0, "nothing is paid before the end");
        eq(_work(ids[0]).locked, LOCK, "nor released");
        uint256 price = _price(request, taskId, ids[0]);
        uint256 prices = _prices(request, taskId);
        _windowsPass(request);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.Agreed, price, 0, 10, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.TaskFinalized(taskId, RIGHT, false, _leftOver(request, prices), RELAYER);
        _finalize(request);
        eq(_earned(ids[0]), price, "price");
        eq(_balance(REQUESTER), _leftOver(request, prices), "refund");
        eq(_balance(RELAYER) - before, 2 * request.settlementFee, "finalize");
        (bool accepted, uint256 budget) = market.verifyResult(taskId, 0, RIGHT, new bytes32[](0));
        isTrue(accepted, "verified");
        eq(budget, 3 * uint256(LOCK), "security budget");
    }

    function _auditedOnly() private returns (Request memory request) {
        request = _windowed();
        request.challengeWindow = 0;
        request.auditBps = 1_000;
    }

    /// @dev Of the first three seats.
    function _prices(Request memory request, bytes32 taskId) private view returns (uint256 sum) {
        for (uint256 i = 0; i < 3; ++i) {
            sum += _price(request, taskId, ids[i]);
        }
    }

    /// @dev What the requester gets back when replicas were paid `prices`, apart from what panels cost.
    function _leftOver(Request memory request, uint256 prices) private pure returns (uint256) {
        uint256 fee = prices * Defaults.task().protocolFeeBps / 10_000;
        return _escrow(request) - prices - fee - 2 * request.settlementFee;
    }

    /// @dev Four items; with `split`, the third provider votes for another root.
    function _bagOf(Request memory request, bool split) private returns (bytes32 taskId) {
        request.volume = 4;
        for (uint256 i = 0; i < 4; ++i) {
            _items.push(keccak256(abi.encode("item", i)));
        }
        Opening memory opening = Opening({digest: MANIFEST, root: BagTree.root(_items), document: ""});
        bytes32 result = keccak256(abi.encode(opening.root, MANIFEST));
        taskId = _revealed(request, _results(result, result, split ? RIGHT : result));
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.TaskAccepted(taskId, result, MANIFEST, opening.root, split ? 20 : 30, 30, RELAYER, "");
        _as(RELAYER);
        market.settle(request, _members(0, 3), opening);
        _later(1);
    }

    function _proof(uint256 leaf) private view returns (bytes32[] memory proof) {
        bytes32[] memory path = BagTree.path(_items, leaf);
        proof = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            proof[i] = path[i];
        }
        proof[path.length] = MANIFEST;
    }
}
