// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IAgenticCommerce
/// @notice What the adapters use of ERC-8183, agentic commerce: a client's job, a provider's deliverable, an evaluator's verdict. Written
/// from the draft, which may still change.
interface IAgenticCommerce {
    enum JobStatus {
        Open,
        Funded,
        Submitted,
        Completed,
        Rejected,
        Expired
    }

    struct Job {
        address client;
        address provider;
        address evaluator;
        uint256 budget;
        uint256 expiredAt;
        JobStatus status;
        /// Digest of what the provider submitted.
        bytes32 deliverable;
    }

    /// @notice By the evaluator: pays the provider.
    function complete(uint256 jobId, bytes32 reason) external;
    /// @notice By the evaluator: refunds the client.
    function reject(uint256 jobId, bytes32 reason) external;
    function getJob(uint256 jobId) external view returns (Job memory);
}
