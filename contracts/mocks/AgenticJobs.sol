// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../interfaces/IAgenticCommerce.sol";

/// @title AgenticJobs
/// @notice As much of an ERC-8183 contract as its adapters' tests need: jobs without money.
contract AgenticJobs is IAgenticCommerce {
    error NotAllowed(address caller);

    Job[] private _jobs;
    /// @notice Why a job was completed or rejected.
    mapping(uint256 jobId => bytes32) public reasonOf;

    function createJob(address provider, address evaluator) external returns (uint256 jobId) {
        jobId = _jobs.length;
        _jobs.push(Job(msg.sender, provider, evaluator, 1, block.timestamp + 1 days, JobStatus.Funded, 0));
    }

    function submit(uint256 jobId, bytes32 deliverable) external {
        if (msg.sender != _jobs[jobId].provider) revert NotAllowed(msg.sender);
        (_jobs[jobId].status, _jobs[jobId].deliverable) = (JobStatus.Submitted, deliverable);
    }

    /// @inheritdoc IAgenticCommerce
    function complete(uint256 jobId, bytes32 reason) external {
        _end(jobId, JobStatus.Completed, reason);
    }

    /// @inheritdoc IAgenticCommerce
    function reject(uint256 jobId, bytes32 reason) external {
        _end(jobId, JobStatus.Rejected, reason);
    }

    /// @inheritdoc IAgenticCommerce
    function getJob(uint256 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    function _end(uint256 jobId, JobStatus status, bytes32 reason) private {
        if (msg.sender != _jobs[jobId].evaluator) revert NotAllowed(msg.sender);
        _jobs[jobId].status = status;
        reasonOf[jobId] = reason;
    }
}
