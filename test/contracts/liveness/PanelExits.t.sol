// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../../../contracts/types/Opening.sol";
import {DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {LivenessFixture} from "../LivenessFixture.sol";
import {Defaults} from "../support/Defaults.sol";

/// @dev States of an accepted result and of its disputes. Everybody votes for the wrong result, so that panels differ.
contract PanelExitsTest is LivenessFixture {
    uint256 private constant NO_SHOW = LOCK / 10;

    Request private request;
    bytes32 private taskId;
    /// @dev Prices and fee of the first vote, and the fees of its two calls.
    uint256 private voted;

    // --- accepted ---

    function test_GivenAnAcceptedTaskAndSilence() public {
        _wrongly(_windowed());
        _silence();
        _endsAsVoted(voted);
    }

    // --- panel open ---

    function test_GivenAnOpenPanelAndSilence() public {
        _appealed();
        _silence();
        _strangerEscalatesPanel(0, _none());
        _endsAsVoted(voted);
    }

    function test_GivenAnOpenPanelWithSomeJudgesAndSilence() public {
        _appealed();
        _fillPanel(request, taskId, 0, _members(3, 5));
        _silence();
        _strangerEscalatesPanel(0, _members(3, 5));
        eq(_earned(ids[3]), PANEL_PRICE, "for waiting");
        _endsAsVoted(voted);
    }

    function test_GivenAFullPanelAndSilence() public {
        _appealed();
        _fillPanel(request, taskId, 0, _members(3, 6));
        _silence();
        _strangerEscalatesPanel(0, _members(3, 6));
        _silence();
        _strangerEscalatesPanel(0, _none());
        _allLose(3, 6, NO_SHOW);
        _endsAsVoted(voted);
    }

    function test_GivenCommitmentsAndSilence() public {
        _appealed();
        _fillPanel(request, taskId, 0, _members(3, 6));
        _commit(PanelLib.id(taskId, 0, 1), ids[3], RIGHT);
        _silence();
        _strangerEscalatesPanel(0, _members(3, 6));
        _silence();
        _strangerEscalatesPanel(0, _none());
        _allLose(3, 4, LOCK);
        _allLose(4, 6, NO_SHOW);
        _endsAsVoted(voted);
    }

    function test_GivenJudgesThatRevealedAndSilence() public {
        _appealed();
        _judge(request, taskId, 0, _members(3, 6), _same(3, RIGHT));
        _later(1_000 days);
        _as(_operator(ids[3]));
        market.decide(request, 0, _members(3, 6), RIGHT);
        uint256 fee = request.settlementFee;
        _as(_operator(ids[3]));
        market.withdraw(address(token), fee, STRANGER);
        _silence();
        _endsOverturned();
    }

    // --- panel decided ---

    function test_GivenADecisionAndSilence() public {
        _appealed();
        _decided(request, taskId, 0, RIGHT);
        _silence();
        _endsOverturned();
    }

    // --- second level ---

    function test_GivenASecondAppealAndSilence() public {
        _appealedTwice();
        _silence();
        _strangerEscalatesPanel(0, _none());
        _endsOverturned();
    }

    function test_GivenAFullWidePanelAndSilence() public {
        _appealedTwice();
        _fillPanel(request, taskId, 0, _members(6, 11));
        _silence();
        _strangerEscalatesPanel(0, _members(6, 11));
        _allLose(6, 11, NO_SHOW);
        _endsOverturned();
    }

    function test_GivenAWidePanelThatDecidedAndSilence() public {
        _appealedTwice();
        _decidedWide(request, taskId, 0, WRONG);
        _silence();
        // The first panel's judges agreed with what it said, and keep their stake.
        _endsAsVoted(voted);
    }

    // --- audits ---

    function test_GivenADrawnAuditAndSilence() public {
        _wrongly(_audited());
        _seedAudit(request, taskId, true);
        _silence();
        _as(STRANGER);
        market.audit(request);
        _silence();
        _strangerEscalatesPanel(PanelLib.AUDIT, _none());
        _endsAsVoted(voted + request.settlementFee);
    }

    function test_GivenLostSeedsAndSilence() public {
        _wrongly(_audited());
        _silence();
        _loseSeed(taskId);
        _as(STRANGER);
        market.audit(request);
        _silence();
        _loseSeed(taskId);
        _endsAsVoted(voted);
    }

    function test_GivenAPanelWhoseSeedIsLostTwice() public {
        _appealed();
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _loseSeed(panelId);
        _as(STRANGER);
        market.reseedPanel(request, 0);
        _loseSeed(panelId);
        _silence();
        _strangerEscalatesPanel(0, _none());
        _endsAsVoted(voted);
    }

    // --- non-delivery ---

    function test_GivenAClaimOfNonDeliveryAndSilence() public {
        _claimedUndelivered();
        _silence();
        _strangerEscalatesPanel(PanelLib.DELIVERY, _none());
        // The panel's caller was paid from the claimant's bond.
        _endsAsVoted(voted + request.settlementFee);
    }

    function test_GivenAClaimOfNonDeliveryWithAFullPanelAndSilence() public {
        _claimedUndelivered();
        _fillPanel(request, taskId, PanelLib.DELIVERY, _members(3, 6));
        _silence();
        _strangerEscalatesPanel(PanelLib.DELIVERY, _members(3, 6));
        _silence();
        _strangerEscalatesPanel(PanelLib.DELIVERY, _none());
        _allLose(3, 6, NO_SHOW);
        _endsAsVoted(voted + 2 * request.settlementFee);
    }

    // --- bags ---

    function test_GivenABagWhoseDisputedLeafIsNeverShown() public {
        Request memory bag = _windowed();
        bag.volume = 1_000;
        bytes32 root = keccak256("root");
        _vote(bag, keccak256(abi.encode(root, WRONG)));
        _settleBag(root);
        _as(APPELLANT);
        market.appeal(request, 7, 0, new bytes32[](0));
        _later(1);
        _decided(request, taskId, 0, RIGHT);
        _silence();
        _strangerFinalizes(request);
        _isEnded(taskId, EndReason.Voided);
        _allLose(0, 3, LOCK);
        // Nobody forfeits more than the requester pays: prices repay the appellant's panel.
        uint256 panel = 3 * uint256(PANEL_PRICE) + request.settlementFee;
        _allGoHome(2 * request.settlementFee + panel, 0);
    }

    function test_GivenAllEightAppealsAndSilence() public {
        Request memory bag = _windowed();
        bag.volume = 1_000;
        bytes32 root = keccak256("root");
        _vote(bag, keccak256(abi.encode(root, WRONG)));
        _settleBag(root);
        for (uint256 i = 0; i < PanelLib.MAX_APPEALS; ++i) {
            _as(APPELLANT);
            market.appeal(request, i, 0, new bytes32[](0));
        }
        _silence();
        for (uint256 i = 0; i < PanelLib.MAX_APPEALS; ++i) {
            _strangerEscalatesPanel(i, _none());
        }
        _endsAsVoted(voted);
    }

    // --- judges ---

    function test_GivenJudgesThatDeregister() public {
        _appealed();
        _fillPanel(request, taskId, 0, _members(3, 6));
        _as(_owner(ids[3]));
        market.deregister(ids[3]);
        _silence();
        // It ends the panel by itself, and then takes the rest of its stake.
        _as(_operator(ids[3]));
        market.escalatePanel(request, 0, _members(3, 6));
        _as(_owner(ids[3]));
        market.deregister(ids[3]);
        eq(_stake(ids[3]).active, 0, "left");
        _disputeIs(taskId, 0, DisputeStatus.Voting);
    }

    // --- steps ---

    function _audited() private returns (Request memory asked) {
        asked = _windowed();
        asked.auditBps = 1_000;
    }

    function _wrongly(Request memory asked) private {
        _vote(asked, WRONG);
        _settle(request, _members(0, 3), WRONG);
        _later(1);
    }

    function _vote(Request memory asked, bytes32 result) private {
        request = asked;
        taskId = _seated(request);
        uint256 prices;
        for (uint256 i = 0; i < 3; ++i) {
            prices += _price(request, taskId, ids[i]);
        }
        voted = prices + prices * Defaults.task().protocolFeeBps / 10_000 + 2 * request.settlementFee;
        _commitAndReveal(taskId, _members(0, 3), _same(3, result));
    }

    function _settleBag(bytes32 root) private {
        _as(STRANGER);
        market.settle(request, _members(0, 3), _bagOpening(root));
        _later(1);
    }

    function _bagOpening(bytes32 root) private pure returns (Opening memory opening) {
        (opening.digest, opening.root) = (WRONG, root);
    }

    function _appealed() private {
        _wrongly(_windowed());
        _appeal(request);
    }

    function _appealedTwice() private {
        _appealed();
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
    }

    function _claimedUndelivered() private {
        Request memory asked = _windowed();
        asked.deliveryWindow = CHALLENGE;
        _wrongly(asked);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
    }

    function _strangerEscalatesPanel(uint256 index, uint32[] memory members) private {
        _as(STRANGER);
        market.escalatePanel(request, index, members);
        _later(1);
    }

    /// @dev What was accepted stands: its voters are paid.
    function _endsAsVoted(uint256 spent) private {
        _strangerFinalizes(request);
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        eq(market.getOutcome(taskId).agreeing, 3, "as accepted");
        _allGoHome(spent, 0);
    }

    /// @dev The panel's result stands: its first voters lose their locks, and their prices repay the appellant.
    function _endsOverturned() private {
        _strangerFinalizes(request);
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        (bool accepted,) = market.verifyResult(taskId, 0, RIGHT, new bytes32[](0));
        isTrue(accepted, "the panel's result");
        _allLose(0, 3, LOCK);
        uint256 panel = 3 * uint256(PANEL_PRICE) + request.settlementFee;
        eq(token.balanceOf(APPELLANT) + _balance(APPELLANT), FUNDS, "the appellant has its bond");
        _allGoHome(2 * request.settlementFee + panel, 0);
    }
}
