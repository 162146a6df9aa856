// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, Outcome, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";
import {Keys} from "../support/Wallets.sol";

contract ProveTest is MarketFixture {
    uint256 private constant KEY = 0x5167;

    uint32[] private ids;
    uint32[] private one;
    SignaturePolicy private policy;
    Request private request;
    bytes32 private taskId;
    Opening private opened;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        one = _slice(ids, 0, 1);
        policy = new SignaturePolicy();
        parameters.setPolicy(address(policy), true, 200_000);
        opened.digest = RIGHT;
        request = _proven(1);
    }

    // --- refusals at the post ---

    function test_RevertWhen_ThePolicyIsNotListed() public {
        request.policy = STRANGER;
        _refusedPost(abi.encodeWithSelector(PolicyNotListed.selector, STRANGER));
        parameters.setPolicy(address(policy), false, 200_000);
        request.policy = address(policy);
        _refusedPost(abi.encodeWithSelector(PolicyNotListed.selector, address(policy)));
    }

    function test_RevertWhen_ThePolicyDoesNotServeTheData() public {
        request.policyData = 0;
        _refusedPost(abi.encodeWithSelector(PolicyRefuses.selector, address(policy), bytes32(0)));
    }

    function test_RevertWhen_DataHasNoPolicy() public {
        request.policy = address(0);
        _refusedPost(abi.encodeWithSelector(FieldNotSupported.selector, bytes32("policyData")));
    }

    function test_RevertWhen_MoreThanOneReplicaIsAskedFor() public {
        (request.replicas, request.maxReplicas) = (2, 2);
        _refusedPost(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("replicas"), 2, 0, 1));
        (request.replicas, request.maxReplicas) = (1, 2);
        _refusedPost(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("maxReplicas"), 2, 1, 1));
        EvaluatorPolicy judge = new EvaluatorPolicy(market);
        parameters.setPolicy(address(judge), true, 200_000);
        (request.policy, request.replicas, request.maxReplicas) = (address(judge), 0, 0);
        _refusedPost(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("replicas"), 0, 1, 1));
    }

    // --- refusals ---

    function test_RevertWhen_TheTaskIsVotedOn() public {
        request = _request();
        taskId = _post(request);
        bytes memory proof = _sign(ids[0]);
        _refused(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(0)));
        _prove(ids[0], _none(), proof);
    }

    function test_RevertWhen_TheTaskIsJudged() public {
        EvaluatorPolicy judge = new EvaluatorPolicy(market);
        parameters.setPolicy(address(judge), true, 200_000);
        request.policy = address(judge);
        _heldLate();
        bytes memory proof = _sign(ids[0]);
        _refused(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(judge)));
        _prove(ids[0], one, proof);
    }

    function test_RevertWhen_AProvenTaskIsSettledByVote() public {
        _held();
        _commitAndReveal(taskId, one, _same(1, WRONG));
        _refused(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(policy)));
        _settle(request, one, WRONG);
    }

    function test_RevertWhen_TheCallerIsNoOperator() public {
        _held();
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.prove(request, one, opened, "");
    }

    function test_RevertWhen_NobodyHoldsTheSeatYet() public {
        taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _prove(ids[0], _none(), "");
    }

    function test_RevertWhen_AnotherHoldsTheSeatInTime() public {
        _held();
        uint256 until = market.getTask(taskId).phaseAt + request.commitWindow;
        bytes memory proof = _sign(ids[1]);
        VM.warp(until);
        _refused(abi.encodeWithSelector(SeatHeld.selector, taskId, until));
        _prove(ids[1], one, proof);
    }

    function test_RevertWhen_TheRosterIsNotTheHolder() public {
        _held();
        bytes memory proof = _sign(ids[0]);
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 0, 1));
        _prove(ids[0], _none(), proof);
        uint32[] memory other = _slice(ids, 1, 2);
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 0));
        _prove(ids[0], other, proof);
    }

    function test_RevertWhen_TheProofIsWrongOrAnotherProviderS() public {
        _held();
        bytes memory copied = _sign(ids[1]);
        _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _prove(ids[0], one, copied);
        bytes memory proof = _sign(ids[0]);
        opened.digest = WRONG;
        _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _prove(ids[0], one, proof);
        _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _prove(ids[0], one, "");
    }

    function test_RevertWhen_TheHolderProvesTooLate() public {
        _held();
        uint256 until = market.getTask(taskId).phaseAt + request.commitWindow;
        bytes memory proof = _sign(ids[0]);
        VM.warp(until + 1);
        _refused(abi.encodeWithSelector(ProofWindowClosed.selector, until));
        _prove(ids[0], one, proof);
        VM.warp(until);
        _prove(ids[0], one, proof);
    }

    function test_RevertWhen_EverybodyIsTooLate() public {
        _held();
        uint256 closesAt = market.getTask(taskId).phaseAt + request.commitWindow + request.revealWindow;
        bytes memory proof = _sign(ids[1]);
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(ProofWindowOpen.selector, closesAt));
        _expire(request, one);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ProofWindowClosed.selector, closesAt));
        _prove(ids[1], one, proof);
        uint256 state = VM.snapshotState();
        VM.warp(closesAt);
        _prove(ids[1], one, proof);
        isTrue(VM.revertToState(state), "back");
        _expire(request, one);
        _isEnded(taskId, EndReason.Unproven);
    }

    function test_GivenAPolicyThatAnswersBadly() public {
        HostilePolicy hostile = new HostilePolicy();
        parameters.setPolicy(address(hostile), true, 200_000);
        request.policy = address(hostile);
        _heldLate();
        for (uint256 i = 0; i < 6; ++i) {
            hostile.set(HostilePolicy.Mood(i));
            uint256 before = gasleft();
            _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
            _prove(ids[0], one, "");
            atMost(before - gasleft(), 400_000, "gas");
        }
    }

    function test_RevertWhen_TooLittleGasIsLeftForThePolicy() public {
        _held();
        bytes memory proof = _sign(ids[0]);
        bytes memory data = abi.encodeCall(IDecoProofs.prove, (request, one, opened, proof));
        _as(_operator(ids[0]));
        (bool succeeded, bytes memory answer) = address(market).call{gas: 260_000}(data);
        isTrue(!succeeded, "refused");
        eq(bytes32(bytes4(answer)), bytes32(GasTooLow.selector), "by its name");
    }

    // --- the holder ---

    function test_WhenTheHolderProves() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        bytes memory proof = _sign(ids[0]);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.ResultProven(taskId, address(policy), ids[0], price, 0);
        uint256 spent = price + price / 10 + price * 200 / 10_000 + request.settlementFee;
        uint256 refund = _escrow(request) - spent;
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskSettled(taskId, RIGHT, RIGHT, 0, 0, 0, refund, _operator(ids[0]), "");
        _prove(ids[0], one, proof);
        eq(_earned(ids[0]), price, "price");
        eq(_balance(STRANGER), price / 10, "royalty");
        eq(_balance(REQUESTER), _escrow(request) - spent, "refund");
        eq(_work(ids[0]).locked, 0, "lock");
        eq(_work(ids[0]).trust, 11, "trust");
        Outcome memory outcome = market.getOutcome(taskId);
        eq(uint256(outcome.status), uint256(TaskStatus.Settled), "status");
        isTrue(outcome.proven, "proven");
        eq(outcome.agreeing, 1, "agreeing");
        (bool accepted,) = market.verifyResult(taskId, 0, RIGHT, new bytes32[](0));
        isTrue(accepted, "result");
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Settled));
        _prove(ids[0], one, proof);
    }

    // --- rescue ---

    function test_WhenSomebodyRescues() public {
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        _setTrust(ids[0], 35);
        bytes memory proof = _sign(ids[1]);
        _later(request.commitWindow + 1);
        uint256 pending = market.pendingBurn();
        _prove(ids[1], one, proof);
        eq(_earned(ids[1]), price, "price of the seat");
        eq(_earned(ids[0]), 0, "the holder is not paid");
        eq(market.earningsOf(address(deco), ids[1]), LOCK / 20, "half of the no-show share");
        eq(market.balanceOf(address(deco), REQUESTER), 1 ether, "compensation");
        eq(market.pendingBurn() - pending, LOCK / 20 - 1 ether, "the rest burns");
        eq(_stake(ids[0]).active, STAKE - LOCK / 10, "slash");
        eq(_work(ids[0]).trust, 30, "trust of the holder");
        eq(_work(ids[1]).trust, 10, "the rescuer has no seat that could raise trust");
        eq(market.getOutcome(taskId).agreeing, 0, "no stake stood behind it");
    }

    function test_WhenSomebodyRescuesFromAHolderThatAbstained() public {
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        _abstain(taskId, ids[0], 1);
        bytes memory proof = _sign(ids[1]);
        _prove(ids[1], one, proof);
        eq(_earned(ids[1]), price, "price");
        eq(market.earningsOf(address(deco), ids[1]), LOCK * 50 / 10_000 / 2, "half of the decline fee");
        eq(_work(ids[0]).trust, 10, "an abstention costs no trust");
    }

    function test_WhenNobodyRescues() public {
        _held();
        _later(request.commitWindow + request.revealWindow + 1);
        _expire(request, one);
        _isEnded(taskId, EndReason.Unproven);
        eq(_stake(ids[0]).active, STAKE - LOCK / 10, "slash");
        eq(_work(ids[0]).locked, 0, "lock");
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
    }

    function test_WhenThePolicyIsRemovedWhileTheSeatIsHeld() public {
        _held();
        parameters.tombstonePolicy(address(policy));
        bytes memory proof = _sign(ids[0]);
        _refused(abi.encodeWithSelector(PolicyRemoved.selector, address(policy)));
        _prove(ids[0], one, proof);
        _expire(request, one);
        _isEnded(taskId, EndReason.PolicyRemoved);
        eq(_stake(ids[0]).active, STAKE, "no slash");
        eq(_work(ids[0]).locked, 0, "lock");
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
        _refusedPost(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
    }

    // --- without a seat ---

    function test_GivenNoSeat() public {
        request = _proven(0);
        taskId = _post(request);
        _refused(abi.encodeWithSelector(ProofWindowOpen.selector, block.timestamp - 1 + request.commitWindow));
        _as(REQUESTER);
        market.cancel(request);
        VM.warp(uint256(market.getTask(taskId).openedAt) + 300);
        bytes memory proof = _sign(ids[2]);
        _prove(ids[2], _none(), proof);
        uint256 whole = 2 ** 40 - 1;
        uint256 price = request.minPrice + (uint256(request.maxPrice - request.minPrice) * (300 * whole / 600)) / whole;
        eq(_earned(ids[2]), price, "price of this second");
        eq(_balance(REQUESTER), _escrow(request) - price - price * 200 / 10_000 - request.settlementFee, "refund");
        isTrue(market.getOutcome(taskId).proven, "proven");
    }

    function test_WhenNobodyProvesATaskWithoutSeat() public {
        request = _proven(0);
        taskId = _post(request);
        uint256 closesAt = uint256(market.getTask(taskId).openedAt) + request.commitWindow;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(ProofWindowOpen.selector, closesAt));
        _expire(request, _none());
        VM.warp(closesAt + 1);
        bytes memory proof = _sign(ids[2]);
        _refused(abi.encodeWithSelector(ProofWindowClosed.selector, closesAt));
        _prove(ids[2], _none(), proof);
        _expire(request, _none());
        _isEnded(taskId, EndReason.Unproven);
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
    }

    function test_WhenNobodyClaimsATaskWithoutSeat() public {
        request = _proven(0);
        taskId = _post(request);
        _later(request.claimWindow - 2);
        VM.expectRevert();
        _claim(request, ids[0]);
    }

    function test_WhenASignedRequestIsOpenedAndProvenInOneTransaction() public {
        uint256 key = 0xa11ce;
        address holder = VM.addr(key);
        _fund(holder);
        VM.startPrank(holder);
        market.deposit(address(token), 100e6);
        market.deposit(address(deco), 100 ether);
        VM.stopPrank();
        request = _proven(0);
        request.requester = holder;
        taskId = market.hashRequest(request);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoMatching.openSigned, (request, Keys.sign(key, taskId)));
        calls[1] = abi.encodeCall(IDecoProofs.prove, (request, _none(), opened, _sign(ids[0])));
        _as(_operator(ids[0]));
        Multicall(address(market)).multicall(calls);
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        eq(_earned(ids[0]), request.minPrice, "paid");
    }

    // --- helpers ---

    function _proven(uint8 replicas) private returns (Request memory made) {
        made = _request();
        (made.replicas, made.maxReplicas, made.minAgreeing) = (replicas, replicas, 1);
        (made.policy, made.policyData) = (address(policy), bytes32(uint256(uint160(VM.addr(KEY)))));
    }

    function _held() private {
        taskId = _post(request);
        _luck(taskId, one[0]);
        _fill(request, taskId, one);
    }

    /// @dev Whoever the draw favours first: by then everybody is drawn.
    function _heldLate() private {
        taskId = _post(request);
        _later(uint256(request.claimWindow) * 3 / 4);
        _luck(taskId, one[0]);
        _fill(request, taskId, one);
    }

    function _sign(uint32 provider) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(KEY, policy.digestOf(taskId, provider, RIGHT));
        return abi.encodePacked(r, s, v);
    }

    function _prove(uint32 provider, uint32[] memory roster, bytes memory proof) private {
        _as(_operator(provider));
        market.prove(request, roster, opened, proof);
    }

    function _refusedPost(bytes memory reason) private {
        _refused(reason);
        _as(REQUESTER);
        market.post(request);
    }
}
