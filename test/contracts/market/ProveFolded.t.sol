// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {Fold} from "../../../contracts/types/Fold.sol";
import {TaskParameters} from "../../../contracts/types/Parameters.sol";
import {EndReason, Outcome, TaskStatus} from "../../../contracts/types/Task.sol";
import {ProvenFixture} from "../ProvenFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract ProveFoldedTest is ProvenFixture {
    function setUp() public override {
        super.setUp();
        _askProven(1);
    }

    function test_RevertWhen_TheFoldIsAnother() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[0]);
        ++fold.terms;
        _refuses(fold, proof, abi.encodeWithSelector(FoldMismatch.selector, taskId));
        --fold.terms;
        fold.roster = _one(1);
        _refuses(fold, proof, abi.encodeWithSelector(FoldMismatch.selector, taskId));
        fold.roster = _pair();
        _refuses(fold, proof, abi.encodeWithSelector(FoldMismatch.selector, taskId));
    }

    function test_RevertWhen_TheTaskIsNotFolded() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[0]);
        market.unfold(taskId, fold);
        _refuses(fold, proof, abi.encodeWithSelector(FoldMismatch.selector, taskId));
        _as(_operator(ids[0]));
        market.prove(request, fold.roster, opened, proof);
    }

    function test_RevertWhen_TheTaskIsVotedOn() public {
        Fold memory fold = _openFolded();
        _refuses(fold, "", abi.encodeWithSelector(WrongPolicy.selector, taskId, address(0)));
    }

    function test_RevertWhen_TheTaskIsJudged() public {
        EvaluatorPolicy judge = new EvaluatorPolicy(market);
        parameters.setPolicy(address(judge), true, GAS_CAP);
        request.policy = address(judge);
        Fold memory fold = _held();
        _refuses(fold, "", abi.encodeWithSelector(WrongPolicy.selector, taskId, address(judge)));
    }

    function test_RevertWhen_ThePolicyIsRemoved() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[0]);
        parameters.tombstonePolicy(address(policy));
        _refuses(fold, proof, abi.encodeWithSelector(PolicyRemoved.selector, address(policy)));
        // Nobody is at fault.
        market.unfold(taskId, fold);
        _expire(request, fold.roster);
        _isEnded(taskId, EndReason.PolicyRemoved);
        eq(_work(ids[0]).locked, 0, "free");
        eq(_stake(ids[0]).active, STAKE, "no slash");
    }

    function test_RevertWhen_TheHolderHasCommitted() public {
        Fold memory fold = _commitFolded(_held(), RIGHT);
        _refuses(fold, _proofOf(ids[0]), abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Revealing));
    }

    function test_RevertWhen_TheHolderProvesTooLate() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[0]);
        uint256 until = block.timestamp + request.commitWindow;
        VM.warp(until + 1);
        _refuses(fold, proof, abi.encodeWithSelector(ProofWindowClosed.selector, until));
        VM.warp(until);
        _prove(ids[0], fold, proof);
    }

    function test_RevertWhen_TheCallerIsNotTheHolder() public {
        Fold memory fold = _held();
        bytes memory reason = abi.encodeWithSelector(SeatHeld.selector, taskId, block.timestamp + request.commitWindow);
        bytes memory proof = _proofOf(ids[1]);
        _refused(reason);
        _prove(ids[1], fold, proof);
        _refused(reason);
        _as(STRANGER);
        market.proveFolded(request, fold, opened, proof);
    }

    function test_RevertWhen_TheProofIsWrongOrAnotherProviderS() public {
        Fold memory fold = _held();
        bytes memory reason = abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]);
        _refuses(fold, _proofOf(ids[1]), reason);
        _refuses(fold, "", reason);
        bytes memory proof = _proofOf(ids[0]);
        opened.digest = WRONG;
        _refuses(fold, proof, reason);
    }

    function test_RevertWhen_TheOpeningDoesNotFit() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[0]);
        opened.root = WRONG;
        _refuses(fold, proof, abi.encodeWithSelector(InvalidOpening.selector));
        opened.root = 0;
        opened.document = "another";
        _refuses(fold, proof, abi.encodeWithSelector(DocumentMismatch.selector, RIGHT, sha256("another")));
    }

    function test_RevertWhen_TheTaskIsSettled() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[0]);
        _prove(ids[0], fold, proof);
        _refuses(fold, proof, abi.encodeWithSelector(FoldMismatch.selector, taskId));
        _refused(abi.encodeWithSelector(FoldMismatch.selector, taskId));
        market.unfold(taskId, fold);
    }

    function test_RevertWhen_TooLittleGasIsLeftForThePolicy() public {
        Fold memory fold = _held();
        bytes memory data = abi.encodeCall(IDecoProofs.proveFolded, (request, fold, opened, _proofOf(ids[0])));
        _as(_operator(ids[0]));
        (bool succeeded, bytes memory answer) = address(market).call{gas: 260_000}(data);
        isTrue(!succeeded, "refused");
        eq(bytes32(bytes4(answer)), bytes32(GasTooLow.selector), "by its name");
    }

    function test_GivenAPolicyThatAnswersBadly() public {
        HostilePolicy hostile = new HostilePolicy();
        parameters.setPolicy(address(hostile), true, GAS_CAP);
        request.policy = address(hostile);
        Fold memory fold = _held();
        for (uint256 i = 0; i < 6; ++i) {
            hostile.set(HostilePolicy.Mood(i));
            uint256 before = gasleft();
            _refuses(fold, "", abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
            atMost(before - gasleft(), 400_000, "gas");
        }
    }

    function test_WhenSomebodyRescues() public {
        Fold memory fold = _held();
        bytes memory proof = _proofOf(ids[1]);
        VM.warp(block.timestamp + request.commitWindow + 1);
        market.unfold(taskId, fold);
        _as(_operator(ids[1]));
        market.prove(request, fold.roster, opened, proof);
        eq(_earned(ids[1]), PRICE, "price of the seat");
        eq(_stake(ids[0]).active, STAKE - LOCK / 10, "slash");
    }

    function test_WhenTheParametersHaveChangedSinceThePost() public {
        Fold memory fold = _held();
        TaskParameters memory task = Defaults.task();
        task.protocolFeeBps = 500;
        parameters.setParameters(task, Defaults.post());
        _prove(ids[0], fold, _proofOf(ids[0]));
        eq(_balance(TREASURY), uint256(PRICE) * 200 / 10_000, "fee of the post");
    }

    /// @dev The two ways from one state to the end, compared in all that the market keeps of those concerned.
    function testFuzz_GivenAnyRequest(uint256 seed) public {
        request.volume = seed % 2 == 0 ? 1 : 1_000;
        if (request.volume > 1) opened.root = WRONG;
        if ((seed >> 8) % 2 == 0) {
            (request.programOwner, request.programBps) = (STRANGER, uint16(1 + (seed >> 16) % 5_000));
        }
        if ((seed >> 32) % 2 == 0) (request.dataOwner, request.dataBps) = (STRANGER, uint16(1 + (seed >> 40) % 5_000));
        request.settlementFee = uint96(10_000 + (seed >> 56) % 100_000);
        _setTrust(ids[0], uint8(10 + (seed >> 72) % 91));
        Fold memory fold = _held();
        VM.warp(block.timestamp + (seed >> 80) % (request.commitWindow + 1));
        bytes memory proof = _proofOf(ids[0]);
        uint256 state = VM.snapshotState();
        _prove(ids[0], fold, proof);
        bytes32 folded = _everything(ids[0]);
        isTrue(VM.revertToState(state), "back");
        market.unfold(taskId, fold);
        _as(_operator(ids[0]));
        market.prove(request, fold.roster, opened, proof);
        eq(_everything(ids[0]), folded, "the same end");
    }

    function test_WhenTheHolderProves() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        uint256 before = _balance(holder);
        Fold memory fold = _held();
        uint256 paid = PRICE;
        uint256 fee = paid * 200 / 10_000;
        uint256 refund = _escrow(request) - paid - paid / 10 - fee - request.settlementFee;
        uint256 ended = ids[0] | (uint256(10) << 32) | (paid << 56);
        bytes memory proof = _proofOf(ids[0]);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.RoyaltyPaid(taskId, STRANGER, paid / 10);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.TaskProven(taskId, address(policy), ids[0], RIGHT, 0, ended, refund, _operator(ids[0]), "");
        _prove(ids[0], fold, proof);

        Outcome memory outcome = market.getOutcome(taskId);
        isTrue(outcome.status == TaskStatus.Settled, "settled");
        isTrue(outcome.proven, "proven");
        eq(outcome.agreeing, 1, "agreeing");
        eq(_earned(ids[0]), paid, "paid");
        eq(_work(ids[0]).locked, 0, "free");
        eq(_work(ids[0]).trust, 10, "trust stays");
        eq(_balance(_operator(ids[0])), request.settlementFee, "settler");
        eq(_balance(STRANGER), paid / 10, "royalty");
        eq(_balance(TREASURY), fee, "fee");
        eq(before - _balance(holder), paid + paid / 10 + fee + request.settlementFee, "cost");
    }

    /// @dev Opened by the allocator, with the first provider in its one seat.
    function _held() private returns (Fold memory) {
        return _openFolded(_match(request, _one(0)));
    }

    function _prove(uint32 provider, Fold memory fold, bytes memory proof) private {
        _as(_operator(provider));
        market.proveFolded(request, fold, opened, proof);
    }

    function _refuses(Fold memory fold, bytes memory proof, bytes memory reason) private {
        _refused(reason);
        _prove(ids[0], fold, proof);
    }
}
