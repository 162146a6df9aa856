// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {Dispute, DisputeKind, DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {BagTree} from "../support/BagTree.sol";
import {VM} from "../support/Vm.sol";

contract AppealTest is PanelFixture {
    bytes32 private constant MANIFEST = keccak256("manifest");
    bytes32[] private _items;

    function test_RevertWhen_TheTaskHasNotAcceptedAResult() public {
        Request memory request = _windowed();
        bytes32 taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _appeal(request);
    }

    function test_RevertWhen_TheTaskIsFinal() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _windowsPass(request);
        _finalize(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Settled));
        _appeal(request);
    }

    function test_RevertWhen_TheChallengeWindowIsOver() public {
        (Request memory request, bytes32 taskId) = _wronged();
        uint256 closesAt = market.getVerdict(taskId).acceptedAt + uint256(CHALLENGE);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ChallengeWindowClosed.selector, closesAt));
        _appeal(request);
    }

    function test_RevertWhen_TheRequestHasNoChallengeWindow() public {
        Request memory request = _windowed();
        request.challengeWindow = 0;
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _accepted(request, WRONG);
        _refused(abi.encodeWithSelector(ChallengeWindowClosed.selector, market.getVerdict(taskId).acceptedAt));
        _appeal(request);
    }

    function test_RevertWhen_TheResultIsBeingJudgedOrWas() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _refused(abi.encodeWithSelector(LeafDisputed.selector, taskId, 0, 0));
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _refused(abi.encodeWithSelector(LeafDisputed.selector, taskId, 0, 0));
        _appeal(request);
    }

    function test_RevertWhen_AProofIsGivenForASingleRun() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(LeafMismatch.selector, taskId, 0, WRONG));
        _as(APPELLANT);
        market.appeal(request, 0, WRONG, new bytes32[](0));
    }

    function test_RevertWhen_TheLeafIsOutsideTheBag() public {
        (Request memory request,) = _bag();
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("leaf"), 4, 0, 3));
        _as(APPELLANT);
        market.appeal(request, 4, 0, new bytes32[](0));
    }

    function test_RevertWhen_TheProofDoesNotLeadToTheAcceptedRoot() public {
        (Request memory request, bytes32 taskId) = _bag();
        bytes32[] memory proof = _proof(2);
        _refused(abi.encodeWithSelector(LeafMismatch.selector, taskId, 1, _items[2]));
        _as(APPELLANT);
        market.appeal(request, 1, _items[2], proof);
    }

    function test_RevertWhen_EightLeavesWereAppealed() public {
        Request memory request = _windowed();
        request.volume = 16;
        Opening memory opening = Opening({digest: MANIFEST, root: keccak256("root"), document: ""});
        bytes32 taskId = _revealed(request, _same(3, keccak256(abi.encode(opening.root, MANIFEST))));
        _as(RELAYER);
        market.settle(request, _members(0, 3), opening);
        for (uint256 i = 0; i < 8; ++i) {
            _as(APPELLANT);
            eq(market.appeal(request, i, 0, new bytes32[](0)), i, "index");
        }
        _refused(abi.encodeWithSelector(TooManyAppeals.selector, taskId, 8));
        _as(APPELLANT);
        market.appeal(request, 8, 0, new bytes32[](0));
    }

    function test_RevertWhen_TheAppellantHasNoBond() public {
        (Request memory request,) = _wronged();
        VM.expectRevert();
        _as(address(0xbeef));
        market.appeal(request, 0, 0, new bytes32[](0));
    }

    function test_GivenAnAppealWhosePanelDidNotFill() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _later(request.claimWindow + 1);
        _escalatePanel(request, 0, _none());
        eq(_appeal(request), 1, "index");
        _disputeIs(taskId, 1, DisputeStatus.Voting);
    }

    function test_GivenAChallengeWindowOfOneSecond() public {
        Request memory request = _windowed();
        request.challengeWindow = 1;
        bytes32 taskId = _accepted(request, WRONG);
        eq(block.timestamp, market.getVerdict(taskId).acceptedAt + 1, "the last second");
        eq(_appeal(request), 0, "index");
        _disputeIs(taskId, 0, DisputeStatus.Voting);
    }

    function test_RevertGiven_ADecisionWhoseAppealDidNotFill() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
        _later(request.claimWindow + 1);
        _escalatePanel(request, 0, _none());
        _disputeIs(taskId, 0, DisputeStatus.Closed);
        _refused(abi.encodeWithSelector(LeafDisputed.selector, taskId, 0, 0));
        _appeal(request);
    }

    function test_GivenABagAndTheLeafSProof() public {
        (Request memory request, bytes32 taskId) = _bag();
        bytes32[] memory proof = _proof(2);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.DisputeOpened(taskId, 0, DisputeKind.Appeal, 2, APPELLANT, _bond(request, 1));
        _as(APPELLANT);
        market.appeal(request, 2, _items[2], proof);
        Dispute memory dispute = market.getDispute(taskId, 0);
        eq(dispute.leaf, 2, "leaf");
        eq(dispute.item, _items[2], "item");
    }

    function test_GivenABagAndNoProof() public {
        (Request memory request, bytes32 taskId) = _bag();
        _as(APPELLANT);
        market.appeal(request, 2, 0, new bytes32[](0));
        eq(market.getDispute(taskId, 0).item, bytes32(0), "item");
    }

    function test_WhenAllIsWell() public {
        (Request memory request, bytes32 taskId) = _wronged();
        uint256 before = token.balanceOf(APPELLANT);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.DisputeOpened(taskId, 0, DisputeKind.Appeal, 0, APPELLANT, _bond(request, 1));
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.PanelOpened(taskId, panelId, 0, 1, 3, uint32(block.number + 1));
        _as(APPELLANT);
        uint256 index = market.appeal(request, 0, 0, new bytes32[](0));
        eq(index, 0, "index");
        eq(before - token.balanceOf(APPELLANT), _bond(request, 1), "bond");
        Dispute memory dispute = market.getDispute(taskId, 0);
        eq(uint256(dispute.kind), uint256(DisputeKind.Appeal), "kind");
        eq(dispute.claimant, APPELLANT, "claimant");
        eq(dispute.bond, _bond(request, 1), "bond kept");
        eq(dispute.item, WRONG, "item");
        Task memory panel = market.getTask(panelId);
        eq(panel.totalStake, market.totalStake() / 1e15, "all stake, in thousandths");
        eq(panel.wanted, 3, "seats");
        eq(panel.round, 1, "round");
        eq(panel.seedBlock, block.number + 1, "seed");
        eq(panel.commitWindow, request.commitWindow, "commit window");
        eq(panel.revealWindow, request.revealWindow, "reveal window");
        eq(panel.postedAt, block.timestamp, "posted");
        eq(panel.openedAt, block.timestamp, "opened");
        eq(panel.parameters, market.getTask(taskId).parameters, "the task's parameters");
    }

    /// @dev Four items, of which the third is wrong.
    function _bag() private returns (Request memory request, bytes32 taskId) {
        request = _windowed();
        request.volume = 4;
        for (uint256 i = 0; i < 4; ++i) {
            _items.push(keccak256(abi.encode("item", i)));
        }
        Opening memory opening = Opening({digest: MANIFEST, root: BagTree.root(_items), document: ""});
        bytes32 result = keccak256(abi.encode(opening.root, MANIFEST));
        taskId = _revealed(request, _same(3, result));
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
