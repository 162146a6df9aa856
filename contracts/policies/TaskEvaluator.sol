// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../interfaces/IAgenticCommerce.sol";
import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {TaskStatus} from "../types/Task.sol";

/// @title TaskEvaluator
/// @notice Evaluates jobs of an ERC-8183 contract by tasks of this market: a job whose deliverable is the result of its task is complete.
/// @dev The job names this contract as its evaluator, and its client names the task, before the provider submits. Whoever wants to be
/// paid, or refunded, calls {evaluate}.
contract TaskEvaluator {
    /// @notice Thrown when the caller is not the client of the job.
    error NotTheClient(uint256 jobId, address caller);
    /// @notice Thrown when the job is past the state that the call needs.
    error WrongJobStatus(uint256 jobId, IAgenticCommerce.JobStatus actual);
    /// @notice Thrown when another task or none was named for the job.
    error NoTask(uint256 jobId);
    /// @notice Thrown while the task has not ended.
    error TaskNotFinal(bytes32 taskId);

    event TaskNamed(uint256 indexed jobId, bytes32 indexed taskId);

    IDecoMarket public immutable market;
    IAgenticCommerce public immutable jobs;
    /// @notice Stake that lying must have cost for a result to count, in base units of DECO.
    uint256 public immutable minimumSecurity;

    mapping(uint256 jobId => bytes32 taskId) public taskOf;

    constructor(IDecoMarket market_, IAgenticCommerce jobs_, uint256 minimumSecurity_) {
        market = market_;
        jobs = jobs_;
        minimumSecurity = minimumSecurity_;
    }

    /// @notice Says which task decides a job; once, by its client, before anything is submitted.
    function nameTask(uint256 jobId, bytes32 taskId) external {
        IAgenticCommerce.Job memory job = jobs.getJob(jobId);
        if (msg.sender != job.client) revert NotTheClient(jobId, msg.sender);
        bool early = job.status == IAgenticCommerce.JobStatus.Open || job.status == IAgenticCommerce.JobStatus.Funded;
        if (!early || taskOf[jobId] != 0) revert WrongJobStatus(jobId, job.status);
        taskOf[jobId] = taskId;
        emit TaskNamed(jobId, taskId);
    }

    /// @notice Completes the job when its deliverable is the task's accepted result, with enough stake behind it; rejects it when the
    /// task has ended otherwise. By anyone.
    function evaluate(uint256 jobId) external returns (bool completed) {
        bytes32 taskId = taskOf[jobId];
        if (taskId == 0) revert NoTask(jobId);
        IAgenticCommerce.Job memory job = jobs.getJob(jobId);
        if (job.status != IAgenticCommerce.JobStatus.Submitted) revert WrongJobStatus(jobId, job.status);
        TaskStatus status = market.getOutcome(taskId).status;
        if (status != TaskStatus.Settled && status != TaskStatus.Ended) revert TaskNotFinal(taskId);
        (bool accepted, uint256 security) = market.verifyResult(taskId, 0, job.deliverable, new bytes32[](0));
        completed = accepted && security >= minimumSecurity;
        if (completed) jobs.complete(jobId, taskId);
        else jobs.reject(jobId, taskId);
    }
}
