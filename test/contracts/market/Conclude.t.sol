// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../../../contracts/interfaces/IAgenticCommerce.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {AgenticJobs} from "../../../contracts/mocks/AgenticJobs.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {TaskEvaluator} from "../../../contracts/policies/TaskEvaluator.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract ConcludeTest is MarketFixture {
    address private constant EVALUATOR = address(0xe7a1);

    uint32[] private ids;
    uint32[] private one;
    EvaluatorPolicy private policy;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        one = _slice(ids, 0, 1);
        policy = new EvaluatorPolicy(market);
        parameters.setPolicy(address(policy), true, 100_000);
        request = _request();
        (request.replicas, request.maxReplicas, request.minAgreeing) = (1, 1, 1);
        (request.policy, request.policyData) = (address(policy), bytes32(uint256(uint160(EVALUATOR))));
    }

    function test_RevertWhen_TheTaskHasNoPolicyOrAnInstantOne() public {
        request = _request();
        taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(0)));
        market.conclude(request, _none(), _opening(RIGHT));
    }

    function test_RevertWhen_TheCallerIsNotThePolicy() public {
        _held();
        _refused(abi.encodeWithSelector(NotTheJudge.selector, taskId, EVALUATOR));
        _as(EVALUATOR);
        market.conclude(request, one, _opening(RIGHT));
    }

    function test_RevertWhen_TheCallerOfThePolicyIsNotTheEvaluator() public {
        _held();
        _refused(abi.encodeWithSelector(EvaluatorPolicy.NotTheEvaluator.selector, STRANGER, EVALUATOR));
        _as(STRANGER);
        policy.complete(request, one, _opening(RIGHT));
        _refused(abi.encodeWithSelector(EvaluatorPolicy.NotTheEvaluator.selector, STRANGER, EVALUATOR));
        _as(STRANGER);
        policy.reject(request, one);
    }

    function test_RevertWhen_NobodyHoldsTheSeatYet() public {
        taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _as(EVALUATOR);
        policy.complete(request, _none(), _opening(RIGHT));
    }

    function test_RevertWhen_TheJudgeIsTooLate() public {
        _held();
        uint256 closesAt = market.getTask(taskId).phaseAt + request.commitWindow + request.revealWindow;
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ProofWindowClosed.selector, closesAt));
        _as(EVALUATOR);
        policy.complete(request, one, _opening(RIGHT));
        _expire(request, one);
        _isEnded(taskId, EndReason.Unjudged);
        eq(_stake(ids[0]).active, STAKE, "no slash");
        eq(_work(ids[0]).locked, 0, "lock");
    }

    function test_RevertWhen_ThePolicyIsRemoved() public {
        _held();
        parameters.tombstonePolicy(address(policy));
        _refused(abi.encodeWithSelector(PolicyRemoved.selector, address(policy)));
        _as(EVALUATOR);
        policy.complete(request, one, _opening(RIGHT));
        _expire(request, one);
        _isEnded(taskId, EndReason.PolicyRemoved);
        eq(_stake(ids[0]).active, STAKE, "no slash");
    }

    function test_WhenTheJudgeApproves() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        uint256 refund = _escrow(request) - price - price / 10 - price * 200 / 10_000 - request.settlementFee;
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.RoyaltyPaid(taskId, STRANGER, price / 10);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.ResultProven(taskId, address(policy), ids[0], price, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskSettled(taskId, RIGHT, RIGHT, 0, 0, 0, refund, address(policy), "");
        _as(EVALUATOR);
        policy.complete(request, one, _opening(RIGHT));
        eq(_earned(ids[0]), price, "paid");
        eq(_work(ids[0]).trust, 11, "trust");
        isTrue(market.getOutcome(taskId).proven, "proven");
        eq(_balance(address(policy)), request.settlementFee, "fee of the verdict");
        policy.collect(address(token));
        eq(token.balanceOf(TREASURY), request.settlementFee, "collected");
    }

    function test_GivenABagThatTheJudgeApproves() public {
        request.volume = 1_000;
        _held();
        Opening memory bag = Opening({digest: RIGHT, root: WRONG, document: ""});
        uint256 price = _price(request, taskId, ids[0]);
        uint256 refund = _escrow(request) - price - price * 200 / 10_000 - request.settlementFee;
        bytes32 result = keccak256(abi.encode(WRONG, RIGHT));
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskSettled(taskId, result, RIGHT, WRONG, 0, 0, refund, address(policy), "");
        _as(EVALUATOR);
        policy.complete(request, one, bag);
    }

    function test_WhenTheJudgeRejects() public {
        request.dissentBps = 4_000;
        _held();
        _setTrust(ids[0], 35);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.Rejected, _escrow(request) - request.settlementFee, address(policy));
        _as(EVALUATOR);
        policy.reject(request, one);
        _isEnded(taskId, EndReason.Rejected);
        eq(_stake(ids[0]).active, STAKE - LOCK * 4 / 10, "slash");
        eq(_work(ids[0]).trust, 25, "trust");
        eq(_earned(ids[0]), 0, "no pay");
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
    }

    function test_GivenASeatThatAbstainedAndAJudgeThatRejects() public {
        _held();
        _abstain(taskId, ids[0], 1);
        _as(EVALUATOR);
        policy.reject(request, one);
        eq(_stake(ids[0]).active, STAKE - LOCK * 50 / 10_000, "decline fee");
        eq(_work(ids[0]).trust, 10, "trust");
    }

    // --- ERC-8183, both ways ---

    function test_GivenAJobOfAnotherMarketWhoseEvaluatorJudges() public {
        // The job's evaluator is also the evaluator of the task: one verdict for both.
        AgenticJobs jobs = new AgenticJobs();
        uint256 jobId = jobs.createJob(_owner(ids[0]), EVALUATOR);
        _held();
        _as(_owner(ids[0]));
        jobs.submit(jobId, RIGHT);
        VM.startPrank(EVALUATOR);
        policy.complete(request, one, _opening(jobs.getJob(jobId).deliverable));
        jobs.complete(jobId, taskId);
        VM.stopPrank();
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "task");
        eq(uint256(jobs.getJob(jobId).status), uint256(IAgenticCommerce.JobStatus.Completed), "job");
    }

    function test_GivenAJobThatNamesATask() public {
        (AgenticJobs jobs, TaskEvaluator evaluator, uint256 jobId) = _job();
        request = _request();
        taskId = _post(request);
        _refused(abi.encodeWithSelector(TaskEvaluator.NoTask.selector, jobId));
        evaluator.evaluate(jobId);
        _refused(abi.encodeWithSelector(TaskEvaluator.NotTheClient.selector, jobId, STRANGER));
        _as(STRANGER);
        evaluator.nameTask(jobId, taskId);
        evaluator.nameTask(jobId, taskId);
        IAgenticCommerce.JobStatus funded = IAgenticCommerce.JobStatus.Funded;
        _refused(abi.encodeWithSelector(TaskEvaluator.WrongJobStatus.selector, jobId, funded));
        evaluator.nameTask(jobId, RIGHT);
        _refused(abi.encodeWithSelector(TaskEvaluator.WrongJobStatus.selector, jobId, funded));
        evaluator.evaluate(jobId);
        _as(_owner(ids[0]));
        jobs.submit(jobId, RIGHT);
        _refused(abi.encodeWithSelector(TaskEvaluator.TaskNotFinal.selector, taskId));
        evaluator.evaluate(jobId);
        _vote(request, taskId, ids, _same(3, RIGHT));
        _settle(request, ids, RIGHT);
        isTrue(evaluator.evaluate(jobId), "completed");
        eq(uint256(jobs.getJob(jobId).status), uint256(IAgenticCommerce.JobStatus.Completed), "job");
        eq(jobs.reasonOf(jobId), taskId, "why");
    }

    function test_GivenAJobWhoseDeliverableIsAnotherResult() public {
        (AgenticJobs jobs, TaskEvaluator evaluator, uint256 jobId) = _job();
        (, taskId) = _agree(ids);
        evaluator.nameTask(jobId, taskId);
        _as(_owner(ids[0]));
        jobs.submit(jobId, WRONG);
        isTrue(!evaluator.evaluate(jobId), "rejected");
        eq(uint256(jobs.getJob(jobId).status), uint256(IAgenticCommerce.JobStatus.Rejected), "job");
    }

    function _job() private returns (AgenticJobs jobs, TaskEvaluator evaluator, uint256 jobId) {
        jobs = new AgenticJobs();
        evaluator = new TaskEvaluator(market, jobs, 200 ether);
        jobs.createJob(_owner(ids[0]), STRANGER);
        jobId = jobs.createJob(_owner(ids[0]), address(evaluator));
    }

    function _held() private {
        taskId = _post(request);
        // With one seat, not everybody is drawn at the moment at which a seat still raises trust.
        _luck(taskId, one[0]);
        _fill(request, taskId, one);
    }
}
