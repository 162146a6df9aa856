// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {IRandomness} from "../../../contracts/interfaces/IRandomness.sol";
import {Dispute, DisputeKind, DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {VM} from "../support/Vm.sol";

contract AuditTest is PanelFixture {
    function test_RevertWhen_TheTaskHasNotAcceptedAResult() public {
        Request memory request = _audited();
        bytes32 taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        market.audit(request);
    }

    function test_RevertWhen_TheRequestHasNoAudit() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(NoAuditDue.selector, taskId));
        market.audit(request);
    }

    function test_RevertWhen_ItWasOpenedBefore() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        _seedAudit(request, taskId, true);
        market.audit(request);
        _refused(abi.encodeWithSelector(NoAuditDue.selector, taskId));
        market.audit(request);
    }

    function test_RevertWhen_TheSeedIsNotKnownYet() public {
        Request memory request = _audited();
        bytes32 taskId = _revealed(request, _same(3, WRONG));
        _settle(request, _members(0, 3), WRONG);
        uint256 seedBlock = market.getTask(taskId).seedBlock;
        eq(seedBlock, block.number + 1, "seed block");
        _refused(abi.encodeWithSelector(SeedUnknown.selector, seedBlock));
        market.audit(request);
    }

    function test_RevertWhen_TheDrawSparesTheTask() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        _seedAudit(request, taskId, false);
        _refused(abi.encodeWithSelector(NotDrawnForAudit.selector, taskId));
        market.audit(request);
    }

    function test_RevertWhen_TheDrawIsJustTheChance() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        uint256 guess;
        while (uint256(keccak256(abi.encode("deco.audit.v1", ++guess, taskId))) % 10_000 != request.auditBps) {}
        uint256 seedBlock = market.getTask(taskId).seedBlock;
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.seed, (seedBlock)), abi.encode(bytes32(guess)));
        _refused(abi.encodeWithSelector(NotDrawnForAudit.selector, taskId));
        market.audit(request);
    }

    function test_RevertWhen_TheResultIsJudgedOnAppealAlready() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        _seedAudit(request, taskId, true);
        _appeal(request);
        _refused(abi.encodeWithSelector(NotDrawnForAudit.selector, taskId));
        market.audit(request);
    }

    function test_RevertWhen_TheSeedWasLostTwice() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        _loseSeed(taskId);
        market.audit(request);
        _later(1);
        _loseSeed(taskId);
        _refused(abi.encodeWithSelector(AlreadyReseeded.selector, taskId));
        market.audit(request);
    }

    function test_GivenALostSeed() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        _loseSeed(taskId);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.AuditReseeded(taskId, uint32(block.number + 1));
        market.audit(request);
        Task memory task = market.getTask(taskId);
        isTrue(task.reseeded, "reseeded");
        eq(task.seedBlock, block.number + 1, "seed block");
        eq(uint256(task.status), uint256(TaskStatus.Accepted), "status");
    }

    function test_WhenTheDrawDemandsIt() public {
        Request memory request = _audited();
        bytes32 taskId = _accepted(request, WRONG);
        _seedAudit(request, taskId, true);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.DisputeOpened(
            taskId, uint8(PanelLib.AUDIT), DisputeKind.Audit, 0, address(0), _bond(request, 1)
        );
        _as(STRANGER);
        market.audit(request);
        Dispute memory dispute = market.getDispute(taskId, PanelLib.AUDIT);
        eq(uint256(dispute.kind), uint256(DisputeKind.Audit), "kind");
        eq(dispute.claimant, address(0), "claimant");
        eq(dispute.item, WRONG, "item");
        _disputeIs(taskId, PanelLib.AUDIT, DisputeStatus.Voting);
        eq(market.getTask(PanelLib.id(taskId, PanelLib.AUDIT, 1)).wanted, 3, "seats");
    }

    function _audited() private returns (Request memory request) {
        request = _windowed();
        request.auditBps = 1_000;
    }
}
